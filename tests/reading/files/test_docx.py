"""What of a Word file is visible text, in which order, and where it stands."""

import io
import zipfile

import pytest

from annual_reports.files import DOCX, Limits, Unreadable, read


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(*inner, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(inner)}</w:p>"


def texts(data, name="a.docx"):
    return [block.text for block in read(data, name).blocks]


VISIBLE = {
    "runs are joined": (para(run("调解纠纷1"), run("52件")), ["调解纠纷152件"]),
    "tabs, breaks and hyphens": (
        para("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:noBreakHyphen/><w:t>丁</w:t><w:softHyphen/><w:t>戊</w:t></w:r>"),
        ["甲\t乙\n丙-丁戊"],
    ),
    "deletions go, insertions stay": (
        para(run("化解"), '<w:del w:id="1"><w:r><w:delText>61</w:delText></w:r></w:del>', f'<w:ins w:id="2">{run("148")}</w:ins>', run("件")),
        ["化解148件"],
    ),
    "moved text stands once, at its new place": (
        para(f'<w:moveFrom w:id="1">{run("搬走的话")}</w:moveFrom>', run("甲")) + para(f'<w:moveTo w:id="2">{run("搬走的话")}</w:moveTo>'),
        ["甲", "搬走的话"],
    ),
    "a deleted paragraph mark runs two paragraphs together": (
        para(run("前半句，"), properties='<w:rPr><w:del w:id="1"/></w:rPr>') + para(run("后半句。")) + para(run("下一段。")),
        ["前半句，后半句。", "下一段。"],
    ),
    "a field shows its result, not its code": (
        para(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DATE \\@ "yyyy" </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>', run("2024"), '<w:r><w:fldChar w:fldCharType="end"/></w:r>', run("年"),
        ),
        ["2024年"],
    ),
    "a field inside a field's code is code": (
        para(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>', run("暗处"),
            '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>', run("明处"),
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        ),
        ["明处"],
    ),
    "simple fields, links, smart tags and content controls are kept": (
        para(
            f'<w:fldSimple w:instr="PAGE">{run("甲")}</w:fldSimple>', f'<w:hyperlink r:id="x">{run("乙")}</w:hyperlink>',
            f'<w:smartTag w:element="d">{run("丙")}</w:smartTag>', f"<w:sdt><w:sdtPr/><w:sdtContent>{run('丁')}</w:sdtContent></w:sdt>",
        ) + f"<w:sdt><w:sdtContent>{para(run('戊'))}</w:sdtContent></w:sdt>",
        ["甲乙丙丁", "戊"],
    ),
    "hidden text is out, unless switched back on": (
        para(run("甲"), run("藏", "<w:vanish/>"), run("乙", '<w:vanish w:val="0"/>')) + para(run("正文不藏"), properties="<w:rPr><w:vanish/></w:rPr>"),
        ["甲乙", "正文不藏"],
    ),
    "text boxes stand once, after their paragraph": (
        para(
            run("锚"),
            "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>" + para(run("框里：调解148件")) + "</w:txbxContent>"
            "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>" + para(run("框里：调解148件")) + "</w:txbxContent>"
            "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
            run("点"),
        ),
        ["锚点", "框里：调解148件"],
    ),
    "an old text box": (para("<w:r><w:pict><v:textbox><w:txbxContent>" + para(run("框")) + "</w:txbxContent></v:textbox></w:pict></w:r>"), ["", "框"]),
    "of a ruby the base": (
        para("<w:r><w:ruby><w:rt><w:r><w:t>fǎ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>法</w:t></w:r></w:rubyBase></w:ruby></w:r>", run("治")),
        ["法治"],
    ),
    "formulas": (para(run("面积"), "<m:oMath><m:r><m:t>S=12</m:t></m:r></m:oMath>"), ["面积S=12"]),
    "superscript digits do not lengthen a number": (para(run("1200"), run("2", '<w:vertAlign w:val="superscript"/>'), run("份")), ["1200²份"]),
    "symbols of symbol fonts are dropped": (para('<w:r><w:sym w:font="Wingdings" w:char="F06C"/></w:r>', run("甲")), ["甲"]),
}  # fmt: skip


@pytest.mark.parametrize("name", VISIBLE)
def test_visible_text(word_file, name):
    body, expected = VISIBLE[name]
    assert texts(word_file(body)) == expected


def cell(*inner, properties=""):
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(inner)}</w:tc>"


def row(*cells, properties=""):
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def test_tables_stand_in_order_with_row_and_column(word_file):
    table = (
        "<w:tbl>"
        + row(
            cell(para(run("项目"))),
            cell(para(run("数量")), properties='<w:gridSpan w:val="2"/>'),
            cell(para(run("备注"))),
        )
        + row(
            cell(para(run("调解")), para(run("其中行政调解"))),
            cell(para(run("152"))),
            cell(para(run("件"))),
            cell(para()),
        )
        + row(cell(para(run("删去的行"))), cell(para(run("9"))), properties='<w:del w:id="1"/>')
        + "</w:tbl>"
    )
    blocks = read(word_file(para(run("表前")) + table + para(run("表后"))), "a.docx").blocks
    assert [(block.text, block.kind, block.place) for block in blocks if block.text] == [
        ("表前", "paragraph", "第1段"),
        ("项目", "cell", "表1第1行第1列"),
        ("数量", "cell", "表1第1行第2列"),
        ("备注", "cell", "表1第1行第4列"),
        ("调解", "cell", "表1第2行第1列"),
        ("其中行政调解", "cell", "表1第2行第1列"),
        ("152", "cell", "表1第2行第2列"),
        ("件", "cell", "表1第2行第3列"),
        ("表后", "paragraph", "第2段"),
    ]


def test_a_frame_of_one_cell_is_no_table_of_values(word_file):
    table = f"<w:tbl>{row(cell(para(run('一、主要举措')), para(run('开展检查352次。'))))}</w:tbl>"
    blocks = read(word_file(table), "a.docx").blocks
    assert [(block.text, block.kind) for block in blocks] == [
        ("一、主要举措", "paragraph"),
        ("开展检查352次。", "paragraph"),
    ]


def test_headings_titles_and_contents(word_file):
    styles = (
        '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="C"><w:name w:val="toc 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Z"><w:name w:val="标题 3"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Hid"><w:name w:val="x"/><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    body = (
        para(run("报告题目"), properties='<w:pStyle w:val="T"/>')
        + para(run("一、主要举措\t1"), properties='<w:pStyle w:val="C"/>')
        + para(run("一、主要举措"), properties='<w:outlineLvl w:val="0"/>')
        + para(run("三级"), properties='<w:pStyle w:val="Z"/>')
        + para(run("正文级"), properties='<w:outlineLvl w:val="9"/>')
        + para(run("藏在样式里"), run("露出", '<w:vanish w:val="0"/>'), properties='<w:pStyle w:val="Hid"/>')
    )
    blocks = read(word_file(body, styles=styles), "a.docx").blocks
    assert [(block.text, block.kind, block.level) for block in blocks] == [
        ("报告题目", "heading", None),
        ("一、主要举措", "heading", 1),
        ("三级", "heading", 3),
        ("正文级", "paragraph", None),
        ("露出", "paragraph", None),
    ]


def test_notes_follow_the_text_and_headers_stay_out(word_file):
    notes = (
        f'<w:footnote w:type="separator" w:id="-1">{para(run("——"))}</w:footnote>'
        f'<w:footnote w:id="1">{para(run("数据截至11月底。"))}</w:footnote>'
    )
    data = word_file(
        para(run("正文"), '<w:r><w:footnoteReference w:id="1"/></w:r>'),
        footnotes=notes,
        parts={"word/header1.xml": f"<w:hdr>{para(run('页眉'))}</w:hdr>"},
    )
    assert [(block.text, block.place) for block in read(data, "a.docx").blocks] == [
        ("正文", "第1段"),
        ("数据截至11月底。", "脚注1"),
    ]


def test_strict_documents_and_other_names_of_parts(word_file):
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    rels = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    part = f'<w:document xmlns:w="{strict}"><w:body><w:p><w:r><w:t>严格格式</w:t></w:r></w:p></w:body></w:document>'
    root = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="{rels}/officeDocument" Target="/word/正文.xml"/></Relationships>'
    )
    document = read(word_file("", parts={"_rels/.rels": root, "word/正文.xml": part}), "a.docx")
    assert ([block.text for block in document.blocks], document.media_type, document.encoding) == (
        ["严格格式"],
        DOCX,
        None,
    )


def test_a_page_kept_whole_inside_the_document(word_file):
    page = "<html><body><p>一、主要举措，及成效。</p><p>调解纠纷148件，成效明显。</p></body></html>"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="c1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk" Target="chunk.htm"/></Relationships>'
    )
    parts = {"word/_rels/document.xml.rels": relations, "word/chunk.htm": page}
    blocks = read(word_file('<w:altChunk r:id="c1"/><w:altChunk r:id="c2"/>', parts=parts), "a.docx").blocks
    assert [(block.text, block.place) for block in blocks] == [
        ("一、主要举措，及成效。", "嵌入网页第1段"),
        ("调解纠纷148件，成效明显。", "嵌入网页第2段"),
    ]


def repacked(data, **changes):
    source = zipfile.ZipFile(io.BytesIO(data))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, changes.get(name, source.read(name)))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("change", "code", "word"),
    [
        ({"word/document.xml": b"<w:document><w:body>"}, "damaged", "word/document.xml 不是完整的 XML"),
        ({"word/document.xml": b"<a/>"}, "damaged", "没有正文部件"),
        ({"word/document.xml": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'}, "bomb", "实体定义"),
        ({"word/document.xml": b"<a>" * 300 + b"</a>" * 300}, "damaged", "嵌套过深"),
        ({"word/numbering.xml": b"<w:numbering"}, "damaged", "word/numbering.xml"),
    ],
)
def test_damage_inside_is_named(word_file, change, code, word):
    data = repacked(word_file(para(run("甲")), numbering=""), **change)
    with pytest.raises(Unreadable) as refused:
        read(data, "a.docx")
    assert (refused.value.code, word in refused.value.reason) == (code, True)


def test_a_document_of_pictures_is_empty_and_says_what_to_do(word_file):
    with pytest.raises(Unreadable, match="OCR") as refused:
        read(word_file(para("<w:r><w:drawing/></w:r>")), "a.docx")
    assert refused.value.code == "empty"


def test_a_password_inside_the_zip(word_file):
    data = bytearray(word_file(para(run("甲"))))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    with pytest.raises(Unreadable, match="有密码") as refused:
        read(bytes(data), "a.docx")
    assert refused.value.code == "unsupported"


def test_bombs_are_refused_before_they_unpack(word_file):
    with pytest.raises(Unreadable, match="文件只有") as refused:
        read(word_file(para(run("甲")), parts={"word/media/1.bin": bytes(30_000_000)}), "a.docx")
    assert refused.value.code == "bomb"
    with pytest.raises(Unreadable, match="5003 个部件") as refused:
        read(word_file(para(run("甲")), parts={f"word/{n}.bin": b"" for n in range(4999)}), "a.docx")
    assert refused.value.code == "bomb"
    with pytest.raises(Unreadable, match="段落超过上限 20"):
        read(word_file(para(run("甲")) * 30), "a.docx", limits=Limits(blocks=20))


def test_what_python_docx_writes_is_read_in_full():
    import docx

    made = docx.Document()
    made.add_heading("一、主要举措", 1)
    made.add_paragraph("开展检查352次。")
    table = made.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "调解", "148件"
    made.add_paragraph("第一项", style="List Number")
    made.add_paragraph("第二项", style="List Number")
    made.add_paragraph("圆点项", style="List Bullet")
    buffer = io.BytesIO()
    made.save(buffer)
    blocks = read(buffer.getvalue(), "a.docx").blocks
    assert [(block.text, block.kind) for block in blocks] == [
        ("一、主要举措", "heading"), ("开展检查352次。", "paragraph"), ("调解", "cell"), ("148件", "cell"),
        ("1.第一项", "paragraph"), ("2.第二项", "paragraph"), ("圆点项", "paragraph"),
    ]  # fmt: skip


@pytest.mark.slow
def test_what_libreoffice_writes_is_read_in_full(office):
    page = (
        "<html><head><meta charset=utf-8></head><body><h1>一、主要举措</h1><p>开展检查352次。</p><ol><li>第一项</li><li>第二项</li></ol>"
        "<table><tr><td>调解</td><td>148件</td></tr></table><p>全年无复议案件。</p></body></html>"
    )
    blocks = read(office(page.encode(), "html", "docx"), "a.docx").blocks
    assert [(block.text, block.kind) for block in blocks if block.text] == [
        ("一、主要举措", "heading"), ("开展检查352次。", "paragraph"), ("1.第一项", "paragraph"), ("2.第二项", "paragraph"),
        ("调解", "cell"), ("148件", "cell"), ("全年无复议案件。", "paragraph"),
    ]  # fmt: skip
