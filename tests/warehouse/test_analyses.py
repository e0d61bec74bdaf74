"""Every shipped analysis, asked of the samples as they are read, beside what samples/figures.csv says by hand.

The samples' truth was written before any reader existed; a number that changes here is a change of meaning.
"""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hand_made import F, Warehouse, make_report, more_than

from warehouse import query

SAMPLES = Path(__file__).parent.parent.parent / "samples"
D = "disputes_mediated"


def answer(con, name, *columns, **parameters):
    rows = query.analyse(con, name, parameters)
    return rows.select(columns).rows() if columns else rows.rows()


def test_there_are_analyses_and_each_has_its_question():
    assert len(query.analyses()) >= 10
    for analysis in query.analyses().values():
        assert analysis.question.startswith("问题："), analysis.name
        assert analysis.question.endswith("？") or "？" in analysis.question, analysis.name
        assert all(p.meaning and f"${p.name}" in analysis.sql for p in analysis.parameters), analysis.name
        used = set(re.findall(r"\$(\w+)", analysis.sql))
        assert used == {p.name for p in analysis.parameters}, analysis.name


@pytest.mark.parametrize("name", sorted(query.analyses()))
def test_every_analysis_runs_with_its_defaults(samples, name):
    query.analyse(samples, name)


def test_growth_by_county(samples):
    """望篱 148+… : three towns state whole-year figures for both years; 石楹 reported part of 2024."""
    truth = samples.execute(f"""
        WITH t AS (FROM read_csv('{SAMPLES / "figures.csv"}', all_varchar = true))
        SELECT sum(value::DOUBLE) FILTER (report_year = '2023' AND text NOT LIKE '%修订'),
            sum(value::DOUBLE) FILTER (report_year = '2024' AND text <> '鹭栖镇2024')
        FROM t WHERE indicator = '{D}' AND scope IS NULL AND issuer IN ('望篱镇', '鹭栖镇', '东沚街道')
    """).fetchall()[0]
    rows = answer(samples, "growth_by_county", "county", "issuers", "previous_total", "total", indicator=D, year=2024)
    assert rows == [("澄堰县", 3, *truth)]


def test_parts_that_do_not_sum(samples):
    """README of the samples: a 同比 that is wrong (12.4 %, 11.4 % is right) and a rate cut instead of rounded."""
    rows = answer(samples, "parts_do_not_sum", "issuer_name", "report_year", "kind", "verdict")
    assert ("澄堰县鹭栖镇人民政府", 2024, "stated_change", "fails") in rows
    assert ("澄堰县石楹乡人民政府", 2023, "rate", "cut") in rows


def test_claims_that_differ(samples):
    rows = answer(samples, "claims_that_differ", "issuer_name", "report_year", "indicator", "claimed", "computed")
    assert ("澄堰县鹭栖镇人民政府", 2024, "public_requests_handled", -12.4, -11.41) in rows


def test_late_or_part_year(samples):
    """石楹乡 reported 2024 by the end of November; no first publication is later than 1 April."""
    rows = answer(samples, "late_or_part_year", "issuer_name", "report_year", "part_year", "period_end")
    assert rows == [("澄堰县石楹乡人民政府", 2024, True, date(2024, 11, 30))]


def test_nobody_is_missing(samples):
    for year in (2022, 2023, 2024):
        assert answer(samples, "missing_reports", year=year) == []


def test_zeros_in_words(samples):
    """望篱, 石楹 and 东沚 had no case in court in 2024."""
    rows = answer(samples, "zero_statements", "indicator", "state_zero", "in_words", year=2024)
    truth = samples.execute(f"""
        SELECT count(*) FROM read_csv('{SAMPLES / "figures.csv"}', all_varchar = true)
        WHERE indicator = 'litigation_cases' AND report_year = '2024' AND value = '0' AND text NOT LIKE '%修订'
    """).fetchall()[0][0]
    assert ("litigation_cases", truth, truth) in rows


def test_the_wrong_word_is_found_by_its_year(samples):
    rows = dict(answer(samples, "word_by_year", "report_year", "using_it", word="行政复议法"))
    texts = {p.stem: p.read_text("utf-8") for p in (SAMPLES / "texts").glob("*.txt")}
    for year, found in rows.items():
        mine = [t for name, t in texts.items() if str(year) in name and "行政复议法" in t]
        assert found <= len(mine), year
    assert rows[2024] >= 1


# What the samples do not hold, on warehouses made by hand.


def test_falling_mediation_success(warehouse: Warehouse):
    rate = "mediation_success_rate"
    for year, value, other in ((2020, 99, 90), (2021, 98.5, 91), (2022, 97, 90.5), (2023, 97.5, 90.5)):
        warehouse.load(
            make_report(year, F(rate, value, unit="%")), make_report(year, F(rate, other, unit="%"), town="白水镇")
        )
    columns = ("issuer_name", "from_year", "to_year", "falling_years", "first_rate", "last_rate", "change_points")
    assert answer(warehouse.con, "falling_mediation_success", *columns) == [
        ("平川县青石镇人民政府", 2020, 2022, 2, 99, 97, -2),
        ("平川县白水镇人民政府", 2021, 2022, 1, 91, 90.5, -0.5),
    ]
    assert len(answer(warehouse.con, "falling_mediation_success", years=2)) == 1


def test_outliers_against_peers(warehouse: Warehouse):
    towns = {"甲镇": 100, "乙镇": 120, "丙镇": 90, "丁镇": 20000, "戊镇": 4}
    warehouse.load(*(make_report(2024, F(D, v), town=t) for t, v in towns.items()))
    rows = answer(warehouse.con, "outliers_against_peers", "issuer_name", "value", "peer_median", "peers")
    # the others of 丁: 4, 90, 100, 120; of 戊: 90, 100, 120, 20000
    assert rows == [("平川县丁镇人民政府", 20000, 95, 4), ("平川县戊镇人民政府", 4, 110, 4)]
    assert answer(warehouse.con, "outliers_against_peers", peers=5) == []


def test_growth_keeps_open_bounds_open(warehouse: Warehouse):
    open_above = F(D, 100, bound="at_least", low=100, high=None)
    warehouse.load(
        make_report(2023, F(D, 50)), make_report(2024, open_above),
        make_report(2023, more_than(D, 30, 39), town="白水镇"), make_report(2024, F(D, 60), town="白水镇"),
    )  # fmt: skip
    columns = ("issuers", "previous_total", "total", "growth_pct", "change_low", "change_high", "up")
    # 100 − 50 and 60 − 39 at least; above it is open
    assert answer(warehouse.con, "growth_by_county", *columns) == [(2, 80, 160, 100.0, 71, None, 2)]


def test_growth_shows_no_per_cent_that_its_bounds_rule_out(warehouse: Warehouse):
    warehouse.load(make_report(2023, F(D, 12)), make_report(2024, more_than(D, 10, 19)))
    columns = ("previous_total", "total", "growth_pct", "change_low", "change_high", "uncertain")
    assert answer(warehouse.con, "growth_by_county", *columns) == [(12, 10, None, -1, 7, 1)]


def test_first_time_and_vanished(warehouse: Warehouse):
    warehouse.load(
        make_report(2022, F(D, 1), F("legality_reviews", 7)),
        make_report(2023, F(D, 2), F("legality_reviews", 8)),
        make_report(2024, F(D, 3), F("contracts_reviewed", 4, unit="份")),
        make_report(2024, F(D, 5), town="白水镇"),  # a first report has no first-time indicators
    )
    assert answer(warehouse.con, "first_time_indicators", "indicator", "value", "earlier_reports", "since") == [
        ("contracts_reviewed", 4, 2, 2022)
    ]
    assert answer(warehouse.con, "vanished_indicators", "indicator", "last_value") == [("legality_reviews", 8)]


def test_rounding_habits(warehouse: Warehouse):
    warehouse.load(
        make_report(2024, F(D, 1), more_than("legality_reviews", 30, 39), F("contracts_reviewed", 4, unit="份"))
    )
    rows = answer(warehouse.con, "rounding_habits", "figures", "rounded", "rounded_pct", "at_least")
    assert rows == [(3, 1, 33.3, 1)]


def titled(report, *titles, level=2, canonical="measures"):
    """``report`` with a section of each title, below the one that it has."""
    of = report.sections[0]
    below = (replace(of, level=level, title=title, canonical=canonical, parent=0) for title in titles)
    return replace(report, sections=(of, *below))


def test_an_issuer_without_a_name_goes_by_its_title(warehouse: Warehouse):
    nameless = make_report(2024, F(D, 1), resolution="unresolved", part_year=True)
    nameless = replace(nameless, issuer=replace(nameless.issuer, name=None), title="2024年法治政府建设情况报告")
    figures = (F(D, 4), F("mediation_success_rate", 90, unit="%"))
    warehouse.load(nameless, make_report(2023, *figures, town="白水镇", part_year=True))
    for name in ("rounding_habits", "late_or_part_year"):
        names = {issuer for (issuer,) in answer(warehouse.con, name, "issuer_name")}
        assert names == {"2024年法治政府建设情况报告", "平川县白水镇人民政府"}, name


def test_no_analysis_shows_a_nameless_issuer(samples):
    """One of the samples names no issuer anywhere."""
    for name in query.analyses():
        rows = query.analyse(samples, name)
        if "issuer_name" in rows.columns:
            assert rows["issuer_name"].null_count() == 0, name


def test_keyword_trends(warehouse: Warehouse):
    """Four towns in two years: 建设 in most reports of both is no trend, nor is a word that holds its share."""
    titles = {
        2022: ["法治建设", "法治建设", "普法建设", "矛盾"],
        2024: ["智慧法治建设", "智慧建设", "智慧建设", "矛盾"],
    }
    for year, of_year in titles.items():
        warehouse.load(*(titled(make_report(year, F(D, n), town=f"第{n}镇"), t) for n, t in enumerate(of_year)))
    columns = ("term", "used_before", "used_now", "share_before", "share_now", "change_points")
    assert answer(warehouse.con, "keyword_trends", *columns, reports=1) == [
        ("智慧", 0, 3, 0.0, 75.0, 75.0),
        ("法治", 2, 1, 50.0, 25.0, -25.0),
        ("普法", 1, 0, 25.0, 0.0, -25.0),
    ]
    everything = dict(answer(warehouse.con, "keyword_trends", "term", "change_points", reports=1, common=100))
    assert set(everything) == {"智慧", "普法", "法治"}  # 建设 75 and 75, 矛盾 25 and 25: shown by nothing
    assert [t for (t,) in answer(warehouse.con, "keyword_trends", "term")] == [
        "智慧",
        "法治",
    ]  # in two reports at least


def test_a_word_that_most_reports_have_in_both_years_is_no_trend(warehouse: Warehouse):
    for year, having in ((2022, 3), (2024, 4)):
        warehouse.load(
            *(titled(make_report(year, F(D, n), town=f"第{n}镇"), "建设" if n < having else "矛盾") for n in range(4))
        )
    assert answer(warehouse.con, "keyword_trends", "term", reports=1) == [("矛盾",)]  # 25 to 0
    assert answer(warehouse.con, "keyword_trends", "term", reports=1, common=75) == [("建设",), ("矛盾",)]


def test_the_parts_that_every_report_must_have_are_no_keywords(warehouse: Warehouse):
    """主要举措和成效 is the title of the first part of every hand-made report; 2024 alone calls a part of its own 特色."""
    own = titled(make_report(2024, F(D, 2)), "特色", level=1, canonical="other")
    prescribed = titled(own, "不足", level=1, canonical="problems").sections[1]
    warehouse.load(make_report(2022, F(D, 1)), replace(own, sections=(*own.sections, prescribed)))
    assert answer(warehouse.con, "keyword_trends", "term", reports=1) == [("特色",)]


def test_targets_against_results(warehouse: Warehouse):
    def target(value, low, **more):
        return F(D, value, bound="at_least", low=low, high=None, role="target", year=2024, before="力争化解", **more)

    for town, set_at, reached in (("甲镇", target(100, 100), F(D, 120)), ("乙镇", target(100, 100, unit="起"), F(D, 99)),
                                  ("丙镇", target(35, 35), more_than(D, 30, 39))):  # fmt: skip
        warehouse.load(make_report(2023, set_at, town=town), make_report(2024, reached, town=town))
    warehouse.load(
        make_report(2023, target(9, 9), town="丁镇"), make_report(2024, F("legality_reviews", 1), town="丁镇")
    )
    rows = answer(warehouse.con, "targets_against_results", "issuer_name", "outcome")
    assert dict(rows) == {
        "平川县甲镇人民政府": "达到",
        "平川县乙镇人民政府": "未达到",
        "平川县丙镇人民政府": "说不准",
        "平川县丁镇人民政府": "今年未提",
    }


# Asking.


def test_unknown_names_are_told_with_what_is_possible(samples):
    with pytest.raises(query.QuestionError, match="没有名为「growth」的分析，相近的有 growth_by_county"):
        query.analyse(samples, "growth")
    with pytest.raises(query.QuestionError, match="没有参数 jahr，可用的是 indicator、year"):
        query.analyse(samples, "growth_by_county", {"jahr": 2024})
    with pytest.raises(query.QuestionError, match="没有名为「纠纷」的指标，相近的有"):
        query.indicator_code(samples, "纠纷")
    assert query.indicator_code(samples, "矛盾纠纷化解") == D


def test_a_parameter_is_never_part_of_the_sql(samples):
    assert answer(samples, "word_by_year", "using_it", word="'; DROP TABLE core.facts; --") == [(0,), (0,), (0,)]


def test_the_history_of_some_issuers(samples):
    whole = query.history(samples)
    some = query.history(samples, ["示例省/泽岚市/澄堰县/望篱镇"])
    assert set(some["issuer_id"]) == {"示例省/泽岚市/澄堰县/望篱镇"}
    assert 0 < some.height < whole.height
