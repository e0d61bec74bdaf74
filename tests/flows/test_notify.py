"""The notification of docs/operations.md, as written there: a run with rejected files sends one readable message."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue

import pytest

from flows.server import free_port, server

SCRIPT = Path(__file__).parents[2] / "deploy" / "notify.py"


@pytest.fixture
def listener():
    """An address on loopback and a queue of what is posted to it."""
    posted: Queue = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            posted.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words):
            pass

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}/", posted
    listening.shutdown()


@pytest.mark.slow
def test_a_run_with_rejected_files_is_told_and_one_with_nothing_new_is_not(home, listener, monkeypatch):
    address, posted = listener
    for name in list(os.environ):
        if name.startswith("PREFECT_"):
            monkeypatch.delenv(name)
    (home.inbox / "空.txt").write_bytes(b"")
    with monkeypatch.context() as environment, server(home.prefect, free_port()):
        settings = dict(os.environ)
        subprocess.run([sys.executable, SCRIPT, "http://127.0.0.1:9/"], env=settings, check=True)
        subprocess.run([sys.executable, SCRIPT, address], env=settings, check=True)  # the new address takes its place
        ingest = [sys.executable, "-m", "flows.cli", "ingest", "--no-publish", "--home", str(home.root)]
        assert subprocess.run(ingest, env=settings, check=False).returncode == 3
        message = posted.get(timeout=60)
        assert subprocess.run(ingest, env=settings, check=False).returncode == 0
        for name in set(os.environ) & {n for n in settings if n.startswith("PREFECT_")}:
            environment.delenv(name)
    assert message["msgtype"] == "text"
    assert message["text"]["content"].startswith("法治年报数仓 ingest：Quarantined。看到 1 个文件")
    assert posted.empty()
