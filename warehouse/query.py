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

_WHOLE_YEAR = re.compile(r"[0-9]{4}")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_PARAMETER = re.compile(r"^--\s*参数\s+(\w+)\s*=\s*(\S*)\s*[:：]\s*(.+)$", re.M)


class QuestionError(ValueError):
    """A question that cannot be asked as it was; says in Chinese what is possible."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of an analysis. Its default says of what kind it is.

    ``default`` as written in the file: ``latest`` and ``earliest`` are the last and the first report year of the
    warehouse, so the parameter is a year; a number makes it a number above zero; ``indicator`` is one by its name. An
    empty default means that the parameter must be given.
    """

    name: str
    default: str
    meaning: str

    def value(self, given: str | int | float | None, con: duckdb.DuckDBPyConnection) -> int | float | str:
        """The value to bind. Raises QuestionError for one that is not of the parameter's kind."""
        words = self.default if given is None else str(given).strip()
        if words == "":
            raise QuestionError(f"要给参数 --{self.name}（{self.meaning}）")
        if self.name == "indicator":
            return indicator_code(con, words)
        if self.default in ("latest", "earliest"):
            return self._year(words, con)
        return self._number(words) if _number(self.default) is not None else words

    def _year(self, words: str, con: duckdb.DuckDBPyConnection) -> int:
        years = "SELECT min(report_year), max(report_year) FROM core.report_versions WHERE is_current"
        [(earliest, latest)] = con.execute(years).fetchall()
        if words in ("latest", "earliest"):
            return int((latest if words == "latest" else earliest) or 0)
        if not _WHOLE_YEAR.fullmatch(words):
            raise QuestionError(
                f"参数 --{self.name} 的值「{words}」不是年份（{self.meaning}）；写四位数字，"
                "或 latest（最近）、earliest（最早）"
            )
        if latest is None or not earliest <= int(words) <= latest:
            held = f"只有 {earliest}–{latest} 年的" if latest else "还没有"
            raise QuestionError(f"参数 --{self.name} 的值 {words}：库里{held}报告")
        return int(words)

    def _number(self, words: str) -> int | float:
        number = _number(words)
        if number is None or number <= 0:
            raise QuestionError(
                f"参数 --{self.name} 的值「{words}」不是大于零的数（{self.meaning}），如 {self.default}"
            )
        return number


def _number(words: str) -> int | float | None:
    if not _PLAIN_NUMBER.fullmatch(words):
        return None
    return float(words) if "." in words else int(words)


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
    codes = indicator_codes(con, name)
    if len(codes) > 1:
        raise QuestionError(f"「{name}」可以是 {'、'.join(codes)}，请写代码")
    return codes[0]


def indicator_codes(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """The codes of all indicators of a name. Raises QuestionError, with the nearest names, where there is none."""
    return _named(con, name, "indicator", "指标", "core.indicators")


def issuer_ids(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """The ids of all issuers of a name. Raises QuestionError, with the nearest names, where there is none."""
    return _named(con, name, "issuer", "机关", "core.issuer_names")


def _named(con: duckdb.DuckDBPyConnection, name: str, kind: str, kind_zh: str, listed_in: str) -> list[str]:
    key, names = {"indicator": "indicator", "issuer": "issuer_id"}[kind], f"core.{kind}_names"
    found = con.execute(f"SELECT DISTINCT {key} FROM {names} WHERE name = ? ORDER BY ALL", [name]).fetchall()
    if not found:
        known = [n for (n,) in con.execute(f"SELECT DISTINCT name FROM {names} ORDER BY ALL").fetchall()]
        raise QuestionError(f"没有名为「{name}」的{kind_zh}{_nearest(name, known)}；全部的见 FROM {listed_in}")
    return [str(key) for (key,) in found]


def no_evidence(con: duckdb.DuckDBPyConnection, issuer: str, year: int, indicator: str) -> str:
    """Why ``evidence_of`` gave nothing, for names that it knows: which years are there instead (Chinese)."""
    issuers = issuer_ids(con, issuer)
    reports = _years(
        con, "SELECT report_year FROM core.reports WHERE list_contains($issuers, issuer_id)", issuers=issuers
    )
    if year not in reports:
        return f"{issuer}没有 {year} 年的报告；有报告的年度：{_listed(reports)}"
    stated = _years(
        con,
        """SELECT report_year FROM core.corrected_facts
            WHERE list_contains($issuers, issuer_id) AND list_contains($indicators, indicator)""",
        issuers=issuers,
        indicators=indicator_codes(con, indicator),
    )
    instead = f"写到它的年度：{_listed(stated)}" if stated else f"别的年度也没有；写到的指标见 FROM profile('{issuer}')"
    return f"{issuer} {year} 年的报告没有写到「{indicator}」；{instead}"


def _years(con: duckdb.DuckDBPyConnection, sql: str, **values: list[str]) -> list[int]:
    return sorted({year for (year,) in con.execute(sql, values).fetchall()})


def _listed(years: list[int]) -> str:
    return "、".join(map(str, years))


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
    near = sorted((w for w in words if word and word in w), key=len)[:3] or difflib.get_close_matches(
        word, words, 3, 0.5
    )
    return f"，相近的有 {'、'.join(near)}" if near else ""


def history(con: duckdb.DuckDBPyConnection, issuers: list[str] | None = None) -> pl.DataFrame:
    """What the gate compares a batch with: issuer_id, report_year, indicator, scope, unit, value as they stand now.

    ``issuers`` restricts it to those of the batch: the whole of a large warehouse does not fit beside it in memory.
    """
    only = "" if issuers is None else "WHERE list_contains($issuers, issuer_id)"
    sql = f"SELECT issuer_id, report_year, indicator, scope, unit, value FROM core.chosen_facts {only}"
    return (con.sql(sql) if issuers is None else con.sql(sql, params={"issuers": issuers})).pl()
