"""Rereading and rebuilding: what must be read again, what changed by it, and whether two warehouses say the same.

Knows which files an older reader or catalogue read, how to compare facts before and after, and how a whole warehouse is
built aside from the snapshots and swapped in. Leaves out the reading itself: the flows bring the snapshots through the
same steps as new files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from warehouse import database, reference, schema
from warehouse.home import Home
from warehouse.schema import literal


def stale(
    con: duckdb.DuckDBPyConnection, reader_version: str, catalogue_version: str, since: str | None = None
) -> list[str]:
    """Hashes of the files that another reader or catalogue than the present one read last.

    ``since``: only those that a program older than this version (``0.2.0``) read. In the order in which they were
    first seen. Raises ValueError (Chinese) for a ``since`` that is no version.
    """
    rows = con.execute(
        "SELECT sha256, reader_version FROM raw.files WHERE reader_version <> ? OR catalogue_version <> ?"
        " ORDER BY first_seen, first_path, sha256",
        [reader_version, catalogue_version],
    ).fetchall()
    if since is None:
        return [sha256 for sha256, _ in rows]
    limit = _number(since)
    return [sha256 for sha256, reader in rows if _number(reader) < limit]


def _number(version: str) -> tuple[int, ...]:
    """0.2.0+1a2b → (0, 2, 0)."""
    try:
        return tuple(int(part) for part in version.partition("+")[0].split("."))
    except ValueError:
        raise ValueError(f"「{version}」不是版本号，应写作 0.2.0") from None


@contextmanager
def changes(con: duckdb.DuckDBPyConnection) -> Iterator[list[pl.DataFrame]]:
    """What happens to the facts inside the block; the list holds one frame after it.

    Columns: report_id, issuer_id, report_year, indicator, scope, change (added, removed, changed), old_value,
    new_value, old_bound, new_bound, unit. Facts are compared per document, indicator and scope.
    """
    facts = """
        SELECT report_id, issuer_id, report_year, indicator, scope, value, low, high, bound, unit,
            row_number() OVER (PARTITION BY report_id, indicator, scope ORDER BY value, bound) AS nth
        FROM core.facts
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE facts_before AS {facts}")
    found: list[pl.DataFrame] = []
    yield found
    found.append(
        con.sql(f"""
            SELECT
                coalesce(new.report_id, old.report_id) AS report_id,
                coalesce(new.issuer_id, old.issuer_id) AS issuer_id,
                coalesce(new.report_year, old.report_year) AS report_year,
                coalesce(new.indicator, old.indicator) AS indicator,
                coalesce(new.scope, old.scope) AS scope,
                CASE
                    WHEN old.report_id IS NULL THEN 'added' WHEN new.report_id IS NULL THEN 'removed' ELSE 'changed'
                END AS change,
                old.value AS old_value, new.value AS new_value, old.bound AS old_bound, new.bound AS new_bound,
                coalesce(new.unit, old.unit) AS unit
            FROM facts_before AS old
            FULL OUTER JOIN ({facts}) AS new USING (report_id, indicator, scope, nth)
            WHERE (old.issuer_id, old.report_year, old.value, old.low, old.high, old.bound, old.unit)
                IS DISTINCT FROM (new.issuer_id, new.report_year, new.value, new.low, new.high, new.bound, new.unit)
            ORDER BY ALL
        """).pl()
    )
    con.execute("DROP TABLE facts_before")


@contextmanager
def building(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty, migrated warehouse beside the working file; at the end of the block it takes that file's place.

    The working file stays locked meanwhile, so that no other run writes what would be lost; a damaged or missing one is
    no hindrance. When the block raises, nothing changes.
    """
    aside = home.root / "warehouse.rebuilding.duckdb"
    home.make()
    holder = _hold(home)
    try:
        for leftover in (aside, _log(aside)):
            leftover.unlink(missing_ok=True)
        con = database.connect(aside, spill=home.temporary)
        try:
            con.execute("SET preserve_insertion_order = false")
            database.migrate(con, aside)
            reference.refresh(con, home)
            yield con
            con.execute("CHECKPOINT")
        finally:
            con.close()
        _log(home.warehouse).unlink(missing_ok=True)  # it belongs to the file that goes
        os.replace(aside, home.warehouse)
    finally:
        if holder is not None:
            holder.close()
        for leftover in (aside, _log(aside)):
            leftover.unlink(missing_ok=True)


def _hold(home: Home) -> duckdb.DuckDBPyConnection | None:
    if not home.warehouse.exists():
        return None
    try:
        con = database.connect(home.warehouse)
        con.execute("CHECKPOINT")
        return con
    except database.Locked:
        raise
    except (database.WarehouseError, duckdb.Error):
        return None


def _log(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


@dataclass(frozen=True)
class Unequal:
    """A table in which two warehouses differ: rows that only the one, or only the other has."""

    table: str
    only_here: int
    only_there: int


def compare(con: duckdb.DuckDBPyConnection, other: Path) -> list[Unequal]:
    """Where the warehouse of ``con`` and that in the file ``other`` differ, over every table that is no run's record.

    Columns marked ``run`` in ``warehouse/tables`` (times, load ids) do not count. An empty list means equal.
    """
    con.execute(f"ATTACH {literal(str(other))} AS other_warehouse (READ_ONLY)")
    try:
        found = []
        for table in schema.tables().values():
            if table.run or table.view is not None:
                continue
            columns = ", ".join(c.name for c in table.columns if not c.run)
            here, there = (
                f"SELECT {columns} FROM {table.full_name}",
                f"SELECT {columns} FROM other_warehouse.{table.full_name}",
            )
            only_here, only_there = con.execute(f"""
                SELECT (SELECT count(*) FROM ({here} EXCEPT ALL {there})),
                       (SELECT count(*) FROM ({there} EXCEPT ALL {here}))
            """).fetchall()[0]
            if only_here or only_there:
                found.append(Unequal(table.full_name, only_here, only_there))
        return found
    finally:
        con.execute("DETACH other_warehouse")
