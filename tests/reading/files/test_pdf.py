"""Paragraphs out of the lines of a page: what a line break, an indent, a page's end and a running head mean."""

import io

import pytest

from annual_reports import text
from annual_reports.files import PDF, Limits, Unreadable, read

LEFT, SIZE, PITCH, COLUMNS = 90, 16, 28, 26  # points; Chinese signs to a line


def page(*paragraphs, top=700, indent=2):
    """Lines of ``COLUMNS`` signs, broken as a typesetter does, without kinsoku; a paragraph's first line is indented."""
    lines, y = [], top
    for words in paragraphs:
        rest, first = words, True
        while rest:
            room = COLUMNS - (indent if first else 0)
            lines.append((LEFT + (indent * SIZE if first else 0), y, SIZE, rest[:room]))
            rest, first, y = rest[room:], False, y - PITCH
    return lines


LONG = "我镇深入学习贯彻习近平法治思想，召开党委会专题研究法治建设工作五次，组织干部职工开展法律知识培训九期，各项工作取得新成效。"
MORE = "加强宣传阵地建设，全年共开展普法宣传活动一百三十六场次，发放各类宣传资料，解答群众法律咨询，受教育群众满意度持续提升。"


def texts(data, limits=None):
    document = read(data, "a.pdf", limits=limits) if limits else read(data, "a.pdf")
    return [block.text for block in document.blocks]


def test_lines_of_a_paragraph_are_joined(pdf_file):
    document = read(pdf_file(page("一、主要举措", LONG, MORE)), "a.pdf")
    assert [block.text for block in document.blocks] == ["一、主要举措", LONG, MORE]
    assert {(block.place, block.kind) for block in document.blocks} == {("第1页", "paragraph")}
    assert (document.media_type, document.encoding) == (PDF, None)


def test_paragraphs_without_indent_end_where_a_word_would_have_fitted(pdf_file):
    assert texts(pdf_file(page("一、主要举措", LONG, MORE, indent=0))) == ["一、主要举措", LONG, MORE]


def test_a_short_line_before_a_long_word_was_wrapped(pdf_file):
    lines = [
        (LEFT, 700, SIZE, "甲" * 26), (LEFT, 672, SIZE, "乙" * 23), (LEFT, 644, SIZE, "2136.50万元，"), (LEFT, 600, SIZE, "丙" * 26),
        (LEFT, 572, SIZE, "丁。"),
    ]  # fmt: skip
    assert texts(pdf_file(lines)) == ["甲" * 26 + "乙" * 23 + "2136.50万元，", "丙" * 26 + "丁。"]


def test_a_heading_mark_begins_a_paragraph(pdf_file):
    full = "甲" * 25 + "。"
    lines = [(LEFT, 700, SIZE, full), (LEFT, 672, SIZE, "（二）" + "乙" * 23), (LEFT, 644, SIZE, "3.丙")]
    assert texts(pdf_file(lines)) == [full, "（二）" + "乙" * 23, "3.丙"]


def test_a_title_over_two_lines_is_one_block(pdf_file):
    title = [(90, 760, 22, "青禾镇人民政府关于法治政府建设情况的"), (260, 725, 22, "报告")]
    assert texts(pdf_file(title + page("县委：", LONG, MORE)))[:2] == [
        "青禾镇人民政府关于法治政府建设情况的报告",
        "县委：",
    ]


def test_a_paragraph_over_two_pages_keeps_both_places(pdf_file):
    first, second = LONG[: 24 + 26], LONG[24 + 26 :]
    next_page = [(LEFT, 700, SIZE, second), *page(LONG, MORE, top=672)]  # its first line is not indented
    document = read(pdf_file(page("一、主要举措", MORE, first), next_page), "a.pdf")
    assert [(block.text, block.place, block.continues) for block in document.blocks] == [
        ("一、主要举措", "第1页", False),
        (MORE, "第1页", False),
        (first, "第1页", False),
        (second, "第2页", True),
        (LONG, "第2页", False),
        (MORE, "第2页", False),
    ]
    cleaned = text.clean(document)
    assert cleaned.text.split("\n")[2] == first + second
    assert cleaned.place(cleaned.text.index(first) + 49) == "第1页"
    assert cleaned.place(cleaned.text.index(first) + 50) == "第2页"


def test_an_indented_line_on_a_new_page_begins_a_paragraph(pdf_file):
    full = "甲" * 24 + "乙" * 25 + "。"
    document = read(pdf_file(page(LONG, full), page(MORE, LONG)), "a.pdf")
    assert [block.continues for block in document.blocks] == [False] * 4


@pytest.mark.parametrize(
    "numbers",
    [("— 1 —", "— 2 —", "— 3 —"), ("-1-", "-2-", "-3-"), ("1", "2", "3"), ("第1页 共3页", "第2页 共3页", "第3页 共3页"), ("1/3", "2/3", "3/3"),
     ("第 一 页", "第 二 页", "第 三 页"), ("Page 1 of 3", "Page 2 of 3", "Page 3 of 3")],
)  # fmt: skip
def test_page_numbers_and_running_heads_go(pdf_file, numbers):
    bodies = [(LONG, MORE), (MORE, LONG), ("甲" * 60 + "。", "乙" * 70 + "。")]
    pages = [
        [(90, 800, 10, "青禾镇人民政府文件"), *page(*body), (280, 40, 12, number)]
        for body, number in zip(bodies, numbers, strict=True)
    ]
    pages[0].insert(1, (200, 760, 22, "青禾镇工作报告"))
    assert texts(pdf_file(*pages)) == ["青禾镇工作报告", *(words for body in bodies for words in body)]


def test_a_number_in_the_text_is_no_page_number(pdf_file):
    lines = [*page(LONG), (LEFT, 400, SIZE, "152"), (LEFT, 300, SIZE, "件。")]
    assert texts(pdf_file(lines)) == [LONG, "152", "件。"]


def test_rows_of_a_table_come_line_by_line(pdf_file):
    lines = [(90, 700, 12, "项目"), (300, 700, 12, "数量"), (90, 670, 12, "调解"), (300, 671, 12, "148件")]
    assert texts(pdf_file(lines)) == ["项目  数量", "调解  148件"]


def test_spaces_that_word_draws_between_chinese_and_digits_go(pdf_file):
    lines = [
        (90, 700, 16, "召开"),
        (90 + 36, 700, 16, "5"),
        (90 + 36 + 12, 700, 16, "次，"),
        (300, 700, 16, "共 APP two 项"),
    ]
    assert texts(pdf_file(lines)) == ["召开5次，  共 APP two 项"]  # printed spaces are half a sign wide


def test_latin_words_keep_their_space_across_lines(pdf_file):
    lines = [
        (LEFT, 700, SIZE, "甲" * 20 + "by"),
        (LEFT, 672, SIZE, "application" + "乙" * 20),
        (LEFT, 644, SIZE, "丙" * 26),
        (LEFT, 616, SIZE, "丁"),
    ]
    assert texts(pdf_file(lines)) == ["甲" * 20 + "by application" + "乙" * 20 + "丙" * 26 + "丁"]


def refusal(data, limits=None):
    with pytest.raises(Unreadable) as refused:
        texts(data, limits)
    return refused.value.code, refused.value.reason


def test_what_cannot_be_read_says_why(pdf_file):
    assert refusal(pdf_file(page(LONG))[:-300])[0] in ("damaged", "empty")
    assert refusal(b"%PDF-1.7\nnothing") == ("damaged", "PDF 文件不完整或已损坏；请重新下载或导出")
    code, reason = refusal(pdf_file(page(LONG), page(LONG)), Limits(pages=1))
    assert (code, "2 页，超过上限 1 页" in reason) == ("too_large", True)
    assert refusal(pdf_file(page(LONG)), Limits(characters=20))[0] == "too_large"
    assert refusal(pdf_file([]))[0] == "empty"
    assert refusal(pdf_file([(90, 700, 12, "\ue001\ue002\ue003\ue004甲")]))[0] == "undecodable"


def test_a_scan_and_a_locked_file():
    import fpdf
    from PIL import Image

    scan = fpdf.FPDF()
    scan.add_page()
    scan.image(Image.new("L", (200, 200), 128), 0, 0, 200)
    code, reason = refusal(bytes(scan.output()))
    assert (code, "扫描件" in reason, "OCR" in reason) == ("unsupported", True, True)
    locked = fpdf.FPDF()
    locked.add_page()
    locked.set_font("Helvetica")
    locked.cell(text="Report 2024")
    locked.set_encryption(owner_password="a", user_password="b")
    code, reason = refusal(bytes(locked.output()))
    assert (code, "密码" in reason) == ("unsupported", True)
    readable = fpdf.FPDF()
    readable.add_page()
    readable.set_font("Helvetica")
    readable.cell(text="Report 2024")
    readable.set_encryption(owner_password="a", user_password="")
    assert texts(bytes(readable.output())) == ["Report 2024"]  # locked against changes only


@pytest.mark.slow
def test_a_report_printed_by_libreoffice_reads_like_its_source(office):
    """Word file → PDF → text, sentence by sentence as written; title, headings, indents, digits and Latin words in it."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    source = ["青禾镇人民政府关于2024年度法治政府建设工作情况的报告"]
    for part in "一二三":
        source += [f"{part}、第{part}部分的主要举措和成效"]
        for mark in "一二三":
            source += [f"（{mark}）加强LED屏和APP宣传。全年开展活动136场次，发放资料12000余份，受教育群众1.2万人次。" + LONG, MORE + "满意度达98.5%，"
                       "比上年提高1.2个百分点，其中Media宣传3次。"]  # fmt: skip
    made = docx.Document()
    made.styles["Normal"].font.name = "Noto Serif CJK SC"
    for number, words in enumerate(source):
        paragraph = made.add_paragraph()
        paragraph.add_run(words).font.size = Pt(22 if number == 0 else 16)
        if number == 0:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        else:
            paragraph.paragraph_format.first_line_indent = Pt(32)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    made.sections[0].header.paragraphs[0].text = "青禾镇人民政府文件"
    buffer = io.BytesIO()
    made.save(buffer)
    cleaned = text.clean(read(office(buffer.getvalue(), "docx", "pdf"), "a.pdf"))
    assert cleaned.text.split("\n") == source
    assert cleaned.place(len(cleaned.text) - 1) != "第1页"
