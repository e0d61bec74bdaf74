"""Word documents (.docx): paragraphs, table cells and notes in document order, as Word shows them.

Knows what of the XML is visible text: automatic numbers (numbering.py), insertions, field results, text boxes (once);
and what is not: deletions, moved-away text, field codes, hidden text, headers and footers. Leaves cleaning to
annual_reports.text. python-docx and its kin lose the numbering of Chinese lists, so the XML is read directly.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from annual_reports.files import html
from annual_reports.files.detect import detect
from annual_reports.files.document import DOCX, HTML, Block, Document, Kind, Limits, Unreadable, raised
from annual_reports.files.numbering import Numbering
from annual_reports.files.wordml import Package, Style, Styles, W, attribute, number, on

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_REFERENCE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_HEADING = re.compile("(?:heading|标题) ?([1-9])", re.I)

_P, _TBL, _TR, _TC, _R = W + "p", W + "tbl", W + "tr", W + "tc", W + "r"
_BOX = W + "txbxContent"
_REMOVED = frozenset(
    W + name
    for name in (
        *("del", "moveFrom", "delText", "delInstrText", "instrText", "rt", "object"),
        *("pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr"),
    )
)
_DRAWN = frozenset((W + "drawing", W + "pict"))
_SIGNS = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
    W + "softHyphen": "",
}


def read(data: bytes, limits: Limits) -> Document:
    """The visible text of a .docx. Raises Unreadable: damaged, bomb, unsupported, too_large, empty."""
    package = Package(data, limits)
    kinds = dict(package.relations("").values())
    main = kinds.get("officeDocument", "word/document.xml")
    root = package.xml(main)
    body = root.find(W + "body") if root is not None else None
    if body is None:
        raise Unreadable("damaged", f"docx 里没有正文部件 {main}；请重新下载或导出")
    relations = package.relations(main)
    related = dict(relations.values())
    styles = Styles(package.xml(related.get("styles", "word/styles.xml")))
    numbering = Numbering(package.xml(related.get("numbering", "word/numbering.xml")), styles.numbers())
    walk = _Walk(styles, numbering, limits, lambda reference: package.bytes(relations.get(reference, ("", ""))[1]))
    walk.story(body)
    for kind, name in (("footnotes", "脚注"), ("endnotes", "尾注")):
        notes = package.xml(related.get(kind, f"word/{kind}.xml"))
        if notes is not None:
            walk.notes(notes, name)
    if not any(block.text.strip() for block in walk.blocks):
        raise Unreadable("empty", "文档里没有文字（可能只有图片）；如是扫描件，请先做文字识别（OCR）再放入")
    return Document(DOCX, None, tuple(walk.blocks), title_hint=_title(package, kinds.get("core-properties")))


def _title(package: Package, part: str | None) -> str | None:
    root = package.xml(part) if part else None
    title = root.findtext("{http://purl.org/dc/elements/1.1/}title") if root is not None else None
    return (title or "").strip() or None


@dataclass(slots=True)
class _Paragraph:
    """What a paragraph's properties come to after its styles."""

    number_id: str | None
    level: int
    outline: int | None
    hidden: bool
    title: bool
    contents: bool  # a line of a table of contents: it repeats the headings
    mark_removed: bool


class _Walk:
    """One pass through the document, gathering blocks; the numbering counts along."""

    def __init__(
        self, styles: Styles, numbering: Numbering, limits: Limits, chunks: Callable[[str], bytes | None]
    ) -> None:
        """``chunks`` gives the bytes of a part that the text refers to by a relation's id."""
        self.blocks: list[Block] = []
        self._chunks = chunks
        self._limits = limits
        self._styles = styles
        self._numbering = numbering
        self._left = limits.characters
        self._paragraphs = 0
        self._tables = 0
        self._carried = ""  # text whose paragraph mark was deleted: it runs into the next paragraph
        self._fields: list[bool] = []  # for each open field, whether its result has begun

    def story(self, node: etree._Element, kind: Kind = "paragraph", place: str = "") -> None:
        """A body, cell, note or text box: text carried over from a deleted paragraph mark ends with it."""
        self._blocks_of(node, kind, place)
        if self._carried.strip():
            self.blocks.append(Block(self._carried, kind, place=place or f"第{self._paragraphs}段"))
        self._carried = ""

    def _blocks_of(self, node: etree._Element, kind: Kind, place: str) -> None:
        """Everything that stands in ``node``: paragraphs, tables, and what content controls wrap."""
        for child in _visible(node):
            if child.tag == _P:
                self._paragraph(child, kind, place)
            elif child.tag == _TBL:
                self._table(child, kind, place)
            elif child.tag == W + "altChunk":
                self._chunk(child.get(_REFERENCE, ""))
            elif child.tag not in _REMOVED:
                self._blocks_of(child, kind, place)

    def _chunk(self, reference: str) -> None:
        """A page kept whole inside the document, as web editors write it (§17.17.2.1); others are passed over."""
        data = self._chunks(reference)
        if data is not None and detect(data, "chunk.html") == HTML:
            page = html.read(data, self._limits)
            self.blocks.extend(block._replace(place=f"嵌入网页{block.place}") for block in page.blocks)

    def notes(self, root: etree._Element, name: str) -> None:
        """Foot- or endnotes after the text; separators are no notes."""
        count = 0
        for note in root:
            if attribute(note, "type") in (None, "normal"):
                count += 1
                self.story(note, "paragraph", f"{name}{count}")

    def _table(self, table: etree._Element, kind: Kind, place: str) -> None:
        self._tables += 1
        name = f"{place}表{self._tables}"
        rows = [row for row in _rows(table) if row.find(f"{W}trPr/{W}del") is None]
        layout = all(len(list(_cells(row))) == 1 for row in rows)  # a frame round text, not a table of values
        for row_number, row in enumerate(rows, 1):
            column = 1
            for cell in _cells(row):
                self.story(cell, kind if layout else "cell", f"{name}第{row_number}行第{column}列")
                column += number(attribute(cell.find(f"{W}tcPr/{W}gridSpan"), "val"), 1)

    def _paragraph(self, node: etree._Element, kind: Kind, place: str) -> None:
        properties = self._properties(node)
        boxes: list[etree._Element] = []
        parts: list[str] = []
        self._text(node, parts, boxes, properties.hidden)
        text = self._carried + "".join(parts)
        self._carried = text if properties.mark_removed else ""
        if not properties.mark_removed and not properties.contents:
            self._finish(text, properties, kind, place)
        for box in boxes:
            self.story(box, "paragraph", f"第{self._paragraphs}段文本框")

    def _finish(self, text: str, properties: _Paragraph, kind: Kind, place: str) -> None:
        shown = not properties.hidden or bool(text.strip())
        marker = ""
        if properties.number_id not in (None, "0") and shown:
            marker = self._numbering.next(properties.number_id or "", properties.level, text.lstrip())
        if len(self.blocks) >= self._limits.blocks:
            raise Unreadable("too_large", f"文档的段落超过上限 {self._limits.blocks}；请拆分后再放入")
        if not text.strip():
            self.blocks.append(Block("", kind, place=place))
            return
        self._left -= len(text)
        if self._left < 0:
            raise Unreadable("too_large", "文档的文字超过字符数上限；请拆分后再放入")
        if not place:
            self._paragraphs += 1
            place = f"第{self._paragraphs}段"
        heading = kind == "paragraph" and (properties.outline is not None or properties.title)
        self.blocks.append(
            Block(
                marker + (text.lstrip() if marker else text),
                "heading" if heading else kind,
                properties.outline if heading else None,
                bool(marker),
                place,
            )
        )

    def _properties(self, node: etree._Element) -> _Paragraph:
        own = node.find(W + "pPr")
        chain = self._styles.chain(attribute(own.find(W + "pStyle"), "val") or "") if own is not None else []
        chain = chain or self._styles.chain(self._styles.default)
        number_id, level = self._list_place(own.find(W + "numPr") if own is not None else None, chain)
        outline = number(attribute(own.find(W + "outlineLvl"), "val"), -1) if own is not None else -1
        if outline < 0:
            outline = _outline(chain)
        mark = own.find(W + "rPr") if own is not None else None
        removed = mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None)
        name = chain[0][1].name.lower() if chain else ""
        inherited = next((style.hidden for _, style in chain if style.hidden is not None), False)
        vanish = mark.find(W + "vanish") if mark is not None else None
        return _Paragraph(
            number_id,
            level,
            outline + 1 if 0 <= outline <= 8 else None,
            inherited or on(vanish),
            name in ("title", "标题"),
            name.startswith(("toc ", "目录")),
            removed,
        )

    def _list_place(self, own: etree._Element | None, chain: list[tuple[str, Style]]) -> tuple[str | None, int]:
        """List and level: the paragraph's own word first, then its style's. A style's level is the one that names it by
        w:pStyle; its w:ilvl counts where no level does (§17.9.23)."""
        own_id = attribute(own.find(W + "numId"), "val") if own is not None else None
        own_level = attribute(own.find(W + "ilvl"), "val") if own is not None else None
        if own_id is not None:
            return own_id, number(own_level, 0)
        number_id = next((style.number_id for _, style in chain if style.number_id is not None), None)
        if number_id is None:
            return None, 0
        if own_level is not None:
            return number_id, number(own_level, 0)
        for identifier, style in chain:
            linked = self._numbering.level_of_style(number_id, identifier)
            if linked is not None:
                return number_id, linked
            if style.level is not None:
                return number_id, style.level
        return number_id, 0

    def _text(self, node: etree._Element, parts: list[str], boxes: list[etree._Element], hidden: bool) -> None:
        """Appends the visible text below ``node``; text boxes are set aside, they are blocks of their own."""
        for child in _visible(node):
            tag = child.tag
            if tag == _R:
                self._run(child, parts, boxes, hidden)
            elif tag in _DRAWN:
                boxes.extend(_boxes(child))
            elif tag == _MATH + "t":
                parts.append(child.text or "")
            elif tag not in _REMOVED:
                self._text(child, parts, boxes, hidden)

    def _run(self, run: etree._Element, parts: list[str], boxes: list[etree._Element], hidden: bool) -> None:
        silent = self._is_hidden(run, hidden)
        superscript = attribute(run.find(f"{W}rPr/{W}vertAlign"), "val") == "superscript"
        for child in _visible(run):
            tag = child.tag
            if tag == W + "fldChar":
                self._field(attribute(child, "fldCharType"))
            elif silent or tag in _REMOVED or not all(self._fields):
                continue  # hidden, or between a field's begin and its separate: the instruction
            elif tag == W + "t":
                parts.append(raised(child.text or "") if superscript else child.text or "")
            elif tag in _SIGNS:
                parts.append(_SIGNS[tag])
            elif tag in _DRAWN:
                boxes.extend(_boxes(child))
            elif len(child):
                self._text(child, parts, boxes, hidden)  # a ruby's base; its reading is in w:rt

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _is_hidden(self, run: etree._Element, hidden: bool) -> bool:
        properties = run.find(W + "rPr")
        if properties is None:
            return False if not hidden else self._inherits_hiding(run)
        vanish = properties.find(W + "vanish")
        if vanish is not None:
            return on(vanish)
        chain = self._styles.chain(attribute(properties.find(W + "rStyle"), "val") or "")
        said = next((style.hidden for _, style in chain if style.hidden is not None), None)
        return self._inherits_hiding(run) if said is None and hidden else bool(said)

    def _inherits_hiding(self, run: etree._Element) -> bool:
        """A hidden paragraph *mark* does not hide the runs before it; a paragraph style that hides does."""
        paragraph = next(run.iterancestors(_P), None)
        style = attribute(paragraph.find(f"{W}pPr/{W}pStyle"), "val") if paragraph is not None else None
        chain = self._styles.chain(style or self._styles.default)
        return bool(next((s.hidden for _, s in chain if s.hidden is not None), False))


def _outline(chain: list[tuple[str, Style]]) -> int:
    """Outline level of a style, 0-based; -1 for none. Heading styles without one are known by their name."""
    for _, style in chain:
        if style.outline is not None:
            return style.outline
        found = _HEADING.fullmatch(style.name)
        if found:
            return int(found[1]) - 1
    return -1


def _visible(node: etree._Element) -> list[etree._Element]:
    """Children, with mc:AlternateContent replaced by its first Choice (both branches hold the same text box)."""
    if node.find(_MC + "AlternateContent") is None:
        return list(node)
    children: list[etree._Element] = []
    for child in node:
        if child.tag == _MC + "AlternateContent":
            branch = child.find(_MC + "Choice")
            branch = branch if branch is not None else child.find(_MC + "Fallback")
            children.extend(_visible(branch) if branch is not None else ())
        else:
            children.append(child)
    return children


def _boxes(drawing: etree._Element) -> list[etree._Element]:
    """The outermost text boxes of a drawing, a Fallback inside it left out."""
    found: list[etree._Element] = []
    for child in _visible(drawing):
        if child.tag == _BOX:
            found.append(child)
        else:
            found.extend(_boxes(child))
    return found


def _rows(node: etree._Element) -> list[etree._Element]:
    return _wrapped(node, _TR)


def _cells(node: etree._Element) -> list[etree._Element]:
    return _wrapped(node, _TC)


def _wrapped(node: etree._Element, tag: str) -> list[etree._Element]:
    """Rows of a table or cells of a row, also those inside content controls and tracked insertions."""
    found: list[etree._Element] = []
    for child in _visible(node):
        if child.tag == tag:
            found.append(child)
        elif child.tag not in _REMOVED and child.tag not in (_P, _TBL):
            found.extend(_wrapped(child, tag))
    return found
