"""Automatic numbering as Word shows it: formats by the standard's table, lists by hand, both by LibreOffice."""

import pytest

from annual_reports.files import read
from annual_reports.files.markers import marker

FORMATS = [  # ECMA-376 Part 1 §17.18.59; [MS-DOCX] 2.4 shows 一, 十, 一○○ against 一, 十, 一百
    ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 99: "九十九", 100: "一○○", 105: "一○五", 110: "一一○"}),
    ("chineseCountingThousand", {9: "九", 10: "十", 19: "十九", 30: "三十", 100: "一百", 101: "一百零一", 110: "一百一十",
                                 1005: "一千零五", 1050: "一千零五十", 10_000: "一万", 10_001: "一万零一", 12_345: "一万二千三百四十五"}),
    ("taiwaneseCounting", {12: "十二", 100: "一○○"}),
    ("taiwaneseCountingThousand", {12: "十二", 101: "一百零一", 20_000: "二萬"}),
    ("japaneseCounting", {10: "十", 100: "百", 101: "百一", 215: "二百十五", 1000: "千"}),
    ("ideographDigital", {1: "一", 10: "一〇", 11: "一一", 20: "二〇", 100: "一〇〇"}),
    ("chineseLegalSimplified", {2: "贰", 10: "壹拾", 15: "壹拾伍", 100: "壹佰", 105: "壹佰零伍"}),
    ("ideographLegalTraditional", {2: "貳", 3: "參", 10: "壹拾", 16: "壹拾陸"}),
    ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
    ("ideographZodiac", {1: "子", 12: "亥", 13: "13"}),
    ("ideographZodiacTraditional", {1: "甲子", 12: "乙亥", 60: "癸亥", 61: "甲子"}),
    ("ideographEnclosedCircle", {1: "㈠", 10: "㈩", 11: "11"}),
    ("decimal", {1: "1", 10: "10"}),
    ("decimalZero", {1: "01", 9: "09", 10: "10", 100: "100"}),
    ("decimalFullWidth", {12: "１２"}),
    ("decimalFullWidth2", {12: "１２"}),
    ("decimalHalfWidth", {12: "12"}),
    ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
    ("decimalEnclosedCircleChinese", {1: "①", 10: "⑩", 11: "11"}),
    ("decimalEnclosedFullstop", {1: "⒈", 20: "⒛", 21: "21"}),
    ("decimalEnclosedParen", {1: "⑴", 20: "⒇", 21: "21"}),
    ("upperRoman", {4: "IV", 9: "IX", 14: "XIV", 49: "XLIX", 1999: "MCMXCIX"}),
    ("lowerRoman", {3: "iii", 40: "xl"}),
    ("upperLetter", {1: "A", 26: "Z", 27: "AA", 28: "BB", 781: "781"}),
    ("lowerLetter", {3: "c", 53: "aaa"}),
    ("none", {1: ""}),
    ("bullet", {1: ""}),
    ("thaiLetters", {3: "3"}),  # not known here: decimal
]  # fmt: skip


@pytest.mark.parametrize(("number_format", "expected"), FORMATS, ids=[name for name, _ in FORMATS])
def test_formats(number_format, expected):
    assert {number: marker(number, number_format) for number in expected} == expected


def test_no_start_value_is_costly():
    assert len(marker(999_999_999, "lowerLetter")) < 20
    assert len(marker(999_999_999, "upperRoman")) < 20
    assert marker(999_999_999, "chineseCountingThousand") == "九万九千九百九十九万九千九百九十九"


def level(index, number_format, text, start=1, extra=""):
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>{extra}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def abstract(number, *levels, extra=""):
    return f'<w:abstractNum w:abstractNumId="{number}">{extra}{"".join(levels)}</w:abstractNum>'


def instance(number, abstract_number, extra=""):
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract_number}"/>{extra}</w:num>'


def starts(index, value):
    return f'<w:lvlOverride w:ilvl="{index}"><w:startOverride w:val="{value}"/></w:lvlOverride>'


def item(text, number=None, depth=0, style=None):
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number is not None:
        properties += f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


OUTLINE = (
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%3."),
    level(3, "decimal", "%1.%2.%3.%4", extra="<w:isLgl/>"),
)

LISTS = {
    "an outline restarts below each higher level": (
        abstract(0, *OUTLINE) + instance(1, 0),
        [("甲", 1, 0), ("乙", 1, 1), ("丙", 1, 1), ("丁", 1, 2), ("戊", 1, 2), ("己", 1, 0), ("庚", 1, 1), ("辛", 1, 2)],
        ["一、甲", "（一）乙", "（二）丙", "1.丁", "2.戊", "二、己", "（一）庚", "1.辛"],
    ),
    "text between the items does not disturb the count": (
        abstract(0, *OUTLINE) + instance(1, 0),
        [("甲", 1, 0), ("正文", None, 0), ("乙", 1, 0)],
        ["一、甲", "正文", "二、乙"],
    ),
    "two instances of one definition count on": (
        abstract(0, *OUTLINE) + instance(1, 0) + instance(2, 0),
        [("甲", 1, 0), ("乙", 2, 0), ("丙", 1, 0)],
        ["一、甲", "二、乙", "三、丙"],
    ),
    "an override starts anew where its instance is first used, and only there": (
        abstract(0, *OUTLINE) + instance(1, 0) + instance(2, 0, starts(0, 1)) + instance(3, 0, starts(1, 5)),
        [("甲", 1, 0), ("乙", 1, 0), ("丙", 2, 0), ("丁", 2, 0), ("戊", 3, 1), ("己", 3, 1)],
        ["一、甲", "二、乙", "一、丙", "二、丁", "（五）戊", "（六）己"],
    ),
    "an override may replace the whole level": (
        abstract(0, *OUTLINE) + instance(1, 0, f'<w:lvlOverride w:ilvl="0">{level(0, "decimal", "第%1项 ", 3)}</w:lvlOverride>'),
        [("甲", 1, 0), ("乙", 1, 0)],
        ["第3项 甲", "第4项 乙"],
    ),
    "a skipped level shows its start": (
        abstract(0, level(0, "decimal", "%1"), level(1, "decimal", "%1.%2", 3), level(2, "decimal", "%1.%2.%3")) + instance(1, 0),
        [("甲", 1, 0), ("乙", 1, 2)],
        ["1 甲", "1.3.1 乙"],
    ),
    "a bullet has no marker, a fixed text is one": (
        abstract(0, level(0, "bullet", "\uf06c"), level(1, "none", "附件：")) + instance(1, 0),
        [("甲", 1, 0), ("乙", 1, 1)],
        ["甲", "附件：乙"],
    ),
    "numId 0 and undefined lists have no marker": (
        abstract(0, *OUTLINE) + instance(1, 0),
        [("甲", 0, 0), ("乙", 77, 0), ("丙", 1, 0)],
        ["甲", "乙", "一、丙"],
    ),
    "formats of Chinese lists": (
        abstract(0, level(0, "decimalEnclosedCircle", "%1", 9), level(1, "ideographTraditional", "%2、"))
        + abstract(1, level(0, "chineseCountingThousand", "第%1条 ", 99))
        + instance(1, 0) + instance(2, 1),
        [("甲", 1, 0), ("乙", 1, 0), ("丙", 1, 1), ("丁", 2, 0), ("戊", 2, 0)],
        ["⑨ 甲", "⑩ 乙", "甲、丙", "第九十九条 丁", "第一百条 戊"],
    ),
    "a definition taken from a numbering style": (
        abstract(0, *OUTLINE, extra='<w:styleLink w:val="List"/>') + abstract(1, extra='<w:numStyleLink w:val="List"/>')
        + instance(1, 0) + instance(2, 1),
        [("甲", 2, 0), ("乙", 2, 1), ("丙", 2, 0)],
        ["一、甲", "（一）乙", "二、丙"],
    ),
}  # fmt: skip
LIST_STYLE = (
    '<w:style w:type="numbering" w:styleId="List"><w:name w:val="List"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
    "</w:pPr></w:style>"
)


def made(word_file, name):
    numbering, items, _ = LISTS[name]
    return word_file("".join(item(*one) for one in items), numbering=numbering, styles=LIST_STYLE)


@pytest.mark.parametrize("name", LISTS)
def test_lists(word_file, name):
    assert [block.text for block in read(made(word_file, name), "a.docx").blocks] == LISTS[name][2]


@pytest.mark.slow
def test_lists_as_libreoffice_shows_them(word_file, office):
    """The judge is another program: every list above, converted to text."""
    for name in LISTS:
        shown = office(made(word_file, name), "docx", "txt").decode("utf-8-sig").splitlines()
        bare = ["".join(line.split()).removeprefix("•").removeprefix("▪").removeprefix("\uf06c") for line in shown]
        assert bare == ["".join(line.split()) for line in LISTS[name][2]], name


def test_marker_and_text_do_not_run_into_one_number(word_file):
    numbering = abstract(0, level(0, "decimal", "%1."), level(1, "decimal", "%1", extra='<w:suff w:val="space"/>'))
    numbering += instance(1, 0)
    blocks = read(word_file(item("5个工作日内办结", 1) + item("2024年", 1, 1), numbering=numbering), "a.docx").blocks
    assert [block.text for block in blocks] == ["1. 5个工作日内办结", "1 2024年"]


def test_is_legal_prints_every_level_as_decimal(word_file):
    body = item("甲", 1, 0) + item("乙", 1, 1) + item("丙", 1, 3)
    blocks = read(word_file(body, numbering=abstract(0, *OUTLINE) + instance(1, 0)), "a.docx").blocks
    assert blocks[2].text == "1.1.1.1 丙"  # LibreOffice 7.4 prints 一.一.1.1: it does not know w:isLgl


def test_restart_only_after_the_level_named(word_file):
    """w:lvlRestart 0: never (LibreOffice ignores it); 1: after level 1 only, so level 2 does not restart level 3."""
    never = abstract(0, level(0, "decimal", "%1、"), level(1, "decimal", "（%2）", extra='<w:lvlRestart w:val="0"/>'))
    body = item("甲", 1) + item("乙", 1, 1) + item("丙", 1) + item("丁", 1, 1)
    texts = [block.text for block in read(word_file(body, numbering=never + instance(1, 0)), "a.docx").blocks]
    assert texts == ["1、甲", "（1）乙", "2、丙", "（2）丁"]
    first = abstract(
        0, level(0, "decimal", "%1、"), level(1, "decimal", "（%2）"), level(2, "decimal", "%3)", extra='<w:lvlRestart w:val="1"/>')
    )  # fmt: skip
    body = "".join(
        item(*one)
        for one in [("甲", 1), ("乙", 1, 1), ("丙", 1, 2), ("丁", 1, 1), ("戊", 1, 2), ("己", 1), ("庚", 1, 2)]
    )
    texts = [block.text for block in read(word_file(body, numbering=first + instance(1, 0)), "a.docx").blocks]
    assert texts == ["1、甲", "（1）乙", "1)丙", "（2）丁", "2)戊", "2、己", "1)庚"]


STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:basedOn w:val="N"/><w:pPr><w:numPr><w:numId w:val="1"/>'
    '</w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="N"/><w:pPr><w:numPr><w:ilvl w:val="1"/>'
    '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="我的标题"/><w:basedOn w:val="H2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="loop"/><w:basedOn w:val="Loop"/></w:style>'
)  # fmt: skip
STYLED = abstract(
    0,
    level(0, "chineseCounting", "%1、", extra='<w:pStyle w:val="H1"/><w:suff w:val="nothing"/>'),
    level(1, "chineseCounting", "（%2）", extra='<w:pStyle w:val="H2"/><w:suff w:val="nothing"/>'),
) + instance(1, 0)
STYLED_BODY = "".join(
    item(*one)
    for one in [("甲", None, 0, "H1"), ("乙", None, 0, "H2"), ("丙", None, 0, "Mine"), ("丁", 0, 0, "H2"), ("戊", None, 0, "H1"),
                ("己", None, 0, "H2"), ("庚", None, 0, "Loop")]
)  # fmt: skip
STYLED_TEXTS = ["一、甲", "（一）乙", "（二）丙", "丁", "二、戊", "（一）己", "庚"]


def test_numbering_that_comes_with_a_style(word_file):
    blocks = read(word_file(STYLED_BODY, numbering=STYLED, styles=STYLES), "a.docx").blocks
    assert [block.text for block in blocks] == STYLED_TEXTS
    assert [block.level for block in blocks] == [1, 2, 2, 2, 1, 2, None]  # by w:outlineLvl, else by the style's name
    assert [block.kind for block in blocks] == ["heading"] * 6 + ["paragraph"]
    assert [block.numbered for block in blocks] == [True, True, True, False, True, True, False]


@pytest.mark.slow
def test_style_numbering_as_libreoffice_shows_it(word_file, office):
    body = STYLED_BODY.replace('w:val="Loop"', 'w:val="N"')
    shown = office(word_file(body, numbering=STYLED, styles=STYLES), "docx", "txt").decode("utf-8-sig").splitlines()
    assert ["".join(line.split()) for line in shown] == STYLED_TEXTS


def test_an_empty_numbered_paragraph_counts_but_shows_nothing(word_file):
    body = item("甲", 1) + item("", 1) + item("乙", 1)
    blocks = read(word_file(body, numbering=abstract(0, *OUTLINE) + instance(1, 0)), "a.docx").blocks
    assert [block.text for block in blocks] == ["一、甲", "", "三、乙"]


def test_numbers_of_a_removed_paragraph_do_not_count(word_file):
    removed = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'
        '<w:del w:id="2"><w:r><w:delText>删去的一条</w:delText></w:r></w:del></w:p>'
    )
    body = item("甲", 1) + removed + item("乙", 1)
    blocks = read(word_file(body, numbering=abstract(0, *OUTLINE) + instance(1, 0)), "a.docx").blocks
    assert [block.text for block in blocks] == ["一、甲", "二、乙"]
