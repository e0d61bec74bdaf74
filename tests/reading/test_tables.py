"""Tables: a cell reads like the phrase that its row, column and unit make of it."""

from __future__ import annotations

from annual_reports import catalogue, figures
from annual_reports.text import Line


def table(*rows: tuple[str, ...]) -> tuple[str, list[Line]]:
    text, lines = "", []
    for r, row in enumerate(rows, 1):
        for c, words in enumerate(row, 1):
            lines.append(Line(len(text), len(text) + len(words), "cell", None, False, f"表1第{r}行第{c}列"))
            text += words + "\n"
    return text, lines


def read(*rows: tuple[str, ...]) -> list[tuple[str, float, str, str, str | None, int | None]]:
    text, lines = table(*rows)
    found = figures.find(text, (), 2024, catalogue.load(), lines)
    assert all(text[q.start : q.end] == q.printed for q in found)
    return [(q.printed, q.value, q.unit_printed, q.role, q.indicator, q.year) for q in found]


def test_label_and_figure() -> None:
    assert read(("项目", "数量"), ("行政处罚案件", "36件"), ("罚没金额", "20.5万元")) == [
        ("36件", 36, "件", "achieved", "administrative_penalty_cases", 2024),
        ("20.5万元", 205000, "万元", "achieved", "fines_amount", 2024),
    ]


def test_unit_in_a_column_and_serial_numbers_left_out() -> None:
    assert read(
        ("序号", "指标", "单位", "数量"), ("1", "排查矛盾纠纷", "件", "152"), ("2", "罚没金额", "万元", "3.2")
    ) == [
        ("152", 152, "件", "achieved", "disputes_screened", 2024),
        ("3.2", 32000, "万元", "achieved", "fines_amount", 2024),
    ]


def test_unit_in_brackets() -> None:
    assert read(("指标", "完成数"), ("法治宣传活动（场次）", "45"), ("受理法律援助案件(件)", "12")) == [
        ("45", 45, "场次", "achieved", "legal_publicity_events", 2024),
        ("12", 12, "件", "achieved", "legal_aid_cases", 2024),
    ]


def test_years_changes_and_targets_in_the_head() -> None:
    assert read(("指标", "2023年", "2024年", "同比增减"), ("调解矛盾纠纷（件）", "66", "81", "22.7%")) == [
        ("66", 66, "件", "comparative", "disputes_mediated", 2023),
        ("81", 81, "件", "achieved", "disputes_mediated", 2024),
        ("22.7%", 22.7, "%", "change", None, 2024),
    ]


def test_the_columns_head_says_what_is_counted() -> None:
    assert read(("类别", "简易程序", "普通程序"), ("行政处罚", "52件", "19件")) == [
        ("52件", 52, "件", "achieved", "summary_procedure_penalties", 2024),
        ("19件", 19, "件", "achieved", "ordinary_procedure_penalties", 2024),
    ]


def test_a_cell_of_prose_is_a_sentence() -> None:
    assert read(("方面", "情况"), ("普法", "开展法治宣传12场次，发放宣传资料800份。")) == [
        ("12场次", 12, "场次", "achieved", "legal_publicity_events", 2024),
        ("800份", 800, "份", "achieved", "publicity_materials_distributed", 2024),
    ]
