"""The flow ``publish``: ``flows.pipeline.publish``, recorded. Entry point ``flows.publish:publish``."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.states import State

from flows import pipeline, recorded


@flow(name="publish", persist_result=False, description="检查仓库并发布只读副本、Parquet、CSV 和质量页")
def publish(home: str = "data", shrinks: bool = False) -> State[Any]:
    """Publish the warehouse of ``home``. A failed check leaves the last release in place and the run Failed."""
    with recorded.writer():
        result = pipeline.publish(pipeline.Home.at(home), shrinks=shrinks, how=recorded.how())
    create_markdown_artifact(f"# 发布\n\n{result.message}", key="publish-summary", description="发布小结")
    return recorded.state(result.outcome, result.message, result)
