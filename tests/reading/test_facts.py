"""From figures to facts: one fact per indicator and scope, repeats as evidence, narrower figures apart, contradictions."""

from __future__ import annotations

import pytest

from annual_reports import catalogue, checks, facts, figures
from annual_reports.phrasings import compile_phrasings
from annual_reports.report import Check, Fact

YEAR = 2024


def read(text: str) -> tuple[list[Fact], list[Check], list[str]]:
    tables = catalogue.load()
    quantities, found = facts.build(text, figures.find(text, (), YEAR, tables), YEAR, compile_phrasings(tables))
    return found, checks.run(text, quantities, found, tables), [q.printed for q in quantities]


def stated(text: str) -> list[tuple[str, str, float, str]]:
    return [(f.indicator, f.scope, f.value, ",".join(f.flags)) for f in read(text)[0]]


def test_the_same_figure_twice_is_one_fact_with_two_places() -> None:
    found, checked, _ = read("中心组学法6次。\n党委理论学习中心组专题学法6次。")
    assert [(f.indicator, f.value, f.quantities) for f in found] == [("theory_group_law_sessions", 6, (0, 1))]
    assert [(c.kind, c.verdict) for c in checked] == [("repeated", "exact")]


def test_a_bound_that_allows_the_exact_figure_is_no_contradiction() -> None:
    found, checked, _ = read("发放宣传资料9000余份。\n全年共发放宣传资料9123份。")
    assert [(f.value, f.bound, f.quantities, f.flags) for f in found] == [(9123, "exact", (0, 1), ())]
    assert checked[0].verdict == "within"


def test_a_real_contradiction_is_flagged_and_both_stay() -> None:
    found, checked, _ = read("中心组学法6次。\n全年共开展中心组学法8次。")
    assert [(f.value, f.flags) for f in found] == [(6, ("contradicted",)), (8, ("contradicted",))]
    assert [(c.kind, c.holds, c.verdict) for c in checked] == [("repeated", False, "fails")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共发放宣传资料5000份。\n发放《中华人民共和国民法典》宣传资料800份。",
         [("publicity_materials_distributed", "", 5000.0, ""), ("publicity_materials_distributed", "民法典", 800.0, "")]),
        ("开展法治宣传56次，深入企业宣传10余次。",
         [("legal_publicity_events", "", 56.0, ""), ("legal_publicity_events", "企业", 10.0, "")]),
        ("办理行政处罚案件42件，其中占用耕地案件7件。",
         [("administrative_penalty_cases", "", 42.0, ""), ("administrative_penalty_cases", "占用耕地", 7.0, "")]),
        ("化解矛盾纠纷90件。\n化解劳资矛盾纠纷12件。",
         [("disputes_mediated", "", 90.0, ""), ("disputes_mediated", "劳资", 12.0, "")]),
        ("召开法治建设推进会4次，听取依法行政工作汇报2次。",
         [("rule_of_law_meetings", "", 4.0, ""), ("rule_of_law_meetings", "依法行政工作汇报", 2.0, "")]),
        ("审查合同40份，其中村级合同15份、规范性文件2件。",
         [("contracts_reviewed", "", 40.0, ""), ("contracts_reviewed", "村级合同", 15.0, ""),
          ("normative_documents_reviewed", "", 2.0, "")]),
    ],
)  # fmt: skip
def test_narrower_figures_get_their_words_as_scope(text: str, expected: list[tuple[str, str, float, str]]) -> None:
    assert stated(text) == expected


@pytest.mark.parametrize("heard", [2, 4])
def test_a_scope_does_not_hang_on_another_figures_value(heard: int) -> None:
    """With 4 and 4 the second used to become evidence of the first, and the year after found no such scope."""
    assert stated(f"召开法治建设推进会4次，听取依法行政工作汇报{heard}次。") == [
        ("rule_of_law_meetings", "", 4.0, ""),
        ("rule_of_law_meetings", "依法行政工作汇报", float(heard), ""),
    ]


def test_money_and_other_units_are_in_the_indicators_unit() -> None:
    found, _, _ = read("全年罚款12.5万元。法律顾问服务时长3天。")
    assert [(f.indicator, f.value, f.unit) for f in found] == [
        ("fines_amount", 125000, "元"),
        ("legal_adviser_hours", 24, "小时"),
    ]


def test_only_figures_of_the_report_year_become_facts() -> None:
    assert stated("2023年调解矛盾纠纷70件。力争化解矛盾纠纷90件。每月开展普法宣传2次。") == []


def test_zeros_are_facts_with_their_scope() -> None:
    assert stated("未发生因执法不当引发的行政复议案件。") == [("reconsideration_cases", "因执法不当引发", 0.0, "")]


# ---- checks ----


def kinds(text: str) -> list[tuple[str, str, bool]]:
    return [(c.kind, c.verdict, c.holds) for c in read(text)[1]]


def test_parts_and_total() -> None:
    text = "化解矛盾纠纷148件，其中人民调解53件，行政调解38件，司法调解57件。"
    assert ("parts_total", "exact", True) in kinds(text)
    over = "化解矛盾纠纷140件，其中人民调解53件，行政调解38件，司法调解57件。"
    assert ("parts_total", "fails", False) in kinds(over)


def test_of_which_need_not_name_every_part() -> None:
    assert not any(kind == "parts_total" for kind, _, _ in kinds("化解矛盾纠纷900件，其中人民调解53件，行政调解38件。"))


def test_parts_of_a_bounded_total() -> None:
    assert ("parts_total", "within", True) in kinds(
        "化解矛盾纠纷140余件，其中人民调解53件，行政调解38件，司法调解57件。"
    )


@pytest.mark.parametrize(
    ("printed", "verdict", "holds"),
    [("93.8%", "rounded", True), ("94%", "rounded", True), ("93%", "cut", False), ("90%", "fails", False)],
)
def test_rate_is_part_over_total(printed: str, verdict: str, holds: bool) -> None:
    text = f"共调解矛盾纠纷65件，成功61件，调解成功率达{printed}。"
    assert ("rate", verdict, holds) in kinds(text)


def test_exact_rate() -> None:
    assert ("rate", "exact", True) in kinds("应考80人，实考60人，参考率75%，学法考试顺利完成。")


def test_at_most() -> None:
    assert ("at_most", "exact", True) in kinds("共排查矛盾纠纷152件，化解148件。")
    assert ("at_most", "fails", False) in kinds("共排查矛盾纠纷152件，化解160件。")
    assert ("at_most", "within", True) in kinds("共排查矛盾纠纷150余件，化解155件。")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("全年受理诉求365件，上年为412件，同比下降11.4%。", "rounded"),
        ("全年受理诉求365件，上年为412件，同比下降20%。", "fails"),
        ("全年受理诉求440件，上年为412件，比上年增加28件。", "exact"),
    ],
)
def test_stated_change(text: str, verdict: str) -> None:
    assert ("stated_change", verdict, verdict != "fails") in kinds(text)
