"""One chunk's way from files to rows: take the bytes, keep the originals, read, check, load.

Each stage is a plain function that the pipeline calls through ``call``, so that a recorded run can make a task of it.
Knows what becomes of a file that cannot be taken, of rows that the gate holds back, and of a batch that it refuses.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import duckdb
import polars as pl

from annual_reports.report import RejectCode, Report
from expectations import gate, quarantine, records
from expectations.limits import Vocabulary
from flows import inbox
from flows.inbox import Found, Taken
from flows.reading_process import Knowledge, Original, Packed, pack, rejected, unpack
from flows.summary import Reject
from warehouse import load, query, snapshots
from warehouse.home import Home
from warehouse.snapshots import Keeping, Snapshot

TAKERS = 8  # threads that wait for the disk
PORTION, PORTION_BYTES = 250, 64_000_000  # files and bytes that are taken at once


Submit = Callable[[Sequence[Original]], list[Future[list[Packed]]]]  # begins to read them


class BatchRefused(RuntimeError):
    """The gate refuses a whole batch: nothing of it is loaded. The message says in Chinese why."""


@dataclass(frozen=True)
class Run:
    """What all chunks of a run share. ``started`` is UTC without a zone; ``largest`` counts bytes of one file."""

    home: Home
    con: duckdb.DuckDBPyConnection
    load_id: str
    started: datetime
    reader_version: str
    catalogue_version: str
    knowledge: Knowledge
    vocabulary: Vocabulary
    largest: int


@dataclass
class Batch:
    """A chunk on its way. By content hash: ``paths`` where it lies (for messages), ``dates`` what a person wrote of it
    in its sidecar. Of files whose content needs no reading: how many an earlier run dealt with (``known``), and those
    that this run has met already, as (path, content hash)."""

    refused: list[Report] = field(default_factory=list)
    seen: list[pl.DataFrame] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)
    dates: dict[str, date] = field(default_factory=dict)
    known: int = 0
    again: list[tuple[str, str]] = field(default_factory=list)
    reading: list[Future[list[Packed]]] = field(default_factory=list)
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    held: pl.DataFrame = field(default_factory=pl.DataFrame)


def take(run: Run, files: Sequence[Found], known: set[str], met: set[str], submit: Submit) -> Batch:
    """The bytes of ``files`` kept as snapshots, and given to ``submit``, to be read while the next are being taken.

    Each content is read once, and none that is ``known`` from an earlier run or was ``met`` in this one. What cannot be
    taken is refused with its reason; it has no content hash, so its path stands for it and the next run tries it again.
    """
    batch = Batch()
    rows: list[tuple[str, str, int | None, int]] = []
    for portion in _take(run, files):
        originals = []
        for file, (path, sha256, code, reason, published) in portion:
            rows.append((sha256, path, file.mtime_ns, file.size))
            if published:
                batch.dates[sha256] = published
            if sha256 in met or sha256 in batch.paths:
                batch.again.append((path, sha256))
                continue
            if sha256 in known:
                batch.known += 1
                continue
            batch.paths[sha256] = path
            original = Original(sha256, file.size, os.path.basename(path), str(snapshots.place(run.home, sha256)))
            if code is None:
                originals.append(original)
            else:
                batch.refused.append(rejected(original, code, reason or ""))
        batch.reading += submit(originals)
    batch.seen.append(load.locations(rows, run.started))
    return batch


class _Took(NamedTuple):
    path: str
    sha256: str
    code: RejectCode | None
    reason: str | None
    published: date | None


def _take(run: Run, files: Sequence[Found]) -> Iterator[list[tuple[Found, _Took]]]:
    """The files' bytes into the snapshots, portion by portion. Several threads read them, for a disk takes its time."""
    with ThreadPoolExecutor(TAKERS) as pool:
        for some in _portions(files):
            hands = [some[n::TAKERS] for n in range(TAKERS)]
            taken = list(pool.map(lambda hand: [inbox.take(file, run.largest) for file in hand], hands))
            keeping = snapshots.Keeping(run.home)
            took = [(file, _keep(keeping, run, file, taken[n % TAKERS][n // TAKERS])) for n, file in enumerate(some)]
            keeping.settle()
            yield took


def _portions(files: Sequence[Found]) -> Iterator[list[Found]]:
    """The files in portions that are few and small enough to be held in memory."""
    portion: list[Found] = []
    size = 0
    for file in files:
        size += file.size
        if portion and (len(portion) >= PORTION or size > PORTION_BYTES):
            yield portion
            portion, size = [], file.size
        portion.append(file)
    if portion:
        yield portion


def _keep(keeping: Keeping, run: Run, file: Found, taken: Taken) -> _Took:
    path = inbox.shown(file.path)
    if taken.sha256 is None:
        return _Took(path, _stand_in(path), taken.code, taken.reason, None)
    changed = load.moment(file.mtime_ns)
    kept = keeping.keep(taken.sha256, taken.data, file.size, path, run.started, changed)
    return _Took(path, taken.sha256, taken.code, taken.reason, kept.published_on)


def _stand_in(path: str) -> str:
    """What stands for the hash of a file that could not be read: made of its path, and plainly no hash."""
    return "unread:" + hashlib.sha256(path.encode()).hexdigest()[:57]


def take_again(run: Run, kept: Sequence[Snapshot], submit: Submit) -> Batch:
    """Snapshots, submitted to be read once more, seen where and when their sidecars say."""
    batch, originals = Batch(), []
    for snapshot in kept:
        sha256, place = snapshot.sha256, snapshots.place(run.home, snapshot.sha256)
        batch.paths[sha256] = snapshot.first.path
        if snapshot.published_on:
            batch.dates[sha256] = snapshot.published_on
        for at in snapshot.locations:
            changed = at.mtime and round(datetime.fromisoformat(at.mtime + "+00:00").timestamp() * 1e9)
            row = (sha256, at.path, changed or None, snapshot.size)
            batch.seen.append(load.locations([row], datetime.fromisoformat(at.first_seen)))
        original = Original(sha256, snapshot.size, snapshot.name, str(place))
        if snapshot.size > run.largest and not place.exists():
            batch.refused.append(rejected(original, "too_large", inbox.too_large(snapshot.size, run.largest)))
        else:
            originals.append(original)
    batch.reading += submit(originals)
    return batch


def read(batch: Batch) -> Batch:
    """Wait for the reading processes and put what they found into frames."""
    parcels = [packed for future in batch.reading for packed in future.result()]
    batch.reading = []  # a future keeps its result
    batch.frames = unpack([*parcels, pack(batch.refused)])
    if batch.dates:
        noted = pl.col("sha256").replace_strict(batch.dates, default=None, return_dtype=pl.Date)
        batch.frames["files"] = batch.frames["files"].with_columns(sidecar_date=noted)
    batch.refused = []
    return batch


def check(run: Run, batch: Batch) -> Batch:
    """Let the gate judge the batch, keep its verdict in the quality tables, and take out what it holds back.

    Raises BatchRefused, with the verdict kept, when nothing of the batch may be loaded.
    """
    frames = {name: frame for name, frame in batch.frames.items() if name != "files"}
    issuers = frames["reports"]["issuer_id"].drop_nulls().unique().to_list()
    history = query.history(run.con, issuers)
    verdict = gate.check_batch(frames, history=history, vocabulary=run.vocabulary, state=run.home.quality)
    records.keep(run.con, verdict, stage="batch", load_id=run.load_id)
    if verdict.refused:
        raise BatchRefused(verdict.refused)
    clean, batch.held = quarantine.split(frames, verdict)
    batch.frames = {**clean, "files": batch.frames["files"]}
    return batch


def write(run: Run, batch: Batch) -> load.Loaded:
    """Load the chunk in one transaction, its held rows into quarantine. What is loaded, the batch lets go of."""
    _forget_unread(run, batch)
    frames, batch.frames = batch.frames, {"files": batch.frames["files"]}
    return load.load_chunk(
        run.con,
        frames,
        frames["files"],
        pl.concat(batch.seen),
        load_id=run.load_id,
        reader_version=run.reader_version,
        catalogue_version=run.catalogue_version,
        held=batch.held,
        cache=run.home.temporary,
    )


def _forget_unread(run: Run, batch: Batch) -> None:
    """A path that could not be read before and can now: what stood for it goes."""
    for table in ("raw.files", "raw.file_locations"):
        run.con.execute(
            f"DELETE FROM {table} WHERE starts_with(sha256, 'unread:') AND list_contains(?, sha256)",
            [[_stand_in(path) for frame in batch.seen for path in frame["path"]]],
        )


def rejects(batch: Batch) -> list[Reject]:
    """The files of a read batch that were not read, with where they lie."""
    rows = batch.frames["files"].filter(pl.col("status") == "rejected")
    return [
        Reject(batch.paths.get(sha256, sha256), code, reason)
        for sha256, code, reason in rows.select("sha256", "reason_code", "reason").iter_rows()
    ]


def held_rows(batch: Batch) -> list[dict[str, Any]]:
    """The held rows for messages, without their content."""
    if batch.held.is_empty():
        return []
    return batch.held.select("quarantine_id", "table_name", "row_id", "report_id", "reasons").to_dicts()
