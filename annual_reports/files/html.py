"""Pages: the lines of text in a page, in reading order, and what the page says of itself.

Knows markup: what breaks a line, what is shown, tables, headings, ordered lists, encodings. Which of the lines are the
report and which the site round it is decided in page.py. The tree is libxml2's (lxml); trafilatura was tried and left
out, because it drops paragraphs by the names of their classes (``<p class="author">``, ``<div class="comment-box">``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from annual_reports.files import page
from annual_reports.files.document import HTML, Block, Document, Kind, Limits, Unreadable, raised
from annual_reports.files.markers import marker
from annual_reports.files.page import Line, Node
from annual_reports.files.plain import decode

_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}encoding=[\"']([\w.:-]{2,40})", re.I
)
_SILENT = frozenset(
    (
        *("head", "script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "svg", "math"),
        *("canvas", "audio", "video", "select", "option", "button", "rt", "rp", "del"),
    )
)
_BLOCK = frozenset(  # what starts and ends a line
    (
        *("html", "body", "article", "aside", "main", "nav", "header", "footer", "section", "div", "p", "pre", "hr"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "center", "address", "details", "summary", "fieldset"),
        *("legend", "figure", "figcaption", "form", "ul", "ol", "li", "menu", "dl", "dt", "dd"),
        *("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"),
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACE = re.compile("[ \t\r\n\f]+")
_BREAK = re.compile(" ?\x00 ?")
_COUNT = "一二三四五六七八九十"
_MARK = f"[{_COUNT}]{{1,3}}、|[（(][{_COUNT}0-9]{{1,3}}[）)]|[0-9]{{1,2}}[.、．](?![0-9])|第[{_COUNT}]+[章节条]"
_NEW_PARAGRAPH = re.compile(f"\n(?=\n|[ \u00a0]{{2}}|\u3000|{_MARK})")
_OWN_MARK = re.compile(f"[\\s\u3000]*(?:{_MARK}|[①-⑳])")
_LIST_STYLE = re.compile(
    r"list-style(?:-type)?\s*:[^;]*?(none|decimal-leading-zero|decimal|cjk-ideographic|simp-chinese-informal"
    "|trad-chinese-informal|lower-roman|upper-roman|lower-alpha|upper-alpha|lower-latin|upper-latin)"
)
_LIST_FORMATS = {
    **{"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"},
    **{"decimal-leading-zero": "decimalZero", "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "none": "none"},
    **dict.fromkeys(("lower-alpha", "lower-latin"), "lowerLetter"),
    **dict.fromkeys(("upper-alpha", "upper-latin"), "upperLetter"),
    **dict.fromkeys(("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal"), "chineseCountingThousand"),
}  # fmt: skip


def read(data: bytes, limits: Limits) -> Document:
    """The report in a page, without the site round it. Raises Unreadable: undecodable, damaged, empty, too_large."""
    text, encoding = decode(data, declared(data))
    if len(text) > limits.characters * 4:  # markup included
        raise Unreadable("too_large", f"网页有 {len(text)} 个字符，超过上限；请只保存正文部分再放入")
    root = _tree(text)
    if root is None:
        raise Unreadable("empty", "网页里没有文字；请在浏览器中打开原网页，确认正文显示后再保存")
    reader = _Reader(limits.characters, limits.blocks)
    lines, nodes = reader.read(root)
    about = page.about(root, lines)
    blocks = tuple(_blocks(page.main_text(lines, nodes, about.title)))
    if not blocks:
        raise Unreadable("empty", "网页里没有正文；如正文由脚本载入，请在浏览器中打开后另存或复制为 .txt 再放入")
    return Document(HTML, encoding, blocks, title_hint=about.title, published=about.published)


def declared(data: bytes) -> str | None:
    """The encoding that the page names in its first 4,096 bytes, None where it names none."""
    found = _META_CHARSET.search(data[:4096])
    return (found[1] or found[2]).decode("ascii") if found else None


def _tree(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, etree.ParserError):
        return None
    if any("xcessive depth" in entry.message for entry in parser.error_log):
        raise Unreadable("damaged", "网页的标签嵌套过深，后面的文字读不到；请在浏览器中打开，复制正文存为 .txt 再放入")
    return root


@dataclass(slots=True)
class _Table:
    """Where the reading stands in a table."""

    name: str
    row: int = 0
    column: int = 0


@dataclass(slots=True)
class _List:
    """An ordered list's counter and format."""

    number: int
    number_format: str


@dataclass(slots=True)
class _Reader:
    """One walk through the tree. ``buffer`` gathers the line being read; ``\\0`` stands for ``<br>``."""

    left: int  # characters
    most: int  # lines
    lines: list[Line] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    linked: int = 0
    links: int = 0
    raised: int = 0
    preformatted: int = 0
    level: int | None = None
    marker: str = ""
    tables: list[_Table] = field(default_factory=list)
    table_count: int = 0
    lists: list[_List | None] = field(default_factory=list)

    def read(self, root: etree._Element) -> tuple[list[Line], list[Node]]:
        """All lines and, for each element that breaks lines, which of them it holds. No recursion: pages nest deep."""
        open_nodes: list[int] = []
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if tag in _SILENT:
                    walk.skip_subtree()
                    continue
                if tag in _BLOCK:
                    self._flush()
                    self.nodes.append(Node(tag, open_nodes[-1] if open_nodes else None, len(self.lines)))
                    open_nodes.append(len(self.nodes) - 1)
                self._open(tag, element)
                self._add(element.text)
            else:
                if tag not in _SILENT:
                    if tag in _BLOCK:
                        self._flush()
                        self.nodes[open_nodes.pop()].end = len(self.lines)
                    self._close(tag, element)
                self._add(element.tail)
        self._flush()
        return self.lines, self.nodes

    def _open(self, tag: str, element: etree._Element) -> None:
        if tag == "br":
            self.buffer.append("\x00")
        elif tag == "a":
            self.links += element.get("href") is not None
        elif tag == "sup":
            self.raised += 1
        elif tag == "pre":
            self.preformatted += 1
        elif tag in _HEADINGS:
            self.level = _HEADINGS[tag]
        elif tag == "table":
            self.table_count += 1
            self.tables.append(_Table(f"表{self.table_count}"))
        elif tag == "tr" and self.tables:
            self.tables[-1].row += 1
            self.tables[-1].column = 0
        elif tag in ("td", "th") and self.tables:
            self.tables[-1].column += 1
        elif tag in ("ol", "ul"):
            self.lists.append(_ordered(element) if tag == "ol" else None)
        elif tag == "li":
            self.marker = self._next_marker(element)

    def _close(self, tag: str, element: etree._Element) -> None:
        if tag == "a":
            self.links -= element.get("href") is not None
        elif tag == "sup":
            self.raised -= 1
        elif tag == "pre":
            self.preformatted -= 1
        elif tag in _HEADINGS:
            self.level = None
        elif tag == "table" and self.tables:
            self.tables.pop()
        elif tag in ("td", "th") and self.tables:
            self.tables[-1].column += min(_number(element.get("colspan"), 1), 100) - 1
        elif tag in ("ol", "ul") and self.lists:
            self.lists.pop()
        elif tag == "li":
            self.marker = ""

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if self.raised:
            text = raised(text)
        if self.preformatted:
            text = text.replace("\r\n", "\n").replace("\n", "\x00")
        self.buffer.append(text)
        if self.links:
            self.linked += len(text.strip())

    def _flush(self) -> None:
        """Ends the line being read."""
        if not self.buffer:
            return
        raw = "".join(self.buffer)
        self.buffer.clear()
        linked, self.linked = self.linked, 0
        if not raw.strip("\x00 \t\r\n\f\u00a0\u3000"):
            return
        text = _BREAK.sub("\n", _SPACE.sub(_collapsed, raw)).strip(" \n")
        self.left -= len(text)
        if self.left < 0 or len(self.lines) >= self.most:
            raise Unreadable("too_large", "网页的文字超过上限（字符数或段落数）；请只保存正文部分再放入")
        table = self.tables[-1] if self.tables else None
        place = f"{table.name}第{table.row}行第{table.column}列" if table and table.row else ""
        numbered = bool(self.marker) and not _OWN_MARK.match(text)
        if numbered:
            text = self.marker + text.lstrip()
        self.marker = ""
        depth = len(self.tables)
        for part in _NEW_PARAGRAPH.split(text):
            if part.strip("\n \u00a0\u3000"):
                share = linked * len(part) // max(1, len(text))
                self.lines.append(Line(part.strip("\n"), share, self.level, numbered, place, depth))
                numbered = False

    def _next_marker(self, element: etree._Element) -> str:
        ordered = self.lists[-1] if self.lists else None
        if ordered is None or ordered.number_format == "none":
            return ""
        ordered.number = _number(element.get("value"), ordered.number)
        text = marker(ordered.number, ordered.number_format)
        ordered.number += 1
        return f"{text}{'、' if ordered.number_format.startswith('chinese') else '. '}"


def _collapsed(found: re.Match[str]) -> str:
    """White space of the source: one space, but none where a line end stands between two Chinese characters."""
    if "\n" not in found[0] and "\r" not in found[0]:
        return " "
    text, start, end = found.string, found.start(), found.end()
    before = text[start - 1] if start else "\x00"
    after = text[end] if end < len(text) else "\x00"
    return " " if before < "\u2e80" and after < "\u2e80" else ""


def _ordered(element: etree._Element) -> _List:
    style = _LIST_STYLE.search(element.get("style") or "")
    name = style[1] if style else (element.get("type") or "1")
    return _List(_number(element.get("start"), 1), _LIST_FORMATS.get(name, "decimal"))


def _number(value: str | None, default: int) -> int:
    text = (value or "").strip()
    return int(text) if text.isdecimal() and len(text) <= 6 else default


def _blocks(lines: list[Line]) -> Iterator[Block]:
    paragraphs = 0
    for line in lines:
        kind: Kind = "cell" if line.cell else "heading" if line.level or line.title else "paragraph"
        if not line.cell:
            paragraphs += 1
        yield Block(
            line.text,
            kind,
            line.level if kind == "heading" and not line.title else None,
            line.numbered,
            line.place if line.cell else f"第{paragraphs}段",
        )
