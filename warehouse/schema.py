"""The one source of the warehouse's shape: ``warehouse/tables/*.yml`` and ``sql/``, and what is made from them.

Knows every table, view, macro and column with its type and Chinese meaning. From here come the frames' schemas, the DDL
(``python -m warehouse.schema ddl`` printed the first migration), the COMMENTs and ``docs/dictionary.md``
(``python -m warehouse.schema dictionary``); a test compares all of them with a migrated database, both ways. Leaves out
when they are applied (``database``).
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent
LAYERS = ("raw", "core", "quality", "ops", "marts")  # the order in which views may build on each other
FLAGS = {"added", "run"}


class SchemaError(ValueError):
    """A file of ``warehouse/tables`` that does not say what it must; names file and table."""


@dataclass(frozen=True)
class Column:
    """``added`` columns are filled in by the load, not by the reading; ``run`` ones differ from run to run."""

    name: str
    type: str
    required: bool
    comment: str
    added: bool = False
    run: bool = False

    @property
    def ddl(self) -> str:
        return f"{self.name} {self.type}{' NOT NULL' if self.required else ''}"


@dataclass(frozen=True)
class Table:
    """A table, or a view where ``view`` is its SELECT; a ``frozen`` view becomes a table in the published copy.

    ``run`` tables record how it ran, not what the reports say: a rebuild has others.
    """

    layer: str
    name: str
    comment: str
    columns: tuple[Column, ...]
    view: str | None = None
    frozen: bool = False
    run: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.layer}.{self.name}"

    @property
    def ddl(self) -> str:
        if self.view is not None:
            return f"CREATE OR REPLACE VIEW {self.full_name} AS\n{self.view}"
        columns = ",\n".join(f"    {column.ddl}" for column in self.columns)
        return f"CREATE TABLE {self.full_name} (\n{columns}\n);\n"


@dataclass(frozen=True)
class Macro:
    """A table macro: ``FROM name(…)``. ``parameters`` maps each name to its meaning and default (None: required)."""

    name: str
    comment: str
    parameters: dict[str, tuple[str, str | None]]
    select: str

    @property
    def ddl(self) -> str:
        words = [name if default is None else f"{name} := {default}" for name, (_, default) in self.parameters.items()]
        return f"CREATE OR REPLACE MACRO {self.name}({', '.join(words)}) AS TABLE\n{self.select}"


def sql_folder() -> Path:
    """Where the .sql files lie: the checkout's root folder ``sql``, or ``warehouse/sql`` in the wheel."""
    inside = HERE / "sql"
    return inside if inside.is_dir() else HERE.parent / "sql"


@lru_cache(maxsize=1)
def tables() -> dict[str, Table]:
    """Every table and view by its full name, in an order in which views can be created."""
    return {t.full_name: t for layer in LAYERS for t in _layer(layer)}


def _layer(layer: str) -> list[Table]:
    path = HERE / "tables" / f"{layer}.yml"
    found = []
    for full_name, entry in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader).items():
        schema, _, name = full_name.partition(".")
        if schema != layer or not name:
            raise SchemaError(f"{path}：「{full_name}」应写作 {layer}.表名")
        columns = tuple(_column(path, full_name, *pair) for pair in entry["columns"].items())
        view = (sql_folder() / layer / f"{name}.sql").read_text("utf-8") if entry.get("view") else None
        frozen, run = entry.get("view") == "frozen", bool(entry.get("run"))
        found.append(Table(layer, name, entry["comment"], columns, view, frozen, run))
    return found


def _column(path: Path, table: str, name: str, entry: list[str]) -> Column:
    kind, comment, *flags = entry
    if not isinstance(comment, str):
        raise SchemaError(f"{path} {table}.{name}：说明里有冒号或逗号，请加引号")
    if unknown := set(flags) - FLAGS:
        raise SchemaError(f"{path} {table}.{name}：不认识的标记 {'、'.join(sorted(unknown))}，可用 added、run")
    return Column(name, kind.rstrip("!"), kind.endswith("!"), comment, "added" in flags, "run" in flags)


@lru_cache(maxsize=1)
def macros() -> dict[str, Macro]:
    """Every table macro by name; its SELECT stands in ``sql/macros/NAME.sql``."""
    found = {}
    for name, entry in yaml.load((HERE / "tables" / "macros.yml").read_text("utf-8"), Loader=yaml.CSafeLoader).items():
        parameters = {key: (words[0], words[1] if words[1:] else None) for key, words in entry["parameters"].items()}
        select = (sql_folder() / "macros" / f"{name}.sql").read_text("utf-8")
        found[name] = Macro(name, entry["comment"], parameters, select)
    return found


def frame_columns(table: str) -> dict[str, str]:
    """The columns of a core table that a reading fills, with their DuckDB types: the frame's schema."""
    return {c.name: c.type for c in tables()[table].columns if not c.added}


def comments() -> list[str]:
    """The COMMENT statements for every table, view, column and macro."""
    statements = [words for table in tables().values() for words in table_comments(table)]
    return statements + [f"COMMENT ON MACRO TABLE {m.name} IS {literal(m.comment)}" for m in macros().values()]


def table_comments(table: Table, published: bool = False) -> list[str]:
    """The COMMENT statements of one table; in the ``published`` copy a frozen view is a table."""
    kind = "TABLE" if table.view is None or (published and table.frozen) else "VIEW"
    columns = [f"COMMENT ON COLUMN {table.full_name}.{c.name} IS {literal(c.comment)}" for c in table.columns]
    return [f"COMMENT ON {kind} {table.full_name} IS {literal(table.comment)}", *columns]


def literal(text: str) -> str:
    """``text`` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def version() -> str:
    """Hash over everything that is made anew rather than migrated: views, macros and comments."""
    parts = [t.ddl for t in tables().values() if t.view is not None] + [m.ddl for m in macros().values()] + comments()
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


LAYER_TITLES = {
    "raw": "raw：收到的文件",
    "core": "core：报告里说了什么",
    "marts": "marts：供查询与比较",
    "quality": "quality：检验与隔离",
    "ops": "ops：运行记录",
}


def dictionary() -> str:
    """The data dictionary as Markdown, in Chinese."""
    lines = [
        "# 数据字典",
        "",
        "本文件由 `python -m warehouse.schema dictionary` 从 `warehouse/tables/*.yml` 生成，请勿手改。",
        "时间一律为协调世界时（UTC）；金额以元计；起止位置按 `core.reports.text` 的字符数，含起点、不含终点。",
    ]
    for layer, title in LAYER_TITLES.items():
        lines += ["", f"## {title}"]
        for table in (t for t in tables().values() if t.layer == layer):
            lines += [
                "",
                f"### {table.full_name}{'（视图）' if table.view is not None else ''}",
                "",
                table.comment + "。",
            ]
            lines += ["", "| 列 | 类型 | 必填 | 说明 |", "|---|---|---|---|"]
            lines += [
                f"| `{c.name}` | {c.type} | {'是' if c.required else ''} | {_cell(c.comment)} |" for c in table.columns
            ]
    lines += ["", "## 表宏：`FROM 名称(…)`"]
    for macro in macros().values():
        lines += ["", f"### {macro.name}({', '.join(macro.parameters)})", "", macro.comment + "。", ""]
        for name, (meaning, default) in macro.parameters.items():
            lines.append(f"- `{name}`：{meaning}" + (f"（默认 {default}）" if default else ""))
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def ddl() -> str:
    """CREATE statements of every schema and table (views are made anew at each change and need no migration)."""
    parts = [f"CREATE SCHEMA IF NOT EXISTS {layer};" for layer in LAYERS]
    return "\n".join(parts) + "\n\n" + "\n".join(t.ddl for t in tables().values() if t.view is None)


if __name__ == "__main__":
    print({"ddl": ddl, "dictionary": dictionary}[sys.argv[1]](), end="")
