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
from itertools import islice
from typing import NamedTuple

from annual_reports.files.document import TEXT, Block, Document, Kind


class Line(NamedTuple):
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
    indent: int  # in half-width columns
    gap: bool  # an empty line stands before it
    inside: bool  # broken off from the line before inside one block
    full: bool = False  # as wide as the file's lines get: it was wrapped, not ended


def clean(document: Document) -> Text:
    """The document's text without conversion traces, broken lines joined. Takes time linear in its length."""
    pieces = _pieces(document.blocks)
    loose = document.media_type == TEXT
    if loose:
        _mark_full_lines(pieces)
    parts: list[str] = []
    lines: list[Line] = []
    starts: list[int] = []
    position = 0  # of the end of what stands in ``parts``
    first: _Piece | None = None
    head, start = "", 0
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if before is not None and _continues(head, before, piece, loose):
            if _SPACED.match(before.text[-1] + piece.text[0]):
                parts.append(" ")
                position += 1
            if len(head) < 200:
                head += piece.text
        else:
            if first is not None:
                lines.append(_line(first, start, position))
                parts.append("\n")
                position += 1
            first, head, start = piece, piece.text, position
        starts.append(position)
        parts.append(piece.text)
        position += len(piece.text)
    if first is not None:
        lines.append(_line(first, start, position))
    return Text("".join(parts), tuple(lines), tuple(starts), tuple(piece.block.place for piece in pieces))


_SPACED = re.compile("[A-Za-z0-9.,][A-Za-z]")


def _line(first: _Piece, start: int, end: int) -> Line:
    block = first.block
    return Line(start, end, block.kind, block.level, block.numbered, block.place)


def _pieces(blocks: tuple[Block, ...]) -> list[_Piece]:
    """Every line that has text, cleaned. All are cleaned in one go: cleaning neither adds nor removes ``\\n``."""
    texts = [block.text for block in blocks]
    raw = "\n".join(texts)
    if _BREAKS.search(raw):
        texts = [_BREAKS.sub("\n", text) for text in texts]
        raw = "\n".join(texts)
    cleaned = iter(scrub(raw).split("\n"))
    pieces: list[_Piece] = []
    gap = False
    for block, source in zip(blocks, texts, strict=True):
        inside = False
        for text in islice(cleaned, source.count("\n") + 1):
            words = text.strip(" \u3000")
            if not words:
                gap = True
                continue
            indent = 0
            if text[0] in " \u3000":
                lead = text[: len(text) - len(text.lstrip(" \u3000"))]
                indent = len(lead) + lead.count("\u3000")
            if "  " in words or "\u3000" in words:
                words = _SPACES.sub(" ", words)
            pieces.append(_Piece(words, block, indent, gap, inside))
            inside, gap = True, False
    return pieces


# --- cleaning characters -------------------------------------------------------------------------------------------

_BREAKS = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029](?:(?<=\r)\n)?")
_SPACES = re.compile("[ \u3000]{2,}|\u3000")
_SPACE_KINDS = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffc\ufffe\uffff\uf000-\uf0ff]"
)
_ODD = re.compile(  # any sign that is to be changed: most texts have none, and one search says so
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\u00ad\u00e0-\u01dc\u034f\u061c\u115f\u1680\u180e\u1e3f\u2000-\u200f\u202a-\u202f"
    "\u205f-\u206f\u2e80-\u2fd5\uf000-\ufaff\ufe00-\ufe0f\ufeff\ufff9-\ufffc\ufffe\uffff]"
)
_TRACES = {  # a sign that tells whether to look: the rule
    sign: re.compile(rule)
    for sign, rule in (
        ("[bookmark:", r"\[bookmark:[^\]\n]{0,80}\]"),
        ("[image", r"\[image(?::[^\]\n]{0,80})?\]"),
        ("[img", r"\[img(?::[^\]\n]{0,80})?\]"),
        ("[图片", r"\[图片(?:[:：][^\]\n]{0,80})?\]"),
        ("<!", r"<!(?:--)?\[(?:if|endif)[^>\n]{0,80}>"),
        ("HYPERLINK ", r'HYPERLINK +(?:\\l +)?"?[^\s"\u4e00-\u9fff]{1,200}"?(?: \\[a-z*](?: MERGEFORMAT)?)*'),
        ("PAGEREF ", r"PAGEREF +\w{1,80}(?: \\[a-z*](?: MERGEFORMAT)?)*"),
        (
            "INCLUDEPICTURE ",
            r'INCLUDEPICTURE +(?:\\d +)?"?[^\s"\u4e00-\u9fff]{1,200}"?(?: \\[a-z*](?: MERGEFORMAT(?:INET)?)?)*',
        ),
        ("TOC \\", r'TOC(?: \\[a-z](?: "[^"\n]{0,20}")?)+'),
        ("_GoBack", r"\b_GoBack\b"),
        ("_Toc", r"\b_Toc\d{6,12}\b"),
        ("_Hlk", r"\b_Hlk\d{6,12}\b"),
        ("_Ref", r"\b_Ref\d{6,12}\b"),
        ("PAGE", r"\{ *(?:PAGE|NUMPAGES|SECTIONPAGES)[^}\n]{0,40}\}"),
    )
}
_ENTITY = re.compile(
    r"&(?:nbsp|ensp|emsp|ldquo|rdquo|lsquo|rsquo|middot|mdash|ndash|hellip|amp|lt|gt|quot|#\d{2,5}|#x[0-9a-fA-F]{2,4});"
)
_RADICAL = re.compile("[\u2e80-\u2fd5\uf900-\ufaff]")
_HAN = "\u3400-\u9fff"
_SPREAD = re.compile(f"(?<![{_HAN}])(?:[{_HAN}] ){{3,}}[{_HAN}](?![{_HAN}])")
_SPREAD_SIGN = re.compile(f" [{_HAN}] [{_HAN}] ")  # letter-spaced: 法 治 政 府
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_PINYIN_BRACKETED = re.compile(
    f"(?<=[{_HAN}])[（(] ?[a-zü{_TONED}]{{0,6}}[{_TONED}][a-zü{_TONED} '’]{{0,40}}[)）]", re.I
)
_SYLLABLE = f"[a-zü]{{0,3}}[{_TONED}][a-zü{_TONED}]{{0,5}}"
_PINYIN_BARE = re.compile(
    f"(?<=[{_HAN}]) *{_SYLLABLE}(?: +{_SYLLABLE})* *(?=[{_HAN}\\s，。；：、！？）”》]|$)", re.IGNORECASE | re.MULTILINE
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
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    if _ODD.search(text):
        text = _INVISIBLE.sub("", _SPACE_KINDS.sub(" ", text))
        text = _RADICAL.sub(_whole_character, text)
        if _PINYIN_SIGN.search(text):
            text = _without_pinyin(text)
    for sign, rule in _TRACES.items():
        if sign in text:
            text = rule.sub("", text)
    if _SPREAD_SIGN.search(text):
        text = _SPREAD.sub(lambda found: found[0].replace(" ", ""), text)
    return text


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
_COUNTED = re.compile(f"[{_DIGITS}余多万千百亿][人件场户家批]?$")
_STOPS = tuple("。！？；：!?;:…")
_CLOSING = "”’」』）)】"
_STOP_INSIDE = re.compile("[。；！？]")
_COMMAS = tuple("，、,（(《“‘")
_PROSE = re.compile("[，。；、]")
_WIDEST = 160  # of a hard-wrapped line, in half-width columns


def _continues(head: str, before: _Piece, piece: _Piece, loose: bool) -> bool:
    """Whether ``piece`` goes on with the line that begins with ``head`` and ends in ``before``.

    ``loose``: every line end may be an accident (plain text). In formats with paragraphs only those inside one are.
    """
    block = piece.block
    if block.kind == "cell":
        return piece.inside  # a cell is one line whatever its line ends
    if block.continues and not piece.inside:
        return True
    if block.kind != "paragraph" or block.numbered or before.block.kind != "paragraph":
        return False
    if _CONTINUATION.match(piece.text) or (_COUNTED.search(before.text[-2:]) and _UNIT_CONTINUES.match(piece.text)):
        return True  # 受教群众9000余人⏎次；
    return not _MARK.match(piece.text) and _was_wrapped(head, before, piece, loose)


def _was_wrapped(head: str, before: _Piece, piece: _Piece, loose: bool) -> bool:
    if before.full and not piece.gap and (piece.indent <= before.indent or piece.indent < 2):
        return True
    if piece.indent >= 2 or _is_ended(before):
        return False
    return before.text.endswith(_COMMAS) or ((loose or piece.inside) and _is_prose(head))


def _is_ended(piece: _Piece) -> bool:
    return piece.text.rstrip(_CLOSING).endswith(_STOPS)


def _is_prose(head: str) -> bool:
    """Body text, not a title or a heading: those have no 。 inside and at most a comma or two after their mark."""
    if _STOP_INSIDE.search(head):
        return True
    return len(head) >= 30 and not _MARK.match(head) and len(_PROSE.findall(head)) >= 2


def _mark_full_lines(pieces: list[_Piece]) -> None:
    """Marks the lines of a hard-wrapped file that reach its margin, to one full-width character and a half.

    Wrapped means that at least three lines reach it and most of those break off inside a sentence; a file whose lines
    are paragraphs has its longest lines end with a stop.
    """
    if any(len(piece.text) > _WIDEST for piece in pieces):
        return
    widths = [piece.indent + len(piece.text.encode("gb18030", "replace")) for piece in pieces]
    margin = max(widths, default=0)
    if not 30 <= margin <= _WIDEST:
        return
    full = [piece for piece, width in zip(pieces, widths, strict=True) if width >= margin - 3]
    broken = sum(not _is_ended(piece) for piece in full)
    if broken >= 3 and broken * 5 >= len(full) * 3 and len(full) * 6 >= len(pieces):
        for piece in full:
            piece.full = True
