"""PDF files with a text layer: paragraphs put together again from the lines of the pages.

Knows the geometry of a page of Chinese prose: margins, indents, page numbers, running heads. A paragraph that a page
ends inside gives a block per page, the second marked as continuing, so that places stay true. Two columns are not taken
apart, tables come row by row.
PDFium is not safe for threads, so one file is read at a time in a process; processes read side by side.
"""

from __future__ import annotations

import ctypes
import re
import statistics
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from annual_reports.files.document import PDF, Block, Document, Limits, Unreadable

_ONE_AT_A_TIME = threading.Lock()
_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD
_UNSUPPORTED_SECURITY = 5  # FPDF_ERR_SECURITY
_PAGE_NUMBER = re.compile(
    r"[\s—–―－\-_·•~]*(?:第\s*)?(?:page\s*)?(?:\d{1,4}|[一二三四五六七八九十]{1,3})(?:\s*页)?"
    r"(?:\s*[/／,，\-]?\s*(?:of|共)?\s*\d{1,4}\s*页?)?[\s—–―－\-_·•~]*",
    re.I,
)
_COUNT = "一二三四五六七八九十"
_MARK = re.compile(
    f"[{_COUNT}]{{1,3}}、|[（(][{_COUNT}0-9]{{1,3}}[）)]|[0-9]{{1,2}}[.、．](?![0-9])|第[{_COUNT}]+[章节条]"
)
_FIRST_WORD = re.compile(  # what a line break does not part: a word with the signs round it, digits behind a 。
    "[“‘（《〈【「『(]*(?:[A-Za-z0-9.,%％/-]+|.)(?:[，。；：、！？）》〉】」』”’,.;:!?)%％]+[A-Za-z0-9.%]*)?"
)
_SINGLE_SPACE = re.compile(r"(?<=\S) (?=\S)")
_COLUMNS = "  "  # between the cells of a row
_WORD_END = re.compile("[A-Za-z0-9]$")
_WORD = re.compile("[A-Za-z]")
_CODELESS = re.compile("[\x00-\x08\x0e-\x1f\ue000-\uf8ff\ufffd]")
_END = re.compile("[。！？；：:;…][”’」』）)】]*$")


@dataclass(slots=True)
class _Line:
    """A printed line with its box in points; ``size`` is the height of its characters."""

    text: str
    left: float
    right: float
    bottom: float
    top: float

    @property
    def size(self) -> float:
        return max(self.top - self.bottom, 1.0)

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def read(data: bytes, limits: Limits) -> Document:
    """The text of a PDF. Raises Unreadable: damaged, unsupported (password, scan), undecodable, too_large, empty."""
    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise _refusal(error) from error
        try:
            title = document.get_metadata_value("Title").strip() or None
            pages = _pages(document, limits)
        finally:
            document.close()
    _refuse_codeless(pages)
    _drop_running_lines(pages)
    if not any(pages):
        raise Unreadable("empty", "PDF 里除页码外没有文字；请确认原文件")
    return Document(PDF, None, tuple(_paragraphs(pages)), title_hint=title)


def _refusal(error: pypdfium2.PdfiumError) -> Unreadable:
    if error.err_code in (_WRONG_PASSWORD, _UNSUPPORTED_SECURITY):
        return Unreadable("unsupported", "PDF 有打开密码；请解除密码后重新导出再放入")
    return Unreadable("damaged", "PDF 文件不完整或已损坏；请重新下载或导出")


def _pages(document: pypdfium2.PdfDocument, limits: Limits) -> list[list[_Line]]:
    count = len(document)
    if count == 0:
        raise Unreadable("damaged", "PDF 里没有页面；请重新下载或导出")
    if count > limits.pages:
        raise Unreadable("too_large", f"PDF 有 {count} 页，超过上限 {limits.pages} 页；请只保留报告部分再放入")
    pages: list[list[_Line]] = []
    images = 0
    left = limits.characters
    for number in range(count):
        try:
            page = document[number]
        except pypdfium2.PdfiumError as error:
            raise Unreadable("damaged", f"PDF 第 {number + 1} 页已损坏；请重新下载或导出") from error
        try:
            lines = _lines(page)
            images += not lines and any(o.type == pdfium.FPDF_PAGEOBJ_IMAGE for o in page.get_objects(max_depth=2))
        finally:
            page.close()
        left -= sum(len(line.text) for line in lines)
        if left < 0:
            raise Unreadable("too_large", "PDF 的文字超过字符数上限；请拆分后再放入")
        pages.append(lines)
    if images * 2 >= count:
        raise Unreadable(
            "unsupported", "这是扫描件（图片），没有文字层；请先做文字识别（OCR），校对后存为 .docx 或 .txt 再放入"
        )
    if not any(pages):
        raise Unreadable("empty", "PDF 里没有文字；如文字已转为曲线，请用原文件导出，或先做文字识别（OCR）")
    return pages


def _lines(page: pypdfium2.PdfPage) -> list[_Line]:
    """The lines of a page from top to bottom; pieces at one height stand in one line, as in the rows of a table."""
    textpage = page.get_textpage()
    try:
        text = _text(textpage)
        found = [line for start, end in _spans(text) if (line := _line(textpage, text, start, end))]
    finally:
        textpage.close()
    if page.get_rotation():
        return found  # boxes are those of the unrotated page: keep PDFium's order
    found.sort(key=lambda line: -line.middle)
    lines: list[_Line] = []
    for line in found:
        if lines and abs(lines[-1].middle - line.middle) < 0.4 * min(lines[-1].size, line.size):
            lines[-1] = _beside(lines[-1], line)
        else:
            lines.append(line)
    return lines


def _text(textpage: pypdfium2.PdfTextPage) -> str:
    """One character per PDFium character, so that its index finds its box."""
    count = textpage.count_chars()
    text = textpage.get_text_range() if count else ""
    return text if len(text) == count else "".join(chr(pdfium.FPDFText_GetUnicode(textpage, i)) for i in range(count))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in re.finditer(r"[^\r\n]*[^\s\r\n\x00]", text))


def _line(textpage: pypdfium2.PdfTextPage, text: str, start: int, end: int) -> _Line | None:
    start += len(text[start:end]) - len(text[start:end].lstrip())
    first, last = _box(textpage, start), _box(textpage, end - 1)
    if first is None or last is None:
        return None
    words = _closed_up(textpage, text, start, end, max(first[3] - first[1], 1.0))
    return _Line(words, first[0], last[2], min(first[1], last[1]), max(first[3], last[3]))


def _closed_up(textpage: pypdfium2.PdfTextPage, text: str, start: int, end: int, size: float) -> str:
    """The line with its spaces as wide as they look: none where Word only keeps Chinese off digits (召开 5 次: narrower
    than 0.4 of a sign), two where columns are parted (wider than a sign and a half)."""
    parts: list[str] = []
    at = start
    for found in _SINGLE_SPACE.finditer(text, start, end):
        space = found.start()
        before, after = _box(textpage, space - 1), _box(textpage, space + 1)
        gap = (after[0] - before[2]) / size if before and after else 1.0
        if gap > 1.5:
            parts.append(text[at:space] + _COLUMNS)
            at = space + 1
        elif gap < 0.4 and (text[space - 1] >= "\u2e80" or text[space + 1] >= "\u2e80"):
            parts.append(text[at:space])
            at = space + 1
    parts.append(text[at:end])
    return "".join(parts)


def _box(textpage: pypdfium2.PdfTextPage, index: int) -> tuple[float, float, float, float] | None:
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(box)):
        return None
    return box.left, box.bottom, box.right, box.top


def _beside(one: _Line, other: _Line) -> _Line:
    first, second = sorted((one, other), key=lambda line: line.left)
    return _Line(
        first.text + _COLUMNS + second.text,
        first.left,
        max(first.right, second.right),
        min(one.bottom, other.bottom),
        max(one.top, other.top),
    )


def _refuse_codeless(pages: list[list[_Line]]) -> None:
    text = "".join(line.text for page in pages for line in page)
    lost = len(_CODELESS.findall(text))
    if lost * 10 > len(text):
        raise Unreadable("undecodable", "PDF 的字体没有文字编码，取出的是乱码；请用原文件导出，或先做文字识别（OCR）")


def _drop_running_lines(pages: list[list[_Line]]) -> None:
    """Takes page numbers and the heads and feet that most pages share off the pages' edges."""
    for page in pages:
        for edge in (0, -1):
            if len(page) > 1 and _PAGE_NUMBER.fullmatch(page[edge].text):
                page.pop(edge)
    edges = Counter(key for page in pages for key in {_key(line) for line in page[:2] + page[-2:]})
    least = max(2, (len(pages) + 1) // 2)
    running = {key for key, count in edges.items() if count >= least}
    for page in pages:
        kept = [line for i, line in enumerate(page) if not (_key(line) in running and (i < 2 or i >= len(page) - 2))]
        page[:] = kept


def _key(line: _Line) -> tuple[str, int]:
    """The same words (numbers aside) at the same height, to 6 points."""
    return re.sub(r"\d+", "#", line.text), round(line.middle / 6)


@dataclass(frozen=True, slots=True)
class _Layout:
    """A page's margins in points, the distance between lines of one paragraph, the size of its characters, and whether
    the document indents its paragraphs."""

    left: float
    right: float
    gap: float
    size: float
    indents: bool

    def indented(self, line: _Line) -> bool:
        return line.left > self.left + 1.2 * line.size

    def wrapped(self, above: _Line, below: _Line) -> bool:
        """``above`` ended because the first word of ``below``, with the signs that may not stand alone, did not fit."""
        word = _FIRST_WORD.match(below.text)
        columns = sum(2 if sign >= "\u2e80" else 1 for sign in word[0]) if word else 2
        return self.right - above.right < (columns / 2 + 0.6) * above.size


def _layouts(pages: list[list[_Line]]) -> list[_Layout]:
    """The layout of each page. Line distance and text width are the document's: a page of headings would mislead."""
    lines = [line for page in pages for line in page]
    size = statistics.median(line.size for line in lines)
    gaps = sorted(above.middle - below.middle for page in pages for above, below in pairwise(page))
    gap = next((gap for gap in gaps[len(gaps) // 4 :] if gap > 0), 2 * size)
    everywhere = _margin(sorted(line.left for line in lines), size)
    lefts = [_margin(sorted(line.left for line in page), size) if len(page) > 3 else everywhere for page in pages]
    rights = [_margin(sorted((line.right for line in page), reverse=True), size) if page else 0.0 for page in pages]
    width = max(right - left for left, right in zip(lefts, rights, strict=True))
    indented = sum(
        1.5 * size < line.left - left < 2.6 * size for left, page in zip(lefts, pages, strict=True) for line in page
    )
    return [_Layout(left, left + width, gap, size, indented * 10 >= len(lines)) for left in lefts]


def _margin(edges: list[float], size: float) -> float:
    """The outermost of ``edges`` that two lines share, to half a character: one stray mark is no margin."""
    return next((one for one, two in pairwise(edges) if abs(one - two) < size / 2), edges[0])


def _paragraphs(pages: list[list[_Line]]) -> Iterator[Block]:
    last: _Line | None = None
    for number, (lines, layout) in enumerate(zip(pages, _layouts(pages), strict=True), 1):
        if not lines:
            continue
        place = f"第{number}页"
        text = lines[0].text
        continues = last is not None and _runs_on(last, lines[0], layout)
        for above, line in pairwise(lines):
            if _starts(line, above, layout):
                yield Block(text, place=place, continues=continues)
                text, continues = line.text, False
            else:
                text += _glue(text, line.text) + line.text
        yield Block(text, place=place, continues=continues)
        last = lines[-1]


def _runs_on(last: _Line, line: _Line, layout: _Layout) -> bool:
    """Whether the first line of a page continues the last paragraph of the page before."""
    if _resized(last, line) or _MARK.match(line.text) or layout.indented(line) or not layout.wrapped(last, line):
        return False
    return layout.indents or not _END.search(last.text)


def _starts(line: _Line, above: _Line, layout: _Layout) -> bool:
    """Whether ``line`` begins a paragraph below ``above``."""
    if _resized(above, line) or _COLUMNS in line.text or _COLUMNS in above.text:
        return True  # from title to text; a table's row
    if line.size > 1.2 * layout.size:
        return not layout.wrapped(above, line)  # a wrapped title is centred, so its second line looks indented
    if above.middle - line.middle > 1.3 * layout.gap or layout.indented(line) or _MARK.match(line.text):
        return True
    return not layout.wrapped(above, line)


def _resized(one: _Line, other: _Line) -> bool:
    return abs(one.size - other.size) > 0.2 * min(one.size, other.size)


def _glue(before: str, after: str) -> str:
    return " " if _WORD_END.search(before) and _WORD.match(after) else ""
