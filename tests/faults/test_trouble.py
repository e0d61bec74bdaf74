"""Kills, two runs at once, a full disk, odd names: nothing lost, nothing twice, every file has a reason.

``make soak`` (FAZHI_SOAK=1) kills a hundred times instead of a dozen.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from small_reports import fill, rows, text, write

from flows import pipeline
from flows.pipeline import How

pytestmark = pytest.mark.slow
ONE_RUN = [sys.executable, str(Path(__file__).with_name("one_run.py"))]
SOAK = bool(os.environ.get("FAZHI_SOAK"))
FILES = 60


def start(home, *words, **more):
    return subprocess.Popen(
        [*ONE_RUN, str(home.root), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
    )


def kill_after(run, stages, delay):
    """Kill the run ``delay`` seconds after it has begun so many stages; False where it was done before."""
    for _ in range(stages):
        line = run.stdout.readline()
        if not line or line.startswith("done"):
            run.wait(60)
            return False
    time.sleep(delay)
    run.send_signal(signal.SIGKILL)
    run.wait(60)
    return True


def finish(home, *words):
    run = start(home, *words)
    said, errors = run.communicate(timeout=300)
    assert run.returncode == 0, errors
    return said.splitlines()[-1]


def assert_whole(home, files):
    """Every file once, every fact once, all evidence there; no row of a half-loaded chunk."""
    assert rows(home, "SELECT count(*), count(DISTINCT sha256) FROM raw.files WHERE status = 'loaded'") == [
        (files, files)
    ]
    assert rows(home, "SELECT count(*), count(DISTINCT report_id) FROM core.reports") == [(files, files)]
    assert rows(home, "SELECT count(*), count(DISTINCT fact_id) FROM core.facts") == [(5 * files, 5 * files)]
    assert rows(home, "SELECT count(*) FROM core.facts ANTI JOIN core.fact_evidence USING (fact_id)") == [(0,)]
    assert rows(home, "SELECT count(*) FROM core.quantities ANTI JOIN core.reports USING (report_id)") == [(0,)]
    disputes = "SELECT sum(value) FROM core.facts WHERE indicator = 'disputes_mediated'"
    assert rows(home, disputes) == [(sum(10 + n for n in range(files)),)]


def test_a_killed_ingest_is_resumed_without_loss_or_repetition(home):
    chance = random.Random(5)
    fill(home.inbox, FILES)
    kills = progress = 0
    wanted = 100 if SOAK else 12
    while kills < wanted:
        killed = kill_after(start(home), chance.randint(1, 12), chance.uniform(0, 0.3))
        kills += killed
        loaded = rows(home, "SELECT count(*) FROM core.reports")[0][0] if home.warehouse.exists() else 0
        assert loaded >= progress, "what a run had loaded is still there"
        progress = loaded
        if not killed:  # it got through: begin anew, so that there is something to kill
            for path in (home.warehouse, home.warehouse.with_name("warehouse.duckdb.wal")):
                path.unlink(missing_ok=True)
            progress = 0
    assert finish(home).startswith("done ")
    assert_whole(home, FILES)
    unfinished = rows(home, "SELECT count(*) FROM ops.loads WHERE finished_at IS NULL")[0][0]
    assert unfinished > 0, "no kill met a run at work"


def test_a_killed_publish_leaves_a_whole_release_for_readers(home):
    chance = random.Random(6)
    fill(home.inbox, 10)
    assert "loaded=10" in finish(home, "publish")
    stop, errors, reads = threading.Event(), [], []

    def read():
        while not stop.is_set():
            try:
                con = duckdb.connect(str(home.published_database), read_only=True)
                reads.append(con.execute("SELECT count(*) FROM core.reports").fetchone()[0])
                con.close()
            except duckdb.Error as error:
                errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for n in range(40 if SOAK else 5):
            fill(home.inbox, 1, first=10 + n)
            run = start(home, "publish")
            for line in run.stdout:
                if line.strip() == "publish_only":
                    time.sleep(chance.uniform(0, 0.5))
                    run.send_signal(signal.SIGKILL)
                    break
            run.wait(60)
    finally:
        stop.set()
        reader.join()
    assert not errors, errors[:3]
    assert reads == sorted(reads), "a reader saw an older release after a newer one"
    finish(home, "publish")
    with duckdb.connect(str(home.published_database), read_only=True) as con:
        published = con.execute("SELECT count(*) FROM core.reports").fetchone()[0]
    assert published == rows(home, "SELECT count(*) FROM core.reports")[0][0] == 10 + (40 if SOAK else 5)
    assert not list((home.published / "releases").glob(".building-*"))


def test_two_ingests_at_once_take_turns(home):
    fill(home.inbox, 20)
    one, other = start(home), start(home)
    ends = sorted(run.communicate(timeout=300)[0].splitlines()[-1] for run in (one, other))
    assert (one.returncode, other.returncode) == (0, 0)
    assert ends == ["done completed loaded=20 known=0", "done nothing_new loaded=0 known=20"]
    assert_whole(home, 20)


@pytest.mark.parametrize("limit", ["tmpfs", "file size"])
def test_a_full_disk_fails_the_run_and_loses_nothing(home, tmp_path, limit):
    """The disk fills while a chunk is loaded; with room again, the next run goes on."""
    fill(home.inbox, 20)
    if limit == "tmpfs":
        disk = tmp_path / "disk"
        disk.mkdir()
        if subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "none", disk], capture_output=True, check=False
        ).returncode:
            pytest.skip("this system lets no test mount a tmpfs")
        try:
            small = type(home).at(disk / "home").make()
            shutil.copy(home.divisions, small.divisions)
            shutil.copytree(home.inbox, small.inbox, dirs_exist_ok=True, copy_function=shutil.copy2)
            run = start(small)
            errors = run.communicate(timeout=300)[1]
            assert run.returncode == 1, errors
            assert "space" in errors.lower() or "空间" in errors
            subprocess.run(["mount", "-o", "remount,size=400m", disk], check=True)
            finish(small)
            assert_whole(small, 20)
        finally:
            subprocess.run(["umount", disk], check=True)
        return

    def only_small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    run = start(home, preexec_fn=only_small_files)
    errors = run.communicate(timeout=300)[1]
    assert run.returncode == 1, errors
    finish(home)
    assert_whole(home, 20)


def test_names_with_every_odd_character_and_loops_of_links(home, quick):
    odd = [
        "新\n行.txt",
        "'引号\".txt",
        "$(rm -rf).txt",
        "%20;|&#?.txt",
        "-rf.txt",
        "\x1b[31m.txt",
        "👪🏽.txt",
        " 空格 .txt",
    ]
    for n, name in enumerate(odd):
        write(home.inbox, name, text("柏溪", 2010 + n, 10 + n))
    raw = os.path.join(os.fsencode(home.inbox), b"\xb1\xa8\xb8\xe6\xff.txt")  # GBK, no UTF-8
    Path(os.fsdecode(raw)).write_text(text("槐渡", 2024, 99), "utf-8")
    (home.inbox / "loop").symlink_to(home.inbox)
    (home.inbox / "round").symlink_to(home.inbox / "round")
    summary = pipeline.ingest(home, publish=False, how=How(settle=0, processes=1))
    assert (summary.seen, summary.loaded, len(summary.rejects), len(summary.left)) == (9, 9, 0, 2)
    paths = [path for (path,) in rows(home, "SELECT path FROM raw.file_locations")]
    assert all(path.isprintable() for path in paths)
    assert any(path.endswith("\\xb1\\xa8\\xb8\\xe6\\xff.txt") for path in paths)
    assert pipeline.ingest(home, publish=False, how=How(settle=0)).outcome == "nothing_new"


def test_another_time_zone_makes_no_file_new(home, quick, monkeypatch):
    fill(home.inbox, 3)
    for zone, outcome in (("Asia/Shanghai", "completed"), ("America/New_York", "nothing_new"), ("UTC", "nothing_new")):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert pipeline.ingest(home, publish=False, how=How(settle=0, processes=1)).outcome == outcome
    monkeypatch.undo()
    time.tzset()


def test_a_clock_that_is_set_back_loses_nothing_and_publishes_what_is_new(home, quick, monkeypatch):
    from datetime import timedelta

    from warehouse import database, load
    from warehouse import publish as publishing

    fill(home.inbox, 2)
    how = How(settle=0, processes=1)
    pipeline.ingest(home, publish=False, how=how)
    with pipeline.opened(home) as con:
        publishing.publish(con, home)
        assert publishing.is_current(con, home)
    now = database.now
    monkeypatch.setattr(database, "now", lambda: now() - timedelta(days=400))
    monkeypatch.setattr(load.database, "now", database.now)
    monkeypatch.setattr(pipeline, "reader_version", lambda: "9.0.0+later")
    summary = pipeline.ingest(home, publish=False, how=how)
    assert (summary.loaded, summary.outcome) == (2, "completed")
    with pipeline.opened(home) as con:
        assert not publishing.is_current(con, home), "what was read again is not published yet"
    assert rows(home, "SELECT count(*) FROM core.reports") == [(2,)]
