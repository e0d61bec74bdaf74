"""Corrections: what people decided about single facts, as YAML files, applied anew after every load.

Knows where corrections come from (``warehouse/corrections/*.yml`` ships, ``HOME/corrections/*.yml`` is the user's), how
each finds its one fact, and what it must not do. ``core.facts`` stays as read; ``core.corrections_applied`` says what
holds instead and ``core.corrected_facts`` joins the two, so taking a correction away takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

from annual_reports.catalogue import line_of, read_table
from warehouse import database
from warehouse.home import Home

SHIPPED = Path(__file__).parent
SCHEMA = SHIPPED / "corrections.schema.json"


class CorrectionError(ValueError):
    """Corrections that cannot be applied; names each one's file and line, what was found, and the way out."""


@dataclass(frozen=True)
class Correction:
    """One entry of a file. ``source`` is shipped/FILE or home/FILE; ``place`` names file and line for messages."""

    key: str
    source: str
    place: str
    entry: dict[str, Any]

    @property
    def shipped(self) -> bool:
        return self.source.startswith("shipped/")


def load(home: Home) -> list[Correction]:
    """All corrections, the shipped ones first.

    Raises CatalogueError (file, line) for a file that its schema refuses, CorrectionError for a key used twice or a day
    that does not exist.
    """
    found: dict[str, Correction] = {}
    for label, folder in (("shipped", SHIPPED), ("home", home.corrections)):
        for path in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]) if folder.is_dir() else []:
            entries = read_table(path, SCHEMA)
            node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
            for key, entry in entries.items():
                place = f"{path} 第 {line_of(node, [key])} 行 {key}"
                if key in found:
                    raise CorrectionError(f"{place}：这个编号在 {found[key].place} 已用过，请换一个")
                try:
                    date.fromisoformat(entry["date"])
                except ValueError:
                    raise CorrectionError(f"{place}：date 的值「{entry['date']}」不是一个日期") from None
                found[key] = Correction(key, f"{label}/{path.name}", place, entry)
    return list(found.values())


def apply(con: duckdb.DuckDBPyConnection, home: Home) -> int:
    """Make ``core.corrections_applied`` anew from the files; returns how many corrections hold.

    One that finds no fact, finds another value than it expects, or meets a fact that another one changes fails: then
    CorrectionError lists all that failed and the table stays as it was. A shipped correction for a report that this
    home does not have is left out.
    """
    rows: dict[str, tuple[Any, ...]] = {}
    failures = []
    for correction in load(home):
        try:
            row = _row(con, correction)
            if row is None:
                continue
            if row[2] in rows:
                raise CorrectionError(f"{correction.place}：它要改的数已由 {rows[row[2]][0]} 改过，两者只留一个")
            rows[row[2]] = row
        except CorrectionError as error:
            failures.append(str(error))
    if failures:
        raise CorrectionError("\n".join(failures))
    with database.transaction(con):
        con.execute("DELETE FROM core.corrections_applied")
        for row in rows.values():
            con.execute(f"INSERT INTO core.corrections_applied VALUES ({', '.join('?' * len(row))})", row)
    return len(rows)


def _row(con: duckdb.DuckDBPyConnection, correction: Correction) -> tuple[Any, ...] | None:
    """The row of ``core.corrections_applied``, or None where a shipped correction has no report here."""
    entry = correction.entry
    reports = _reports(con, correction)
    if not reports:
        if correction.shipped:
            return None
        raise CorrectionError(
            f"{correction.place}：库里没有它所指的报告（{_said(entry['where'])}）；改正 where，或删去这条更正"
        )
    fact = _fact(con, correction, reports)
    fact_id, report_id, indicator, scope, value, low, high, bound, unit = fact
    if entry["action"] == "set":
        value, low, high, bound = _figure(correction)
    elif entry["action"] == "relabel":
        to = entry["to"]
        scope = to.get("scope", scope)
        if "indicator" in to:
            indicator = _indicator(con, correction, to["indicator"])
            unit = con.execute("SELECT unit FROM core.indicators WHERE indicator = ?", [indicator]).fetchall()[0][0]
    old = fact[4]
    return (
        correction.key,
        correction.source,
        fact_id,
        report_id,
        entry["action"],
        old,
        indicator,
        scope,
        value,
        low,
        high,
        bound,
        unit,
        entry["reason"],
        entry["author"],
        date.fromisoformat(entry["date"]),
    )


def _reports(con: duckdb.DuckDBPyConnection, correction: Correction) -> list[str]:
    """The report that ``where`` names (a copy stands for its original), or the current ones of issuer and year."""
    where = correction.entry["where"]
    if "report" in where:
        found = con.execute(
            "SELECT DISTINCT report_id FROM raw.files WHERE starts_with(sha256, ?) AND report_id IS NOT NULL",
            [where["report"]],
        ).fetchall()
        return [report_id for (report_id,) in found]
    issuers = con.execute("SELECT issuer_id FROM core.issuer_names WHERE name = ?", [where["issuer"]]).fetchall()
    if len(issuers) > 1:
        names = "、".join(sorted(issuer for (issuer,) in issuers))
        raise CorrectionError(
            f"{correction.place}：「{where['issuer']}」有 {len(issuers)} 个（{names}），请写全名称路径"
        )
    found = con.execute(
        "SELECT report_id FROM core.report_versions WHERE is_current AND issuer_id = ? AND report_year = ?",
        [issuers[0][0] if issuers else "", where["year"]],
    ).fetchall()
    return [report_id for (report_id,) in found]


def _fact(con: duckdb.DuckDBPyConnection, correction: Correction, reports: list[str]) -> tuple[Any, ...]:
    """The one fact that is meant: of these reports, indicator and scope, with the expected value."""
    where, expect = correction.entry["where"], correction.entry["expect"]
    indicator = _indicator(con, correction, where["indicator"])
    stated = con.execute(
        """
        SELECT fact_id, report_id, indicator, scope, value, low, high, bound, unit FROM core.facts
        WHERE list_contains(?, report_id) AND indicator = ? AND scope = ? ORDER BY fact_id
        """,
        [reports, indicator, where.get("scope", "")],
    ).fetchall()
    if not stated:
        raise CorrectionError(f"{correction.place}：报告里没有这个数（{_said(where)}）；改正 where，或删去这条更正")
    meant = [f for f in stated if f[4] == expect["value"] and expect.get("bound", f[7]) == f[7]]
    if not meant:
        now = "、".join(f"{f[4]:g}（{f[7]}）" for f in stated)
        raise CorrectionError(
            f"{correction.place}：预期是 {expect['value']:g}，读出来的是 {now}；若已无须更正就删去它，否则改 expect"
        )
    if len(meant) > 1:
        raise CorrectionError(
            f"{correction.place}：有 {len(meant)} 个这样的数，请在 where 写 report 或在 expect 写 bound"
        )
    return meant[0]


def _indicator(con: duckdb.DuckDBPyConnection, correction: Correction, name: str) -> str:
    codes = con.execute("SELECT indicator FROM core.indicator_names WHERE name = ?", [name]).fetchall()
    if len(codes) != 1:
        found = "、".join(code for (code,) in codes) or "没有"
        raise CorrectionError(f"{correction.place}：指标「{name}」在目录表里对应 {found}，请写一个指标代码")
    return str(codes[0][0])


def _figure(correction: Correction) -> tuple[float, float | None, float | None, str]:
    """(value, low, high, bound) of a ``set``; without a bound it is exact."""
    to = correction.entry["to"]
    bound = to.get("bound", "exact")
    if bound == "exact":
        if {"low", "high"} & set(to):
            raise CorrectionError(f"{correction.place}：确数不写 low、high；约数请同时写 bound")
        return to["value"], to["value"], to["value"], bound
    low, high = to.get("low"), to.get("high")
    if low is not None and high is not None and low > high:
        raise CorrectionError(f"{correction.place}：low {low:g} 大于 high {high:g}")
    return to["value"], low, high, bound


def _said(where: dict[str, Any]) -> str:
    return "，".join(f"{name} {value}" for name, value in where.items() if value != "")
