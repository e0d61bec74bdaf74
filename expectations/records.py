"""Keeping verdicts in the quality tables: a run, the result of every rule, every failing row.

Knows the columns of quality.runs, results and failures. What is held back goes to quality.quarantine with the load of
its batch (in one transaction with the rest of it), not here.
"""

from __future__ import annotations

import secrets

import duckdb
import polars as pl

from expectations.verdict import Verdict


def keep(con: duckdb.DuckDBPyConnection, verdict: Verdict, *, stage: str, load_id: str | None = None) -> str:
    """Record ``verdict`` and return its run id. ``stage``: batch (before loading) or warehouse (after).

    Of the runs over the whole warehouse only the latest keeps its failing rows: they say how things stand, and a night
    of them for every night of the year would outgrow the data. The results of all runs stay, for the trend.
    """
    run_id = f"{verdict.started_at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    run = (
        run_id, stage, load_id, verdict.started_at, verdict.finished_at, len(verdict.results), verdict.failed_critical,
        verdict.failed_warning, verdict.refused is not None, verdict.refused,
    )  # fmt: skip
    results = [
        (run_id, r.suite, r.rule, r.severity, r.sentence, r.target, r.passed, r.checked, r.failed, r.observed, r.error)
        for r in verdict.results
    ]
    failures = [
        (run_id, f.suite, f.rule, f.severity, f.table_name, f.row_id, f.report_id, f.detail) for f in verdict.failures
    ]
    con.execute("BEGIN TRANSACTION")
    try:
        if stage == "warehouse":
            earlier = "SELECT run_id FROM quality.runs WHERE stage = 'warehouse'"
            con.execute(f"DELETE FROM quality.failures WHERE run_id IN ({earlier})")
        con.execute(f"INSERT INTO quality.runs VALUES ({', '.join('?' * len(run))})", run)
        _insert(con, "quality.results", results)
        _insert(con, "quality.failures", failures)
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT")
    return run_id


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]) -> None:
    if not rows:
        return
    con.register("incoming", pl.DataFrame(rows, orient="row", infer_schema_length=None).to_arrow())
    con.execute(f"INSERT INTO {table} BY POSITION SELECT * FROM incoming")
    con.unregister("incoming")
