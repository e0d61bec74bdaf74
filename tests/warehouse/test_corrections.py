"""Corrections: each finds its one fact or fails loudly with file and line; what was read stays beside what holds."""

import re
import textwrap

import pytest
from hand_made import F, make_report, more_than

from annual_reports.catalogue import CatalogueError
from warehouse import corrections

D = "disputes_mediated"
WHO = "reason: 与发文机关核对过\n  author: 某某\n  date: '2026-03-02'"


@pytest.fixture
def correct(warehouse):
    def write(*entries, name="a.yml"):
        folder = warehouse.home.corrections
        folder.mkdir(exist_ok=True)
        (folder / name).write_text("\n".join(textwrap.dedent(e) for e in entries), "utf-8")
        return corrections.apply(warehouse.con, warehouse.home)

    return write


def entry(
    key="c1", where="{issuer: 平川县青石镇, year: 2024, indicator: 矛盾纠纷化解}", expect="{value: 148}", rest=""
):
    return f"{key}:\n  where: {where}\n  expect: {expect}\n  {rest}\n  {WHO}\n"


SET = "action: set\n  to: {value: 184}"


def test_set_holds_in_the_marts_and_core_keeps_what_was_read(warehouse, correct):
    warehouse.load(make_report(2023, F(D, 100)), make_report(2024, F(D, 148)))
    assert correct(entry(rest=SET)) == 1
    assert warehouse.row("SELECT value FROM core.facts WHERE report_year = 2024") == (148,)
    value, low, high, flags, by = warehouse.row(
        "SELECT value, low, high, flags, correction_id FROM marts.indicator_year WHERE report_year = 2024"
    )
    assert (value, low, high, flags, by) == (184, 184, 184, "corrected", "c1")
    assert warehouse.row("SELECT change, flags FROM marts.indicator_yoy WHERE report_year = 2024") == (84, "corrected")
    row = warehouse.row("SELECT source, action, old_value, value, reason, author FROM core.corrections_applied")
    assert row == ("home/a.yml", "set", 148, 184, "与发文机关核对过", "某某")


def test_a_rounded_value_takes_its_bounds(warehouse, correct):
    warehouse.load(make_report(2024, F(D, 148)))
    correct(entry(rest="action: set\n  to: {value: 100, bound: at_least, low: 100, high: null}"))
    assert warehouse.row("SELECT value, low, high, bound FROM marts.indicator_year") == (100, 100, None, "at_least")


def test_drop_takes_the_fact_out_of_the_marts(warehouse, correct):
    warehouse.load(make_report(2024, F(D, 148), F("legality_reviews", 7)))
    correct(entry(rest="action: drop"))
    assert warehouse.rows("SELECT indicator FROM marts.indicator_year") == [("legality_reviews",)]
    assert warehouse.row("SELECT count(*) FROM core.facts") == (2,)


def test_relabel_moves_it_with_the_unit_of_its_new_indicator(warehouse, correct):
    warehouse.load(make_report(2024, F(D, 148)))
    correct(entry(rest="action: relabel\n  to: {indicator: 合同审查}"))
    assert warehouse.rows("SELECT indicator, value, unit, flags FROM marts.indicator_year") == [
        ("contracts_reviewed", 148, "份", "corrected")
    ]


def test_relabel_to_a_scope(warehouse, correct):
    warehouse.load(make_report(2024, F(D, 148)))
    correct(entry(rest="action: relabel\n  to: {scope: 校园}"))
    assert warehouse.rows("SELECT indicator, scope FROM marts.indicator_year") == [(D, "校园")]


def test_applying_again_changes_nothing_and_taking_away_takes_back(warehouse, correct):
    warehouse.load(make_report(2024, F(D, 148)))
    assert correct(entry(rest=SET)) == correct(entry(rest=SET)) == 1
    assert warehouse.row("SELECT count(*) FROM core.corrections_applied") == (1,)
    assert correct("") == 0
    assert warehouse.row("SELECT value, flags FROM marts.indicator_year") == (148, "")


def test_a_correction_outlives_a_reload(warehouse, correct):
    report = make_report(2024, F(D, 148))
    warehouse.load(report)
    correct(entry(rest=SET))
    warehouse.load(report, version="2")
    assert corrections.apply(warehouse.con, warehouse.home) == 1
    assert warehouse.row("SELECT value FROM marts.indicator_year") == (184,)


def test_one_of_two_contradicting_figures(warehouse, correct):
    warehouse.load(make_report(2024, F(D, 148), F(D, 150)))
    correct(entry(expect="{value: 150}", rest="action: drop"))
    assert warehouse.rows("SELECT value, chosen_by FROM marts.indicator_year") == [(148, "only")]


def test_the_same_number_exact_and_rounded(warehouse, correct):
    warehouse.load(make_report(2024, F(D, 100), more_than(D, 100, 109)))
    with pytest.raises(corrections.CorrectionError, match="有 2 个这样的数"):
        correct(entry(expect="{value: 100}", rest="action: drop"))
    assert correct(entry(expect="{value: 100, bound: at_least}", rest="action: drop")) == 1


def test_by_the_hash_of_a_copy(warehouse, correct):
    """The correction was written for the file that is now the copy: it holds for its original."""
    copy = make_report(2024, F(D, 148), name="z.txt", salt=" ")
    warehouse.load(make_report(2024, F(D, 148), name="a.txt"), copy)
    assert correct(entry(where=f"{{report: {copy.sha256[:20]}, indicator: {D}}}", rest=SET)) == 1


def test_a_correction_of_a_year_is_for_its_current_version(warehouse, correct):
    warehouse.load(make_report(2024, F(D, 148), name="a.txt"), make_report(2024, F(D, 149), name="b.txt"))
    with pytest.raises(corrections.CorrectionError, match="预期是 148，读出来的是 149"):
        correct(entry(rest=SET))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (entry(expect="{value: 147}", rest=SET), r"a\.yml 第 1 行 c1：预期是 147，读出来的是 148（exact）"),
        (entry(where="{issuer: 平川县青石镇, year: 2019, indicator: 纠纷化解}", rest=SET), "库里没有它所指的报告"),
        (entry(where="{issuer: 白水镇, year: 2024, indicator: 纠纷化解}", rest=SET), "库里没有它所指的报告"),
        (entry(where="{issuer: 青石镇, year: 2024, indicator: legality_reviews}", rest=SET), "报告里没有这个数"),
        (entry(where="{issuer: 青石镇, year: 2024, indicator: 纠纷化解, scope: 校园}", rest=SET), "报告里没有这个数"),
        (entry(where="{issuer: 青石镇, year: 2024, indicator: 没有}", rest=SET), "指标「没有」在目录表里对应 没有"),
        (entry(rest="action: relabel\n  to: {indicator: 没有}"), "指标「没有」"),
        (entry(rest="action: set\n  to: {value: 9, low: 1}"), "确数不写 low"),
        (entry(rest="action: set\n  to: {value: 9, low: 10, high: 8, bound: range}"), "low 10 大于 high 8"),
        (entry(rest=SET).replace("2026-03-02", "2026-02-30"), "不是一个日期"),
        (entry(rest=SET) + entry("c2", rest="action: drop"), "c2：它要改的数已由 c1 改过"),
    ],
)  # fmt: skip
def test_what_cannot_be_applied_fails_and_leaves_all_as_it_was(warehouse, correct, text, message):
    warehouse.load(make_report(2024, F(D, 148)))
    correct(entry("good", rest="action: drop"))
    with pytest.raises(corrections.CorrectionError, match=message):
        correct(text)
    assert warehouse.rows("SELECT correction_id FROM core.corrections_applied") == [("good",)]


def test_all_failures_are_told_at_once(warehouse, correct):
    warehouse.load(make_report(2024, F(D, 148)))
    with pytest.raises(corrections.CorrectionError) as failure:
        correct(entry(expect="{value: 1}", rest=SET) + entry("c2", expect="{value: 2}", rest=SET))
    assert len(str(failure.value).splitlines()) == 2


WHERE = "{year: 2024, indicator: 纠纷化解}"
BOTH = "{report: 0123456789abcdef, year: 2024, indicator: 纠纷化解}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (entry(rest="action: set"), "c1 不合规则：缺少 to"),
        (entry(rest="action: drop\n  to: {value: 1}"), "c1 不合规则：这里不写 to"),
        (entry(rest="action: relabel\n  to: {value: 1}"), "c1/to 不合规则：映射（value） 应写 indicator / scope 至少其一"),
        (entry(rest="action: relabel\n  to: {scope: 校园, value: 1}"), "c1/to 不合规则：这里不写 value"),
        (entry(rest="action: erase"), "c1/action 不合规则：「erase」 不在可选值之内，可选 set、drop、relabel"),
        (entry(rest=SET).replace("reason: 与发文机关核对过", "reason: 错"), "「错」 太短，至少 4 个字"),
        (entry(rest=SET).replace("author: 某某", "autor: 某某"), "不认识 autor，可用的有 where、expect、action"),
        (entry(expect="{}", rest=SET), "c1/expect 不合规则：缺少 value"),
        (entry(rest=SET).replace("  expect: {value: 148}\n", ""), "c1 不合规则：缺少 expect"),
        (entry(expect="{value: '148'}", rest=SET), "c1/expect/value 不合规则：「148」 应为数"),
        (entry(where=WHERE, rest=SET), "应写 report / issuer、year 其一，且只写其一"),
        (entry(where=BOTH, rest=SET), "应写 report / issuer、year 其一，且只写其一"),
        (entry(where="{report: abc, indicator: 纠纷化解}", rest=SET), "「abc」 不对，应为报告的内容哈希，至少前 16 位，加引号"),
        (entry(where="{issuer: 青石镇, year: 1900, indicator: 纠纷化解}", rest=SET), "「1900」 太小，至少 1990"),
        (entry(rest=SET).replace("2026-03-02", "2026-3-2"), "「2026-3-2」 不对，应为日期，如 2026-03-02"),
        (entry(rest=SET).replace("author: 某某", "author: 12"), "「12」 应为文字；像数或日期的文字请加引号"),
        (entry(rest=SET).replace("author: 某某", "author:"), "空值 应为文字"),
        (entry(rest=SET) + "c2: [", "不是合法的 YAML；多半是"),
    ],
)  # fmt: skip
def test_the_schema_refuses_with_file_and_line_and_in_chinese(warehouse, correct, text, message):
    with pytest.raises(CatalogueError, match=r"a\.yml 第 \d+ 行") as refusal:
        correct(text)
    said = str(refusal.value)
    assert message in said
    assert not re.search(r"[a-z]+ [a-z]+ |datetime|\bNone\b|\bTrue\b|[\[{']", said.partition("行：")[2]), said


@pytest.mark.parametrize("date", ["2026-03-02", "'2026-03-02'", '"2026-03-02"'])
def test_a_date_may_be_quoted_or_not(warehouse, correct, date):
    warehouse.load(make_report(2024, F(D, 148)))
    correct(re.sub("date: .*", f"date: {date}", entry(rest=SET)))
    assert str(warehouse.row("SELECT decided_on FROM core.corrections_applied")[0]) == "2026-03-02"


def test_a_key_used_in_two_files(warehouse, correct):
    warehouse.load(make_report(2024, F(D, 148)))
    correct(entry(rest=SET))
    with pytest.raises(corrections.CorrectionError, match=r"b\.yml 第 1 行 c1：这个编号在 .*a\.yml 第 1 行 c1 已用过"):
        correct(entry(rest="action: drop"), name="b.yml")


def test_a_shipped_one_for_a_report_of_another_home_is_left_out(warehouse, tmp_path, monkeypatch):
    (tmp_path / "shipped.yml").write_text(entry(rest=SET), "utf-8")
    monkeypatch.setattr(corrections, "SHIPPED", tmp_path)
    assert corrections.apply(warehouse.con, warehouse.home) == 0
    warehouse.load(make_report(2024, F(D, 148)))
    assert corrections.apply(warehouse.con, warehouse.home) == 1
    assert warehouse.row("SELECT source FROM core.corrections_applied") == ("shipped/shipped.yml",)


def test_the_shipped_files_are_valid(warehouse):
    assert isinstance(corrections.load(warehouse.home), list)
