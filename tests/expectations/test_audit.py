"""The audit: a planted fault for every rule over the whole warehouse, refusal, baselines, and what is kept of a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest

from expectations import audit, gate, records
from expectations.limits import Limits
from warehouse import database, load, reference
from warehouse.frames import files, frames
from warehouse.home import Home

LIMITS = Limits(today=date(2026, 11, 22))
SEEN = datetime(2026, 11, 1, 8, 0)


def fill(con, readings):
    """Load ``readings`` the way a run does."""
    load_id = load.begin(con, "1", "c1")
    seen = load.locations([(r.sha256, f"inbox/{r.file}", None, r.size) for r in readings], SEEN)
    known = {"load_id": load_id, "reader_version": "1", "catalogue_version": "c1"}
    load.load_chunk(con, frames(readings), files(readings), seen, **known)
    return load_id


@pytest.fixture
def open_warehouse(tmp_path):
    home = Home.at(tmp_path / "home").make()
    con = database.open(home)
    reference.refresh(con, home)
    yield con
    con.close()


@pytest.fixture
def con(open_warehouse, readings):
    fill(open_warehouse, readings)
    return open_warehouse


def check(con, **more):
    return audit.check_warehouse(con, limits=more.pop("limits", LIMITS), **more)


def failing(verdict):
    return {r.rule for r in verdict.results if not r.passed}


def test_a_sound_warehouse_passes_every_rule(con):
    verdict = check(con, previous=audit.reported(con), baseline={"reports": {2023: 2, 2024: 2}, "facts": {2024: 10}})
    assert failing(verdict) == set()
    assert verdict.refused is None
    assert {r.rule for r in verdict.results} == set(audit.rules())
    checked = {r.rule: r.checked for r in verdict.results}
    assert (checked["W09"], checked["W13"], checked["W17"], checked["W24"], checked["W26"]) == (24, 20, 20, 4, 3)


def test_every_rule_fails_on_its_fault(open_warehouse, read):
    """One warehouse carries all faults, each in a report of its own; every rule names exactly what was planted."""
    con = open_warehouse
    towns = [f"第{n}镇" for n in range(14)]
    readings = {town: read(town, 2024, 152, 148, 9000) for town in towns}
    pair = read("同比镇", 2023, 152, 148, 9000), read("同比镇", 2024, 152, 3700, 9000)
    first, second = read("修订镇", 2024, 152, 148, 9000), read("修订镇", 2024, 152, 301, 9000)
    fill(con, [*readings.values(), *pair, first])
    fill(con, [replace(second, published=date(2025, 6, 1))])
    ids = [readings[town].sha256[:16] for town in towns]
    previous = audit.reported(con)
    gone = pl.DataFrame({"issuer_id": [f"消失{n}" for n in range(9)], "report_year": [2022] * 9})
    lost = pl.DataFrame({"issuer_id": [f"没了{n}" for n in range(10)], "report_year": [2021] * 10})
    previous = pl.concat([previous, *(f.cast(previous.schema) for f in (gone, lost))])

    plants = {
        "W01": f"UPDATE raw.files SET status = '在途' WHERE report_id = '{ids[0]}'",
        "W02": f"UPDATE raw.files SET status = 'rejected', reason = ' ' WHERE report_id = '{ids[1]}'",
        "W03": f"INSERT INTO core.reports SELECT * FROM core.reports WHERE report_id = '{ids[2]}'",
        "W04": f"DELETE FROM raw.files WHERE report_id = '{ids[3]}'",
        "W05": f"UPDATE core.reports SET text = text || '。' WHERE report_id = '{ids[4]}'",
        "W06": f"INSERT INTO core.quantities SELECT * FROM core.quantities WHERE quantity_id = '{ids[5]}-q5'",
        "W07": f"UPDATE core.quantities SET report_id = '别处' WHERE quantity_id = '{ids[5]}-q4'",
        "W08": f"UPDATE core.quantities SET section_id = '没有' WHERE quantity_id = '{ids[6]}-q1'",
        "W09": f"UPDATE core.quantities SET span_start = span_start + 1 WHERE quantity_id = '{ids[6]}-q2'",
        "W10": f"INSERT INTO core.facts SELECT * FROM core.facts WHERE fact_id = '{ids[7]}-f0'",
        "W11": f"UPDATE core.facts SET report_id = '别处' WHERE fact_id = '{ids[7]}-f1'",
        "W12": f"UPDATE core.facts SET report_year = 2020 WHERE fact_id = '{ids[8]}-f0'",
        "W13": f"DELETE FROM core.fact_evidence WHERE fact_id = '{ids[8]}-f1'",
        "W14": f"UPDATE core.fact_evidence SET quantity_id = '没有' WHERE fact_id = '{ids[8]}-f2'",
        "W15": f"UPDATE core.facts SET indicator = 'no_such_code' WHERE fact_id = '{ids[9]}-f0'",
        "W16": f"INSERT INTO core.fact_evidence VALUES ('{ids[9]}-f99', '{ids[9]}-q0')",
        "W17": f"UPDATE core.facts SET quantity_id = '没有' WHERE fact_id = '{ids[10]}-f0'",
        "W18": f"UPDATE core.quantities SET sentence = '别的句子。' WHERE quantity_id = '{ids[10]}-q1'",
        "W27": f"""INSERT INTO quality.quarantine
            SELECT 'q1', load_id, 'facts', 'x', '{ids[11]}', 'F09', 'F09', '{{}}', 'held', NULL, NULL, NULL
            FROM (SELECT load_id FROM ops.loads LIMIT 1)""",
    }
    for sql in plants.values():
        con.execute(sql)
    con.execute("UPDATE ops.loads SET started_at = TIMESTAMP '2026-09-01 08:00:00'")
    wanted = {"reports": {2024: 99}, "facts": {2024: 10}}
    verdict = check(con, previous=previous, baseline=wanted)
    named = {rule: [] for rule in audit.rules()}
    for failure in verdict.failures:
        named[failure.rule].append(failure.row_id)
    new = second.sha256[:16]
    assert {rule: sorted(rows) for rule, rows in named.items()} == {
        "W01": [readings[towns[0]].sha256],
        "W02": [readings[towns[1]].sha256],
        "W03": [ids[2]] * 2,
        "W04": [ids[3]],
        "W05": [ids[4]],
        "W06": [f"{ids[5]}-q5"] * 2,
        "W07": [f"{ids[5]}-q4"],
        "W08": [f"{ids[6]}-q1"],
        "W09": [f"{ids[6]}-q2"],
        "W10": [f"{ids[7]}-f0"] * 2,
        "W11": [f"{ids[7]}-f1"],
        "W12": [f"{ids[8]}-f0"],
        "W13": [f"{ids[8]}-f1"],
        "W14": [f"{ids[8]}-f2"],
        "W15": [f"{ids[9]}-f0"],
        "W16": [f"{ids[9]}-f99"],
        "W17": [f"{ids[10]}-f0"],
        "W18": [f"{ids[10]}-f1"],
        # the report that stands twice, and the fact that does
        "W19": sorted(2 * [*(f"{ids[2]}-f{n}" for n in range(5)), f"{ids[7]}-f0"]),
        "W20": [],
        "W21": [f"{pair[1].sha256[:16]}-f1"],
        "W22": [f"{new}-f1"],
        "W23": [f"{new}-f1"],
        "W24": sorted([*gone["issuer_id"], *lost["issuer_id"]]),
        "W25": ["2021"],
        "W26": ["reports 2024"],
        "W27": ["q1"],
    }
    assert verdict.refused.startswith(
        "W01「文件的处理结果应为已入库、拒收、重复件之一」：文件有 1 行不合格，如 处理结果＝在途"
    )
    assert "W21" not in verdict.refused  # a warning refuses nothing


@pytest.mark.parametrize(
    ("rule", "view"),
    [
        ("W19", "indicator_year AS SELECT * FROM {mart} UNION ALL SELECT * FROM {mart} WHERE value = 148"),
        ("W20", "indicator_yoy AS SELECT * REPLACE ('unresolved:' || report_id AS issuer_id) FROM {mart}"),
    ],
)
def test_a_mart_that_counts_twice_or_compares_the_unresolved_is_refused(con, rule, view):
    mart = view.partition(" ")[0]
    con.execute(f"CREATE TABLE main.right_{mart} AS FROM marts.{mart}")
    con.execute(f"CREATE OR REPLACE VIEW marts.{view.format(mart=f'main.right_{mart}')}")
    verdict = check(con)
    assert failing(verdict) == {rule}
    assert rule in verdict.refused


def test_losing_issuers_of_a_year_refuses_only_beyond_the_share_and_number(con):
    here = audit.reported(con)
    years = pl.concat([here] + [here.with_columns(issuer_id=pl.col("issuer_id") + str(n)) for n in range(4)])
    verdict = check(con, previous=years)  # 10 issuers a year, 8 lost
    assert failing(verdict) == {"W24", "W25"}
    assert "上一版机关数＝10；失去的机关数＝8；报告年度＝2023" in verdict.refused
    assert failing(check(con, previous=years, limits=Limits(today=LIMITS.today, shrink_from=11))) == {"W24"}
    assert check(con, previous=None).refused is None  # a person accepts that it shrank


def test_unresolved_issuers_are_not_missed_in_the_next_release(con, readings):
    con.execute("UPDATE core.reports SET issuer_id = 'unresolved:' || report_id WHERE report_year = 2023")
    assert audit.reported(con).sort("issuer_id").rows() == [
        ("云岭省/青河市/平原县/柳溪镇", 2024),
        ("云岭省/青河市/平原县/石桥乡", 2024),
    ]


def test_a_baseline_made_from_the_warehouse_holds_for_it_and_not_for_a_smaller_one(con, tmp_path):
    file = tmp_path / "baseline.yml"
    file.write_text(audit.make_baseline(con), "utf-8")
    baseline = audit.read_baseline(file)
    assert baseline == {
        "reports": {2023: 2, 2024: 2},
        "quantities": {2023: 12, 2024: 12},
        "facts": {2023: 10, 2024: 10},
    }
    assert check(con, baseline=baseline).refused is None
    con.execute("DELETE FROM core.quantities WHERE quantity_id LIKE '%-q5'")
    verdict = check(con, baseline=baseline)
    assert failing(verdict) == {"W26"}
    assert "基线行数＝12；现有行数＝10；位置＝quantities 2023" in verdict.refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("reports: [1, 2]", "reports 应写作 {年度: 行数}"),
        ("reports: {2023: 约十份}", "年度和行数都是整数"),
        ("rows: {2023: 1}", "不认识的表「rows」，可用的有：reports、quantities、facts"),
        ("- 1", "最外层应为"),
        ("reports: {", "不是合法的 YAML"),
    ],
)
def test_a_baseline_that_cannot_be_used_says_why(tmp_path, text, message):
    file = tmp_path / "baseline.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(audit.BaselineError, match=r"baseline\.yml") as error:
        audit.read_baseline(file)
    assert message in str(error.value)


def test_no_baseline_file_means_no_baseline(tmp_path):
    assert audit.read_baseline(tmp_path / "none.yml") == {}


def test_the_audit_works_on_a_copy_opened_for_reading_and_leaves_nothing(con, tmp_path, readings):
    path = con.execute("SELECT path FROM duckdb_databases() WHERE NOT internal").fetchone()[0]
    con.execute("CHECKPOINT")
    con.close()
    reader = database.connect(path, read_only=True)
    try:
        assert check(reader).refused is None
        temporary = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'temp'"
        assert reader.execute(temporary).fetchall() == []
    finally:
        reader.close()


def test_a_verdict_is_kept_whole(con, clean):
    facts = clean["facts"].with_columns(unit=pl.lit("筐"))
    verdict = gate.check_batch({**clean, "facts": facts}, limits=LIMITS)
    run_id = records.keep(con, verdict, stage="batch", load_id="L1")
    row = con.sql("SELECT * FROM quality.runs").pl().row(0, named=True)
    assert (row["run_id"], row["stage"], row["load_id"], row["refused"]) == (run_id, "batch", "L1", True)
    assert (row["rules"], row["failed_critical"], row["failed_warning"]) == (len(gate.rules()), 1, 0)
    assert row["reason"].startswith("事实有 20 行不合格")
    kept = con.sql("SELECT rule, checked, failed, passed FROM quality.results WHERE NOT passed").fetchall()
    assert kept == [("F09", 20, 20, False)]
    failures = con.sql("SELECT table_name, row_id, report_id, detail FROM quality.failures ORDER BY ALL").fetchall()
    assert len(failures) == 20
    assert failures[0][0] == "facts"
    assert failures[0][3].startswith("单位＝筐；指标的单位＝")
    trend = con.sql("SELECT pass_rate FROM quality.trend WHERE rule = 'F09'").fetchall()
    assert trend == [(0.0,)]


def test_only_the_latest_run_over_the_warehouse_keeps_its_failing_rows(con):
    con.execute("UPDATE core.reports SET text = text || '。'")
    for expected in (4, 4):
        records.keep(con, check(con), stage="warehouse")
        assert con.sql("SELECT count(*) FROM quality.failures").fetchall() == [(expected,)]
    assert con.sql("SELECT count(*) FROM quality.runs").fetchall() == [(2,)]
    assert con.sql("SELECT count(*) FROM quality.results WHERE rule = 'W05'").fetchall() == [(2,)]
