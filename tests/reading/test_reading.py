"""The whole way in: bytes → Report, its JSON form, what is rejected, and that no text breaks it."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annual_reports import catalogue, places, read
from annual_reports.json_form import to_json
from annual_reports.report import REJECT_CODES, Report

TEXT = """澄堰县望篱镇关于2024年度法治政府建设情况的报告
2024年，望篱镇在县委、县政府的领导下扎实推进法治政府建设。现将有关情况报告如下：
一、主要举措和成效
（一）加强学法。全年开展中心组学法6次，罚款12.5万元。
（二）化解纠纷。共排查矛盾纠纷152件，化解148件，全年无一起行政诉讼败诉案件。
二、存在的不足
部分干部法治意识不强。
三、2025年工作安排
力争调解成功率达到98%以上。
"""


def reading(text: str = TEXT, name: str = "报告.txt") -> Report:
    return read(text.encode(), name)


def test_a_report_is_read_whole() -> None:
    report = reading()
    assert report.accepted
    assert report.report_year == 2024
    assert [section.canonical for section in report.sections if section.level == 1] == ["measures", "problems", "plan"]
    assert [(f.indicator, f.value) for f in report.facts] == [
        ("theory_group_law_sessions", 6),
        ("fines_amount", 125000),
        ("disputes_screened", 152),
        ("disputes_mediated", 148),
        ("litigation_losses", 0),
    ]
    assert [q.role for q in report.quantities if q.printed == "98%以上"] == ["target"]


def test_json_form_is_the_designs() -> None:
    form = to_json(reading())
    assert json.loads(json.dumps(form, ensure_ascii=False)) == form
    assert {"file", "sha256", "media_type", "encoding", "accepted", "document_kind", "title", "issuer", "report_year",
            "period", "text", "sections", "quantities", "facts", "checks"} <= form.keys()  # fmt: skip
    assert form["accepted"] is True
    fine = next(q for q in form["quantities"] if q["indicator"] == "fines_amount")
    assert (fine["printed"], fine["value"], fine["unit_printed"], fine["unit"]) == ("12.5万元", 125000, "万元", "元")
    assert form["text"][fine["start"] : fine["end"]] == fine["printed"]
    assert fine["sentence"] == "全年开展中心组学法6次，罚款12.5万元。"
    fact = next(f for f in form["facts"] if f["indicator"] == "fines_amount")
    assert form["quantities"][fact["quantities"][0]] == fine
    assert form["period"] == {"start": "2024-01-01", "end": "2024-12-31", "part_year": False}
    assert {"kind", "statement", "holds", "figures"} <= form["checks"][0].keys()


def test_rejected_files_say_why_and_never_raise() -> None:
    for data, name, code in (
        (b"", "空.txt", "empty"),
        ("望篱镇2024年政府信息公开工作年度报告\n一、总体情况\n公开信息20条。".encode(), "公开.txt", "not_report"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧.doc", "unsupported"),
        (b"PK\x03\x04broken", "坏.docx", "damaged"),
    ):
        report = read(data, name)
        assert not report.accepted, name
        assert report.reason_code in REJECT_CODES
        assert report.reason
        assert len(report.sha256) == 64
        assert report.size == len(data)
        form = to_json(report)
        assert form["accepted"] is False
        assert form["reason"] == report.reason
        assert code in (report.reason_code, "damaged", "unsupported"), (name, report.reason_code)


def holds_together(report: Report) -> None:
    """Every promise of the result types that no text may break."""
    for quantity in report.quantities:
        assert 0 <= quantity.start < quantity.end <= len(report.text)
        printed = "".join(quantity.printed.split())
        assert "".join(report.text[quantity.start : quantity.end].split()) == printed
        assert report.text[quantity.sentence_start :].lstrip().startswith(quantity.sentence[:10])
        if quantity.low is not None and quantity.high is not None:
            assert quantity.low <= quantity.high
        if quantity.section is not None:
            section = report.sections[quantity.section]
            assert section.start <= quantity.start < section.end
    for fact in report.facts:
        for index in fact.quantities:
            assert report.quantities[index].indicator == fact.indicator
            assert report.quantities[index].role == "achieved"
            assert report.quantities[index].scope == fact.scope
    for check in report.checks:
        assert all(0 <= figure < len(report.quantities) for figure in check.figures)


def test_promises_hold_on_a_report() -> None:
    holds_together(reading())


WORDS = st.sampled_from(
    ["2024年", "3件", "化解", "其中", "分别为", "、", "，", "。", "；", "（", "）", "“", "”", "《", "》", "\n", "零", "无", "未发生", "均",
     "行政复议", "矛盾纠纷", "一、", "（一）", "余", "近百", "人次", "100%", "万元", "由", "精简至", "每", "同比", "第", "全年", "12345", "至", "-", "约", "〇", "十"]
)  # fmt: skip
PIECES = st.lists(st.one_of(WORDS, st.text(max_size=6), st.integers(0, 10**14).map(str)), max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PIECES)
def test_no_text_breaks_the_reading(pieces: list[str]) -> None:
    text = TEXT + "（三）其他。" + "".join(pieces)
    started = time.perf_counter()
    report = read(text.encode("utf-8", "replace"), "x.txt", catalogue=catalogue.load(), divisions=places.load())
    assert time.perf_counter() - started < 2
    holds_together(report)


@pytest.mark.parametrize(
    "piece",
    [
        "9" * 5000,
        "（" * 3000,
        "《" * 3000,
        "未" * 3000,
        "、" * 3000,
        "十" * 3000,
        "3件、" * 1500,
        "2024年" * 1500,
        "每",
        "“三" * 2000,
        "\n" * 3000,
        "无行政复议" * 800,
        "由3至" * 1500,
    ],
)
def test_long_runs_take_no_longer_than_two_seconds(piece: str) -> None:
    text = TEXT.replace("二、存在的不足", f"化解矛盾纠纷{piece}件。\n二、存在的不足")
    read(TEXT.encode(), "x.txt")
    started = time.process_time()
    report = read(text.encode(), "x.txt")
    assert time.process_time() - started < 2
    assert report.accepted
    holds_together(report)


def test_a_zero_at_the_beginning_of_a_line_is_printed_without_the_line_break() -> None:
    report = reading(TEXT.replace("二、", "成立专班。\n未发生命案。\n全年没有收到行政复议申请。\n二、"))
    assert [q.printed for q in report.quantities if q.rule == "零"][1:] == ["未发生命案", "全年没有收到行政复议申请"]
