"""The cleaned text of a document, its lines, and the way back from an offset to the place in the source.

Knows what conversion leaves behind (field codes, invisible characters, pinyin, look-alike radicals) and where a line
was broken inside a sentence. Leaves alone what the report itself prints: digits keep their width, marks their brackets,
site slogans their place. Everything is done by a few regular expressions over the whole text, none per character.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache

from annual_reports.files.document import TEXT, Block, Document, Kind

_INDENT = "\u3000 \t\u00a0\u2000-\u200a\u202f\u205f"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, table cell or heading: ``Text.text[start:end]``, without line ends. ``place`` is where it begins."""

    start: int
    end: int
    kind: Kind
    level: int | None
    numbered: bool
    place: str


@dataclass(frozen=True, slots=True)
class Text:
    """Cleaned text. Lines are joined by ``\\n`` and never empty; offsets count its characters."""

    text: str
    lines: tuple[Line, ...]
    _starts: tuple[int, ...] = field(default=(), repr=False)
    _places: tuple[str, ...] = field(default=(), repr=False)

    def place(self, offset: int) -> str:
        """Where the character at ``offset`` stands in the source, in Chinese: 第12段, 第3页, 表2第3行第1列."""
        at = bisect_right(self._starts, offset) - 1
        return self._places[max(at, 0)] if self._places else ""


@dataclass(slots=True)
class _Piece:
    """A physical line on its way to becoming (part of) a Line."""

    text: str
    block: Block
    indent: int
    gap: bool  # an empty line stands before it
    inside: bool  # broken off from the line before inside one block
    full: bool = False  # as wide as the file's lines get: it was wrapped, not ended


def clean(document: Document) -> Text:
    """The document's text without conversion traces, broken lines joined. Takes time linear in its length."""
    pieces = _pieces(document.blocks)
    if document.media_type == TEXT:
        _mark_full_lines(pieces)
    loose = document.media_type == TEXT
    parts: list[str] = []
    lines: list[Line] = []
    starts: list[int] = []
    places: list[str] = []
    position = 0
    line = ""  # the line being built
    first: _Piece | None = None
    previous: _Piece | None = None
    for piece in pieces:
        if first and previous and _continues(line, previous, piece, loose):
            glue = (
                " "
                if line[-1].isascii() and line[-1].isalnum() and piece.text[0].isascii() and piece.text[0].isalpha()
                else ""
            )
            starts.append(position + len(line) + len(glue))
            line += glue + piece.text
        else:
            if first:
                lines.append(_line(first, position, line))
                parts.append(line)
                position += len(line) + 1
            starts.append(position)
            line, first = piece.text, piece
        places.append(piece.block.place)
        previous = piece
    if first:
        lines.append(_line(first, position, line))
        parts.append(line)
    return Text("\n".join(parts), tuple(lines), tuple(starts), tuple(places))


def _line(first: _Piece, start: int, text: str) -> Line:
    block = first.block
    return Line(start, start + len(text), block.kind, block.level, block.numbered, block.place)


def _pieces(blocks: tuple[Block, ...]) -> list[_Piece]:
    """Every line that has text, cleaned. All are cleaned in one go: cleaning neither adds nor removes ``\\n``."""
    raw = _BREAKS.sub("\n", "\n".join(block.text for block in blocks))
    counts = [len(_BREAKS.sub("\n", block.text).split("\n")) for block in blocks] if "\n" in raw else [1] * len(blocks)
    cleaned = scrub(raw).split("\n")
    pieces: list[_Piece] = []
    at, gap = 0, False
    for block, count in zip(blocks, counts, strict=True):
        inside = False
        for text in cleaned[at : at + count]:
            words = text.strip(" \u3000")
            if not words:
                gap = True
                continue
            lead = text[: len(text) - len(text.lstrip(" \u3000"))]
            indent = len(lead) + lead.count("\u3000")
            pieces.append(_Piece(_SPACES.sub(" ", words), block, indent, gap, inside))
            inside, gap = True, False
        at += count
    return pieces


# --- cleaning characters -------------------------------------------------------------------------------------------

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[ \u3000]{2,}|\u3000")
_SPACE_KINDS = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffc\ufffe\uffff\uf000-\uf0ff]"
)
_FIELD = "HYPERLINK|PAGEREF|INCLUDEPICTURE|MERGEFIELD"
_TRACES = re.compile(
    r"\[bookmark:[^\]\n]{0,80}\]|\[(?:image|图片|img)(?::[^\]\n]{0,80})?\]|<!(?:--)?\[(?:if|endif)[^>\n]{0,80}>"
    rf"|\b(?:{_FIELD}) +\"?[^\s\"\u4e00-\u9fff]{{1,200}}\"?(?: \\[a-z*](?: MERGEFORMAT)?)*"
    r"|\bTOC(?: \\[a-z](?: \"[^\"\n]{0,20}\")?)+|\b_(?:GoBack|Toc\d{6,}|Hlk\d{6,}|Ref\d{6,})\b"
    r"|\{ *(?:PAGE|NUMPAGES|SECTIONPAGES)[^}\n]{0,40}\}"
)
_TRACE_SIGN = re.compile(
    rf"\[(?:bookmark|image|图片|img)|<!|{_FIELD}|TOC \\|_(?:GoBack|Toc|Hlk|Ref)|\{{ *(?:PAGE|NUM|SECTION)"
)
_ENTITY = re.compile(
    r"&(?:nbsp|ensp|emsp|ldquo|rdquo|lsquo|rsquo|middot|mdash|ndash|hellip|amp|lt|gt|quot|#\d{2,5}|#x[0-9a-fA-F]{2,4});"
)
_RADICAL = re.compile("[\u2e80-\u2fd5\uf900-\ufaff]")
_HAN = "\u3400-\u9fff"
_SPREAD = re.compile(f"(?<![{_HAN}])(?:[{_HAN}] ){{3,}}[{_HAN}](?![{_HAN}])")
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_PINYIN_BRACKETED = re.compile(
    f"(?<=[{_HAN}])[（(] ?[a-zü{_TONED}]{{0,6}}[{_TONED}][a-zü{_TONED} '’]{{0,40}}[)）]", re.I
)
_SYLLABLE = f"[a-zü]{{0,3}}[{_TONED}][a-zü{_TONED}]{{0,5}}"
_PINYIN_BARE = re.compile(
    f"(?<=[{_HAN}]) ?{_SYLLABLE}(?: {_SYLLABLE})* ?(?=[{_HAN}，。；：、！？）”》]|$)", re.IGNORECASE | re.MULTILINE
)
_PINYIN_NEUTRAL = re.compile(f"(?<=[{_HAN}])[（(](?:de|le|zhe|men|zi|ge|ma|ne|ba|me|tou|shang|guo)[)）]")
# Radicals that PDF producers put for whole characters, where Unicode gives no equivalent of its own.
_RADICALS = dict(
    zip(
        "⺠⻓⻛⻋⻅⻉⻔⻚⻢⻥⻦⻩⻬⻮⻰⻘⻝⻄⻆⻁⻜⻙⻨⻣⻤⻑⻒⻖⻗⻞⺁⺅⺌⺍⺎⺕⺗⺝⺡⺣⺩⺫⺬⺭⺮⺰⺶⺼⻀⻊⻌⻍⻎⻏⻐⻟⻠⻡⻪⻫⻭⻱",
        "民长风车见贝门页马鱼鸟黄齐齿龙青食西角虎飞韦麦骨鬼長長阝雨食厂亻小小兀彐心月氵灬王目示礻竹纟羊月艹足辶辶辶阝金饣饣首黾齊齒龜",
        strict=True,
    )
)


def scrub(text: str) -> str:
    """``text`` without conversion traces, line by line: the number of ``\\n`` stays. Spaces become plain ones."""
    text = _SPACE_KINDS.sub(" ", text)
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    if _TRACE_SIGN.search(text):
        text = _TRACES.sub("", text)
    text = _INVISIBLE.sub("", text)
    if _RADICAL.search(text):
        text = _RADICAL.sub(_whole_character, text)
    if _PINYIN_SIGN.search(text):
        text = _without_pinyin(text)
    return _SPREAD.sub(lambda found: found[0].replace(" ", ""), text)


_PINYIN_SIGN = re.compile(f"[{_TONED}]")


def _without_pinyin(text: str) -> str:
    """Mirror sites print 法(fǎ)治(zhì) or 法fǎ治zhì. A tone mark is the proof; toneless syllables go only beside it."""
    text, count = _PINYIN_BRACKETED.subn("", text)
    if count >= 3:
        text = _PINYIN_NEUTRAL.sub("", text)
    return _PINYIN_BARE.sub("", text)


def _entity(found: re.Match[str]) -> str:
    import html

    sign = html.unescape(found[0])
    return " " if sign in "\u00a0\u2002\u2003\n\r" else sign


@cache
def _equivalent(sign: str) -> str:
    return _RADICALS.get(sign) or unicodedata.normalize("NFKC", sign)


def _whole_character(found: re.Match[str]) -> str:
    return _equivalent(found[0])


# --- joining lines that were broken inside a sentence --------------------------------------------------------------

_DIGITS = "0-9０-９"
_COUNT = "一二三四五六七八九十百零〇"
_MARK = re.compile(
    f"(?:第[{_COUNT}{_DIGITS}]{{1,4}}[章节部条篇]|第?[{_COUNT}]{{1,4}}[、.．,，:：]|第[{_COUNT}](?=[，,、])"
    f"|[（(〔\\[][{_COUNT}{_DIGITS}]{{1,4}}[)）〕\\]]|[{_COUNT}{_DIGITS}]{{1,3}}[)）]|[{_DIGITS}]{{1,2}}[、.．](?![{_DIGITS}])"
    f"|[①-⑳⒈-⒛⑴-⒇㈠-㈩]|[{_COUNT}](?:是|要|则)|其[{_COUNT}]|附件|抄送|[●■◆★▲•·○□-] ?)"
)
_CONTINUATION = re.compile("[，。；：、！？）》”’」』】〉％%‰,;!?)\\]]")
_UNIT_CONTINUES = re.compile(
    "(?:余|多|万|亿|个|人|户|家|场|件|份|期|起|名|宗|处|条|项|课|次|批|册|幅|部|篇|元|天|小时|个工作日|年|月|日|%|％)"
    "{1,3}(?:以上|左右|次|数)?[，。；、,;（(]"
)
_COUNTED = re.compile(f"[{_DIGITS}余多万千百亿]$")
_STOP = re.compile("[。！？；：!?;:…][”’」』）)】]*$")
_STOP_INSIDE = re.compile("[。；！？]")
_COMMA = re.compile("[，、,（(《“‘]$")
_PROSE = re.compile("[，。；、]")


def _continues(line: str, previous: _Piece, piece: _Piece, loose: bool) -> bool:
    """Whether ``piece`` goes on with the sentence that ``line`` (ending in ``previous``) breaks off.

    ``loose``: every line end may be an accident (plain text). In formats with paragraphs only breaks inside one are, and
    those between paragraphs whose words leave no doubt.
    """
    block = piece.block
    if block.continues and not piece.inside:
        return True
    if block.kind == "cell" and previous.block.kind == "cell":
        return piece.inside  # a cell is one line whatever its line ends
    if block.kind != "paragraph" or block.numbered or previous.block.kind != "paragraph":
        return False
    if _CONTINUATION.match(piece.text) or (_COUNTED.search(line) and _UNIT_CONTINUES.match(piece.text)):
        return True  # 受教群众9000余人⏎次；
    if _MARK.match(piece.text):
        return False
    if previous.full and not piece.gap:
        return piece.indent <= previous.indent or piece.indent < 2
    if piece.indent >= 2 or _STOP.search(line):
        return False
    return _COMMA.search(line) is not None or ((loose or piece.inside) and _is_prose(line))


def _is_prose(line: str) -> bool:
    """Body text, not a title or a heading: those have no 。 inside and at most a comma or two after their mark."""
    if _STOP_INSIDE.search(line):
        return True
    return len(line) >= 30 and not _MARK.match(line) and len(_PROSE.findall(line)) >= 2


def _mark_full_lines(pieces: list[_Piece]) -> None:
    """Marks the lines of a hard-wrapped file that reach its margin.

    Wrapped means: at least 5 and a third of all lines end within one full-width character and a half of the longest.
    """
    widths = [piece.indent + len(piece.text.encode("gb18030", "replace")) for piece in pieces]
    if len(widths) < 5:
        return
    margin = max(widths)
    full = [width >= margin - 3 for width in widths]
    if 30 <= margin <= 160 and sum(full) >= max(5, len(widths) // 3):
        for piece, is_full in zip(pieces, full, strict=True):
            piece.full = is_full
