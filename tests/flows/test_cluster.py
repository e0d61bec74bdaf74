"""Reading on a Dask cluster: a real scheduler and two worker processes, one of which is killed in the middle."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from small_reports import fill, rows, write

from flows import pipeline
from flows.pipeline import How
from flows.server import free_port, taken

pytestmark = pytest.mark.slow


@pytest.fixture
def cluster():
    """(address, [worker processes]); each worker heads a process group of its own, its nanny included."""
    pytest.importorskip("distributed")
    port, dask = free_port(), [sys.executable, "-m", "dask"]
    more = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    address = f"tcp://127.0.0.1:{port}"
    scheduler = subprocess.Popen(
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"], **more
    )
    while not taken(port):
        assert scheduler.poll() is None
        time.sleep(0.2)
    worker = [*dask, "worker", address, "--nthreads", "1", "--no-dashboard"]
    workers = [subprocess.Popen(worker, **more) for _ in range(2)]
    yield address, workers
    for process in (*workers, scheduler):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def wait_for_workers(address, count):
    from distributed import Client

    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=120)


def test_two_workers_read_and_one_that_is_killed_is_not_missed(home, quick, cluster):
    address, workers = cluster
    fill(home.inbox, 110)
    write(home.inbox, "坏.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    wait_for_workers(address, 2)
    killer = threading.Timer(1.0, lambda: os.killpg(workers[0].pid, signal.SIGKILL))
    killer.start()
    summary = pipeline.ingest(home, publish=False, how=How(settle=0, dask=address, chunk=50))
    killer.join()
    assert workers[0].wait(20) == -signal.SIGKILL
    assert (summary.loaded, [r.code for r in summary.rejects]) == (110, ["unsupported"])
    assert rows(home, "SELECT count(*), count(DISTINCT report_id) FROM core.reports") == [(110, 110)]
    assert rows(home, "SELECT sum(value) FROM core.facts WHERE indicator = 'disputes_mediated'") == [
        (sum(10 + n for n in range(110)),)
    ]
    again = pipeline.ingest(home, publish=False, how=How(settle=0, dask=address))
    assert again.outcome == "nothing_new"


def test_a_scheduler_that_is_not_there_or_has_no_workers_is_told(home, quick):
    fill(home.inbox, 1)
    with pytest.raises(ValueError, match=r"连不上 Dask 调度器 tcp://127.0.0.1:"):
        pipeline.ingest(home, publish=False, how=How(settle=0, dask=f"tcp://127.0.0.1:{free_port()}"))
