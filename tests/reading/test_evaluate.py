"""The measures, on a label and readings small enough to count by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from annual_reports.evaluate import GoldError, evaluate, load_gold
from annual_reports.report import Division, Issuer, Quantity, Report, Section

SENTENCE = "审查合同30余份，办结率、满意率均为100%。"
ZERO = "全年未发生行政复议案件。"

LABEL = {
    "meta": {"report_year": 2024, "province": "示例省", "county": None, "township": "甲镇", "issuer": "甲镇人民政府"},
    "headings": [
        {"level": 1, "ordinal": 1, "title": "主要举措和成效", "canonical": "measures"},
        {"level": 2, "ordinal": 1, "title": "加强组织领导"},
    ],
    "numbers": [
        {
            "kind": "indicator",
            "number_text": "30余",
            "value": 30,
            "bound": "at_least",
            "unit": "份",
            "quote": "审查合同30余份",
            "codes": ["contracts_reviewed"],
        },
        {
            "kind": "indicator",
            "number_text": "100",
            "value": 100,
            "bound": "exact",
            "unit": "%",
            "quote": "满意率均为100%",
            "codes": ["satisfaction_rate"],
        },
        {
            "kind": "year_or_date",
            "number_text": "2024",
            "value": 2024,
            "bound": "exact",
            "unit": "年",
            "quote": "2024年",
        },
    ],
    "zeros": [{"quote": "未发生行政复议案件", "codes": ["reconsideration_cases"]}],
}


def quantity(printed: str, value: float, unit: str, code: str | None, start: int, **other: object) -> Quantity:
    given = Quantity(
        start,
        start + len(printed),
        printed,
        value,
        value,
        value,
        "exact",
        unit,
        unit,
        "achieved",
        2024,
        code,
        "",
        None,
        SENTENCE,
        0,
        "",
    )
    return replace(given, **other)  # type: ignore[arg-type]


def section(level: int, ordinal: int, title: str, kind: str = "measures") -> Section:
    return Section(level, ordinal, "一、", "一、", False, title, kind, 0, 9, 5)  # type: ignore[arg-type]


def perfect() -> Report:
    issuer = Issuer("甲镇人民政府", "乡镇", Division("示例省", None, None, "甲镇"), "resolved", (), "k")
    return Report(
        "甲.txt", "0", 1, True, issuer=issuer, report_year=2024,
        sections=(section(1, 1, "主要举措和成效"), section(2, 1, "加强组织领导")),
        quantities=(
            quantity("30余份", 30, "份", "contracts_reviewed", 4, bound="at_least"),
            quantity("100%", 100, "%", "on_time_completion_rate", 17),
            quantity("100%", 100, "%", "satisfaction_rate", 17),
            quantity("未发生行政复议案件", 0, "", "reconsideration_cases", 2, sentence=ZERO),
        ),
    )  # fmt: skip


def scores(report: Report, label: object = LABEL) -> dict[str, tuple[int, int]]:
    total = evaluate({"甲.txt": label}, {"甲.txt": report}).total  # type: ignore[dict-item]
    return {name: (score.hits, score.of) for name, score in total.scores.items()}


def test_perfect_reading() -> None:
    result = evaluate({"甲.txt": LABEL}, {"甲.txt": perfect()})
    assert result.total.misses == []
    assert scores(perfect()) == {
        "recall": (2, 2), "precision": (2, 2), "code": (2, 2), "zero": (1, 1), "head": (2, 2), "kind": (1, 1), "meta": (5, 5),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("示例省甲镇人民政府", True),  # how many of the places above a title prints is chance
        ("中共甲镇委员会、甲镇人民政府", False),
        ("示例省人民政府", False),
    ],
)
def test_an_issuer_is_the_same_with_or_without_the_places_above_it(name: str, right: bool) -> None:
    label = {**LABEL, "meta": {**LABEL["meta"], "issuer": name}}  # type: ignore[dict-item]
    assert scores(perfect(), label)["meta"] == (4 + right, 5)


@pytest.mark.parametrize(
    "change",
    [{"value": 31.0}, {"bound": "exact"}, {"unit_printed": "件"}, {"sentence": "别的句子。"}, {"role": "target"}],
)
def test_a_figure_must_agree_in_everything(change: dict[str, object]) -> None:
    report = perfect()
    wrong = replace(report.quantities[0], **change)  # type: ignore[arg-type]
    got = scores(replace(report, quantities=(wrong, *report.quantities[1:])))
    assert got["recall"] == (1, 2)
    assert got["precision"] == ((1, 1) if change == {"role": "target"} else (1, 2))


def test_white_space_does_not_count_and_one_span_is_one_figure() -> None:
    report = perfect()
    spaced = replace(report.quantities[0], unit_printed="份", sentence="审查合同 30\n余份，办结率")
    assert scores(replace(report, quantities=(spaced, *report.quantities[1:])))["recall"] == (2, 2)


def test_wrong_code_and_accepted_codes() -> None:
    report = perfect()
    wrong = replace(report.quantities[0], indicator="legality_reviews")
    got = scores(replace(report, quantities=(wrong, *report.quantities[1:])))
    assert got["code"] == (1, 2)
    assert got["recall"] == (2, 2)
    lenient = {**LABEL, "numbers": [{**LABEL["numbers"][0], "codes": ["legality_reviews", None]}, LABEL["numbers"][1]]}
    assert scores(replace(report, quantities=(wrong, *report.quantities[1:])), lenient)["code"] == (2, 2)
    unwanted = {**LABEL, "numbers": [{**LABEL["numbers"][0], "codes": [None]}, LABEL["numbers"][1]]}
    assert scores(report, unwanted)["code"] == (1, 1)


def test_optional_figures_count_neither_way() -> None:
    optional = {**LABEL, "numbers": [{**LABEL["numbers"][0], "optional": True}, LABEL["numbers"][1]]}
    report = perfect()
    assert scores(report, optional)["recall"] == (1, 1)
    assert scores(report, optional)["precision"] == (1, 1)
    assert scores(replace(report, quantities=report.quantities[1:]), optional)["recall"] == (1, 1)


def test_zero_missed_and_invented() -> None:
    report = perfect()
    assert scores(replace(report, quantities=report.quantities[:3]))["zero"] == (0, 1)
    invented = replace(report.quantities[3], indicator="litigation_cases")
    assert scores(replace(report, quantities=(*report.quantities, invented)))["zero"] == (1, 2)


def test_a_null_zero_may_be_found_or_not() -> None:
    label = {**LABEL, "zeros": [*LABEL["zeros"], {"quote": "未发生安全事故", "codes": [None]}]}
    report = perfect()
    assert scores(report, label)["zero"] == (1, 1)
    found = replace(report.quantities[3], indicator=None, sentence="未发生安全事故。")
    assert scores(replace(report, quantities=(*report.quantities, found)), label)["zero"] == (1, 1)


def test_two_zeros_of_one_code_in_one_sentence_serve_a_label_each() -> None:
    sentence = "未发生行政复议案件，也没有收到行政复议申请。"
    label = {**LABEL, "zeros": [
        {"quote": "未发生行政复议案件", "codes": ["reconsideration_cases"]},
        {"quote": "也没有收到行政复议申请", "codes": ["reconsideration_cases"]},
    ]}  # fmt: skip
    report = perfect()
    first, second = (replace(report.quantities[3], sentence=sentence) for _ in range(2))
    assert scores(replace(report, quantities=(*report.quantities[:3], first, second)), label)["zero"] == (2, 2)
    assert scores(replace(report, quantities=(*report.quantities[:3], first)), label)["zero"] == (1, 2)


def test_headings_by_level_ordinal_and_first_twelve_characters() -> None:
    report = perfect()
    extra = replace(report, sections=(*report.sections, section(3, 1, "多出来的")))
    assert scores(extra)["head"] == (2, 3)
    renumbered = replace(report, sections=(section(1, 2, "主要举措和成效"), report.sections[1]))
    assert scores(renumbered)["head"] == (1, 3)
    assert scores(renumbered)["kind"] == (0, 1)
    other_kind = replace(report, sections=(section(1, 1, "主要举措和成效", "plan"), report.sections[1]))
    assert scores(other_kind)["kind"] == (0, 1)


def test_a_rejected_or_missing_report_has_missed_everything() -> None:
    for readings in ({}, {"甲.txt": Report("甲.txt", "0", 1, False, reason="文件已损坏")}):
        total = evaluate({"甲.txt": LABEL}, readings).total  # type: ignore[dict-item]
        assert (total.scores["recall"].hits, total.scores["recall"].of) == (0, 2)
        assert (total.scores["meta"].hits, total.scores["meta"].of) == (0, 5)
        assert any("未能读出" in miss for miss in total.misses)


def test_totals_add_up_over_reports() -> None:
    result = evaluate({"甲.txt": LABEL, "乙.txt": LABEL}, {"甲.txt": perfect()})  # type: ignore[dict-item]
    assert (result.total.scores["recall"].hits, result.total.scores["recall"].of) == (2, 4)
    assert len(result.reports) == 2


def test_gold_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "gold.json"
    for content, words in (("{", "第 1 行"), ("[]", "最外层"), (json.dumps({"a.txt": {"meta": {}}}), "headings")):
        path.write_text(content, "utf-8")
        with pytest.raises(GoldError, match=words):
            load_gold(path)
    with pytest.raises(GoldError, match=r"没有\.json|读不了"):
        load_gold(tmp_path / "没有.json")


SHARED = Path(__file__).parents[3] / "shared" / "reports"


@pytest.mark.skipif(not (SHARED / "gold.json").is_file(), reason="../shared/reports 不在这里：三份真实报告只在开发现场")
def test_the_three_labelled_reports() -> None:
    from annual_reports import read

    gold = load_gold(SHARED / "gold.json")
    total = evaluate(gold, {name: read((SHARED / name).read_bytes(), name) for name in gold}).total
    assert total.misses == []
