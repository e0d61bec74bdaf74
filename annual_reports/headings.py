"""The tree of a report's headings: where each stands, its level and ordinal, its title without body, its kind.

Knows which lines open with a heading's mark, where a run-in heading ends and its body begins, which lines without a
mark are headings by their layout, and what kind of part a title names (words: catalogue/section_kinds.yml). Leaves the
levels to outline.py. An enumeration inside a paragraph (一是…二是…) is no heading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import cast

from annual_reports import marks, outline
from annual_reports.catalogue import Catalogue
from annual_reports.report import Section, SectionKind
from annual_reports.text import Line, Text

_STOP = re.compile(r"[。！？；;]")
_FIGURE = re.compile(r"[0-9０-９]+[余多]?\s?[\u4e00-\u9fa5%]")
# What a body opens with where nothing parts it from its heading: 「（一）强化组织领导一是…」「…今年以来，我镇…」
_ENUMERATION = re.compile("一是|其一[，,是]")
_DATED = r"(?:20\d\d年(?:度)?|今年|本年度?|全年|年内|一年来)(?:以来)?[，,]|(?:今年|20\d\d年)以来"
_DATED_BODY = re.compile(_DATED)
_BODY = re.compile(
    rf"{_DATED}|我[镇乡街局区县市委办]|(?:镇|乡|街道|局|区|县)(?:党委|党组|党工委)"
    r"|成立(?:了|以|由)|制定(?:了|印发|出台)|召开(?:了)?(?:专题|党|会)|(?:坚持|按照|根据|围绕|结合|通过)[^，。]{6}"
)
# 「（二）依法决策：法律顾问审查合同16份」, 「二、存在问题：人员年龄偏大，持证率不高」
_BODY_BEHIND_COLON = re.compile(r"(?P<title>[^：，]{2,16})：[^：]*(?:，|[0-9０-９])")
# 「一、主要举措……3」 in a table of contents
_LEADERS = re.compile(r"(?:…{2,}|[.．·]{4,})\s*\d*\s*$")
_ATTACHED = re.compile(r"附件\s*[:：]")
_TRAILING = "。；;：:，,、．. \u3000\t"
_WEAK_TITLE = re.compile(r"^[^。；！？：:]{2,40}$")
_SHORT_LINE = re.compile(r"[\u4e00-\u9fa5“”、，]{4,30}(?<![，、])")
# Words that open titles of every kind and tell none: 「推进法治政府建设的」主要举措, 「2024年工作中」存在的问题
_OPENING_WORDS = re.compile(
    r"^(?:20\d\d年(?:度)?|本年度|上一?年度)?(?:我[镇乡街局区县市])?(?:推进)?(?:(?:法治政府|法治)建设|依法行政)?(?:工作)?(?:的|中|方面)?"
)
# 「三、强化执法监督」 after the problems or among the plans is a plan: a target taken for an achievement would be wrong
_KIND_AFTER: dict[SectionKind, SectionKind] = {"problems": "plan", "plan": "plan", "suggestions": "other"}
_REPORT_TITLE = re.compile(r"(?:法治|依法行政|第一责任人)[^。]*(?:报告|总结|汇报)(?:[（(].*[)）])?$")


@dataclass(frozen=True, slots=True)
class _Found:
    """A heading as printed, not yet placed; ``start`` is where its mark begins."""

    start: int
    title_start: int
    title_end: int
    mark: marks.Mark
    printed: str
    title: str


class _Kinds:
    """section_kinds.yml, compiled."""

    def __init__(self, table: dict[str, dict[str, list[str]]]) -> None:
        entries = cast(dict[SectionKind, dict[str, list[str]]], table)
        self.title = [(kind, re.compile("|".join(entry["title"]))) for kind, entry in entries.items()]
        self.ending = [
            (kind, re.compile(f"(?:{'|'.join(entry['ending'])})(?=$|[和及与、以（(])"))
            for kind, entry in entries.items()
            if "ending" in entry
        ]
        self.opens = tuple(word for entry in entries.values() for word in entry.get("opens", ()))
        self.weak = [(kind, re.compile("|".join(entry["weak"]))) for kind, entry in entries.items() if "weak" in entry]
        self.sub = re.compile("|".join(f"(?P<{kind}>{'|'.join(entry['subsection'])})" for kind, entry in table.items()))
        self.of_title = lru_cache(4096)(self._of_title)  # asked up to three times for each, and titles recur

    def _of_title(self, title: str) -> SectionKind | None:
        """The kind whose words come first in a level-1 title, the longer ones where two begin together."""
        told = self.title if title.startswith(self.opens) else [*self.title, *self.ending]
        hits = [(m.start(), -len(m[0]), kind) for kind, words in told if (m := words.search(title))]
        return min(hits)[2] if hits else None

    def of_weak_title(self, title: str) -> SectionKind | None:
        return next((kind for kind, words in self.weak if words.search(title)), None)

    def of_subsection(self, title: str) -> SectionKind | None:
        found = self.sub.fullmatch(_OPENING_WORDS.sub("", title))
        return cast(SectionKind, found.lastgroup) if found else None


@lru_cache(maxsize=4)
def _kinds(catalogue: Catalogue) -> _Kinds:
    return _Kinds(catalogue["section_kinds"])


def find(text: Text, catalogue: Catalogue) -> tuple[Section, ...]:
    """Every heading of the text in order. A section spans its subtree, up to the next heading of its level or above."""
    kinds = _kinds(catalogue)
    found = _marked(text)
    if sum(heading.mark.style <= marks.CHINESE for heading in found) < 2 and any(
        ln.end - ln.start > 400 for ln in text.lines
    ):
        found = _inline(text) or found
    found = sorted([*found, *_unmarked(text, found, kinds)], key=lambda f: f.start)
    if not found:
        return ()
    printed = outline.with_digits_on_top([heading.mark for heading in found])
    natural = outline.levels_of_styles(printed, any(_names_a_main_part(heading.title, kinds) for heading in found))
    places = outline.places(printed, natural, lambda index: _names_a_main_part(found[index].title, kinds))
    style_at = {level: style for style, level in sorted(natural.items(), reverse=True) if style not in marks.BY_PARENT}
    right = [_right_mark(mark, place, style_at) for mark, place in zip(printed, places, strict=True)]
    ends = _ends(found, places, len(text.text))
    return tuple(
        Section(
            level=place.level,
            ordinal=place.ordinal,
            printed_marker=heading.printed,
            marker=heading.printed if marker is None else marker,
            repaired=repaired,
            title=heading.title,
            canonical=kind,
            start=heading.start,
            end=end,
            title_end=heading.title_end,
            parent=place.parent,
        )
        for heading, place, (marker, repaired), kind, end in zip(
            found, places, right, _canonical(found, places, kinds), ends, strict=True
        )
    )


def _names_a_main_part(title: str, kinds: _Kinds) -> bool:
    return len(title) < 45 and kinds.of_title(title) is not None


def _marked(text: Text) -> list[_Found]:
    found: list[_Found] = []
    attached = False  # below 「附件：」 digits number the attachments
    for line in text.lines:
        match = marks.AT_LINE_START.match(text.text, line.start)
        attached = attached or _ATTACHED.match(text.text, line.start) is not None
        if match is None or line.kind == "cell" or (found and line.start < found[-1].title_end):
            continue
        mark = marks.read(match)
        attached = attached and mark.style >= marks.ARABIC
        if attached or _LEADERS.search(text.text, line.start, line.end):
            continue
        if match["bare"] and not (found and found[-1].mark[:2] == (mark.style, (mark.number or 0) - 1)):
            continue
        if match["decimal"] and not _counts_on(found, mark):
            continue
        title = _title(text.text, match.end(), line.end)
        if mark.style < marks.ARABIC:
            title = _first_clause(text.text, title, line.end)
        elif _is_plain_item(text.text, title, line.end):
            continue
        if title[1] > title[0]:
            found.append(_heading(text.text, match.start(), title, mark, match[0]))
    return found


def _counts_on(found: list[_Found], mark: marks.Mark) -> bool:
    """Whether 2.3 follows 2.2, and 2.1 a heading numbered 2: any other is a figure that its line begins with."""
    if mark.number != 1:
        return any(mark._replace(number=(mark.number or 0) - 1) == heading.mark for heading in found)
    return bool(found) and found[-1].mark.number == int(mark.form.rpartition(".")[2])


def _inline(text: Text) -> list[_Found]:
    """The headings of a text whose line breaks were lost: 「…报告如下：一、主要举措（一）健全机制。…。（二）…」.

    Only marks that count up from one are believed, so a reference such as 第（三）项 is no heading.
    """
    matches: list[re.Match[str]] = []
    last = {marks.CHINESE: 0, marks.BRACKETED: 0}
    for match in marks.INLINE.finditer(text.text):
        style, number, _ = marks.read(match)
        if number is not None and number == last[style] + 1:
            matches.append(match)
            last[style] = number
            if style == marks.CHINESE:
                last[marks.BRACKETED] = 0
    found: list[_Found] = []
    for index, match in enumerate(matches):
        end = matches[index + 1].start() if index + 1 < len(matches) else len(text.text)
        title = _title(text.text, match.end(), min(end, _line_end(text.text, match.end())))
        if title[1] > title[0]:
            found.append(_heading(text.text, match.start(), title, marks.read(match), match[0]))
    return found if last[marks.CHINESE] >= 2 else []


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _title(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the title of a heading begins and ends, its final punctuation left out."""
    if start >= end:  # the mark stands alone on its line, the title on the next
        start = min(end + 1, len(text))
        end = _line_end(text, start)
        if marks.AT_LINE_START.match(text, start):
            return start, start
    line = text[start:end]
    stop = _STOP.search(line)
    length = stop.start() if stop else len(line)
    if enumeration := _ENUMERATION.search(line, 4, length):
        length = enumeration.start()
    elif len(line) > 48 and (not stop or length > 20):
        length = min(length, _before_body(line[:length]))
    elif not stop and line.count("：") == 1 and len(line) > 30:
        length = line.index("：")
    elif stop and (colon := _BODY_BEHIND_COLON.match(line[:length])):
        length = colon.end("title")
    elif stop and length > 20 and (body := _DATED_BODY.search(line, 5, length)):
        length = body.start()
    if not stop and length == len(line) and (more := _broken_off(text, end, line)):
        return start, more
    return start, start + len(line[:length].rstrip(_TRAILING))


def _first_clause(text: str, title: tuple[int, int], line_end: int) -> tuple[int, int]:
    """The title of an item that is one whole sentence: of 「（一）抓培训，轮训2次，新增持证人员3名。」 it is 抓培训;
    「（一）强化组织领导，压实工作责任。」 is all title."""
    start, end = title
    words = text[start:end]
    clause = words.partition("，")[0]
    whole = text[line_end - 1] in "。；;" and not text[end:line_end].strip(_TRAILING)
    if not whole or len(words) <= 24 or not 3 <= len(clause) <= 16 or _FIGURE.search(clause):
        return title
    return (start, start + len(clause)) if words.count("，") > 1 or _FIGURE.search(words) else title


def _before_body(line: str) -> int:
    """Where the body begins that follows its heading after a colon, a space, or nothing at all."""
    for cut in (
        re.search("[：:]", line),
        re.search(r"(?<=[\u4e00-\u9fa5]{4})[ \u3000]+(?=\S{8})", line),
        _BODY.search(line, 5),
    ):
        if cut and 4 <= cut.start() <= 40:
            return cut.start()
    return len(line)


def _broken_off(text: str, end: int, line: str) -> int | None:
    """The end of a title that goes on in the next line: 「（一）健全工作机制，⏎压实工作责任」, 「…，健全⏎决策机制」."""
    hanging = "，" in line and len(line) - line.rindex("，") <= 3
    if end >= len(text) or not (line[-1:] in "，、和与及的“《" or hanging):
        return None
    stop = _line_end(text, end + 1)
    following = text[end + 1 : stop]
    if (
        len(following) > 30
        or "。" in following
        or (hanging and "，" in following)
        or marks.AT_LINE_START.match(text, end + 1)
    ):
        return None
    return end + 1 + len(following.rstrip(_TRAILING))


def _is_plain_item(text: str, title: tuple[int, int], line_end: int) -> bool:
    """A numbered item that is a plain sentence and nothing more: 「1.开展培训5次，参训200人次；」."""
    if text[title[1] : line_end].strip(_TRAILING):
        return False  # a body follows: a run-in heading
    words = text[slice(*title)]
    ended = text[title[1] : line_end] or text[line_end - 1] in "。；;"
    return (bool(ended) and bool(_FIGURE.search(words)) and not re.match(r"20\d\d年", words)) or len(words) > 50


def _heading(text: str, start: int, title: tuple[int, int], mark: marks.Mark, printed: str) -> _Found:
    start += len(printed) - len(printed.lstrip())
    return _Found(start, *title, mark, printed.strip(), text[slice(*title)].replace("\n", ""))


def _unmarked(text: Text, found: list[_Found], kinds: _Kinds) -> list[_Found]:
    """Headings without a mark: by the file's heading styles; in a text without any level-1 mark, by their words."""
    taken = {text.text.rfind("\n", 0, f.start) + 1 for f in found}
    taken |= {f.start + at.end() for f in found for at in re.finditer("\n", text.text[f.start : f.title_end])}
    styled = [ln for ln in text.lines if ln.kind == "heading" and ln.start not in taken and _may_be_heading(text, ln)]
    if styled:
        style_of = _styles_of_levels(text, found, styled)
        return [_bare(text, ln, style_of[ln.level or 1]) for ln in styled]
    if any(f.mark.style <= marks.CHINESE for f in found):
        return []
    plain = [line for line in text.lines if line.start not in taken and line.kind == "paragraph"]
    main = [line for line in plain if _is_main_part(text, line, kinds)]
    bare = [_bare(text, line, marks.CHINESE) for line in main]
    if len(main) >= 2 and not found:
        bare += [_bare(text, line, marks.BRACKETED) for line in _short_lines(text, main)]
    return bare


def _short_lines(text: Text, main: list[Line]) -> list[Line]:
    """In a text without any marks: short lines without a final stop below a main part, each before a paragraph."""
    starts = {line.start for line in main}
    return [
        line
        for line, following in pairwise(text.lines)
        if line.start > main[0].start
        and line.start not in starts
        and line.kind == following.kind == "paragraph"
        and _SHORT_LINE.fullmatch(text.text, line.start, line.end)
        and following.end - following.start > 2 * (line.end - line.start)
        and "。" in text.text[following.start : following.end]
    ]


def _may_be_heading(text: Text, line: Line) -> bool:
    words = text.text[line.start : line.end].rstrip()
    return bool(words.strip(_TRAILING)) and not _REPORT_TITLE.search(words)


def _styles_of_levels(text: Text, found: list[_Found], styled: list[Line]) -> dict[int, int]:
    """For each Word outline level the style that numbered headings of that level print, else the usual one by rank."""
    by_start = {f.start: f.mark.style for f in found}
    known: dict[int, int] = {}
    for line in text.lines:
        if line.kind == "heading" and line.level and line.start in by_start:
            known.setdefault(line.level, by_start[line.start])
    ranks = sorted({ln.level or 1 for ln in styled} | set(known))
    first = marks.CHINESE
    return {level: known.get(level, min(first + rank, marks.CIRCLED)) for rank, level in enumerate(ranks)}


def _is_main_part(text: Text, line: Line, kinds: _Kinds) -> bool:
    words = text.text[line.start : line.end].strip()
    return bool(_WEAK_TITLE.match(words)) and bool(kinds.of_subsection(words))


def _bare(text: Text, line: Line, style: int) -> _Found:
    end = line.start + len(text.text[line.start : line.end].rstrip(_TRAILING))
    return _heading(text.text, line.start, (line.start, end), marks.Mark(style, None), "")


def _canonical(found: list[_Found], places: list[outline.Place], kinds: _Kinds) -> list[SectionKind]:
    """The kind of each section: a main part's by its title, a subsection's its parent's unless it names another."""
    out: list[SectionKind] = []
    after: SectionKind = "measures"  # the kind of a main part whose title names none
    for heading, place in zip(found, places, strict=True):
        if place.parent is None:
            kind = kinds.of_title(heading.title) or kinds.of_weak_title(heading.title) or after
            after = _KIND_AFTER.get(kind, after)
        else:
            kind = kinds.of_subsection(heading.title) or out[place.parent]
        out.append(kind)
    return out


def _ends(found: list[_Found], places: list[outline.Place], length: int) -> list[int]:
    """Where each section ends: at the next heading of its own level or above."""
    ends = [length] * len(found)
    open_at: list[int] = []
    for index, place in enumerate(places):
        while open_at and places[open_at[-1]].level >= place.level:
            ends[open_at.pop()] = found[index].start
        open_at.append(index)
    return ends


def _right_mark(mark: marks.Mark, place: outline.Place, style_at: dict[int, int]) -> tuple[str | None, bool]:
    """The mark that belongs at this place (None: as printed), and whether the printed one says something else."""
    if mark.number is None or mark.style in marks.BY_PARENT:
        return None, False
    style = style_at.get(place.level, min(place.level, marks.CIRCLED))
    if (mark.style, mark.number) != (style, place.ordinal):
        return marks.written(style, place.ordinal), True
    return None if style >= marks.ARABIC else marks.written(style, place.ordinal), False
