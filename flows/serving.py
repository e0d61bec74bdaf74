"""One machine that runs by itself: a Prefect server of its own and the scheduled deployments, until it is told to stop.

Several machines: ``prefect.yaml`` with a work pool and workers (docs/operations.md).
"""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from warehouse.home import Home

ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Schedules:
    """When what runs, in Asia/Shanghai time. ``ingest_cron``, where given, stands before ``interval``."""

    interval: timedelta = timedelta(minutes=10)
    ingest_cron: str | None = None
    audit_cron: str = "30 2 * * *"
    publish_cron: str = "30 3 * * *"


def serve(home: Home, port: int, schedules: Schedules) -> None:
    """Serve the deployments on a server of the home's own; returns after Ctrl-C or SIGTERM, with everything stopped.

    The run in progress is let end, and the server is stopped last. Raises RuntimeError (Chinese) when the port is taken
    or the server does not come up.
    """
    from flows.server import server

    home.make()
    before = signal.signal(signal.SIGTERM, _interrupt)  # until the runner has a handler: the server takes 20 s to start
    try:
        with suppress(KeyboardInterrupt), server(home.prefect, port):
            import asyncio  # and prefect, only now: its settings are those of the environment that ``server`` has set

            close_dead_runs()
            runner = _runner(home)
            for deployment in deployments(home, schedules):
                runner.add_deployment(deployment)
            with suppress(asyncio.CancelledError):
                asyncio.run(runner.serve())
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(*_: Any) -> None:
    """Stop as Ctrl-C does, once. Not by raising SIGINT: a shell starts what stands before ``&`` with that ignored."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _runner(home: Home) -> Any:
    """Prefect's runner, one run at a time, which after SIGTERM lets the run in progress end and begins no other.

    Its own handler raises SystemExit inside the event loop, and cancelling the runner kills the run.
    """
    import asyncio

    from prefect.runner import Runner

    class Stoppable(Runner):
        async def serve(self) -> None:
            self.serving, self.loop = asyncio.current_task(), asyncio.get_running_loop()
            await self.start()

        def handle_sigterm(self, *args: Any, **kwargs: Any) -> None:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one would cut short the waiting for the run
            polling = getattr(self, "_loops_task_group", None)  # what looks for new runs; absent until all is set up
            self.loop.call_soon_threadsafe(polling.cancel_scope.cancel if polling else self.serving.cancel)

    runner = Stoppable(pause_on_shutdown=False, limit=1)
    # its own is /tmp/runner_storage, which belongs to the first user of the machine who served anything
    runner._tmp_dir = home.temporary / "runner"
    return runner


def deployments(home: Home, schedules: Schedules) -> list[Any]:
    """The three deployments: ingest polls the inbox, audit and publish run at night; never two of a kind at once."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.flows import EntrypointType
    from prefect.schedules import Cron, Interval

    from flows.audit import audit
    from flows.ingest import ingest
    from flows.publish import publish

    one = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    polling = (
        Cron(schedules.ingest_cron, timezone=ZONE)
        if schedules.ingest_cron
        else Interval(schedules.interval, timezone=ZONE)
    )
    return [
        flow.to_deployment(
            name,
            schedule=when,
            parameters={"home": str(home.root)},
            concurrency_limit=one,
            entrypoint_type=EntrypointType.MODULE_PATH,
            tags=["fazhi"],
        )
        for flow, name, when in (
            (ingest, "poll-inbox", polling),
            (audit, "nightly", Cron(schedules.audit_cron, timezone=ZONE)),
            (publish, "nightly", Cron(schedules.publish_cron, timezone=ZONE)),
        )
    ]


def close_dead_runs() -> int:
    """Mark as crashed what the server still believes to be running: on a server just started, nothing runs.

    A machine that lost power would otherwise hold the slot of its deployment, and CANCEL_NEW would cancel every run.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    alive = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    wanted = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=alive)))
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=wanted)
        for run in runs:
            client.set_flow_run_state(run.id, Crashed(message="服务停止时这次运行还没有结束"), force=True)
    return len(runs)
