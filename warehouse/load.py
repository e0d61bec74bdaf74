"""Loading: frames that passed the gate go in, one transaction per chunk, and every document counts once.

Knows how a chunk replaces what was loaded of the same files, how copies are told from revisions, and what is recorded
of files and runs. Leaves out reading, checking, and which version is current (``sql/core/report_versions.sql``).

A copy is another file with the same figures by the same issuer for the same year (where the issuer is not certain: with
the same text). It becomes a location of the report that was seen first (then: of the lower path), whatever the order in
which chunks arrive, and has no rows in core.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from warehouse import database, terms
from warehouse.frames import POLARS
from warehouse.schema import tables

CORE = ("reports", "sections", "quantities", "facts", "fact_evidence", "checks")
BY_REPORT = ("reports", "sections", "quantities", "facts", "checks")  # fact_evidence goes with its facts


@dataclass(frozen=True)
class Loaded:
    """What a chunk brought: ``reports`` newly in core, ``copies``, ``rejected`` files, ``facts`` inserted."""

    reports: int
    copies: int
    rejected: int
    facts: int


def begin(con: duckdb.DuckDBPyConnection, reader_version: str, catalogue_version: str) -> str:
    """Record that a load starts; returns its load_id. A row without ``finished_at`` is a run that was killed."""
    started = database.now()
    load_id = f"{started:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    con.execute(
        "INSERT INTO ops.loads (load_id, started_at, reader_version, catalogue_version) VALUES (?, ?, ?, ?)",
        [load_id, started, reader_version, catalogue_version],
    )
    return load_id


def finish(con: duckdb.DuckDBPyConnection, load_id: str, status: str, message: str, **counts: int) -> None:
    """Record how a load ended. ``counts``: seen, known, loaded, rejected, copies, quarantined, facts."""
    names = ["seen", "known", "loaded", "rejected", "copies", "quarantined", "facts"]
    if unknown := set(counts) - set(names):
        raise TypeError(f"no such counts: {sorted(unknown)}")
    sets = ", ".join(f"{name} = ?" for name in names)
    con.execute(
        f"UPDATE ops.loads SET finished_at = ?, status = ?, message = ?, {sets} WHERE load_id = ?",
        [database.now(), status, message, *(counts.get(name, 0) for name in names), load_id],
    )


def known(con: duckdb.DuckDBPyConnection, reader_version: str, catalogue_version: str) -> set[str]:
    """Hashes of the files that this reader with this catalogue has dealt with, whatever the outcome."""
    rows = con.execute(
        "SELECT sha256 FROM raw.files WHERE reader_version = ? AND catalogue_version = ?",
        [reader_version, catalogue_version],
    ).fetchall()
    return {sha256 for (sha256,) in rows}


def locations(seen: Iterable[tuple[str, str, int | None, int]], seen_at: datetime) -> pl.DataFrame:
    """Rows for ``raw.file_locations`` from (sha256, path, mtime in ns since 1970 or None, size in bytes)."""
    rows = [(sha256, path, moment(mtime), size, seen_at, seen_at) for sha256, path, mtime, size in seen]
    columns = {c.name: POLARS[c.type] for c in tables()["raw.file_locations"].columns}
    return pl.DataFrame(rows, schema=columns, orient="row")


def seen_again(known: pl.DataFrame, seen_at: datetime) -> pl.DataFrame:
    """Rows for ``sight`` of places that are known already: ``known`` has sha256 and path, and nothing changed there."""
    columns = {c.name: POLARS[c.type] for c in tables()["raw.file_locations"].columns}
    empty = {name: pl.lit(None, kind) for name, kind in columns.items() if name not in ("sha256", "path")}
    return known.select("sha256", "path").with_columns(**{**empty, "last_seen": pl.lit(seen_at, columns["last_seen"])})


def moment(nanoseconds: int | None) -> datetime | None:
    """Nanoseconds since 1970 as every column keeps times: UTC, without a zone."""
    return None if nanoseconds is None else datetime.fromtimestamp(nanoseconds / 1e9, UTC).replace(tzinfo=None)


def sight(con: duckdb.DuckDBPyConnection, seen: pl.DataFrame) -> None:
    """Record where files were seen: a known place gets a new ``last_seen``, a new one a row."""
    with database.transaction(con):
        _sight(con, seen)


def load_chunk(
    con: duckdb.DuckDBPyConnection,
    frames: dict[str, pl.DataFrame],
    files: pl.DataFrame,
    seen: pl.DataFrame,
    *,
    load_id: str,
    reader_version: str,
    catalogue_version: str,
    held: pl.DataFrame | None = None,
    cache: Path | None = None,
) -> Loaded:
    """Load one chunk in one transaction; all of it or nothing.

    ``frames`` as ``warehouse.frames.frames`` makes them (what the gate held back taken out), ``files`` as
    ``warehouse.frames.files``, ``seen`` as ``locations``: at least one row per file. Whatever was loaded before of the
    same files is replaced. ``held``: rows that the gate held back, for ``quality.quarantine``. ``cache``: folder for
    jieba's dictionary cache.
    """
    given = {**{f"in_{name}": frames[name] for name in CORE}, "in_files": files}
    for name, frame in given.items():
        con.register(name, frame.to_arrow(compat_level=pl.CompatLevel.newest()))  # the newest needs no copy of the text
    try:
        with database.transaction(con):
            _sight(con, seen)
            _stage_files(con, load_id, reader_version, catalogue_version)
            _forget(con)
            copies = _settle_copies(con)
            for name in CORE:
                _insert(con, name, load_id, copies)
            con.execute("DELETE FROM raw.files WHERE sha256 IN (SELECT sha256 FROM new_files)")
            con.execute("INSERT INTO raw.files SELECT * FROM new_files")
            _hold(con, held, load_id)
            terms.cut_new_titles(con, frames["sections"], cache)
            loaded = _count(con, frames)
    finally:
        for name in given:
            con.unregister(name)
    return loaded


def _sight(con: duckdb.DuckDBPyConnection, seen: pl.DataFrame) -> None:
    con.register("in_seen", seen.to_arrow())
    con.execute("""
        UPDATE raw.file_locations AS known
        SET last_seen = greatest(known.last_seen, seen.last_seen),
            mtime = coalesce(seen.mtime, known.mtime), size = coalesce(seen.size, known.size)
        FROM in_seen AS seen WHERE known.sha256 = seen.sha256 AND known.path = seen.path
    """)
    con.execute("""
        INSERT INTO raw.file_locations
        SELECT * FROM in_seen AS seen ANTI JOIN raw.file_locations AS known USING (sha256, path)
    """)
    con.unregister("in_seen")


def _stage_files(con: duckdb.DuckDBPyConnection, load_id: str, reader_version: str, catalogue_version: str) -> None:
    """``new_files``: the chunk's rows of raw.files, with what their locations and earlier loads say of them."""
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE new_files AS
        WITH places AS (
            SELECT sha256, min(mtime)::DATE AS mtime, min(struct_pack(first_seen, path)) AS first
            FROM raw.file_locations WHERE sha256 IN (SELECT sha256 FROM in_files)
            GROUP BY sha256
        )
        SELECT
            files.* REPLACE (
                coalesce(files.sidecar_date, places.mtime) AS sidecar_date,
                -- a report that the gate holds back is not in core; its reason says where it is
                CASE WHEN reports.report_id IS NOT NULL THEN files.report_id END AS report_id,
                CASE WHEN files.status = 'loaded' AND reports.report_id IS NULL
                    THEN '报告被隔离，见 quality.quarantine' ELSE files.reason END AS reason
            ),
            coalesce(places.first.path, known.first_path) AS first_path,
            ? AS reader_version, ? AS catalogue_version,
            coalesce(places.first.first_seen, known.first_seen) AS first_seen,
            ? AS load_id
        FROM in_files AS files
        LEFT JOIN places ON files.sha256 = places.sha256
        LEFT JOIN raw.files AS known ON files.sha256 = known.sha256
        LEFT JOIN in_reports AS reports ON files.report_id = reports.report_id
        """,
        [reader_version, catalogue_version, load_id],
    )


def _forget(con: duckdb.DuckDBPyConnection, doomed: str = "SELECT left(sha256, 16) FROM in_files") -> None:
    """Delete everything in core of the reports that ``doomed`` selects; costs nothing where none is loaded."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE doomed AS
        SELECT report_id FROM core.reports WHERE report_id IN ({doomed})
    """)
    if not con.execute("SELECT count(*) FROM doomed").fetchall()[0][0]:
        return
    con.execute("""
        DELETE FROM core.fact_evidence WHERE fact_id IN (
            SELECT fact_id FROM core.facts WHERE report_id IN (SELECT report_id FROM doomed))
    """)
    for name in BY_REPORT:
        con.execute(f"DELETE FROM core.{name} WHERE report_id IN (SELECT report_id FROM doomed)")


def _settle_copies(con: duckdb.DuckDBPyConnection) -> bool:
    """``new_reports``: the chunk's reports with their hashes; copies leave core and become ``duplicate`` files.

    Returns whether any of the chunk's reports is a copy, so that its rows must be kept out.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE new_reports AS
        SELECT report_id, sha256, report_year, issuer_id, figures_hash, text_hash FROM in_reports
    """)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE copies AS
        WITH versions AS (
            SELECT report_id, sha256, report_year, issuer_id, figures_hash, text_hash FROM new_reports
            UNION ALL
            SELECT report_id, sha256, report_year, issuer_id, figures_hash, text_hash FROM core.reports
            WHERE figures_hash IN (SELECT figures_hash FROM new_reports)
        ),
        seen AS (
            SELECT sha256, first_seen, first_path FROM new_files
            UNION ALL
            SELECT sha256, first_seen, first_path FROM raw.files ANTI JOIN new_files USING (sha256)
        )
        SELECT report_id, sha256, first_value(report_id) OVER same AS original
        FROM versions LEFT JOIN seen USING (sha256)
        WINDOW same AS (
            PARTITION BY report_year, figures_hash,
                CASE WHEN starts_with(issuer_id, 'unresolved:') THEN text_hash ELSE issuer_id END
            ORDER BY first_seen, first_path, sha256
        )
        QUALIFY original <> report_id
    """)
    if not con.execute("SELECT count(*) FROM copies").fetchall()[0][0]:
        return False
    _forget(con, "SELECT report_id FROM copies")
    for table in ("new_files", "raw.files"):
        # whatever pointed to a report that is now known for a copy points to its original
        con.execute(f"""
            UPDATE {table} AS files SET
                report_id = copies.original,
                reason = '与已入库的报告 ' || copies.original || ' 内容相同',
                status = 'duplicate'
            FROM copies WHERE files.report_id = copies.report_id
        """)
    con.execute("DELETE FROM new_reports WHERE report_id IN (SELECT report_id FROM copies)")
    return True


def _insert(con: duckdb.DuckDBPyConnection, name: str, load_id: str, copies: bool) -> None:
    columns = [c.name for c in tables()[f"core.{name}"].columns]
    kept = ""
    if copies and name == "fact_evidence":
        kept = "WHERE fact_id IN (SELECT fact_id FROM in_facts SEMI JOIN new_reports USING (report_id))"
    elif copies:
        kept = "WHERE report_id IN (SELECT report_id FROM new_reports)"
    con.execute(
        f"INSERT INTO core.{name} SELECT {', '.join(columns)} FROM (SELECT *, $load AS load_id FROM in_{name}) {kept}",
        {"load": load_id},
    )


def _hold(con: duckdb.DuckDBPyConnection, held: pl.DataFrame | None, load_id: str) -> None:
    """Put held rows into quarantine; what is still held of the same files goes, what a person decided stays."""
    con.execute("""
        DELETE FROM quality.quarantine
        WHERE status = 'held' AND report_id IN (SELECT left(sha256, 16) FROM in_files)
    """)
    if held is None or held.is_empty():
        return
    con.register("in_held", held.to_arrow())
    con.execute(
        """
        INSERT INTO quality.quarantine
            (quarantine_id, load_id, table_name, row_id, report_id, rules, reasons, content, status)
        SELECT quarantine_id, ?, table_name, row_id, report_id, rules, reasons, content, 'held'
        FROM in_held ANTI JOIN quality.quarantine USING (quarantine_id)
        """,
        [load_id],
    )
    con.unregister("in_held")


def _count(con: duckdb.DuckDBPyConnection, frames: dict[str, pl.DataFrame]) -> Loaded:
    reports, facts = con.execute("""
        SELECT count(*), (SELECT count(*) FROM in_facts SEMI JOIN new_reports USING (report_id)) FROM new_reports
    """).fetchall()[0]
    copies, rejected = con.execute("""
        SELECT count(*) FILTER (status = 'duplicate'), count(*) FILTER (status = 'rejected') FROM new_files
    """).fetchall()[0]
    return Loaded(reports, copies, rejected, facts)
