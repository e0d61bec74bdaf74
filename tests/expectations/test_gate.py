"""The gate on whole batches: what is held and why, when all is refused, and how held rows come back."""

from __future__ import annotations

import json
import time
from datetime import date

import polars as pl
import pytest

from expectations import batch, detail, gate, quarantine
from expectations.limits import Limits
from warehouse.frames import TABLES, frames

LIMITS = Limits(today=date(2026, 11, 22))


def check(tables, **more):
    return gate.check_batch(tables, limits=more.pop("limits", LIMITS), **more)


def set_cell(tables, table, key, wanted, /, **values):
    """``tables`` with cells replaced in the rows where column ``key`` is ``wanted``."""
    frame = tables[table]
    cells = [
        pl.when(pl.col(key) == wanted).then(pl.lit(new, dtype=frame.schema[c])).otherwise(pl.col(c)).alias(c)
        for c, new in values.items()
    ]
    return {**tables, table: frame.with_columns(cells)}


def failing(verdict):
    return {f.rule for f in verdict.failures}


def test_a_failing_quantity_is_held_with_the_fact_and_check_that_rest_on_it(clean):
    bad = clean["quantities"]["quantity_id"][0]
    report = bad.partition("-")[0]
    tables = set_cell(clean, "quantities", "quantity_id", bad, printed="151件")
    loaded, held = check(tables).split(tables)

    assert sorted(held.select("table_name", "row_id").rows()) == [
        ("checks", f"{report}-c0"),
        ("facts", f"{report}-f0"),
        ("quantities", bad),
    ]
    [fact] = [json.loads(c) for c in held.filter(pl.col("table_name") == "facts")["content"]]
    assert fact[quarantine.EVIDENCE] == [bad], "a held fact holds its evidence within it"
    reasons = dict(held.select("row_id", "reasons").filter(pl.col("row_id").str.contains("-[qc]")).rows())
    assert (
        reasons[bad]
        == "Q05 按位置取出的原文应与所记写法一致（空白不计）：原文写法＝151件；按位置取出的原文＝140件；起＝54；止＝58"
    )
    assert reasons[f"{report}-c0"].startswith(f"Q05 所依据的数字 {bad} 被隔离：")
    assert set(held["rules"]) == {"Q05"}
    assert set(held["report_id"]) == {report}
    assert {t: loaded[t].height - clean[t].height for t in TABLES} == {
        "reports": 0, "sections": 0, "quantities": -1, "facts": -1, "fact_evidence": -1, "checks": -1,
    }  # fmt: skip


def test_a_failing_report_is_held_with_everything_under_it_and_the_others_pass(clean):
    bad = clean["reports"]["report_id"][1]
    tables = set_cell(clean, "reports", "report_id", bad, title="2019年法治政府建设情况报告")
    loaded, held = check(tables).split(tables)
    counts = dict(held.group_by("table_name").len().rows())
    assert counts == {"reports": 1, "sections": 4, "quantities": 6, "facts": 5, "checks": 1}
    assert set(held["report_id"]) == {bad}
    for table in ("reports", "sections", "quantities", "facts", "checks"):
        assert bad not in loaded[table]["report_id"]
        assert loaded[table].height * 4 == clean[table].height * 3


def test_a_broken_section_tree_holds_the_report(clean):
    bad = clean["sections"]["section_id"][2]
    tables = set_cell(clean, "sections", "section_id", bad, parent_id="没有")
    loaded, held = check(tables).split(tables)
    assert bad.partition("-")[0] not in loaded["reports"]["report_id"]
    assert held.filter(pl.col("table_name") == "reports")["rules"].to_list() == ["S05"]


def test_a_row_is_held_with_all_its_reasons(clean):
    bad = clean["facts"]["fact_id"][0]
    tables = set_cell(clean, "facts", "fact_id", bad, unit="人次", report_year=2019, bound="大概")
    _, held = check(tables).split(tables)
    fact = held.filter(pl.col("table_name") == "facts").row(0, named=True)
    assert fact["rules"] == "F05,F09,F13"
    assert [reason[:3] for reason in fact["reasons"].split("\n")] == ["F05", "F09", "F13"]
    [resting] = clean["fact_evidence"].filter(pl.col("fact_id") == bad)["quantity_id"]
    assert json.loads(fact["content"]) == {**tables["facts"].row(0, named=True), "evidence": [resting]}


def test_nothing_is_lost_between_what_is_loaded_and_what_is_held(clean):
    tables = set_cell(clean, "quantities", "role", "target", bound=None)
    tables = set_cell(tables, "facts", "indicator", "satisfaction_rate", value=9500.0)
    loaded, held = check(tables).split(tables)
    kept = {table: [json.loads(c) for c in held.filter(pl.col("table_name") == table)["content"]] for table in TABLES}
    within = sum(len(fact["evidence"]) for fact in kept["facts"])
    for table in TABLES:
        rows = len(kept[table]) + (within if table == "fact_evidence" else 0)
        assert rows + loaded[table].height == tables[table].height
    assert within == len(kept["facts"]) == 4
    assert held["quarantine_id"].n_unique() == held.height


def test_the_same_row_has_the_same_quarantine_id_in_any_batch(clean, read):
    bad = clean["facts"]["fact_id"][0]
    tables = set_cell(clean, "facts", "fact_id", bad, unit="人次")
    alone = frames([read("柳溪镇", 2023, 140, 131, 8000)])
    alone = set_cell(alone, "facts", "fact_id", bad, unit="人次")
    first, second = check(tables).split(tables)[1], check(alone).split(alone)[1]
    assert first["quarantine_id"].to_list() == second["quarantine_id"].to_list()
    assert first["row_id"].to_list() == [bad]


def test_rows_with_null_and_double_keys_are_held_row_by_row(clean):
    tables = set_cell(clean, "facts", "fact_id", clean["facts"]["fact_id"][0], fact_id=None)
    tables = {**tables, "facts": pl.concat([tables["facts"], tables["facts"].slice(1, 1)])}
    loaded, held = check(tables).split(tables)
    facts = held.filter(pl.col("table_name") == "facts")
    assert facts.height == 3
    assert facts["row_id"].to_list()[0] == "第 1 行"
    assert loaded["facts"].height == clean["facts"].height - 2


def test_the_evidence_of_a_held_fact_is_a_part_of_it_with_its_own_reasons(clean):
    """Two figures for one fact, one of them given twice: one held row, which says all."""
    fact, other = clean["fact_evidence"]["fact_id"][0], clean["fact_evidence"]["quantity_id"][1]
    more = pl.DataFrame([(fact, other), (fact, other)], schema=clean["fact_evidence"].schema, orient="row")
    tables = {**clean, "fact_evidence": pl.concat([clean["fact_evidence"], more])}
    loaded, held = check(tables).split(tables)
    [row] = held.rows(named=True)
    assert (row["table_name"], row["row_id"]) == ("facts", fact)
    assert set(row["rules"].split(",")) >= {"F19", "E03"}
    assert json.loads(row["content"])["evidence"] == [clean["fact_evidence"]["quantity_id"][0], other, other]
    assert fact not in loaded["fact_evidence"]["fact_id"]
    mended = {**loaded, "fact_evidence": loaded["fact_evidence"].clear()}
    assert quarantine.recheck(held, mended, limits=LIMITS).released == ()


def test_evidence_without_a_fact_is_held_by_itself(clean):
    lost = pl.DataFrame(
        [("没有-f9", clean["quantities"]["quantity_id"][0])], schema=clean["fact_evidence"].schema, orient="row"
    )
    tables = {**clean, "fact_evidence": pl.concat([clean["fact_evidence"], lost])}
    loaded, held = check(tables).split(tables)
    assert held.select("table_name", "row_id").rows() == [("fact_evidence", "没有-f9")]
    assert loaded["fact_evidence"].rows() == clean["fact_evidence"].rows()


def test_more_failing_rows_than_great_expectations_shows_by_default_are_all_held(read):
    tables = frames([read(f"第{n}镇", 2024, 150, 140, 9000) for n in range(200)])
    tables = {**tables, "facts": tables["facts"].with_columns(
        bound=pl.when((pl.col("indicator") == "disputes_screened") & (pl.int_range(pl.len()) < 700)).then(pl.lit("大概")).otherwise("bound")
    )}  # fmt: skip
    verdict = check(tables)
    assert sum(f.rule == "F13" for f in verdict.failures) == 140  # GX shows 20
    assert verdict.refused is None  # 140 of 1000 facts are 14 %


def test_a_batch_with_too_many_bad_rows_is_refused_and_says_which_rule(read):
    tables = frames([read(f"第{n}镇", 2024, 150, 140, 9000) for n in range(20)])
    tables = {**tables, "facts": tables["facts"].with_columns(unit=pl.lit("筐"))}
    verdict = check(tables)
    assert verdict.refused.startswith(
        "事实有 100 行不合格，占 100%，超过 20%：最多的是 F09「事实的单位应是该指标的单位」100 行"
    )
    assert check(tables, limits=Limits(today=LIMITS.today, bad_share=1.0)).refused is None


def test_a_few_bad_rows_of_a_small_batch_are_held_not_refused(read):
    tables = frames([read("柳溪镇", 2024, 150, 140, 9000)])
    tables = {**tables, "facts": tables["facts"].with_columns(unit=pl.lit("筐"))}
    verdict = check(tables)
    assert verdict.refused is None
    assert verdict.split(tables)[0]["facts"].is_empty()


def test_a_missing_column_refuses_the_batch_and_names_it(clean):
    tables = {**clean, "facts": clean["facts"].drop("bound")}
    verdict = check(tables)
    assert failing(verdict) == {"B01"}
    assert verdict.refused == "B01 位置＝facts.bound；有此列＝否"


def test_a_missing_table_refuses_the_batch_whole(clean):
    tables = {table: frame for table, frame in clean.items() if table != "checks"}
    verdict = check(tables)
    assert verdict.split(tables)[1].is_empty()
    assert verdict.refused.count("B01 位置＝checks.") == len(batch.COLUMNS["checks"])


def test_a_column_of_the_wrong_type_refuses_the_batch(clean):
    tables = {**clean, "facts": clean["facts"].with_columns(pl.col("value").cast(pl.String))}
    verdict = check(tables)
    assert "B02" in failing(verdict)
    assert "位置＝facts.value" in verdict.refused


def test_figures_without_any_report_refuse_the_batch(clean):
    verdict = check({**clean, "reports": clean["reports"].clear()})
    assert "B03" in failing(verdict)
    assert "B03" in verdict.refused


def test_a_batch_whose_reports_mostly_have_no_figures_is_refused(read):
    tables = frames([read(f"第{n}镇", 2024, 150, 140, 9000) for n in range(5)])
    few = tables["reports"]["report_id"].to_list()[:2]
    tables |= {t: tables[t].filter(pl.col("report_id").is_in(few)) for t in ("quantities", "facts", "checks")}
    tables["fact_evidence"] = tables["fact_evidence"].filter(pl.col("fact_id").str.head(16).is_in(few))
    verdict = check(tables)
    assert "B04" in verdict.refused


def test_many_unmatched_figures_and_unresolved_issuers_are_warnings(read):
    tables = frames([read(f"第{n}镇", 2024, 150, 140, 9000) for n in range(8)])
    tables["quantities"] = tables["quantities"].with_columns(indicator=pl.lit(None, pl.String))
    tables |= {t: tables[t].clear() for t in ("facts", "fact_evidence")}
    own = pl.concat_str(pl.lit("unresolved:"), "report_id")
    two = pl.int_range(pl.len()) < 2
    tables["reports"] = tables["reports"].with_columns(
        resolution=pl.when(two).then(pl.lit("unresolved")).otherwise("resolution"),
        issuer_id=pl.when(two).then(own).otherwise("issuer_id"),
    )
    verdict = check(tables)
    assert failing(verdict) == {"B05", "B06", "R13", "R22"}
    assert verdict.refused is None
    assert verdict.split(tables)[1].is_empty()


def test_an_empty_batch_passes_unseen(clean):
    verdict = check({table: frame.clear() for table, frame in clean.items()})
    assert (verdict.results, verdict.refused) == ((), None)


@pytest.mark.parametrize(
    ("value", "past", "slips"),
    [
        (1.2, 12000.0, True),  # 1.2万 read as 1.2
        (12000.0, 1.2, True),
        (12000.0, 13.0, False),  # 923 times: under a thousand
        (4000.0, 3.0, False),  # a thousandfold, but no 万 in it
        (12000.0, 11000.0, False),
    ],
)
def test_a_lost_ten_thousand_shows_against_the_issuers_other_years(read, value, past, slips):
    tables = frames([read("柳溪镇", 2024, 150, 140, 9000)])
    row = tables["facts"].row(2, named=True)
    figures = {"value": value, "low": value, "high": value, "bound": "exact"}
    tables = set_cell(tables, "quantities", "indicator", row["indicator"], **figures)
    tables = set_cell(tables, "facts", "indicator", row["indicator"], **figures)
    history = pl.DataFrame([{**row, "report_year": 2022, "value": past}]).select(list(gate.HISTORY))
    assert ("F26" in failing(check(tables, history=history))) is slips


def test_one_slip_does_not_condemn_the_right_years_around_it(read):
    tables = frames([read("柳溪镇", year, 150, 140, 9000) for year in (2022, 2023, 2024)])
    year = tables["reports"].filter(report_year=2023)["report_id"][0]
    slip = {"value": 9e7, "low": 9e7, "high": 9e7, "bound": "exact"}
    tables = set_cell(tables, "facts", "fact_id", f"{year}-f2", **slip)
    tables = set_cell(tables, "quantities", "quantity_id", f"{year}-q2", **slip)
    verdict = check(tables)
    assert [(f.rule, f.row_id) for f in verdict.failures] == [("F26", f"{year}-f2")]
    assert "数值＝90,000,000；其他年度最接近的数＝9,000" in verdict.failures[0].detail


def test_a_rule_that_cannot_be_run_counts_as_critical_and_refuses(clean, monkeypatch):
    from expectations import checks, rules

    broken = checks.suite()
    broken = rules.Suite(
        broken.name, broken.title, broken.table, broken.key, broken.rows,
        [rules.info("C99", "不可能的规则", "试验", rules.holds("no_such_column > 0", "kind", "verdict"))],
    )  # fmt: skip
    monkeypatch.setattr(checks, "suite", lambda: broken)
    verdict = check(clean)
    [result] = [r for r in verdict.results if r.rule == "C99"]
    assert (result.severity, result.passed) == ("critical", False)
    assert verdict.refused.startswith("规则 C99（不可能的规则）无法执行：")


def test_rows_that_cannot_be_staged_refuse_the_batch(clean, monkeypatch):
    monkeypatch.setattr("expectations.checks._ROWS", "SELECT * FROM no_such_table")
    verdict = check(clean)
    assert "规则 C01（勾稽编号不得为空）无法执行：" in verdict.refused
    assert all(not r.passed and r.severity == "critical" for r in verdict.results if r.suite == "checks")


class TestRecheck:
    """``fazhi quarantine release`` validates anew."""

    def held(self, tables, **more):
        return check(tables, **more).split(tables)

    def test_a_row_that_still_fails_stays_and_says_why(self, clean):
        bad = clean["facts"]["fact_id"][0]
        loaded, held = self.held(set_cell(clean, "facts", "fact_id", bad, unit="人次"))
        outcome = quarantine.recheck(held, loaded, limits=LIMITS)
        assert outcome.released == ()
        assert all("F09" in reason for reason in outcome.staying.values())
        assert outcome.frames["facts"].is_empty()

    def test_a_row_that_now_passes_is_given_back_as_it_was(self, clean):
        bad = clean["facts"]["fact_id"][0]
        tables = set_cell(clean, "facts", "fact_id", bad, report_year=2019)
        tables = set_cell(tables, "reports", "report_id", bad.partition("-")[0], report_year=2019, title=None,
                          period_start=date(2019, 1, 1), period_end=date(2019, 12, 31))  # fmt: skip
        others = clean["facts"].filter(pl.col("report_id") == bad.partition("-")[0])["fact_id"].to_list()
        for fact in others:
            tables = set_cell(tables, "facts", "fact_id", fact, report_year=2019)
        strict = Limits(today=LIMITS.today, first_year=2020, bad_rows=100)
        loaded, held = self.held(tables, limits=strict)
        assert held.height == 17
        outcome = quarantine.recheck(held, loaded, limits=LIMITS)
        assert sorted(outcome.released) == sorted(held["quarantine_id"])
        assert outcome.staying == {}
        for table in TABLES:
            back = pl.concat([loaded[table], outcome.frames[table]])
            assert back.schema == tables[table].schema
            assert sorted(map(str, back.rows())) == sorted(map(str, tables[table].rows()))

    def test_a_person_may_overrule_a_thousandfold_jump_but_not_a_wrong_span(self, read):
        tables = frames([read("柳溪镇", 2024, 150, 140, 9000)])
        history = tables["facts"].with_columns(report_year=pl.lit(2023, pl.Int32)).select(list(gate.HISTORY))
        fact = tables["facts"]["fact_id"][2]
        quantity = fact.replace("-f", "-q")
        big = {"value": 9e8, "low": 9e8, "high": 9e8, "bound": "exact"}
        jump = set_cell(set_cell(tables, "facts", "fact_id", fact, **big), "quantities", "quantity_id", quantity, **big)
        loaded, held = self.held(jump, history=history)
        assert held["table_name"].to_list() == ["facts"]
        assert quarantine.recheck(held, loaded, history=history, limits=LIMITS).released == ()
        why = "已电话核实，确为全网播放量"
        outcome = quarantine.recheck(held, loaded, history=history, limits=LIMITS, overruled=why)
        assert sorted(outcome.released) == sorted(held["quarantine_id"])
        assert outcome.frames["facts"]["value"].to_list() == [9e8]
        assert outcome.frames["fact_evidence"].rows() == [(fact, quantity)]

        wrong = set_cell(tables, "quantities", "quantity_id", quantity, printed="别的字")
        loaded, held = self.held(wrong)
        assert quarantine.recheck(held, loaded, limits=LIMITS, overruled="就要它").released == ()


def test_the_columns_that_rules_need_are_the_frames_columns(clean):
    for table, columns in batch.COLUMNS.items():
        assert set(columns) <= set(clean[table].columns), table


def test_data_docs_and_results_are_kept_where_a_folder_is_given(clean, tmp_path):
    check(clean, state=tmp_path, name="试运行")
    assert detail.build(tmp_path) == tmp_path / "docs"
    assert "试运行" in (tmp_path / "docs" / "index.html").read_text("utf-8")
    assert len(list((tmp_path / "results").rglob("*.json"))) == len(gate.suites())


def test_data_docs_tell_failing_and_passing_rules_and_keep_the_latest_runs_only(clean, tmp_path):
    bad = clean["facts"]["fact_id"][0]
    tables = set_cell(clean, "facts", "fact_id", bad, unit="人次")
    described = tmp_path / "docs" / "expectations" / "facts.html"
    for n in range(5):
        check(tables, state=tmp_path, name=f"20261122T00000{n}-batch")
        if n == 0:
            detail.build(tmp_path)
            made = described.stat().st_mtime_ns
    detail.build(tmp_path)
    assert described.stat().st_mtime_ns == made, "what describes the rules is made once"
    kept = sorted(path.name for path in (tmp_path / "docs" / "validations" / "facts").iterdir())
    assert kept == ["20261122T000002-batch", "20261122T000003-batch", "20261122T000004-batch"]
    [page] = (tmp_path / "docs" / "validations" / "facts" / kept[-1]).rglob("*.html")
    html = page.read_text("utf-8")
    assert "F09" in html
    assert "F01" in html
    assert bad in html or "人次" in html


def test_ten_thousand_facts_are_checked_in_about_two_cpu_seconds(read):
    tables = frames([read(f"第{n}镇", 2024, 150, 140, 9000) for n in range(2000)])
    assert tables["facts"].height == 10_000
    check({t: f.head(1) for t, f in tables.items()})  # the import is paid once per process
    before = time.process_time()
    check(tables)
    assert time.process_time() - before < 4  # measured: 1.9; twice that, for a busy machine
