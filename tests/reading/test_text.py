"""Cleaning: what conversion leaves behind goes, what the report prints stays, broken sentences are whole again."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annual_reports.files import DOCX, HTML, PDF, TEXT, Block, Document, read
from annual_reports.text import clean, scrub


def document(*lines, media_type=TEXT):
    blocks = [
        line if isinstance(line, Block) else Block(line, place=f"第{number}行") for number, line in enumerate(lines, 1)
    ]
    return Document(media_type, None, tuple(blocks))


def cleaned(*lines, media_type=TEXT):
    return clean(document(*lines, media_type=media_type)).text.split("\n")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("[bookmark: _GoBack]强化培训", "强化培训"),
        ("前[bookmark: _Toc12345678]后", "前后"),
        ("见 HYPERLINK \"http://x.cn/a\" \\h 附件", "见  附件"),
        ("HYPERLINK \\l \"_Toc123456789\" 一、概况 PAGEREF _Toc123456789 \\h 3", " 一、概况  3"),
        ("TOC \\o \"1-3\" \\h 目录", " 目录"),
        ("<!--[if !supportLists]-->（一）<!--[endif]-->加强", "（一）加强"),
        ("{ PAGE \\* MERGEFORMAT }页", "页"),
        ("[image: 照片]培训现场", "培训现场"),
        ("[2024]15号、[注]不动", "[2024]15号、[注]不动"),
        ("开展\u200b宣传\ufeff36\u00ad场\u2060次", "开展宣传36场次"),
        ("a\x00b\x07c", "abc"),
        ("共\u00a05\u2003次", "共 5 次"),
        ("&ldquo;三项制度&rdquo;&nbsp;A&amp;B&#12289;&#x4e00;", "“三项制度” A&B、一"),
        ("\uf06c培训", "培训"),
        ("⼯作⽅案⻓效⺠生⻔户", "工作方案长效民生门户"),
        ("１２３件，５０％", "１２３件，５０％"),  # full-width digits are what is printed
        ("法(fǎ)治(zhì)建(jiàn)设(shè)", "法治建设"),
        ("法（fǎ）治（zhì）的（de）镇（zhèn）", "法治的镇"),
        ("法fǎ治zhì建jiàn设shè。", "法治建设。"),
        ("法治fǎ zhì政府", "法治政府"),
        ("使用APP（app）和LED屏", "使用APP（app）和LED屏"),
        ("推广“e调解”（e tiaojie）平台", "推广“e调解”（e tiaojie）平台"),
        ("法 治 政 府 建 设", "法治政府建设"),
        ("法治 政府建设 情况", "法治 政府建设 情况"),
        ("召开 5 次", "召开 5 次"),
    ],
)  # fmt: skip
def test_scrub(raw, expected):
    assert scrub(raw) == expected


def test_spaces_at_the_ends_and_runs_of_spaces():
    assert cleaned("　　全年\u00a0\u00a0共　5  次。 ", "\t下一行。") == ["全年 共 5 次。", "下一行。"]


PROSE = "今年以来，借助各类平台开展普法宣传，不定期推送普法知识，组织集中宣讲，受教群众达9000余人"

JOINS = {
    "between number and unit": ([PROSE, "次；开展宣传56次。"], [PROSE + "次；开展宣传56次。"]),
    "a short line before its unit": (
        ["受教群众9000余人", "次；开展宣传56次。"],
        ["受教群众9000余人次；开展宣传56次。"],
    ),
    "inside a number": ([PROSE[:-4] + "1", "2万余人次，开展宣传。"], [PROSE[:-4] + "12万余人次，开展宣传。"]),
    "before a comma": (["（一）强化宣传", "，营造氛围"], ["（一）强化宣传，营造氛围"]),
    "after a comma": (["依托综治中心、派出所、", "司法所排查纠纷。"], ["依托综治中心、派出所、司法所排查纠纷。"]),
    "in the middle of a long sentence": (
        ["我镇召开专题会议研究部署法治建设工作，制定年度工作计划，明确各部门职责，确保工作有序", "推进，取得成效。"],
        ["我镇召开专题会议研究部署法治建设工作，制定年度工作计划，明确各部门职责，确保工作有序推进，取得成效。"],
    ),
    "behind a run-in heading": (
        ["（一）强化领导。全年召开会议研究部署有关", "工作5次。"],
        ["（一）强化领导。全年召开会议研究部署有关工作5次。"],
    ),
    "Latin words keep their space": (
        ["我镇积极推广在线学习，组织干部学习法律法规，运用“Legal", "Cloud”平台开展培训。"],
        ["我镇积极推广在线学习，组织干部学习法律法规，运用“Legal Cloud”平台开展培训。"],
    ),
    "over an empty line": ([PROSE[:-4], "", "镇村干部，覆盖面大。"], [PROSE[:-4] + "镇村干部，覆盖面大。"]),
}


@pytest.mark.parametrize("name", JOINS)
def test_broken_sentences_are_joined(name):
    lines, expected = JOINS[name]
    assert cleaned(*lines) == expected


APART = {
    "a title over two lines": ["青禾镇关于2024年法治政府", "建设情况的报告"],
    "title and text": ["青禾镇2024年法治政府建设情况报告", "2024年，我镇扎实推进法治政府建设，取得明显成效。"],
    "heading and text": ["（二） 强化法治宣传，营造浓厚法治氛围", "利用“国家宪法日”等节点，开展活动56次。"],
    "a long heading and text": [
        "三、上一年度党政主要负责人履行推进法治建设第一责任人职责，加强法治政府建设的有关情况", "镇党委书记切实履行职责，组织推动工作。"],
    "an unnumbered heading and text": ["强化法治宣传，营造氛围", "利用“国家宪法日”等节点，开展活动56次。"],
    "text without a stop and a heading": [PROSE, "（二）依法化解矛盾"],
    "text without a stop and each kind of mark": [PROSE, "2.健全制度", "（3）统筹推进", "二、存在问题", "第三章 保障", "①宣传", "一是加强领导", "其二，培训"],
    "a full stop": ["开展宣传56次。", "次日，又开展一次。"],
    "an addressee": ["县委、县政府：", "现将有关情况报告如下"],
    "items of a list": ["开展进校园活动6场次；", "开展进企业活动4场次；"],
    "an indented paragraph": [PROSE, "　　次年将继续推进，力争做得更好。"],
    "signature and date": ["为建设法治青禾贡献力量。", "青禾镇人民政府", "2025年1月20日"],
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_lines_that_stand_apart_stay_apart(name):
    assert cleaned(*APART[name]) == [line.strip("　") for line in APART[name]]


def wrapped(paragraphs, columns, indent="　　"):
    lines = []
    for words in paragraphs:
        rest = indent + words
        while rest:
            lines.append(rest[:columns])
            rest = rest[columns:]
    return lines


REPORT = [
    "一、主要举措和成效",
    "（一）加强组织领导，完善推进法治政府建设的体制机制，压实党政主要负责人履行推进法治建设第一责任人职责",
    "成立以镇党委书记为组长、镇长为副组长的领导小组，全年召开专题会议5次，研究部署法治建设工作，制定年度工作计划，明确各部门职责。"
    * 2,
    "利用“国家宪法日”等节点开展宣传56次，发放资料8000余份，受教育群众1.2万人次，覆盖20个村、2所学校，深入企业宣传10余次，效果良好。",
    "（二）化解矛盾",
    "排查矛盾纠纷152件，化解148件，其中人民调解53件，行政调解38件，司法调解57件，调解成功率达97.4%，全年未发生行政复议案件。",
]


@pytest.mark.parametrize("columns", [30, 38, 40])
def test_a_hard_wrapped_file_gets_its_paragraphs_back(columns):
    assert cleaned(*wrapped(REPORT, columns)) == REPORT


def test_a_hard_wrapped_file_without_indents():
    body = [line for line in REPORT if "。" in line]
    assert cleaned(*wrapped(body, 40, indent="")) == body


def test_paragraphs_of_word_files_are_trusted():
    """A Word paragraph that lacks its stop is no broken line; one that opens with a comma is."""
    assert cleaned(PROSE[:-4] + "镇村", "次要工作另行安排", media_type=DOCX) == [
        PROSE[:-4] + "镇村",
        "次要工作另行安排",
    ]
    assert cleaned(PROSE, "次；开展宣传56次。", media_type=DOCX) == [PROSE + "次；开展宣传56次。"]
    assert cleaned(Block(PROSE + "\n，覆盖全镇"), media_type=DOCX) == [PROSE + "，覆盖全镇"]
    assert cleaned(Block("开展各类宣传活动36场次，发放各类资料8000余份，受教育群众\n达到1.2万人次。"), media_type=HTML) == [
        "开展各类宣传活动36场次，发放各类资料8000余份，受教育群众达到1.2万人次。"]  # fmt: skip
    assert cleaned(Block("青禾镇\n2024年报告"), media_type=DOCX) == ["青禾镇", "2024年报告"]


def test_headings_and_numbered_paragraphs_are_never_glued():
    assert cleaned(Block(PROSE), Block("宣传工作", "heading", 2), Block("次，有效。"), media_type=DOCX) == [
        PROSE,
        "宣传工作",
        "次，有效。",
    ]
    assert cleaned(Block(PROSE + "、"), Block("甲、宣传", numbered=True), media_type=DOCX) == [PROSE + "、", "甲、宣传"]


def test_cells_stay_cells():
    lines = cleaned(
        Block("项目", "cell"), Block("调解，", "cell"), Block("148\n件", "cell"), Block("，其中"), media_type=DOCX
    )
    assert lines == ["项目", "调解，", "148件", "，其中"]


def test_a_block_that_goes_on_over_the_page_is_joined_with_its_place():
    text = clean(
        document(
            Block("排查纠纷152件。化解", place="第1页"), Block("148件。", place="第2页", continues=True), media_type=PDF
        )
    )
    assert text.text == "排查纠纷152件。化解148件。"
    assert [text.place(offset) for offset in (0, 10, 11, 15)] == ["第1页", "第1页", "第2页", "第2页"]
    assert len(text.lines) == 1


def test_lines_keep_what_the_block_said():
    text = clean(
        document(
            Block("一、概况", "heading", 1, True, "第1段"),
            Block("", place="第2段"),
            Block("正文。", place="第3段"),
            media_type=DOCX,
        )
    )
    assert [tuple(line) for line in text.lines] == [
        (0, 4, "heading", 1, True, "第1段"),
        (5, 8, "paragraph", None, False, "第3段"),
    ]
    assert (text.place(0), text.place(4), text.place(7)) == ("第1段", "第1段", "第3段")


def test_nothing_is_a_text_too():
    text = clean(document())
    assert (text.text, text.lines, text.place(0)) == ("", (), "")


_LINES = st.lists(
    st.text(st.sampled_from("一（）二、。，；法治12次余人 　\u00a0\u200bāa\n\r\x0c[:]&;<"), max_size=25), max_size=25
)


@settings(max_examples=300, deadline=None)
@given(_LINES, st.sampled_from([TEXT, DOCX, HTML, PDF]), st.sampled_from(["paragraph", "cell", "heading"]))
def test_lines_and_places_cover_the_text(lines, media_type, kind):
    blocks = tuple(
        Block(line, kind if number % 3 else "paragraph", place=f"第{number}行") for number, line in enumerate(lines)
    )
    text = clean(Document(media_type, None, blocks))
    assert "\n".join(text.text[line.start : line.end] for line in text.lines) == text.text
    assert all(line.end > line.start for line in text.lines)
    assert not re.search("[\u00a0\u200b\r\x0c\u3000]|  |(?m:^ | $)", text.text)
    for line in text.lines:
        assert text.place(line.start) == line.place
    # cleaning drops or joins, it never invents a letter or a digit
    assert not set(text.text) - set("".join(lines)) - {"\n", " "}


@settings(max_examples=300, deadline=None)
@given(_LINES)
@example(["一ā  ā"])  # two spaces between syllables: the second was left for the next time
def test_a_clean_text_stays_as_it_is(lines):
    once = scrub("\n".join(lines))
    assert scrub(once) == once


@pytest.mark.parametrize(
    "text",
    ["法治，" * 300_000, "法\n" * 90_000, "（[{<&" * 50_000, "[bookmark:" * 50_000, "法fǎ" * 90_000, "法 " * 150_000, "ǎ " * 90_000,
     "法(" + "ǎ" * 200_000, "0" * 300_000, "一、" * 200_000, " " * 500_000, "HYPERLINK " * 50_000],
)  # fmt: skip
def test_no_text_takes_long(text):
    started = time.process_time()
    clean(document(*text.split("\n")))
    assert time.process_time() - started < 2


REPORTS = Path(__file__).parents[2] / ".." / "shared" / "reports"


@pytest.mark.skipif(not REPORTS.is_dir(), reason="../shared/reports is not here")
def test_the_three_real_reports_lose_nothing():
    """Each keeps its lines, but for one line that a converter broke inside a sentence and its [bookmark: …] traces."""
    joined = {}
    for path in sorted(REPORTS.glob("*.txt")):
        source = path.read_text("utf-8")
        lines = [
            " ".join(line.replace("[bookmark: _GoBack]", "").split()) for line in source.split("\n") if line.strip()
        ]
        found = clean(read(path.read_bytes(), path.name)).text.split("\n")
        assert "".join(found) == "".join(lines)
        joined[path.name[:3]] = len(lines) - len(found)
    assert joined == {"000": 1, "002": 0, "004": 0}
