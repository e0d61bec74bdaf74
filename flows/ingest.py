"""The flow ``ingest``: ``flows.pipeline.ingest``, recorded. Entry point ``flows.ingest:ingest``."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.states import State

from flows import pipeline, recorded
from flows.inbox import shown
from flows.summary import markdown


@flow(name="ingest", persist_result=False, description="把收件箱（或所给文件夹）里的新文件读进仓库并发布")
def ingest(
    home: str = "data",
    *,
    paths: list[str] | None = None,
    publish: bool = True,
    chunk: int = pipeline.CHUNK,
    processes: int | None = None,
    dask: str | None = None,
) -> State[Any]:
    """One run over ``paths`` (default: the home's inbox). Ends Completed, Quarantined, NothingNew or Failed."""
    with recorded.writer():
        summary = pipeline.ingest(
            pipeline.Home.at(home),
            paths,
            publish=publish,
            how=recorded.how("ingest-progress", chunk=chunk, processes=processes, dask=dask),
        )
    rejects = [{"文件": shown(r.path), "代码": r.code, "原因": r.reason} for r in summary.rejects]
    recorded.table("rejected-files", rejects, "拒收的文件")
    recorded.table("quarantined-rows", summary.held, "隔离的行")
    create_markdown_artifact(markdown(summary, pipeline.Home.at(home)), key="ingest-summary", description="入库小结")
    return recorded.state(summary.outcome, summary.message, summary)
