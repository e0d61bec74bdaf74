"""Reading what was read before: ``reread`` after a change of reader or catalogue, ``rebuild`` from the home's files.

Both bring snapshots through the same chunks as new files. Which ones are stale, what changed, and how a new warehouse
takes the old one's place is known by ``warehouse.rebuild``.
"""

from __future__ import annotations

import time
from dataclasses import replace

import polars as pl

from flows import batches, pipeline
from flows.batches import Run
from flows.pipeline import PLAIN, How
from flows.summary import Summary
from warehouse import rebuild as rebuilding
from warehouse import snapshots
from warehouse.home import Home


def reread(
    home: Home, since: str | None = None, *, publish: bool = True, how: How = PLAIN
) -> tuple[Summary, pl.DataFrame]:
    """Read again what another reader or catalogue than the present one read last, and publish.

    ``since``: only what a program older than that version (``0.2.0``) read. Returns the summary and the facts that
    changed (columns of ``warehouse.rebuild.changes``).
    """
    began = time.monotonic()
    with pipeline.opened(home, how.patience) as con:
        run = pipeline.begin(home, con)
        stale = rebuilding.stale(con, run.reader_version, run.catalogue_version, since)
        kept = [snapshots.read(home, sha256) for sha256 in stale if snapshots.sidecar_place(home, sha256).exists()]
        summary = Summary(load_id=run.load_id, seen=len(kept))
        with pipeline.recorded_end(run, summary), rebuilding.changes(con) as changed:
            _through(run, kept, summary, how)
        if publish and summary.outcome != "failed":
            pipeline.publish_after(run, summary, how)
    summary.seconds = time.monotonic() - began
    return summary, changed[0] if changed else pl.DataFrame()


def rebuild(home: Home, *, publish: bool = True, how: How = PLAIN) -> Summary:
    """Make the whole warehouse again from the snapshots, the corrections and the decisions of the home, and publish.

    The old file stays in place until the new one is whole; when anything raises, it stays for good.
    """
    began = time.monotonic()
    kept = list(snapshots.every(home))
    with rebuilding.building(home) as con:
        con.execute("SET enable_progress_bar = false")
        run = pipeline.begin(home, con)
        summary = Summary(load_id=run.load_id, seen=len(kept))
        with pipeline.recorded_end(run, summary):
            _through(run, kept, summary, how)
        if summary.outcome == "failed":
            raise ValueError(f"没有重建，原来的仓库保持不动：{summary.message}")
    if publish:
        with pipeline.opened(home, how.patience) as con:
            pipeline.publish_after(replace(run, con=con), summary, how)
    summary.seconds = time.monotonic() - began
    return summary


def _through(run: Run, kept: list[snapshots.Snapshot], summary: Summary, how: How) -> None:
    pipeline.process(run, kept, lambda some, submit: how.call(batches.take_again, run, some, submit), summary, how)
    pipeline.apply_decisions(run, summary, how)
    pipeline.conclude(summary, nothing_new=not kept)
