"""The pipeline without Prefect: what goes in, what comes out, what a second run does, and what a bad file costs."""

import json
import os
import shutil
import time

import polars as pl
import pytest
from small_reports import fill, rows, text, write

from expectations.verdict import RowFailure, RuleResult, Verdict
from flows import again, batches, decisions, inbox, pipeline, releasing
from flows.pipeline import How
from flows.readers import Limits
from warehouse import database, snapshots

NOW = How(settle=0, processes=1)  # files of tests hold still


def ingest(home, *paths, **more):
    return pipeline.ingest(home, paths or None, publish=False, how=How(**{"settle": 0, "processes": 1, **more}))


def test_new_files_become_reports_facts_and_evidence(home):
    """With the real gate and a real release, once."""
    write(home.inbox, "柏溪.txt", text("柏溪", 2024, 40))
    write(home.inbox, "杂项/空.txt", b"")
    seen = []
    summary = pipeline.ingest(home, how=How(settle=0, progress=lambda done, total: seen.append((done, total))))
    assert (summary.outcome, summary.exit_code) == ("quarantined", 3)
    assert (summary.seen, summary.loaded, summary.known, len(summary.rejects)) == (2, 1, 0, 1)
    assert seen == [(0, 2), (2, 2)]
    [reject] = summary.rejects
    assert (reject.path, reject.code) == (str(home.inbox / "杂项" / "空.txt"), "empty")
    assert rows(home, "SELECT issuer_id, report_year FROM core.reports") == [("示例省/泽岚市/青湾县/柏溪镇", 2024)]
    facts = rows(home, "SELECT indicator, value, bound FROM core.facts ORDER BY ALL")
    assert ("disputes_mediated", 40.0, "exact") in facts
    assert ("disputes_screened", 43.0, "exact") in facts
    assert ("legal_publicity_events", 12.0, "exact") in facts
    assert ("publicity_materials_distributed", 800.0, "at_least") in facts
    assert not [f for f in facts if f[1] == 20.0], "a target of the plan section is no fact"
    [(stage, reports)] = rows(home, "SELECT stage, count(*) FROM quality.runs WHERE load_id IS NOT NULL GROUP BY ALL")
    assert (stage, reports) == ("batch", 1)
    assert home.published_database.exists()
    details = (home.quality_pages / "gx" / "index.html").read_text("utf-8")
    for suite in ("reports", "quantities", "facts", "stored_evidence"):
        assert f"validations/{suite}/" in details, "the gate and the audit both"
    assert rows(home, "SELECT status, seen, loaded, rejected FROM ops.loads") == [("quarantined", 2, 1, 1)]
    second = pipeline.ingest(home, how=NOW)
    assert (second.outcome, second.exit_code, second.known, second.published) == ("nothing_new", 0, 2, None)


def test_a_second_run_reads_only_what_is_new(home, quick):
    fill(home.inbox, 3)
    first = ingest(home)
    assert (first.outcome, first.loaded, first.facts) == ("completed", 3, 15)
    fill(home.inbox, 2, first=3)
    second = ingest(home)
    assert (second.loaded, second.known, second.seen) == (2, 3, 5)
    assert rows(home, "SELECT count(*), count(DISTINCT sha256) FROM raw.files") == [(5, 5)]
    assert rows(home, "SELECT count(*) FROM core.facts") == [(25,)]


def test_a_moved_and_a_touched_file_are_known_by_their_content(home, quick):
    [one] = fill(home.inbox, 1)
    ingest(home)
    one.rename(home.inbox / "改名.txt")
    moved = ingest(home)
    assert (moved.loaded, moved.copies, len(moved.rejects), moved.known) == (0, 0, 0, 1)
    os.utime(home.inbox / "改名.txt")
    assert ingest(home).loaded == 0
    paths = rows(home, "SELECT path FROM raw.file_locations ORDER BY path")
    assert [os.path.basename(p) for (p,) in paths] == ["000.txt", "改名.txt"]
    assert rows(home, "SELECT count(*) FROM raw.files") == [(1,)]


def test_the_same_content_twice_in_one_run_is_read_once(home, quick):
    write(home.inbox, "a.txt", text())
    write(home.inbox, "b.txt", text())
    summary = ingest(home)
    assert (summary.loaded, summary.copies, summary.seen) == (1, 1, 2)
    assert rows(home, "SELECT count(*) FROM raw.file_locations") == [(2,)]


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_every_file_seen_is_counted_once_whatever_it_is(home, quick, chunk):
    """A report thrice, an empty file twice, one that nobody can read twice, a copy with other bytes, an old one."""
    fill(home.inbox, 2, first=50)
    ingest(home)
    for name in ("a", "b", "z/c"):
        write(home.inbox, f"{name}.txt", text())
    write(home.inbox, "d.txt", text() + "\n\n")  # other bytes, the same report
    for name in ("空1.txt", "空2.txt"):
        write(home.inbox, name, b"")
    for name in ("坏1.doc", "坏2.doc"):
        write(home.inbox, name, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (home.inbox / "050.txt").rename(home.inbox / "改名.txt")
    summary = ingest(home, chunk=chunk)
    counted = (summary.loaded, summary.copies, len(summary.rejects), summary.known, summary.withheld)
    assert (summary.seen, counted) == (10, (1, 3, 4, 2, 0))
    assert sorted(os.path.basename(r.path) for r in summary.rejects) == ["坏1.doc", "坏2.doc", "空1.txt", "空2.txt"]
    assert {r.code for r in summary.rejects} == {"empty", "unsupported"}
    assert rows(home, "SELECT seen, loaded, copies, rejected, known FROM ops.loads ORDER BY started_at")[1] == (
        10, 1, 3, 4, 2,
    )  # fmt: skip
    assert rows(home, "SELECT count(*) FROM raw.file_locations") == [(11,)]
    again = ingest(home, chunk=chunk)
    assert (again.seen, again.known, again.outcome) == (10, 10, "nothing_new")


def test_a_report_that_is_held_whole_is_counted_as_such(home, monkeypatch):
    def hold_one(frames, **_):
        now = database.now()
        rule = RuleResult("reports", "R01", "critical", "一句话", "", "reports", False, 2, 1)
        row = frames["reports"].row(0, named=True)["report_id"]
        return Verdict(
            (rule,), (RowFailure("reports", "R01", "critical", "reports", 0, row, row, "x"),), None, now, now
        )

    fill(home.inbox, 2)
    monkeypatch.setattr(batches.gate, "check_batch", hold_one)
    summary = ingest(home)
    assert (summary.seen, summary.loaded, summary.withheld) == (2, 1, 1)
    assert "整份不入库 1，隔离" in summary.message


def test_chunks_give_what_one_chunk_gives(home, quick, tmp_path):
    fill(home.inbox, 5)
    write(home.inbox, "坏.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    seen = []
    summary = ingest(home, chunk=2, progress=lambda done, total: seen.append((done, total)))
    assert (summary.loaded, len(summary.rejects)) == (5, 1)
    assert seen == [(0, 6), (2, 6), (4, 6), (6, 6)]
    facts = "SELECT issuer_id, report_year, indicator, value FROM core.facts ORDER BY ALL"
    whole = type(home).at(tmp_path / "whole").make()
    shutil.copy(home.divisions, whole.divisions)
    ingest(whole, home.inbox, chunk=100)
    assert rows(home, facts) == rows(whole, facts)


def test_originals_are_kept_and_the_inbox_is_left_as_it_was(home, quick):
    [one] = fill(home.inbox, 1)
    before = one.stat()
    ingest(home)
    assert one.stat().st_mtime_ns == before.st_mtime_ns
    [(sha256,)] = rows(home, "SELECT sha256 FROM raw.files")
    assert snapshots.original(home, sha256) == one.read_bytes()
    one.unlink()
    assert snapshots.read(home, sha256).name == "000.txt"


def test_a_file_that_cannot_be_opened_has_a_row_and_is_tried_again(home, quick, monkeypatch):
    [one] = fill(home.inbox, 1)
    take = inbox.take

    def refuse(found, largest):
        return inbox.Taken(None, None, "unreadable", "文件打不开（Permission denied）；解决后再运行一次")

    monkeypatch.setattr(inbox, "take", refuse)
    shut = ingest(home)
    assert (shut.outcome, [r.code for r in shut.rejects]) == ("quarantined", ["unreadable"])
    assert rows(home, "SELECT status, reason_code FROM raw.files") == [("rejected", "unreadable")]
    monkeypatch.setattr(inbox, "take", take)
    opened = ingest(home)
    assert (opened.known, opened.loaded) == (0, 1)
    assert rows(home, "SELECT status, reason_code FROM raw.files") == [("loaded", None)]
    assert rows(home, "SELECT path FROM raw.file_locations") == [(str(one),)]


def test_a_file_over_the_limit_is_refused_without_being_kept(home, quick, monkeypatch):
    write(home.inbox, "大.txt", "长" * 2_000_000)
    monkeypatch.setattr(pipeline, "FileLimits", lambda: type("L", (), {"size": 1_000_000}))
    summary = ingest(home)
    [reject] = summary.rejects
    assert (reject.code, "超过上限 1 MB" in reject.reason) == ("too_large", True)
    [(sha256,)] = rows(home, "SELECT sha256 FROM raw.files")
    assert not snapshots.place(home, sha256).exists()
    assert ingest(home).outcome == "nothing_new"


def test_a_file_just_being_written_waits_for_the_next_run(home, quick, monkeypatch):
    _, moving = fill(home.inbox, 2)
    os.utime(moving)

    def grow(seconds):
        with moving.open("a") as file:
            file.write("又写了一行。\n")

    monkeypatch.setattr(inbox.time, "sleep", grow)
    summary = ingest(home, settle=5)
    assert summary.loaded == 1
    assert summary.seen == 1
    assert [(left.path, "还在变化" in left.why) for left in summary.left] == [(str(moving), True)]


def test_a_batch_that_the_gate_refuses_is_not_loaded_and_the_run_fails(home, monkeypatch):
    fill(home.inbox, 1)
    now = database.now()
    broken = RuleResult("facts", "F01", "critical", "事实编号不得为空", "", "facts", False, 5, 5)
    verdict = Verdict((broken,), (), "事实有 5 行不合格", now, now)
    monkeypatch.setattr(batches.gate, "check_batch", lambda *a, **k: verdict)
    summary = pipeline.ingest(home, how=NOW)
    assert (summary.outcome, summary.exit_code) == ("failed", 1)
    assert summary.message == "这一批没有入库：事实有 5 行不合格"
    assert rows(home, "SELECT count(*) FROM raw.files") == [(0,)]
    assert rows(home, "SELECT status, message FROM ops.loads") == [("failed", summary.message)]
    assert rows(home, "SELECT refused, reason FROM quality.runs") == [(True, "事实有 5 行不合格")]
    assert not home.published_database.exists()


def hold_disputes(monkeypatch):
    """A gate that holds back every fact about disputes mediated."""

    def check(frames, **_):
        now = database.now()
        at = frames["facts"].with_row_index("n").filter(pl.col("indicator") == "disputes_mediated")
        rule = RuleResult(
            "facts", "F26", "critical", "与往年相差不应达到 1000 倍", "", "facts", at.is_empty(), 5, at.height
        )
        failures = [
            RowFailure("facts", "F26", "critical", "facts", n, fact_id, report_id, "相差 1000 倍")
            for n, fact_id, report_id in at.select("n", "fact_id", "report_id").iter_rows()
        ]
        return Verdict((rule,), tuple(failures), None, now, now)

    monkeypatch.setattr(batches.gate, "check_batch", check)


def test_held_rows_wait_in_quarantine_and_can_be_released(home, monkeypatch):
    fill(home.inbox, 2)
    with monkeypatch.context() as patch:
        hold_disputes(patch)
        summary = ingest(home)
    assert (summary.outcome, summary.loaded, len(summary.held)) == ("quarantined", 2, 2)  # two facts
    assert rows(home, "SELECT count(*) FROM core.facts WHERE indicator = 'disputes_mediated'") == [(0,)]
    assert rows(home, "SELECT DISTINCT status FROM quality.quarantine") == [("held",)]
    reports = {row["report_id"] for row in summary.held}
    with pipeline.opened(home) as con:
        one, other = sorted(reports)
        outcome = decisions.release(con, home, [one], "已与原文核对")
        assert (len(outcome.released), outcome.staying) == (1, {})
        assert decisions.drop(con, home, [other], "原文如此，但显然有误") == 1
        with pytest.raises(ValueError, match="没有这样的隔离编号或报告编号：nosuch"):
            decisions.release(con, home, ["nosuch"], None)
    decided = "SELECT report_id, status, note, count(*) FROM quality.quarantine GROUP BY ALL ORDER BY ALL"
    expected = sorted([(one, "released", "已与原文核对", 1), (other, "dropped", "原文如此，但显然有误", 1)])
    assert rows(home, decided) == expected
    in_core = "SELECT report_id FROM core.facts WHERE indicator = 'disputes_mediated'"
    assert rows(home, in_core) == [(one,)]
    assert {json.loads(p.read_text("utf-8"))["decision"] for p in home.decisions.glob("*.json")} == {
        "released",
        "dropped",
    }

    with monkeypatch.context() as patch:  # the same rows are held again, and the same is decided about them
        hold_disputes(patch)
        patch.setattr(decisions.quarantine, "recheck", recheck_without(decisions.quarantine.recheck, batches.gate))
        patch.setattr(pipeline, "reader_version", lambda: "9.9.9+x")
        summary, _ = again.reread(home, publish=False, how=NOW)
    assert (summary.outcome, summary.held) == ("completed", []), "nobody need decide once more"
    assert rows(home, in_core) == [(one,)]
    assert rows(home, decided) == expected


def recheck_without(recheck, gate):
    """``recheck`` under a gate that lets everything pass: the planted rule exists only in this test."""

    def check(*args, **kw):
        held, gate.check_batch = gate.check_batch, lambda *a, **k: Verdict((), (), None, database.now(), database.now())
        try:
            return recheck(*args, **kw)
        finally:
            gate.check_batch = held

    return check


def test_rereading_tells_which_facts_changed(home, quick, monkeypatch):
    fill(home.inbox, 2)
    ingest(home)
    summary, changed = again.reread(home, publish=False, how=NOW)
    assert (summary.outcome, summary.seen, changed.height) == ("nothing_new", 0, 0)
    with pipeline.opened(home) as con:
        con.execute("UPDATE core.facts SET value = 999 WHERE indicator = 'disputes_mediated' AND value = 10")
    monkeypatch.setattr(pipeline, "reader_version", lambda: "0.9.0+new")
    summary, changed = again.reread(home, since="0.0.1", publish=False, how=NOW)
    assert (summary.seen, changed.height) == (0, 0)
    summary, changed = again.reread(home, publish=False, how=NOW)
    assert (summary.outcome, summary.loaded) == ("completed", 2)
    told = changed.select("indicator", "change", "old_value", "new_value").rows()
    assert told == [("disputes_mediated", "changed", 999.0, 10.0)]
    assert rows(home, "SELECT DISTINCT reader_version FROM raw.files") == [("0.9.0+new",)]


@pytest.mark.slow
def test_a_rebuilt_warehouse_equals_the_old_one(home, quick):
    from warehouse import rebuild

    fill(home.inbox, 4)
    write(home.inbox, "空.txt", b"")
    ingest(home)
    write(home.inbox, "更正.txt", text("柏溪", 2010, 77))
    ingest(home)
    kept = home.root / "old.duckdb"
    shutil.copy(home.warehouse, kept)
    shutil.rmtree(home.inbox)
    summary = again.rebuild(home, publish=False, how=NOW)
    assert (summary.outcome, summary.seen) == ("quarantined", 6)
    with pipeline.opened(home) as con:
        assert rebuild.compare(con, kept) == []
        assert con.execute("SELECT count(*) FROM core.reports").fetchone() == (5,)


@pytest.mark.slow
def test_a_rebuild_that_fails_leaves_the_old_warehouse(home, quick, monkeypatch):
    fill(home.inbox, 2)
    ingest(home)
    home.corrections.mkdir()
    (home.corrections / "c.yml").write_text(
        "c1:\n  where: {issuer: 没有的镇, year: 2010, indicator: disputes_mediated}\n  action: drop\n"
        "  expect: {value: 1}\n  reason: 这一条更正只为试验\n  author: 测试\n  date: '2026-01-01'\n",
        "utf-8",
    )
    with pytest.raises(ValueError, match=r"没有重建，原来的仓库保持不动：(?s:.*)更正用不上"):
        again.rebuild(home, publish=False, how=NOW)
    assert rows(home, "SELECT count(*) FROM core.reports") == [(2,)]


def test_a_correction_that_does_not_fit_fails_the_run_but_keeps_the_data(home, quick):
    fill(home.inbox, 1)
    home.corrections.mkdir()
    (home.corrections / "c.yml").write_text(
        "c1:\n  where: {issuer: 青湾县柏溪镇, year: 2010, indicator: disputes_mediated}\n  action: drop\n"
        "  expect: {value: 999}\n  reason: 这一条更正只为试验\n  author: 测试\n  date: '2026-01-01'\n",
        "utf-8",
    )
    summary = ingest(home)
    assert (summary.outcome, summary.exit_code) == ("failed", 1)
    assert "预期是 999，读出来的是 10" in summary.message
    assert rows(home, "SELECT count(*) FROM core.reports") == [(1,)]


def test_what_a_killed_run_left_unpublished_is_published_by_the_next(home, quick, monkeypatch):
    fill(home.inbox, 1)
    ingest(home)  # as if killed before publishing
    published = []
    monkeypatch.setattr(
        releasing,
        "publish",
        lambda con, home, building, checked: published.append(1) or releasing.Outcome("completed", "", "x"),
    )
    monkeypatch.setattr(releasing, "audited", lambda con, home, building, shrinks: releasing.Outcome("completed", ""))
    monkeypatch.setattr(releasing, "render", lambda con, home, stop: None)
    summary = pipeline.ingest(home, how=NOW)
    assert (summary.outcome, published) == ("nothing_new", [1])


def test_the_pages_are_finished_where_publishing_breaks_off(home, quick, monkeypatch):
    fill(home.inbox, 1)
    seen = []

    def render(con, home, stop):
        time.sleep(0.3)  # publishing has broken off by now
        seen.append(con.execute("SELECT count(*) FROM core.reports").fetchall())
        seen.append(list((home.published / "releases").iterdir()))

    def put_out(con, home, building, check):
        raise OSError("no space left on device")

    monkeypatch.setattr(releasing, "audited", lambda con, home, building, shrinks: releasing.Outcome("completed", ""))
    monkeypatch.setattr(releasing.publishing, "put_out", put_out)
    monkeypatch.setattr(releasing, "render", render)
    with pytest.raises(OSError, match="no space"):
        pipeline.ingest(home, how=NOW)
    assert seen == [[(1,)], []]


@pytest.mark.parametrize(
    ("severity", "error", "broken"),
    [("info", None, 0), ("warning", None, 1)],
)
def test_an_audit_that_only_warns_is_completed_and_says_so(severity, error, broken):
    result = RuleResult("versions", "W23", severity, "一句话", "", "修订", False, 3, 2, error=error)
    checked = releasing.judged(Verdict((result,), (), None, database.now(), database.now()))
    assert (checked.outcome, checked.exit_code, len(checked.broken)) == ("completed", 0, broken)
    assert ("只是提示" in checked.message) == bool(broken)


def test_a_file_that_takes_too_long_is_rejected_and_the_others_are_read(home, quick):
    fill(home.inbox, 3)
    summary = ingest(home, processes=1, limits=Limits(seconds=1e-6))
    assert {r.code for r in summary.rejects} == {"timeout"}
    assert all("已中止" in r.reason for r in summary.rejects)


def test_a_second_writer_is_told_who_holds_the_warehouse(home, quick):
    import subprocess
    import sys

    holder = "from warehouse import database; from warehouse.home import Home; import sys, time;"
    holder += "con = database.open(Home.at(sys.argv[1])); print('open', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", holder, str(home.root)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(database.Locked, match=f"另一个程序（进程 {other.pid}）正开着它"):
            ingest(home, patience=0)
        other.kill()
    assert ingest(home, patience=0).outcome == "nothing_new"
