"""What only a real Prefect server shows: recorded runs, schedules that fire, a service that stops cleanly.

Every test has a server of its own: starting one takes 20 s.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_reports import fill, rows, text, write

from flows import pipeline
from flows.server import free_port, server, taken

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]
FAZHI = [sys.executable, "-P", "-m", "flows.cli"]


@pytest.fixture
def environment():
    """The environment as it was: a server of a test sets Prefect's settings in this process."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def api(port, path, **body):
    """The server's answer. While its database is locked it says 503 (try again), as Prefect's own client does."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    end = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.monotonic() > end:
                raise
        time.sleep(0.5)


def states(port):
    runs = api(port, "flow_runs/filter", sort="START_TIME_ASC")
    return [(run["state_type"], run["state_name"]) for run in runs]


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s: {what}")


def test_ingest_is_recorded_where_an_api_is_configured(home, environment):
    fill(home.inbox, 2)
    write(home.inbox, "空.txt", b"")
    port = free_port()
    with server(home.prefect, port):
        command = [*FAZHI, "ingest", "--home", str(home.root), "--json"]
        first = subprocess.run(command, capture_output=True, text=True, check=False)
        assert first.returncode == 3, first.stderr
        assert f"作为 Prefect 运行记录在 http://127.0.0.1:{port}/api" in first.stderr
        summary = json.loads(first.stdout)
        assert (summary["outcome"], summary["loaded"], len(summary["rejected"])) == ("quarantined", 2, 1)
        second = subprocess.run(command, capture_output=True, text=True, check=False)
        assert second.returncode == 0, second.stderr
        assert states(port) == [("COMPLETED", "Quarantined"), ("COMPLETED", "NothingNew")]
        artifacts = {a["key"]: a for a in api(port, "artifacts/filter")}
        [reject] = json.loads(artifacts["rejected-files"]["data"])
        assert reject["文件"].endswith("空.txt")
        assert "拒收" in artifacts["ingest-summary"]["data"]
        [limit] = api(port, "v2/concurrency_limits/filter")
        assert (limit["name"], limit["limit"], limit["active_slots"]) == ("duckdb-writer", 1, 0)

        # a run that cannot begin is a failed run with a reason, and exit code 1
        (home.catalogue).mkdir()
        (home.catalogue / "indicators.yml").write_text("x: [", "utf-8")
        broken = subprocess.run(command, capture_output=True, text=True, check=False)
        assert broken.returncode == 1
        assert "不是合法的 YAML" in broken.stderr
        assert states(port)[-1] == ("FAILED", "Failed")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the server is still there"


def test_a_schedule_fires_and_loads_a_file_dropped_into_the_inbox(home):
    port = free_port()
    log = home.root / "serve.log"
    command = [*FAZHI, "serve", "--home", str(home.root), "--port", str(port), "--every", "5"]
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True) as service:
        try:
            deployments = wait_for(lambda: listed(port, 3), 180, "three deployments")
            assert sorted(deployments) == ["nightly", "nightly", "poll-inbox"]
            write(home.inbox, "柏溪.txt", text("柏溪", 2024, 40))
            wait_for(home.published_database.exists, 180, f"a release; {log.read_text()[-2000:]}")
            wait_for(lambda: ("COMPLETED", "Completed") in states(port), 60, "the run's end")
            assert (home.temporary / "runner").is_dir(), "in /tmp another user's would be in the way"
        finally:
            service.send_signal(signal.SIGTERM)
            code = service.wait(60)
    assert code == 0, log.read_text()[-2000:]
    assert "已停止" in log.read_text()
    assert not (home.temporary / "runner").exists(), "Prefect works under the home and cleans up"
    assert rows(home, "SELECT issuer_id FROM core.reports") == [("示例省/泽岚市/青湾县/柏溪镇",)]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "the server is still there"
    assert not left_over(str(home.root)), "something of the service is still running"


@contextmanager
def serving(home, port):
    """The service as ``fazhi serve … &`` in a script starts it: such a shell has SIGINT ignored."""
    log = home.root / "serve.log"
    command = [*FAZHI, "serve", "--home", str(home.root), "--port", str(port), "--every", "5"]
    ignoring = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command]
    with log.open("w") as out, subprocess.Popen(ignoring, stdout=out, stderr=out, start_new_session=True) as service:
        try:
            yield service, log
        finally:
            service.kill()


def test_sigterm_in_the_middle_of_a_run_stops_everything_and_loses_nothing(home):
    fill(home.inbox, 100)
    with serving(home, free_port()) as (service, log):
        wait_for(home.warehouse.exists, 180, "a run that has begun")
        service.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        service.send_signal(signal.SIGTERM)  # the impatient: it must not cut the run short
        code = service.wait(60)
    assert (code, "已停止" in log.read_text()) == (0, True), log.read_text()[-2000:]
    assert not left_over(str(home.root)), "something of the service is still running"
    assert rows(home, "SELECT status FROM ops.loads") == [("completed",)], "the run in progress was let end"
    summary = pipeline.ingest(home, publish=False, how=pipeline.How(settle=0, patience=5))
    assert summary.outcome in ("completed", "nothing_new")
    assert rows(home, "SELECT count(*), count(DISTINCT report_id) FROM core.reports") == [(100, 100)]


def test_a_service_stopped_while_its_server_starts_leaves_no_server(home):
    port = free_port()
    with serving(home, port) as (service, log):
        wait_for((home.prefect / "server.log").exists, 60, "a server that starts")
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0, log.read_text()[-2000:]
    assert not taken(port)
    assert not servers(port)


def test_a_service_that_is_killed_takes_its_server_along(home):
    port = free_port()
    with serving(home, port) as (service, _):
        wait_for(lambda: taken(port), 180, "a server that listens")
        [server_id] = servers(port)
        service.kill()
        service.wait(10)
        wait_for(lambda: not taken(port), 30, f"the port let go by the server {server_id}")
        wait_for(lambda: not servers(port), 30, "the server gone")


def servers(port):
    """The ids of the Prefect servers that were started for a port."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            line, told = (Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
        except OSError:
            continue
        if b"\0flows.server\0" in line and f"PREFECT_SERVER_API_PORT={port}".encode() in told:
            found.append(int(pid))
    return found


def listed(port, count):
    try:
        found = [d["name"] for d in api(port, "deployments/filter")]
    except OSError:
        return None
    return found if len(found) == count else None


def left_over(home):
    """Command lines of processes that still name the home."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if home in line and int(pid) != os.getpid():
            found.append(line)
    return found


def test_runs_that_a_power_cut_left_are_closed_when_the_server_is_back(home, environment):
    """A run that seems to go on for ever would hold its deployment's slot, and CANCEL_NEW would cancel all others."""
    port = free_port()
    with server(home.prefect, port):
        flow = api(port, "flows/", name="ingest")
        api(port, "flow_runs/", flow_id=flow["id"], state={"type": "RUNNING", "name": "Running"})
        assert states(port) == [("RUNNING", "Running")]
        code = "from flows.serving import close_dead_runs; print(close_dead_runs())"
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert told.stdout.strip() == "1"
        assert states(port) == [("CRASHED", "Crashed")]


def test_a_server_that_dies_in_the_middle_ends_the_run_and_the_next_resumes(home, environment):
    fill(home.inbox, 60)
    port = free_port()
    with server(home.prefect, port) as process:
        run = subprocess.Popen(
            [*FAZHI, "ingest", "--home", str(home.root), "--chunk", "5", "--no-publish"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PREFECT_CLIENT_MAX_RETRIES": "1"},  # by default it goes on asking for five minutes
        )  # fmt: skip
        wait_for(home.warehouse.exists, 120, "a run that has begun")
        os.killpg(process.pid, signal.SIGKILL)
        said = run.communicate(timeout=600)[1]
    assert run.returncode in (0, 1), said
    summary = pipeline.ingest(home, publish=False, how=pipeline.How(settle=0, patience=5))
    assert summary.outcome in ("completed", "nothing_new")
    assert rows(home, "SELECT count(*), count(DISTINCT report_id) FROM core.reports") == [(60, 60)]
