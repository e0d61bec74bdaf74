"""Questions asked from Python: the shipped analyses, what history the gate needs, and names for messages.

Knows ``sql/analyses`` and their parameters. Leaves out the questions themselves, which are SQL: table macros
(``FROM yoy('…')``) and marts; the command line runs those on a connection of its own.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb
import polars as pl

from warehouse import database, schema
from warehouse.home import Home

_PARAMETER = re.compile(r"^--\s*参数\s+(\w+)\s*=\s*(\S*)\s*[:：]\s*(.+)$", re.M)


class QuestionError(ValueError):
    """A question that cannot be asked as it was; says in Chinese what is possible."""


@dataclass(frozen=True)
class Parameter:
    """``default`` as written in the file; an empty one means that the parameter must be given, ``latest`` and
    ``earliest`` are the last and the first report year of the warehouse."""

    name: str
    default: str
    meaning: str

    def value(self, given: str | None, con: duckdb.DuckDBPyConnection) -> int | float | str:
        """The value to bind: ``given`` or the default; a whole number or a decimal where it looks like one."""
        words = self.default if given is None else str(given)
        if words == "":
            raise QuestionError(f"要给参数 --{self.name}（{self.meaning}）")
        if words in ("latest", "earliest"):
            pick = "max" if words == "latest" else "min"
            year = con.execute(f"SELECT {pick}(report_year) FROM core.report_versions WHERE is_current").fetchall()[0][
                0
            ]
            return int(year or 0)
        for kind in (int, float):
            try:
                return kind(words)
            except ValueError:
                continue
        return words


@dataclass(frozen=True)
class Analysis:
    """One file of ``sql/analyses``: its question stands in the first line."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    sql: str


@lru_cache(maxsize=1)
def analyses() -> dict[str, Analysis]:
    """The shipped analyses by name, in the order of their files."""
    found = {}
    for path in sorted((schema.sql_folder() / "analyses").glob("*.sql")):
        sql = path.read_text("utf-8")
        question = sql.partition("\n")[0].removeprefix("--").strip()
        parameters = tuple(Parameter(*match) for match in _PARAMETER.findall(sql))
        found[path.stem] = Analysis(path.stem, question, parameters, sql)
    return found


def analyse(con: duckdb.DuckDBPyConnection, name: str, given: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The answer of an analysis. Raises QuestionError for an unknown name or parameter, or one that is missing."""
    given = given or {}
    if name not in analyses():
        raise QuestionError(f"没有名为「{name}」的分析{_nearest(name, analyses())}；全部的见 fazhi analyses")
    analysis = analyses()[name]
    wanted = {p.name: p for p in analysis.parameters}
    if unknown := set(given) - set(wanted):
        possible = "、".join(wanted) or "（没有参数）"
        raise QuestionError(f"分析「{name}」没有参数 {'、'.join(sorted(unknown))}，可用的是 {possible}")
    values = {key: parameter.value(given.get(key), con) for key, parameter in wanted.items()}
    return con.sql(analysis.sql, params=values).pl() if values else con.sql(analysis.sql).pl()


def indicator_code(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """The code of an indicator by any of its names.

    Raises QuestionError, with the nearest names, where there is none or several.
    """
    codes = [c for (c,) in con.execute("SELECT indicator FROM core.indicator_names WHERE name = ?", [name]).fetchall()]
    if len(codes) > 1:
        raise QuestionError(f"「{name}」可以是 {'、'.join(sorted(codes))}，请写代码")
    if not codes:
        names = [n for (n,) in con.execute("SELECT name FROM core.indicator_names").fetchall()]
        raise QuestionError(f"没有名为「{name}」的指标{_nearest(name, names)}；全部的见 FROM core.indicators")
    return str(codes[0])


@contextmanager
def published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A reading connection to the published copy. Raises database.Missing (Chinese) where nothing is published yet."""
    if not home.published_database.is_file():
        raise database.Missing(f"{home.published_database}：还没有发布过；先运行 fazhi ingest 或 fazhi publish")
    con = database.connect(home.published_database, read_only=True)
    try:
        yield con
    finally:
        con.close()


def _nearest(word: str, words: Any) -> str:
    words = list(words)
    near = [w for w in words if word and word in w][:3] or difflib.get_close_matches(word, words, 3, 0.5)
    return f"，相近的有 {'、'.join(near)}" if near else ""


def history(con: duckdb.DuckDBPyConnection, issuers: list[str] | None = None) -> pl.DataFrame:
    """What the gate compares a batch with: issuer_id, report_year, indicator, scope, unit, value as they stand now.

    ``issuers`` restricts it to those of the batch: the whole of a large warehouse does not fit beside it in memory.
    """
    only = "" if issuers is None else "WHERE list_contains($issuers, issuer_id)"
    sql = f"SELECT issuer_id, report_year, indicator, scope, unit, value FROM core.chosen_facts {only}"
    return (con.sql(sql) if issuers is None else con.sql(sql, params={"issuers": issuers})).pl()
