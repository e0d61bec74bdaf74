"""A report as a Word file, its heading marks as Word's automatic numbers (ECMA-376 Part 1 §17.9), through python-docx.

Variants:
  numbered   one list for all; a new level-1 heading restarts level 2, as Word does by itself
  override   level 2 never restarts by itself (lvlRestart 0); each group is a list of its own with a startOverride
  running    level 2 never restarts and nobody repaired it: the marks go on counting across parents
  edited     numbered; the first table-of-facts paragraph in a text box, and a tracked deletion with its insertion
  print      marks as plain text, running head and page number: what a PDF is printed from
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

FONT = "Noto Serif CJK SC"
MARKS = (
    (0, re.compile(r"[一二三四五六七八九十]+、")),
    (1, re.compile(r"（[一二三四五六七八九十]+）")),
    (2, re.compile(r"\d+\.(?!\d)")),
)
LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))
STAMP = datetime.datetime(2024, 1, 1, 9, 0, 0)
BOX = "▣"  # a source line that begins with it stands in a text box
DELETED = re.compile(r"⟦([^⟧]*)⟧")  # words that were struck out with changes tracked


def document(source: str, variant: str) -> bytes:
    """The .docx for ``source``. Raises ValueError for a variant that is not known."""
    if variant not in ("numbered", "override", "running", "edited", "print"):
        raise ValueError(f"unknown variant {variant!r}")
    made = Document()
    _set_up(made, variant)
    lines = [line for line in source.split("\n") if line.strip()]
    numbering = None if variant == "print" else _Numbering(made, variant)
    signature = len(lines) - 2
    table = None
    for index, line in enumerate(lines):
        if "\t" in line:
            table = _row(made, table, line.split("\t"))
            continue
        table = None
        paragraph = made.add_paragraph()
        if index == 0:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif index >= signature:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        numbered = numbering and 0 < index < signature
        _write(paragraph, numbering.number(paragraph, line) if numbered else line)
    return _fixed(made)


class _Numbering:
    """Numbers paragraphs by the marks that their text begins with, and takes the marks off the text."""

    def __init__(self, made: Document, variant: str) -> None:
        self._part = made.part.numbering_part.element
        self._variant = variant
        self._num = 0
        restart = '<w:lvlRestart w:val="0"/>' if variant in ("override", "running") else ""
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{restart if level == 1 else ""}'
            f'<w:suff w:val="nothing"/><w:lvlText w:val="{shown}"/><w:lvlJc w:val="left"/></w:lvl>'
            for level, (form, shown) in enumerate(LEVELS)
        )
        abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>{levels}'
        self._part.insert(0, parse_xml(f"{abstract}</w:abstractNum>"))
        self._plain = self._list("")

    def _list(self, overrides: str) -> int:
        self._num += 1
        number = 900 + self._num
        xml = f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="90"/>{overrides}</w:num>'
        self._part.append(parse_xml(xml))
        return number

    def number(self, paragraph, line: str) -> str:
        level, mark = next(((level, mark) for level, form in MARKS if (mark := form.match(line))), (None, None))
        if mark is None:
            return line
        number = self._plain
        if self._variant == "override" and level == 1:
            if mark[0] == "（一）":
                restart = '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="1"/></w:lvlOverride>'
                self._group = self._list(restart)
            number = self._group
        properties = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
        paragraph._p.get_or_add_pPr().append(parse_xml(properties))
        return line[mark.end() :].lstrip()


def _set_up(made: Document, variant: str) -> None:
    style = made.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    core = made.core_properties
    core.author, core.title, core.last_modified_by, core.comments = "", "", "", ""
    core.created = core.modified = STAMP
    if variant == "print":
        section = made.sections[0]
        section.header.paragraphs[0].text = "法治政府建设年度报告"
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        field = f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        footer.add_run("— ")
        footer._p.append(parse_xml(field))
        footer.add_run(" —")


def _write(paragraph, line: str) -> None:
    if line.startswith(BOX):
        paragraph._p.append(parse_xml(_box(line[len(BOX) :])))
        return
    for index, piece in enumerate(DELETED.split(line)):
        if index % 2:
            run = f'<w:r><w:delText xml:space="preserve">{piece}</w:delText></w:r>'
            by = 'w:id="7" w:author="校对" w:date="2024-01-01T09:00:00Z"'
            paragraph._p.append(parse_xml(f"<w:del {nsdecls('w')} {by}>{run}</w:del>"))
        elif piece:
            paragraph.add_run(piece)


def _box(text: str) -> str:
    """A run with a text box, in both forms that Word writes: DrawingML, and VML for older programs."""
    inside = f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    names = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    shape = (
        '<wp:inline><wp:extent cx="5270500" cy="900000"/><wp:docPr id="1" name="文本框 1"/><a:graphic>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="5270500" cy="900000"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx>{inside}</wps:txbx><wps:bodyPr/>'
        "</wps:wsp></a:graphicData></a:graphic></wp:inline>"
    )
    fallback = f'<w:pict><v:shape style="width:415pt;height:71pt"><v:textbox>{inside}</v:textbox></v:shape></w:pict>'
    return (
        f'<w:r {names}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{shape}</w:drawing></mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def _row(made: Document, table, cells: list[str]):
    if table is None:
        table = made.add_table(rows=0, cols=len(cells), style="Table Grid")
    for cell, text in zip(table.add_row().cells, cells, strict=True):
        cell.text = text
    return table


def _fixed(made: Document) -> bytes:
    """The package with every part dated alike, so that the same text gives the same bytes."""
    written = io.BytesIO()
    made.save(written)
    fixed = io.BytesIO()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as package:
        for name in parts.namelist():
            package.writestr(zipfile.ZipInfo(name, STAMP.timetuple()[:6]), parts.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
