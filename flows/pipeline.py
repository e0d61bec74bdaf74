"""What the program does, as plain functions: ingest, publish, audit. No Prefect in here; flows wrap these with
``call=recorded.as_task``, the command line calls them with a progress bar.

Idempotency lies in the warehouse: a file is known by its content hash under the present reader and catalogue, so a run
that was killed is resumed by running again. ``reread`` and ``rebuild`` are in ``flows.again``.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import duckdb
import polars as pl

from annual_reports import catalogue, divisions
from annual_reports.files import Limits as FileLimits
from expectations.limits import Vocabulary
from flows import batches, inbox
from flows.batches import BatchRefused, Run
from flows.inbox import Found
from flows.readers import Limits, Readers
from flows.reading_process import Knowledge
from flows.summary import Summary, counts
from warehouse import corrections, database, load
from warehouse import publish as publishing
from warehouse.home import Home

P = ParamSpec("P")
R = TypeVar("R")
Progress = Callable[[int, int], None]

CHUNK = 1000  # files: large enough for the gate's fixed cost (0.6 s), small enough to lose little and to hold in memory
SETTLE = 1.0  # seconds: a file changed more recently may still be on its way in


def plain(fn: Callable[P, R], *args: P.args, **kw: P.kwargs) -> R:
    """Call ``fn``: what ``call`` is where nothing is recorded."""
    return fn(*args, **kw)


def silent(done: int, total: int) -> None:
    """No progress."""


@contextmanager
def opened(home: Home, patience: float = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """The working file for writing; waits up to ``patience`` seconds for another process that has it open."""
    end = time.monotonic() + patience
    while True:
        try:
            con = database.open(home)
            break
        except database.Locked:
            if time.monotonic() >= end:
                raise
            time.sleep(0.5)
    try:
        con.execute("SET enable_progress_bar = false")
        yield con
    finally:
        con.close()


@lru_cache(maxsize=1)
def reader_version() -> str:
    """The program's version and a hash of the reading code: facts may differ as soon as one of its lines does."""
    digest = hashlib.sha256()
    package = Path(str(resources.files("annual_reports")))
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return f"{version('fazhi-warehouse')}+{digest.hexdigest()[:8]}"


def knowledge_version(home: Home) -> tuple[catalogue.Catalogue, str]:
    """The catalogue with the home's overlay, and the version of all that readings rest on: catalogue and divisions."""
    tables = catalogue.load(home.catalogue)
    places = divisions.load(home.divisions)
    return tables, hashlib.sha256(f"{tables.version} {places.version}".encode()).hexdigest()[:16]


def begin(home: Home, con: duckdb.DuckDBPyConnection) -> Run:
    """Record the start of a run."""
    tables, known_by = knowledge_version(home)
    return Run(
        home,
        con,
        load.begin(con, reader_version(), known_by),
        database.now(),
        reader_version(),
        known_by,
        Knowledge(home.catalogue, home.divisions, tables.version),
        Vocabulary.of(tables),
        FileLimits().size,
    )


def ingest(
    home: Home,
    paths: Sequence[str | Path] | None = None,
    *,
    call: Callable[..., Any] = plain,
    progress: Progress = silent,
    chunk: int = CHUNK,
    processes: int | None = None,
    limits: Limits = Limits(),
    publish: bool = True,
    patience: float = 10,
    dask: str | None = None,
    settle: float = SETTLE,
) -> Summary:
    """Read the new files under ``paths`` (default: the inbox) into the warehouse of ``home`` and publish.

    ``call`` runs each stage (``recorded.as_task`` makes tasks of them), ``progress(done, total)`` counts files.
    ``patience``: seconds to wait for another writer. The summary's outcome is completed, quarantined (something was
    rejected or held back), nothing_new, or failed (the gate refused a batch, or what was loaded cannot be published).
    Raises database.WarehouseError, CatalogueError or FileNotFoundError, in Chinese, where no run can begin.
    """
    began = time.monotonic()
    home.make()
    with opened(home, patience) as con:
        found, left = call(inbox.walk, paths or [home.inbox])
        run = begin(home, con)
        summary = Summary(load_id=run.load_id, seen=len(found), left=left)
        new, known = call(sift, run, found)
        summary.known = summary.seen - len(new)
        new, moving = inbox.settled(new, settle)
        summary.left += moving
        with readers(run, len(new), processes, limits, dask) as pool:
            _chunks(run, new, known, summary, pool, chunk=chunk, call=call, progress=progress)
        _finish(run, summary, publish=publish, call=call)
        summary.seconds = time.monotonic() - began
    return summary


def readers(run: Run, files: int, processes: int | None, limits: Limits, dask: str | None) -> Any:
    """Who reads: processes of this machine, or the workers of a Dask cluster."""
    if dask:
        from flows.cluster import Cluster

        return Cluster(dask, run.knowledge)
    return Readers(run.knowledge, max(1, min(processes or os.cpu_count() or 1, files)), limits)


def sift(run: Run, found: list[Found]) -> tuple[list[Found], set[str]]:
    """The files that are not known by path, size and time of change, and the hashes that are known.

    The known ones are noted as seen. A file that could not be opened the last time is never known.
    """
    rows = run.con.sql(
        """
        SELECT places.path, places.size, epoch_us(places.mtime) AS mtime, sha256
        FROM raw.file_locations AS places INNER JOIN raw.files AS files USING (sha256)
        WHERE files.reader_version = $reader AND files.catalogue_version = $catalogue
            AND files.reason_code IS DISTINCT FROM 'unreadable'
        """,
        params={"reader": run.reader_version, "catalogue": run.catalogue_version},
    ).pl()
    seen = pl.DataFrame(
        {
            "path": [inbox.shown(f.path) for f in found],
            "size": [f.size for f in found],
            "at": [f.mtime_ns // 1000 for f in found],
        },
        schema={"path": pl.String, "size": pl.Int64, "at": pl.Int64},
    ).with_row_index("n")
    moment = pl.lit(run.started).cast(pl.Datetime("us"))
    here = seen.join(rows, on=["path", "size"]).filter((pl.col("at") - pl.col("mtime")).abs() <= 1)
    if here.height:
        columns = ["sha256", "path", pl.col("mtime").cast(pl.Datetime("us")), "size"]
        load.sight(run.con, here.select(*columns, first_seen=moment, last_seen=moment))
    known = set(here["n"])
    return [f for n, f in enumerate(found) if n not in known], set(rows["sha256"])


def _chunks(
    run: Run,
    files: list[Found],
    known: set[str],
    summary: Summary,
    pool: Any,
    *,
    chunk: int,
    call: Callable[..., Any],
    progress: Progress,
) -> None:
    """Every chunk through its stages; while one is checked and loaded, the next is being read."""
    ahead: deque[tuple[int, batches.Batch]] = deque()
    done = 0
    progress(0, len(files))
    try:
        for start in [*range(0, len(files), chunk), None]:
            if start is not None:
                some = files[start : start + chunk]
                batch = call(batches.take, run, some, known)
                known.update(batch.paths)
                batch.reading = pool.submit(batch.originals)
                ahead.append((len(some), batch))
            while len(ahead) > (start is not None):
                size, batch = ahead.popleft()
                _one(run, batch, summary, call)
                done += size
                progress(done, len(files))
    except BatchRefused as refusal:
        summary.outcome, summary.message = "failed", f"这一批没有入库：{refusal}"


def _one(run: Run, batch: batches.Batch, summary: Summary, call: Callable[..., Any]) -> None:
    batch = call(batches.read, batch)
    batch = call(batches.check, run, batch)
    brought = call(batches.write, run, batch)
    summary.loaded += brought.reports
    summary.copies += brought.copies
    summary.facts += brought.facts
    summary.rejects += batches.rejects(batch)
    summary.held += batches.held_rows(batch)


def _finish(run: Run, summary: Summary, *, publish: bool, call: Callable[..., Any]) -> None:
    """Corrections, publication, and the record of how the run ended."""
    if summary.outcome != "failed":
        call(corrections.apply, run.con, run.home)
        summary.outcome = "quarantined" if summary.rejects or summary.held else "completed"
        if summary.known == summary.seen:
            summary.outcome = "nothing_new"
        summary.message = counts(summary)
    load.finish(
        run.con,
        run.load_id,
        summary.outcome,
        summary.message,
        seen=summary.seen,
        known=summary.known,
        loaded=summary.loaded,
        rejected=len(summary.rejects),
        copies=summary.copies,
        quarantined=len(summary.held),
        facts=summary.facts,
    )
    if (
        publish
        and summary.outcome != "failed"
        and not (summary.outcome == "nothing_new" and publishing.is_current(run.con, run.home))
    ):
        release = call(_publish, run.con, run.home)
        summary.published = str(run.home.published) if release.outcome == "completed" else None
        if release.outcome == "failed":
            summary.outcome, summary.message = "failed", f"{summary.message}；{release.message}"
