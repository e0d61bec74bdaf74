"""A real Prefect server of our own: on loopback, its data under the home, started and stopped with what needs it.

Knows the settings under which Prefect 3.8 works offline and keeps its database small. There is no ephemeral server
anywhere in the project: two of them at once time out, and the history of the runs is lost.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEEP_DAYS = 90  # of run history
PR_SET_PDEATHSIG = 1  # of linux/prctl.h


def settings(prefect_home: Path, port: int) -> dict[str, str]:
    """The environment under which server and clients find each other. Set it before prefect is imported."""
    return {
        "PREFECT_HOME": str(prefect_home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),  # not --port: the UI would go on calling 4200
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(KEEP_DAYS * 86400),
        # leases of concurrency limits outlive a restart of the server
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_TASKS_DEFAULT_PERSIST_RESULT": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",  # a run whose process is gone is marked as crashed
        "PREFECT_LOGGING_LEVEL": os.environ.get("PREFECT_LOGGING_LEVEL", "WARNING"),
    }


def free_port() -> int:
    """A loopback port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def taken(port: int) -> bool:
    """Whether something already listens on the loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def server(prefect_home: Path, port: int, patience: float = 180) -> Iterator[subprocess.Popen[bytes]]:
    """A Prefect server while the block runs, with ``settings`` set for this process; it logs to server.log.

    Raises RuntimeError (Chinese) when the port is taken or the server is not up within ``patience`` seconds.
    """
    if taken(port):
        raise RuntimeError(f"端口 {port} 已被占用；请先停掉占用它的程序，或用 --port 换一个")
    prefect_home.mkdir(parents=True, exist_ok=True)
    os.environ.update(settings(prefect_home, port))
    log = prefect_home / "server.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "flows.server", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # Ctrl-C reaches only us: we stop the server last
        )
    try:
        _wait(process, port, patience, log)
        yield process
    finally:
        stop(process)


def _wait(process: subprocess.Popen[bytes], port: int, patience: float, log: Path) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"Prefect 服务启动后就退出了（{process.returncode}），原因见 {log}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"Prefect 服务 {patience:.0f} 秒内没有起来，日志见 {log}")


def stop(process: subprocess.Popen[bytes], patience: float = 15) -> None:
    """End the server and what it started: first politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        try:
            os.killpg(process.pid, number)
            process.wait(patience)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _end_with(parent: int) -> None:
    """Let SIGTERM reach this process when its parent is gone, however that ended (Linux; elsewhere nothing is done).

    A server without us would hold the port, and the next ``fazhi serve`` could not start.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before we asked
            sys.exit(1)


if __name__ == "__main__":
    _end_with(int(sys.argv[1]))
    sys.argv = ["prefect", "server", "start"]
    runpy.run_module("prefect", run_name="__main__")
