"""One chunk's way from files to rows: take the bytes, keep the originals, read, check, load.

Each stage is a plain function that the pipeline calls through ``call``, so that a recorded run can make a task of it.
Knows what becomes of a file that cannot be taken, of rows that the gate holds back, and of a batch that it refuses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from annual_reports.report import Report
from expectations import gate, quarantine, records
from expectations.limits import Vocabulary
from expectations.verdict import Verdict
from flows import inbox
from flows.inbox import Found
from flows.reading_process import Knowledge, Original, Packed, pack, rejected, unpack
from flows.summary import Reject
from warehouse import load, query, snapshots
from warehouse.home import Home


class BatchRefused(RuntimeError):
    """The gate refuses a whole batch: nothing of it is loaded. The message says in Chinese why."""


@dataclass(frozen=True)
class Run:
    """What all chunks of a run share."""

    home: Home
    con: duckdb.DuckDBPyConnection
    load_id: str
    started: datetime
    reader_version: str
    catalogue_version: str
    knowledge: Knowledge
    vocabulary: Vocabulary
    largest: int  # bytes of a file


@dataclass
class Batch:
    """A chunk on its way. ``paths``: where each hash lies, for messages; ``again``: its files were loaded before."""

    originals: list[Original] = field(default_factory=list)
    refused: list[Report] = field(default_factory=list)
    seen: list[pl.DataFrame] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)
    reading: Sequence[Future[list[Packed]]] = ()
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    held: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=dict.fromkeys(quarantine.COLUMNS, pl.String))
    )
    verdict: Verdict | None = None


def take(run: Run, files: Sequence[Found], known: set[str]) -> Batch:
    """The bytes of ``files`` kept as snapshots, ready to be read; each content once, none that is ``known`` already.

    What cannot be taken is refused with its reason; it has no content hash, so its path stands for it and the next run
    tries it again.
    """
    batch = Batch()
    rows: list[tuple[str, str, int | None, int]] = []
    for file in files:
        path, taken = inbox.shown(file.path), inbox.take(file, run.largest)
        sha256 = taken.sha256 or _stand_in(path)
        rows.append((sha256, path, file.mtime_ns, file.size))
        if taken.data is not None:
            snapshots.keep(run.home, taken.data, path, run.started, file.changed)
        elif taken.sha256:
            snapshots.sight(run.home, sha256, file.size, path, run.started, file.changed)
        if sha256 in known or sha256 in batch.paths:
            continue
        batch.paths[sha256] = file.path
        place = str(snapshots.place(run.home, sha256))
        original = Original(sha256, file.size, Path(path).name, place)
        if taken.code is None:
            batch.originals.append(original)
        else:
            batch.refused.append(rejected(original, taken.code, taken.reason or ""))
    batch.seen.append(load.locations(rows, run.started))
    return batch


def _stand_in(path: str) -> str:
    """What stands for the hash of a file that could not be read: made of its path, marked as no hash."""
    return "unread:" + hashlib.sha256(path.encode()).hexdigest()[:57]


def read(batch: Batch) -> Batch:
    """Wait for the reading processes and put what they found into frames."""
    parcels = [packed for future in batch.reading for packed in future.result()]
    batch.frames = unpack([*parcels, pack(batch.refused)])
    batch.reading, batch.refused = (), []
    return batch


def check(run: Run, batch: Batch) -> Batch:
    """Let the gate judge the batch, keep its verdict in the quality tables, and take out what it holds back.

    Raises BatchRefused, with the verdict kept, when nothing of the batch may be loaded.
    """
    frames = {name: frame for name, frame in batch.frames.items() if name != "files"}
    verdict = gate.check_batch(
        frames,
        history=query.history(run.con, frames["reports"]["issuer_id"].drop_nulls().unique().to_list()),
        state=run.home.quality,
        vocabulary=run.vocabulary,
        name=run.load_id,
    )
    clean, batch.held = quarantine.split(frames, verdict)
    records.keep(run.con, verdict, stage="batch", load_id=run.load_id)
    if verdict.refused:
        raise BatchRefused(verdict.refused)
    batch.frames = {**clean, "files": batch.frames["files"]}
    batch.verdict = verdict
    return batch


def write(run: Run, batch: Batch) -> load.Loaded:
    """Load the chunk in one transaction; its held rows go to quarantine."""
    return load.load_chunk(
        run.con,
        {name: frame for name, frame in batch.frames.items() if name != "files"},
        batch.frames["files"],
        pl.concat(batch.seen),
        load_id=run.load_id,
        reader_version=run.reader_version,
        catalogue_version=run.catalogue_version,
        cache=run.home.temporary,
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
    return batch.held.select("quarantine_id", "table_name", "row_id", "report_id", "reasons").to_dicts()
