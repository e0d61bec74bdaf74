"""No text makes the structure readers raise, and no span they return lies outside the text."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from annual_reports import catalogue, headings, periods, places, titles
from annual_reports.report import Section
from annual_reports.text import Line, Text

CATALOGUE = catalogue.load()
TABLE = places.load()
PIECES = st.sampled_from(
    [
        "一、",
        "二、",
        "三、",
        "四、",
        "（一）",
        "（二）",
        "（三）",
        "（2）",
        "（3）",
        "(四)",
        "1.",
        "2.",
        "3、",
        "1）",
        "①",
        "第一部分",
        "㈠",
        "⒈",
        "一是",
        "主要举措",
        "存在问题",
        "第一责任人",
        "下一步打算",
        "意见建议",
        "。",
        "，",
        "：",
        "；",
        "《",
        "》",
        "（",
        "）",
        "2024年",
        "２０２３年",
        "二〇二二年",
        "〔2025〕",
        "3号",
        "截至11月底",
        "1—10月",
        "去年",
        "襄垣县",
        "王村镇",
        "宁河区",
        "街道办事处",
        "人民政府",
        "司法局",
        "县委、县政府：",
        "法治襄垣",
        "关于",
        "法治政府建设",
        "情况的报告",
        "现将",
        "如下：",
        "x名",
        "某县",
        "20xx年",
        "在",
        "鼓楼区",
        "中共",
        "委员会",
        "管委会",
        "报告",
        "工作要点",
        "解读",
        "粤省事",
        "中学",
        "律所",
        "１２",
        "99",
        "十",
        "百",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, PIECES, st.text(max_size=6), st.just("\n"), st.just("\n")), max_size=60).map("".join)


def plain(source: str, kinds: list[str]) -> Text:
    lines, position, words = [], 0, [w.strip() for w in source.split("\n")]
    words = [w for w in words if w]
    for number, word in enumerate(words):
        kind = kinds[number % len(kinds)]
        lines.append(
            Line(position, position + len(word), kind, number % 3 + 1 if kind == "heading" else None, False, "第1行")
        )
        position += len(word) + 1
    return Text("\n".join(words), tuple(lines))


def check_tree(text: str, sections: tuple[Section, ...]) -> None:
    counts: dict[int | None, int] = {}
    for index, section in enumerate(sections):
        assert 0 <= section.start <= section.title_end <= section.end <= len(text)
        assert text[section.start :].startswith(section.printed_marker)
        assert section.title
        assert section.title in text.replace("\n", "")
        counts[section.parent] = counts.get(section.parent, 0) + 1
        assert section.ordinal == counts[section.parent]
        if section.parent is None:
            continue
        parent = sections[section.parent]
        assert section.parent < index
        assert parent.level < section.level
        assert parent.start <= section.start
        assert section.end <= parent.end


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.lists(st.sampled_from(["paragraph", "paragraph", "heading", "cell"]), min_size=1, max_size=5))
def test_headings_of_any_text_form_a_tree_inside_it(source, kinds):
    text = plain(source, kinds)
    check_tree(text.text, headings.find(text, CATALOGUE))


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.text(max_size=30), st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2090, 1, 1))))
def test_title_year_period_and_issuer_of_any_text(source, name, published):
    text = plain(source, ["paragraph"])
    title = titles.find(text, name, name, CATALOGUE)
    assert 0 <= title.start <= title.end <= len(text.text)
    assert title.accepted is (title.reason is None)
    found = periods.report_year(title.title, text, name, headings.find(text, CATALOGUE), published)
    assert found.year is None or periods.FIRST <= found.year <= periods.LAST
    period = periods.period(found.year or 2024, text, title.title, published)
    assert period.start <= period.end
    assert period.part_year is (period.end < date(period.end.year, 12, 31))
    issuer = places.resolve(text, title.title, TABLE, CATALOGUE, file_name=name, hint=name, year=found.year)
    assert (issuer.key is not None) is (issuer.resolution == "resolved")
    assert issuer.evidence
