"""What the program does, as plain functions: ingest, publish, audit. No Prefect in here; flows wrap these with
``call=recorded.as_task``, the command line calls them with a progress bar.

Idempotency lies in the warehouse: a file is known by its content hash under the present reader and catalogue, so a run
that was killed is resumed by running again. ``flows.again`` has reread and rebuild, which share the chunks' way.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any, ParamSpec, TypeVar

import duckdb
import polars as pl

from annual_reports import catalogue, divisions
from annual_reports.files import Limits as FileLimits
from expectations.limits import Vocabulary
from flows import batches, decisions, inbox, releasing
from flows.batches import BatchRefused, Run, Submit
from flows.inbox import Found
from flows.readers import Limits, Readers
from flows.reading_process import Knowledge
from flows.releasing import Outcome
from flows.summary import Reject, Summary, counts
from warehouse import corrections, database, load, reference
from warehouse import publish as publishing
from warehouse.home import Home

P = ParamSpec("P")
R = TypeVar("R")
Call = Callable[..., Any]
Progress = Callable[[int, int], None]

CHUNK = 5000  # files: large enough for the gate's fixed cost (1 s), small enough to lose little and to hold in memory
AT_ONCE = 20_000  # reports up to which pages are made beside the release: of more both together hold 300 MB more
SETTLE = 1.0  # seconds: a file changed more recently may still be on its way in


def plain(fn: Callable[P, R], *args: P.args, **kw: P.kwargs) -> R:
    """Call ``fn``: what ``call`` is where nothing is recorded."""
    return fn(*args, **kw)


def silent(done: int, total: int) -> None:
    """No progress."""


@dataclass(frozen=True)
class How:
    """How a run is carried out: ``call`` runs each stage, ``progress(done, total)`` counts files, ``chunk`` files pass
    the gate at once, ``processes`` read (default: one per core), or the workers of the Dask scheduler ``dask``.
    ``limits`` is what one file may cost, ``patience`` the seconds to wait for another writer, ``settle`` how long a
    file must have held still."""

    call: Call = plain
    progress: Progress = silent
    chunk: int = CHUNK
    processes: int | None = None
    dask: str | None = None
    limits: Limits = field(default_factory=Limits)
    patience: float = 10
    settle: float = SETTLE


PLAIN = How()


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


def begin(home: Home, con: duckdb.DuckDBPyConnection) -> Run:
    """Record the start of a run. Raises CatalogueError (Chinese) for a file of the user's that cannot be used."""
    tables, places = catalogue.load(home.catalogue), divisions.load(home.divisions)
    reference.refresh(con, home)
    rests_on = hashlib.sha256(f"{tables.version} {places.version}".encode()).hexdigest()[:16]
    return Run(
        home,
        con,
        load.begin(con, reader_version(), rests_on),
        database.now(),
        reader_version(),
        rests_on,
        Knowledge(home.catalogue, home.divisions, tables.version),
        Vocabulary.of(tables),
        FileLimits().size,
    )


def ingest(home: Home, paths: Sequence[str | Path] | None = None, *, publish: bool = True, how: How = PLAIN) -> Summary:
    """Read the new files under ``paths`` (default: the inbox) into the warehouse of ``home`` and publish.

    The summary's outcome is completed, quarantined (something was rejected or held back), nothing_new, or failed (the
    gate refused a batch, a correction does not fit, or what was loaded cannot be published). Raises WarehouseError,
    CatalogueError or FileNotFoundError, in Chinese, where no run can begin.
    """
    began = time.monotonic()
    home.make()
    with opened(home, how.patience) as con:
        found, left = how.call(inbox.walk, paths or [home.inbox])
        run = begin(home, con)
        summary = Summary(load_id=run.load_id, seen=len(found), left=left)
        with recorded_end(run, summary):
            new, known = how.call(sift, run, found)
            summary.known = summary.seen - len(new)
            new, moving = inbox.settled(new, how.settle)
            summary.left += moving
            summary.seen -= len(moving)
            again = _take_all(run, new, known, summary, how)
            apply_decisions(run, summary, how)
            count_again(run, again, summary)
            conclude(summary, nothing_new=not new)
        if publish and summary.outcome != "failed":
            publish_after(run, summary, how)
    summary.seconds = time.monotonic() - began
    return summary


def _take_all(run: Run, new: list[Found], known: set[str], summary: Summary, how: How) -> list[tuple[str, str]]:
    """Bring the files in chunk by chunk; returns those whose content an earlier one of the run had."""
    met: set[str] = set()
    again: list[tuple[str, str]] = []

    def take(files: list[Found], submit: Submit) -> batches.Batch:
        batch: batches.Batch = how.call(batches.take, run, files, known, met, submit)
        met.update(batch.paths)
        again.extend(batch.again)
        summary.known += batch.known
        return batch

    process(run, new, take, summary, how)
    return again


def sift(run: Run, found: list[Found]) -> tuple[list[Found], set[str]]:
    """The files that are not known by path, size and time of change, and the hashes that are known.

    The known ones are noted as seen. A file that could not be opened the last time, or on which
    our own reader failed, is never known.
    """
    rows = run.con.sql(
        """
        SELECT places.path, places.size, epoch_us(places.mtime) AS mtime, sha256
        FROM raw.file_locations AS places INNER JOIN raw.files AS files USING (sha256)
        WHERE files.reader_version = $reader AND files.catalogue_version = $catalogue
            AND coalesce(files.reason_code NOT IN ('unreadable', 'reader_fault'), TRUE)
        """,
        params={"reader": run.reader_version, "catalogue": run.catalogue_version},
    ).pl()
    paths = [f.path for f in found]
    if not all(map(str.isprintable, paths)):  # a hundred thousand calls saved where nothing is to be escaped
        paths = [inbox.shown(path) for path in paths]
    seen = pl.DataFrame(
        {"path": paths, "size": [f.size for f in found], "at": [f.mtime_ns for f in found]},
        schema={"path": pl.String, "size": pl.Int64, "at": pl.Int64},
    ).with_row_index("n")
    here = seen.join(rows, on=["path", "size"]).filter((pl.col("at") // 1000 - pl.col("mtime")).abs() <= 1)
    if here.height:
        load.sight(run.con, load.seen_again(here, run.started))
    new = seen.join(here, on="n", how="anti")["n"].sort()
    return [found[n] for n in new], set(rows["sha256"])


def process(
    run: Run, sources: Sequence[Any], take: Callable[[Any, Submit], batches.Batch], summary: Summary, how: How
) -> None:
    """Every chunk of ``sources`` through its stages; while one is checked and loaded, the next is being read.

    A batch that the gate refuses ends the run as failed; what was loaded before it stays.
    """
    ahead: deque[tuple[int, batches.Batch]] = deque()
    done, total = 0, len(sources)
    how.progress(0, total)
    with _readers(run, total, how) as pool:
        for start in range(0, total + how.chunk, how.chunk):
            some = sources[start : start + how.chunk]
            if some:
                ahead.append((len(some), take(some, pool.submit)))
            while len(ahead) > bool(some):
                size, batch = ahead.popleft()
                _one(run, batch, summary, how.call)
                done += size
                how.progress(done, total)


def _readers(run: Run, files: int, how: How) -> Any:
    """Who reads: processes of this machine, or the workers of a Dask cluster."""
    if how.dask:
        from flows.cluster import Cluster

        return Cluster(how.dask, run.knowledge)
    return Readers(run.knowledge, max(1, min(how.processes or os.cpu_count() or 1, files)), how.limits)


def _one(run: Run, batch: batches.Batch, summary: Summary, call: Call) -> None:
    batch = call(batches.read, batch)
    batch = call(batches.check, run, batch)
    brought = call(batches.write, run, batch)
    summary.loaded += brought.reports
    summary.copies += brought.copies
    summary.facts += brought.facts
    summary.rejects += batches.rejects(batch)
    summary.held += batches.held_rows(batch)


@contextmanager
def recorded_end(run: Run, summary: Summary) -> Iterator[None]:
    """Record in ``ops.loads`` how the block ends. A refused batch and corrections that do not fit end it as failed;
    other errors are recorded and raised."""
    try:
        yield
    except (BatchRefused, corrections.CorrectionError) as error:
        refused = "这一批没有入库：" if isinstance(error, BatchRefused) else "数据已入库，但人工更正用不上："
        summary.outcome, summary.message = "failed", f"{refused}{error}"
    except Exception as error:
        summary.outcome, summary.message = "failed", f"{type(error).__name__}: {error}"
        _record(run, summary)
        raise
    _record(run, summary)


def _record(run: Run, summary: Summary) -> None:
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


def apply_decisions(run: Run, summary: Summary, how: How) -> None:
    """Carry out what people decided, and count what the run has brought now that this is done.

    Rows that are in again or dropped no longer wait for anyone; a report may have been found to be a copy by a later
    chunk than its own.
    """
    decided = how.call(decisions.apply, run.con, run.home)
    summary.held = [row for row in summary.held if row["quarantine_id"] not in decided]
    [(summary.loaded, summary.withheld, summary.copies, summary.facts)] = run.con.execute(
        """
        SELECT
            count(*) FILTER (status = 'loaded' AND report_id IS NOT NULL),
            count(*) FILTER (status = 'loaded' AND report_id IS NULL),
            count(*) FILTER (status = 'duplicate'),
            (SELECT count(*) FROM core.facts SEMI JOIN core.reports AS brought
                ON brought.report_id = facts.report_id AND brought.load_id = $load)
        FROM raw.files WHERE load_id = $load
        """,
        {"load": run.load_id},
    ).fetchall()
    how.call(corrections.apply, run.con, run.home)


def count_again(run: Run, again: list[tuple[str, str]], summary: Summary) -> None:
    """Files whose content the run had already met, by path and content hash: copies, or rejected as the first was."""
    if not again:
        return
    found = run.con.execute(
        "SELECT sha256, reason_code, reason FROM raw.files WHERE status = 'rejected' AND list_contains(?, sha256)",
        [[sha256 for _, sha256 in again]],
    ).fetchall()
    rejected = {sha256: (code, reason) for sha256, code, reason in found}
    for path, sha256 in again:
        if sha256 in rejected:
            summary.rejects.append(Reject(path, *rejected[sha256]))
        else:
            summary.copies += 1


def conclude(summary: Summary, nothing_new: bool) -> None:
    """The outcome of a run that came to its end, and the sentence that says it."""
    if nothing_new:
        summary.outcome = "nothing_new"
    else:
        summary.outcome = "quarantined" if summary.rejects or summary.held else "completed"
    summary.message = counts(summary)


def publish_after(run: Run, summary: Summary, how: How) -> None:
    """Publish what a run brought, or, where it brought nothing, what a run that was killed left unpublished."""
    if summary.outcome == "nothing_new" and publishing.is_current(run.con, run.home):
        return
    release = _release(run.con, run.home, how)
    summary.published = release.where
    if release.outcome == "failed":
        summary.outcome, summary.message = "failed", f"{summary.message}；{release.message}"


def publish(home: Home, *, shrinks: bool = False, how: How = PLAIN) -> Outcome:
    """Apply the corrections, check the warehouse, and publish. A failed check leaves the last release in place.

    ``shrinks``: a person accepts that reports of the release before are gone.
    """
    with opened(home, how.patience) as con:
        reference.refresh(con, home)
        how.call(corrections.apply, con, home)
        return _release(con, home, how, shrinks)


def _release(con: duckdb.DuckDBPyConnection, home: Home, how: How, shrinks: bool = False) -> Outcome:
    """Build and audit a release, then put it out and make the quality pages, of small warehouses at the same time.

    Publishing keeps one core busy at most and the pages are written by other processes. Where publishing fails, the
    pages are made all the same, for they say what is wrong; where a person stops the run, they stop as well.
    """
    stop, put_out = Event(), Event()
    [(reports,)] = con.execute("SELECT count(*) FROM core.reports").fetchall()

    def render() -> None:
        if reports > AT_ONCE:
            put_out.wait()
        how.call(releasing.render, reading, home, stop)

    with (
        _built(con, home, how) as building,
        con.cursor() as reading,
        ThreadPoolExecutor(1, thread_name_prefix="render") as aside,
    ):
        checked = how.call(releasing.audited, con, home, building, shrinks)
        # the context is Prefect's: without it the task would not know its run
        pages = aside.submit(copy_context().run, render)
        try:
            release: Outcome = how.call(releasing.publish, con, home, building, checked)
        except (KeyboardInterrupt, SystemExit):
            stop.set()
            raise
        finally:
            put_out.set()
        pages.result()
    return release


def audit(home: Home, *, how: How = PLAIN) -> Outcome:
    """Check the whole warehouse, as it would be published, and bring the quality pages up to date."""
    with opened(home, how.patience) as con:
        with _built(con, home, how) as building:
            checked: Outcome = how.call(releasing.audited, con, home, building)
        how.call(releasing.render, con, home)
        return checked


@contextmanager
def _built(con: duckdb.DuckDBPyConnection, home: Home, how: How) -> Iterator[Path]:
    """A release to be, which is gone after the block unless it was put out."""
    building: Path = how.call(publishing.build, con, home)
    try:
        yield building
    finally:
        publishing.discard(building)


# Worth another try where it failed: these read and write files. Reading and checking say the same the second time,
# and a chunk that could not be loaded is better told at once.
INPUT_OUTPUT = {inbox.walk, batches.take}
