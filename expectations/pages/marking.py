"""A report's text as HTML in which every recognised figure is marked: by colour, by underline and by a word, with what
the reader understood of it shown on hover and on keyboard focus.

Knows offsets and escaping; everything that comes from a report goes through ``escape``. Leaves out the page around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from expectations.labels import say

RUN_IN_STOPS = ("。", "：", "；")
PIECE = 20_000  # characters: a paragraph longer than this is divided, so that a page can end inside it
ROLE_TAGS = {"target": "目标", "quota": "定额", "comparative": "他年", "change": "变化"}
LINES = re.compile(r"[^\n]+")
Row = Any  # of a query: its columns as attributes


class Mark(NamedTuple):
    """One place in the text with all that was read there (one number for two nouns: two readings)."""

    start: int
    end: int
    readings: tuple[Row, ...]
    anchor: str  # the first reading's


class Block(NamedTuple):
    """A rendered piece of the text, and the anchors of the figures in it."""

    html: str
    anchors: tuple[str, ...]


def anchor(quantity_id: str) -> str:
    """The id of a figure within its page: q12."""
    return "q" + quantity_id.rpartition("-q")[2]


def marks(quantities: Iterable[Row], length: int) -> list[Mark]:
    """The places to mark, in order and without overlap: what lies within another is told with it."""
    found: list[Mark] = []
    for row in sorted(quantities, key=lambda q: (q.span_start, -q.span_end)):
        start, end = row.span_start, row.span_end
        if not 0 <= start < end <= length:
            continue  # the gate names it (Q04); there is no place in the text to mark
        if found and start < found[-1].end:
            last = found[-1]
            found[-1] = Mark(last.start, max(last.end, end), (*last.readings, row), last.anchor)
        else:
            found.append(Mark(start, end, (row,), anchor(row.quantity_id)))
    return found


def css_class(reading: Row) -> str:
    """The class of a figure: its role, and of achieved ones whether an indicator claims it."""
    role: str = reading.role
    if role == "achieved":
        return "achieved" if reading.indicator else "unmatched"
    return role if role in ROLE_TAGS else "else"


def blocks(text: str, title: str | None, sections: Sequence[Row], places: Sequence[Mark]) -> list[Block]:
    """The text in pieces: title lines, headings and paragraphs, each figure marked."""
    heads = {section.span_start: section for section in sections}
    rendered, at, headed, title = [], 0, False, _compact(title or "")
    safe = str if escape(text) == text else escape  # nothing to escape in all of it: nor in any part
    for start, end, section in _pieces(text, heads):
        first = at
        while at < len(places) and places[at].start < end:
            at += 1
        inside = places[first:at]
        body = _inline(text, start, end, inside, safe)
        if section is not None:
            html, headed = _heading(body, section), True
        elif not body.strip():
            continue
        elif not headed and _compact(text[start:end]) in title:
            html = f'<p class="title">{body}</p>'
        else:
            html = f"<p>{body}</p>"
        rendered.append(Block(html, tuple([mark.anchor for mark in inside])))
    return rendered


def _compact(words: str) -> str:
    return "".join(words.split())


def _pieces(text: str, heads: Mapping[int, Row]) -> Iterator[tuple[int, int, Row | None]]:
    """(start, end, section that the piece is the heading of) for every line, run-in headings cut from their body."""
    cuts = sorted(start for start in heads if 0 <= start < len(text))
    at = 0
    for line in LINES.finditer(text):
        start, end = line.span()
        while at < len(cuts) and cuts[at] < end:
            begin = max(cuts[at], start)
            if begin > start:
                yield from _cut(start, begin)
            start = _heading_end(text, begin, end, heads[cuts[at]])
            yield begin, start, heads[cuts[at]]
            at += 1
        if start < end:
            yield from _cut(start, end)


def _cut(start: int, end: int) -> Iterator[tuple[int, int, None]]:
    for begin in range(start, end, PIECE):
        yield begin, min(begin + PIECE, end), None


def _heading_end(text: str, start: int, end: int, section: Row) -> int:
    """Where the heading's words end: right after its title, white space aside; the line's end where it is not found."""
    words, window = _compact(section.title or "")[:200], text[start : min(end, start + 400)]
    letters = _compact(window)
    found = letters.find(words)
    if not words or found < 0:
        return end
    last = found + len(words) - 1
    if len(letters) < len(window):
        last = [place for place, letter in enumerate(window) if not letter.isspace()][last]
    stop = start + last + 1
    # the stop that cuts a run-in heading from its body belongs to the heading's line, not to the body's beginning
    return stop + (text[stop : stop + 1] in RUN_IN_STOPS)


# The functions below are a report page's cost: 40 figures each. Hence plain strings, put together here and not by a
# template; whatever is not a constant goes through ``escape``. What many figures have in common is put together once.
def _heading(body: str, section: Row) -> str:
    level = min(int(section.level) + 2, 6)
    repaired = f' <small class="repaired">序号应为{escape(section.marker)}</small>' if section.repaired else ""
    kind = ""
    if section.level == 1 and say(section.canonical) != section.title:
        kind = f' <small class="kind">{escape(say(section.canonical))}</small>'
    key = escape(section.section_id.rpartition("-s")[2])
    return f'<h{level} id="s{key}">{body}{repaired}{kind}</h{level}>'


def _inline(text: str, start: int, end: int, inside: Sequence[Mark], safe: Callable[[str], str]) -> str:
    parts: list[str] = []
    for mark in inside:
        parts.append(safe(text[start : mark.start]))
        start = min(mark.end, end)
        parts.append(_mark(safe(text[mark.start : start]), mark))
    parts.append(safe(text[start:end]))
    return "".join(parts)


def _mark(words: str, mark: Mark) -> str:
    reading, key = mark.readings[0], escape(mark.anchor)
    css = css_class(reading)
    tag = ROLE_TAGS.get(reading.role, "未匹配" if css == "unmatched" else "")
    others = "".join([f'<i id="{escape(anchor(other.quantity_id))}"></i>' for other in mark.readings[1:]])
    return (
        f'<mark class="{css}" id="{key}" tabindex="0" aria-describedby="{key}t">'
        f"{others}{words}{f'<sup>{tag}</sup>' if tag else ''}"
        f'<span class="tip" role="tooltip" id="{key}t">{"".join(map(_tip, mark.readings))}</span></mark>'
    )


def _tip(reading: Row) -> str:
    """What was understood of a figure: indicator with code, value with bounds, role with year, and the rule behind."""
    counted = _counted(reading.indicator, reading.indicator_name, reading.role, reading.scope)
    amount = _amount(reading.value, reading.unit, reading.bound, reading.low, reading.high)
    return f"<span>{counted}<br>{amount}<br>{_judged(reading.role, reading.year, reading.rule)}</span>"


@lru_cache(maxsize=4096)
def _counted(indicator: str | None, name: str | None, role: str, scope: str | None) -> str:
    if indicator:
        head = f"<b>{escape(name or indicator)}</b> <code>{escape(indicator)}</code>"
    else:
        head = f"<b>{'没有指标认领' if role == 'achieved' else escape(say(role))}</b>"
    return f"{head}，口径：{escape(scope)}" if scope else head


@lru_cache(maxsize=4096)
def _amount(value: float | None, unit: str, bound: str, low: float | None, high: float | None) -> str:
    return f"{number(value)} {escape(unit)}，{escape(say(bound))}{allowed(bound, low, high)}"


@lru_cache(maxsize=4096)
def _judged(role: str, year: int | None, rule: str) -> str:
    return f"{escape(say(role))}{f'（{year} 年）' if year else ''}<br>判定：{escape(rule)}"


def number(value: float | None) -> str:
    """A number for people: thousands separated, no trailing zeros."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4f}".rstrip("0").rstrip(".")


def allowed(bound: str, low: float | None, high: float | None) -> str:
    """What the words allow, where that is more than one number: （9,001 至 9,999）."""
    if bound == "exact" or (low is None and high is None):
        return ""
    if low is None:
        return f"（至多 {number(high)}）"
    if high is None:
        return f"（至少 {number(low)}）"
    return f"（{number(low)} 至 {number(high)}）"
