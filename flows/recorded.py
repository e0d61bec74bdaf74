"""The one place that knows how plain functions become recorded ones: tasks, the writer's limit, artifacts, states.

The flows (ingest, publish, audit) are thin over it; the work itself is in ``flows.pipeline``, which knows no Prefect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency
from prefect.states import Completed, Failed, State
from prefect.utilities.annotations import quote

from flows import pipeline

P = ParamSpec("P")
R = TypeVar("R")

WRITER = "duckdb-writer"  # the working file has one writer, on however many machines flows run
PATIENCE = 3600  # seconds a run waits for another writer to end

# outcome of a run → the state's name in Prefect
NAMES = {"completed": "Completed", "quarantined": "Quarantined", "nothing_new": "NothingNew", "failed": "Failed"}


@lru_cache
def _task(fn: Callable[..., Any]) -> Task[..., Any]:
    """``fn`` as a task. Only input and output is tried again: what reading or the gate said once, they say again."""
    again: dict[str, Any] = {}
    if fn in pipeline.INPUT_OUTPUT:
        again = {"retries": 2, "retry_delay_seconds": [2, 20], "retry_jitter_factor": 0.5}
    name = f"{fn.__module__.rpartition('.')[2]}.{fn.__name__}"
    return task(fn, name=name, cache_policy=NO_CACHE, persist_result=False, **again)


def as_task(fn: Callable[P, R], *args: P.args, **kw: P.kwargs) -> R:
    """Run ``fn`` as a recorded task. The arguments are quoted: Prefect searches others for futures, 9 s for 5,000."""
    result: R = _task(fn)(*map(quote, args), **{name: quote(value) for name, value in kw.items()})
    return result


@contextmanager
def writer() -> Iterator[None]:
    """Hold the one slot for writing the warehouse; a limit that does not exist would hold nothing, so it is made."""
    with get_client(sync_client=True) as client:
        client.upsert_global_concurrency_limit_by_name(WRITER, 1)
    with concurrency(WRITER, occupy=1, strict=True, timeout_seconds=PATIENCE):
        yield


class Bar:
    """A progress artifact, written at most a hundred times a run: each update is a request to the server."""

    def __init__(self, key: str, description: str) -> None:
        self.id = create_progress_artifact(0.0, key=key, description=description)
        self.percent = 0

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // total if total else 100
        if percent > self.percent:
            self.percent = percent
            update_progress_artifact(self.id, progress=float(percent))


def how(progress: str | None = None, **more: Any) -> pipeline.How:
    """How a recorded run is carried out: stages are tasks, other writers are waited for; ``progress``: a Bar's key."""
    bar = {"progress": Bar(progress, "读取进度")} if progress else {}
    return pipeline.How(call=as_task, patience=PATIENCE, **bar, **more)


def table(key: str, rows: list[dict[str, Any]], description: str, most: int = 1000) -> None:
    """A table artifact of at most ``most`` rows; none where there are no rows."""
    if rows:
        create_table_artifact(rows[:most], key=key, description=description)


def state(outcome: str, message: str, data: Any = None) -> State[Any]:
    """The state in which a run ends: Completed, Quarantined or NothingNew (all are done), or Failed."""
    make = Failed if outcome == "failed" else Completed
    return make(name=NAMES[outcome], message=message, data=data)
