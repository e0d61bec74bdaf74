"""Rows of a query on stdout: as a table for people, as CSV, JSON or Parquet for programs.

Knows how wide Chinese is in a terminal. The table cuts long cells; the other forms never do.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import combining, east_asian_width

import click

if TYPE_CHECKING:
    import polars as pl

Format = Literal["table", "csv", "json", "parquet"]
WIDEST = 60  # columns of the terminal per cell

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    default="table",
    show_default=True,
    help="输出形式；parquet 写到标准输出，请重定向到文件。",
)


def put_table(frame: pl.DataFrame, form: Format = "table") -> None:
    """``frame`` on stdout in ``form``. CSV has a header and is UTF-8; JSON is a list of objects."""
    if form == "parquet":
        frame.write_parquet(sys.stdout.buffer)
    elif form == "csv":
        click.echo(_flat(frame).write_csv(), nl=False)
    elif form == "json":
        click.echo(json.dumps(frame.to_dicts(), ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(table(frame.columns, frame.rows()))


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists and structs as JSON text, which CSV can hold."""
    import polars as pl

    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    return frame.with_columns(
        pl.Series(
            name, [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in frame[name].to_list()]
        )
        for name in nested
    )


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows under their column names, aligned by what they take up in a terminal; numbers to the right."""
    if not rows:
        return "  ".join(columns) + "\n（没有行）"
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [all(isinstance(row[n], int | float) or row[n] is None for row in rows) for n in range(len(columns))]
    widths = [max(width(c) for c in (name, *(row[n] for row in cells))) for n, name in enumerate(columns)]

    def line(row: Sequence[str]) -> str:
        padded = (
            " " * (w - width(c)) + c if right else c + " " * (w - width(c))
            for c, w, right in zip(row, widths, numeric, strict=True)
        )
        return "  ".join(padded).rstrip()

    return "\n".join([line(columns), "  ".join("─" * w for w in widths), *map(line, cells)])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:,.6g}"
    if isinstance(value, list | tuple):
        return "、".join(map(_cell, value))
    return cut("".join(c if c.isprintable() else " " for c in str(value)), WIDEST)


def width(text: str) -> int:
    """How many columns of a terminal ``text`` takes up: two for each wide character."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, most: int) -> str:
    """``text`` in at most ``most`` columns, the rest replaced by ``…``."""
    if width(text) <= most:
        return text
    taken, out = 0, []
    for c in text:
        taken += width(c)
        if taken > most - 1:
            break
        out.append(c)
    return "".join(out) + "…"
