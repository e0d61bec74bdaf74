"""The flow ``audit``: ``flows.pipeline.audit``, recorded. Entry point ``flows.audit:audit``."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.states import State

from flows import pipeline, recorded


@flow(name="audit", persist_result=False, description="检查整个仓库并更新质量页")
def audit(home: str = "data") -> State[Any]:
    """Check the whole warehouse of ``home``. Critical rules that fail end the run Failed."""
    with recorded.writer():
        result = pipeline.audit(pipeline.Home.at(home), how=recorded.how())
    rules = [
        {"规则": r.rule, "轻重": r.severity, "说明": r.sentence, "未通过": r.failed, "共": r.checked}
        for r in result.broken
    ]
    recorded.table("audit-rules", rules, "没有通过的规则")
    create_markdown_artifact(f"# 全库检查\n\n{result.message}", key="audit-summary", description="检查小结")
    return recorded.state(result.outcome, result.message, result)
