"""Reading in processes of their own, which may die: a file that hangs, eats memory or crashes its reader costs itself.

Knows how long a file may take and what to do with the one that took longer. Leaves the reading to
``flows.reading_process``. Processes are started with Popen and a pipe, not by multiprocessing: its spawn imports the
caller's ``__main__`` again, which under a Prefect flow run is Prefect's engine (2 s for each process).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Self

from annual_reports.report import RejectCode
from flows.reading_process import BROKEN, DONE, READ, READY, Knowledge, Original, Packed, pack, rejected

PARCEL = 50  # files a process reads in one go: what has to be read again when one of them kills it


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost its reader. The longest report seen reads in 0.3 s and 60 MB."""

    seconds: float = 30.0
    memory: int = 2 << 30  # bytes beyond what the process has at its start
    start: float = 120.0  # seconds a process may take to come up


class ReaderStartError(RuntimeError):
    """No reading process comes up: the installation or the catalogue is at fault, not a file."""


class Reader:
    """One reading process, started again when a file has killed it."""

    def __init__(self, knowledge: Knowledge, limits: Limits) -> None:
        self.knowledge, self.limits = knowledge, limits
        self.process: subprocess.Popen[bytes] | None = None
        self.stopped = False  # ended from outside: its death is then no file's fault

    def read(self, originals: Sequence[Original]) -> list[Packed]:
        """All of ``originals``, read; one that the process did not survive is rejected with the reason."""
        if not originals:
            return []
        if self.process is not None and self.process.poll() is not None:
            self.close()  # it died between two parcels: no file's fault
        if self.process is None:
            self._start()
        code: RejectCode
        answered, code, why = 0, "damaged", "读取进程在读这个文件时意外退出，文件可能已损坏"
        try:
            self.pipe.send(list(originals))
            while self.pipe.poll(self.limits.seconds):
                kind, value = self.pipe.recv()
                if kind == DONE:
                    return [value]
                if kind == BROKEN:
                    self.close()
                    raise RuntimeError(f"读取进程出错：{value}")
                answered += kind == READ
            code, why = "timeout", f"读取超过 {self.limits.seconds:g} 秒，已中止；请拆分文件或另存为 .txt 后再放入"
        except (EOFError, ConnectionError):
            if self.stopped:
                raise
        self.close()
        if answered >= len(originals) > 1:  # it died on the way back: which file did it, halves will tell
            half = len(originals) // 2
            return self.read(originals[:half]) + self.read(originals[half:])
        at = min(answered, len(originals) - 1)
        culprit, rest = originals[at], [*originals[:at], *originals[at + 1 :]]
        if rest and code == "damaged":  # a second chance alone: the system may have killed an innocent
            return self.read(rest) + self.read([culprit])
        return [*self.read(rest), pack([rejected(culprit, code, why)])]

    def _start(self) -> None:
        ours, theirs = Pipe()
        with tempfile.TemporaryFile() as said:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "flows.reading_process", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            theirs.close()
            self.pipe: Connection = ours
            try:
                ours.send((self.knowledge, self.limits.memory))
                kind, value = ours.recv() if ours.poll(self.limits.start) else (BROKEN, "没有回应")
            except (EOFError, ConnectionError):
                kind, value = BROKEN, "一启动就退出了"
            if kind != READY:
                self.close()
                said.seek(0)
                tail = said.read()[-500:].decode("utf-8", "replace")
                raise ReaderStartError(f"读取进程启动不了：{value}{'：' if tail else ''}{tail}")

    def close(self) -> None:
        """End the process; the next ``read`` starts another."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.pipe.close()
            self.process = None


class Readers:
    """Several reading processes, each driven by a thread of this one. A context manager; leaving it ends them."""

    def __init__(self, knowledge: Knowledge, processes: int, limits: Limits = Limits()) -> None:
        self.knowledge, self.limits = knowledge, limits
        self.threads = ThreadPoolExecutor(processes, thread_name_prefix="reader")
        self.own = threading.local()
        self.all: list[Reader] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)
        for reader in self.all:
            reader.stopped = True
            if reader.process is not None:
                reader.process.kill()  # its thread meets the end of the pipe
        self.threads.shutdown(wait=True)
        for reader in self.all:
            reader.close()

    def submit(self, originals: Sequence[Original]) -> list[Future[list[Packed]]]:
        """Begin to read ``originals`` in parcels; the futures come in their order."""
        return [self.threads.submit(self._read, originals[n : n + PARCEL]) for n in range(0, len(originals), PARCEL)]

    def _read(self, originals: Sequence[Original]) -> list[Packed]:
        if not hasattr(self.own, "reader"):
            self.own.reader = Reader(self.knowledge, self.limits)
            self.all.append(self.own.reader)
        reader: Reader = self.own.reader
        return reader.read(originals)
