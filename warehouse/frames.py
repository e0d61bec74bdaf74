"""Readings → Polars frames with exactly the columns of the core tables: what the gate checks and the load inserts.

Knows how a Report's records become rows and how their keys are made. Leaves out what only the load knows (the columns
marked ``added`` in ``warehouse/tables``).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

import polars as pl

from annual_reports.report import Issuer, Report
from warehouse import schema

# Roles whose numbers are figures of the report; a date or a name printed differently makes no new version of it.
FIGURES = frozenset({"achieved", "target", "quota", "comparative", "change"})
TABLES = ("reports", "sections", "quantities", "facts", "fact_evidence", "checks")
POLARS: dict[str, Any] = {
    "VARCHAR": pl.String,
    "VARCHAR[]": pl.List(pl.String),
    "INTEGER": pl.Int32,
    "BIGINT": pl.Int64,
    "DOUBLE": pl.Float64,
    "BOOLEAN": pl.Boolean,
    "DATE": pl.Date,
    "TIMESTAMP": pl.Datetime("us"),
}
Row = tuple[Any, ...]


def frame_schema(table: str) -> dict[str, Any]:
    """The Polars schema of a frame: ``frame_schema("core.facts")``."""
    return {name: POLARS[kind] for name, kind in schema.frame_columns(table).items()}


def frames(reports: Iterable[Report]) -> dict[str, pl.DataFrame]:
    """One frame per core table. Rejected reports have no rows in them (see ``files``)."""
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    for report in reports:
        if report.accepted:
            _add(rows, report)
    return {name: _frame(f"core.{name}", rows[name]) for name in TABLES}


def files(reports: Iterable[Report]) -> pl.DataFrame:
    """One row per file that was read, accepted or not: the leading columns of ``raw.files``."""
    rows = [
        (
            report.sha256,
            report.media_type,
            report.encoding,
            report.size,
            "loaded" if report.accepted else "rejected",
            report.reason_code,
            report.reason,
            report_id(report.sha256) if report.accepted else None,
            report.published,
            None,
        )
        for report in reports
    ]
    return _frame("raw.files", rows)


def report_id(sha256: str) -> str:
    """The warehouse's key of a document: the first 16 digits of its content hash."""
    return sha256[:16]


def issuer_id(issuer: Issuer | None, report: str) -> str:
    """The issuer's name path, or a key of the document's own where the issuer is not certain: never a guess."""
    if issuer is not None and issuer.resolution == "resolved" and issuer.key:
        return issuer.key
    return f"unresolved:{report}"


def _frame(table: str, rows: list[Row]) -> pl.DataFrame:
    columns = frame_schema(table)
    values = zip(*rows, strict=True) if rows else ([] for _ in columns)
    data = {name: pl.Series(name, list(v), dtype=kind) for (name, kind), v in zip(columns.items(), values, strict=True)}
    return pl.DataFrame(data)


def _add(rows: dict[str, list[Row]], report: Report) -> None:
    key = report_id(report.sha256)
    issuer = issuer_id(report.issuer, key)
    rows["reports"].append(_report_row(report, key, issuer))
    rows["sections"] += [
        (
            f"{key}-s{n}",
            key,
            None if s.parent is None else f"{key}-s{s.parent}",
            s.level,
            s.ordinal,
            s.printed_marker,
            s.marker,
            s.repaired,
            s.title,
            s.canonical,
            s.start,
            s.end,
        )
        for n, s in enumerate(report.sections)
    ]
    rows["quantities"] += [
        (
            f"{key}-q{n}",
            key,
            None if q.section is None else f"{key}-s{q.section}",
            q.start,
            q.end,
            q.printed,
            float(q.value),
            _float(q.low),
            _float(q.high),
            q.bound,
            q.unit_printed,
            q.unit,
            q.role,
            q.year,
            q.indicator,
            q.scope,
            q.sentence,
            q.sentence_start,
            q.rule,
        )
        for n, q in enumerate(report.quantities)
    ]
    statements = Counter((f.indicator, f.scope) for f in report.facts)
    for n, f in enumerate(report.facts):
        rows["facts"].append(
            (
                f"{key}-f{n}",
                key,
                issuer,
                report.report_year,
                f.indicator,
                f.scope,
                float(f.value),
                _float(f.low),
                _float(f.high),
                f.bound,
                f.unit,
                ",".join(f.flags),
                f"{key}-q{f.quantities[0]}" if f.quantities else None,
                statements[f.indicator, f.scope],
            )
        )
        rows["fact_evidence"] += [(f"{key}-f{n}", f"{key}-q{q}") for q in f.quantities]
    rows["checks"] += [
        (f"{key}-c{n}", key, c.kind, c.statement, c.holds, c.verdict, ",".join(f"{key}-q{q}" for q in c.figures))
        for n, c in enumerate(report.checks)
    ]


def _report_row(report: Report, key: str, issuer: str) -> Row:
    body, period = report.issuer, report.period
    place = body.division if body else None
    resolution = "unresolved" if body is None else body.resolution
    notes = list(report.notes)
    if body is not None and issuer.startswith("unresolved:"):
        # resolved without a key happens when the reader knows the place but not the body: it stays out of comparisons
        resolution = "unresolved" if resolution == "resolved" else resolution
        notes += [f"机关依据：{words}" for words in body.evidence]
    return (
        key,
        report.sha256,
        issuer,
        body.name if body else None,
        body.level if body else None,
        place.province if place else None,
        place.city if place else None,
        place.county if place else None,
        place.township if place else None,
        place.code if place else None,
        place.code_system if place else None,
        resolution,
        report.report_year,
        report.title,
        report.document_kind,
        report.published,
        period.start if period else None,
        period.end if period else None,
        bool(period and period.part_year),
        report.text,
        len(report.text),
        "\n".join(notes) or None,
        figures_hash(report),
        text_hash(report.text),
    )


def figures_hash(report: Report) -> str:
    """Equal for two readings that state the same set of figures, in whatever format, order and number of times.

    A report without any figure is told by its text: two of those are not the same for having none.
    """
    figures = {
        f"{q.role}|{q.indicator}|{q.scope}|{q.value:.15g}|{q.low}|{q.high}|{q.bound}|{q.unit}"
        for q in report.quantities
        if q.role in FIGURES
    }
    words = "\n".join(sorted(figures)) or text_hash(report.text)
    return hashlib.md5(words.encode(), usedforsecurity=False).hexdigest()


def text_hash(text: str) -> str:
    """Equal for two texts that differ in white space only."""
    return hashlib.md5("".join(text.split()).encode(), usedforsecurity=False).hexdigest()


def _float(number: float | None) -> float | None:
    return None if number is None else float(number)
