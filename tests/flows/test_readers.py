"""Reading processes that may die: each kind of death costs the file that brought it, and no other."""

import hashlib
import os
import signal
import time
from pathlib import Path

import pytest
from small_reports import text, write

from annual_reports import catalogue
from flows import readers, reading_process
from flows.readers import Limits, Reader, Readers, ReaderStartError
from flows.reading_process import Knowledge, Original, unpack


@pytest.fixture
def knowledge(home):
    return Knowledge(home.catalogue, home.divisions, catalogue.load(home.catalogue).version)


def originals(folder, count):
    made = []
    for n in range(count):
        content = text(year=2010 + n)
        path = write(folder, f"{n}.txt", content)
        made.append(Original(hashlib.sha256(content.encode()).hexdigest(), path.stat().st_size, path.name, str(path)))
    return made


class Planted(Reader):
    """A reader whose process meets a fault in every parcel that holds the file ``bad``, ``times`` times."""

    bad = "1.txt"
    times = 1
    fault = signal.SIGKILL

    def read(self, some):
        if self.process is None and some:
            self._start()
        if self.times and any(original.name == self.bad for original in some):
            self.times -= 1
            os.kill(self.process.pid, self.fault)
        return super().read(some)


def status(parcels):
    frame = unpack(parcels)["files"]
    return dict(frame.select("sha256", "reason_code").iter_rows())


def test_reads_all_in_parcels(tmp_path, knowledge, monkeypatch):
    monkeypatch.setattr(readers, "PARCEL", 2)
    some = originals(tmp_path, 5)
    with readers.Readers(knowledge, 2) as pool:
        futures = pool.submit(some)
        assert len(futures) == 3
        parcels = [p for f in futures for p in f.result()]
    frames = unpack(parcels)
    assert frames["files"]["sha256"].to_list() == [o.sha256 for o in some]
    assert frames["files"]["reason_code"].null_count() == 5
    assert frames["reports"]["report_year"].to_list() == [2010, 2011, 2012, 2013, 2014]


def test_an_original_that_is_not_what_its_hash_says_is_refused(tmp_path, knowledge):
    [one] = originals(tmp_path, 1)
    write(tmp_path, "0.txt", text(year=2020))
    reader = Reader(knowledge, Limits())
    try:
        frame = unpack(reader.read([one]))["files"]
    finally:
        reader.close()
    assert frame.select("sha256", "status", "reason_code").rows() == [(one.sha256, "rejected", "damaged")]
    assert "与它的哈希不符" in frame["reason"][0]


@pytest.mark.parametrize(
    ("fault", "times", "expected"),
    [
        (signal.SIGKILL, 1, [None, None, None]),  # the system killed an innocent: it is read alone
        (signal.SIGSTOP, 1, ["timeout", None, None]),  # the first file of the parcel is the one that hangs
    ],
)
def test_what_becomes_of_a_process_costs_one_file_at_most(tmp_path, knowledge, fault, times, expected):
    reader = Planted(knowledge, Limits(seconds=2.0))
    reader.times, reader.fault = times, fault
    try:
        found = status(reader.read(originals(tmp_path, 3)))
    finally:
        reader.close()
    assert [found[o.sha256] for o in originals(tmp_path, 3)] == expected


def test_a_file_that_kills_its_reader_each_time_is_rejected(tmp_path, knowledge, monkeypatch):
    """Of a parcel, alone, and from the start: the file that is there each time is the cause."""
    some = originals(tmp_path, 3)
    send = Reader._start

    def start(self):
        send(self)
        pipe = self.pipe

        class Deadly:
            def send(_, parcel):
                pipe.send(parcel)
                if any(o.name == "1.txt" for o in parcel):
                    os.kill(self.process.pid, signal.SIGKILL)

            def __getattr__(_, name):
                return getattr(pipe, name)

        self.pipe = Deadly()

    monkeypatch.setattr(Reader, "_start", start)
    reader = Reader(knowledge, Limits())
    try:
        found = status(reader.read([some[1]]))
    finally:
        reader.close()
    assert found == {some[1].sha256: "damaged"}


def test_memory_is_limited_to_what_a_file_may_cost(tmp_path, knowledge):
    big = write(tmp_path, "大.txt", "长" * 15_000_000)  # 45 MB of bytes, under the limit for files
    one = Original("0" * 64, 45_000_000, big.name, str(big))
    reader = Reader(knowledge, Limits(memory=30_000_000))
    try:
        [code] = status(reader.read([one])).values()
        assert code == "too_large"
        assert list(status(reader.read(originals(tmp_path, 2))).values()) == [None] * 2
    finally:
        reader.close()


def test_an_installation_that_cannot_read_is_told_as_such(tmp_path, home):
    reader = Reader(Knowledge(home.catalogue, home.divisions, "another version"), Limits())
    with pytest.raises(ReaderStartError, match="目录文件在运行中被改动了"):
        reader.read(originals(tmp_path, 1))


def test_leaving_the_pool_ends_its_processes_at_once(tmp_path, knowledge):
    began = time.monotonic()
    with Readers(knowledge, 1) as pool:
        futures = pool.submit(originals(tmp_path, 2))
        futures[0].result()
        [reader] = pool.all
        pid = reader.process.pid
        os.kill(pid, signal.SIGSTOP)
        waiting = pool.submit(originals(tmp_path, 2))
        time.sleep(0.2)
    assert time.monotonic() - began < 30
    assert waiting[0].done()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_readers_end_with_their_parent(tmp_path, knowledge):
    """A run that is killed leaves no reading process behind."""
    import subprocess
    import sys

    code = (
        "import sys, time; from pathlib import Path; from flows.readers import *; from flows.reading_process import *\n"
        "k = Knowledge(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])\n"
        "r = Reader(k, Limits()); r._start(); print(r.process.pid, flush=True); time.sleep(60)"
    )
    arguments = [str(knowledge.catalogue), str(knowledge.divisions), knowledge.version]
    with subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if "Z" in Path(f"/proc/{pid}/stat").read_text().split(")")[1]:  # nobody reaps it in a container without init
            return
        time.sleep(0.1)
    raise AssertionError("the reading process is still there")


def test_a_fault_of_our_own_reader_is_not_blamed_on_the_file(tmp_path, knowledge, monkeypatch):
    """KeyError in a half-edited catalogue table made whole files count as damaged; they are tried again instead."""

    def broken(*_args, **_kw):
        raise KeyError("没有这一组")

    monkeypatch.setattr("annual_reports.reading.read", broken)
    frame = unpack([reading_process.read_parcel(originals(tmp_path, 1), knowledge)])["files"]
    (code, reason) = frame.select("reason_code", "reason").row(0)
    assert code == "reader_fault"
    assert "KeyError" in reason
