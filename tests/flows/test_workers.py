"""Several machines by prefect.yaml: the commands of docs/operations.md as written there, and a worker that loads a file."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from small_reports import rows, text, write

from flows.server import free_port, server

ROOT = Path(__file__).parents[2]


def documented() -> list[str]:
    """The commands under «几台机器» that follow the environment, without their comments."""
    words = (ROOT / "docs" / "operations.md").read_text("utf-8").partition("### 几台机器")[2]
    block = re.search(r"```sh\n(.*?)```", words, re.DOTALL)
    assert block
    lines = [line.partition("  #")[0].strip() for line in block[1].splitlines()]
    assert lines[0].startswith("export PREFECT_API_URL=")
    return lines[1:]


@pytest.mark.slow
def test_a_worker_of_the_documented_work_pool_loads_what_lies_in_the_shared_home(home, monkeypatch):
    for name in list(os.environ):
        if name.startswith("PREFECT_"):
            monkeypatch.delenv(name)
    write(home.inbox, "报告.txt", text())
    *preparing, start_worker = documented()
    with monkeypatch.context(), server(home.prefect, free_port()):
        settings = {
            **os.environ,
            "FAZHI_HOME": str(home.root),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        for command in preparing:
            subprocess.run(command.split(), cwd=ROOT, env=settings, check=True, stdin=subprocess.DEVNULL)
        with (home.root / "worker.log").open("wb") as log:
            worker = subprocess.Popen(start_worker.split(), env=settings, stdout=log, stderr=log, cwd=home.root)
        try:
            ask = "prefect deployment run ingest/poll-inbox --watch --watch-timeout 120"
            asked = subprocess.run(ask.split(), env=settings, capture_output=True, text=True, check=False)
        finally:
            worker.terminate()
            worker.wait(30)
    assert "Flow run finished successfully in 'Completed'" in asked.stdout, asked.stdout + (
        home.root / "worker.log"
    ).read_text("utf-8")
    assert rows(home, "SELECT count(*) FROM core.reports") == [(1,)]
    assert home.published_database.is_file()
