"""From a loaded warehouse to a release: the audit of the copy that was built, its record, the release, the pages.

Knows in which order they come, so that what is published has passed the audit and shows it. Leaves out how each is done
(``expectations.audit``, ``warehouse.publish``, ``expectations.pages``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import duckdb
import polars as pl

from expectations import audit as auditing
from expectations import detail, pages, records
from expectations.verdict import RuleResult, Verdict
from flows.summary import EXITS
from warehouse import database
from warehouse import publish as publishing
from warehouse.home import Home


@dataclass(frozen=True)
class Outcome:
    """What came of an audit or a release: completed or failed; ``broken`` also names the warnings, which
    hold nothing back; ``where`` the release lies."""

    outcome: str
    message: str
    where: str | None = None
    broken: list[RuleResult] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return EXITS[self.outcome]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        rules = [
            {"rule": r.rule, "severity": r.severity, "sentence": r.sentence, "failed": r.failed, "error": r.error}
            for r in self.broken
        ]
        return {"outcome": self.outcome, "message": self.message, "where": self.where, "broken": rules}


def audited(con: duckdb.DuckDBPyConnection, home: Home, building: Path, shrinks: bool = False) -> Outcome:
    """The verdict over the whole warehouse, as it was built for a release, recorded in ``con``. Critical failures make
    it failed.

    ``shrinks``: a person accepts that reports of the release before are gone.
    """
    with publishing.attached(con, building) as copy:
        verdict = auditing.check_warehouse(
            copy,
            previous=None if shrinks else _previous(home),
            baseline=auditing.read_baseline(home.baseline),
            state=home.quality,
        )
    records.keep(con, verdict, stage="warehouse")
    return judged(verdict)


def publish(con: duckdb.DuckDBPyConnection, home: Home, building: Path, checked: Outcome) -> Outcome:
    """Put out what was built if the audit, which ended as ``checked``, does not refuse it; a refusal leaves the last
    release in place. The quality pages are ``render``'s."""
    if checked.outcome == "failed":
        publishing.discard(building)
        return Outcome("failed", f"没有发布，上一版保持不动：{checked.message}", None, checked.broken)
    expected = _rows(con)
    try:
        release = publishing.put_out(con, home, building, check=lambda copy: _differs(expected, _rows(copy)))
    except publishing.PublishRefused as refusal:
        publishing.discard(building)
        return Outcome("failed", str(refusal), None, checked.broken)
    except BaseException:
        publishing.discard(building)  # at once: on a full disk the pages want its space
        raise
    reports, facts = release.rows["core.reports"], release.rows["core.facts"]
    message = f"已发布 {release.release_id}：{reports} 份报告，{facts:,} 项事实；{checked.message}"
    return Outcome("completed", message, str(home.published), checked.broken)


def _previous(home: Home) -> pl.DataFrame | None:
    """Which issuers and years the last release had; None where nothing is published."""
    if not home.published_database.is_file():
        return None
    release = database.connect(home.published_database, read_only=True)
    try:
        return auditing.reported(release)
    finally:
        release.close()


def render(con: duckdb.DuckDBPyConnection, home: Home, stop: Event | None = None) -> None:
    """The quality pages, with Great Expectations' own beside them. Gives up once ``stop`` is set."""

    def go_on(_done: int, _total: int) -> None:
        if stop is not None and stop.is_set():
            raise InterruptedError("质量页没有写完；下一次运行会接着写")

    pages.render(
        con, home.quality_pages, docs=detail.build(home.quality), progress=go_on, processes=os.cpu_count() or 1
    )


def judged(verdict: Verdict) -> Outcome:
    """A verdict as an outcome with its sentence. Warnings are told and hold nothing back, so the audit is completed;
    rules of severity info only note something: they break nothing."""
    broken = [r for r in verdict.results if not r.passed and (r.severity != "info" or r.error)]
    message = f"全库检查 {len(verdict.results)} 条规则，{len(broken)} 条没有通过"
    if verdict.refused:
        return Outcome("failed", f"{message}：{verdict.refused}", None, broken)
    return Outcome("completed", f"{message}（只是提示，不影响发布）" if broken else message, None, broken)


def _rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows every base table of the data's own layers has."""
    tables = con.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
        " WHERE schema_name IN ('raw', 'core') AND database_name = current_database()"
    ).fetchall()
    return {name: con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for (name,) in tables}


def _differs(expected: dict[str, int], found: dict[str, int]) -> str | None:
    wrong = [f"{name} {found.get(name)} 行，应有 {n} 行" for name, n in expected.items() if found.get(name) != n]
    return "副本与工作库不一致：" + "；".join(wrong) if wrong else None
