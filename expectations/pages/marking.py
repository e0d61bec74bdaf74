"""A report's text as HTML in which every recognised figure is marked: by colour, by underline and by a word, with what
the reader understood of it shown on hover and on keyboard focus.

Knows offsets and escaping; everything that comes from a report goes through ``escape``. Leaves out the page around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markupsafe import Markup

from expectations.labels import say

RUN_IN_STOPS = ("。", "：", "；")
PIECE = 20_000  # characters: a paragraph longer than this is divided, so that a page can end inside it
ROLE_TAGS = {"target": "目标", "quota": "定额", "comparative": "他年", "change": "变化"}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Mark:
    """One place in the text with all that was read there (one number for two nouns: two readings)."""

    start: int
    end: int
    readings: tuple[Row, ...]

    @property
    def anchor(self) -> str:
        return anchor(self.readings[0]["quantity_id"])


@dataclass(frozen=True)
class Block:
    """A rendered piece of the text, and the anchors of the figures in it."""

    html: Markup
    anchors: tuple[str, ...]


def anchor(quantity_id: str) -> str:
    """The id of a figure within its page: q12."""
    return "q" + quantity_id.rpartition("-q")[2]


def marks(quantities: Iterable[Row], length: int) -> list[Mark]:
    """The places to mark, in order and without overlap: what lies within another is told with it."""
    found: list[Mark] = []
    for row in sorted(quantities, key=lambda q: (q["span_start"], -q["span_end"])):
        start, end = row["span_start"], row["span_end"]
        if not 0 <= start < end <= length:
            continue  # the gate names it (Q04); there is no place in the text to mark
        if found and start < found[-1].end:
            last = found[-1]
            found[-1] = Mark(last.start, max(last.end, end), (*last.readings, row))
        else:
            found.append(Mark(start, end, (row,)))
    return found


def css_class(reading: Row) -> str:
    """The class of a figure: its role, and of achieved ones whether an indicator claims it."""
    if reading["role"] == "achieved":
        return "achieved" if reading["indicator"] else "unmatched"
    return str(reading["role"]) if reading["role"] in ROLE_TAGS else "else"


def blocks(text: str, title: str | None, sections: Sequence[Row], places: Sequence[Mark]) -> list[Block]:
    """The text in pieces: title lines, headings and paragraphs, each figure marked."""
    heads = {section["span_start"]: section for section in sections}
    rendered, at, headed = [], 0, False
    for start, end, section in _pieces(text, heads):
        inside = []
        while at < len(places) and places[at].start < end:
            inside.append(places[at])
            at += 1
        body = _inline(text, start, end, inside)
        if section is not None:
            html = _heading(body, section)
        elif not body.strip():
            html = Markup("")
        elif not headed and _compact(text[start:end]) in _compact(title):
            html = Markup(f'<p class="title">{body}</p>')
        else:
            html = Markup(f"<p>{body}</p>")
        headed = headed or section is not None
        if html:
            rendered.append(Block(html, tuple(mark.anchor for mark in inside)))
    return rendered


def _compact(words: str | None) -> str:
    return re.sub(r"\s", "", words or "")


def _pieces(text: str, heads: Mapping[int, Row]) -> Iterable[tuple[int, int, Row | None]]:
    """(start, end, section that the piece is the heading of) for every line, run-in headings cut from their body."""
    cuts = sorted(start for start in heads if 0 <= start < len(text))
    at = 0
    for line in re.finditer(r"[^\n]+", text):
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


def _cut(start: int, end: int) -> Iterable[tuple[int, int, None]]:
    for begin in range(start, end, PIECE):
        yield begin, min(begin + PIECE, end), None


def _heading_end(text: str, start: int, end: int, section: Row) -> int:
    """Where the heading's words end: right after its title, white space aside; the line's end where it is not found."""
    words = r"\s*".join(map(re.escape, _compact(section["title"])[:200]))
    found = re.compile(words).search(text, start, min(end, start + 400)) if words else None
    if not found:
        return end
    # the stop that cuts a run-in heading from its body belongs to the heading's line, not to the body's beginning
    return found.end() + (text[found.end() : found.end() + 1] in RUN_IN_STOPS)


# The four below are a report page's cost: 40 figures each. ``Markup.format`` would take three times as long, so they
# put plain strings together; whatever is not a constant here goes through ``escape``.
def _heading(body: Markup, section: Row) -> Markup:
    level = min(int(section["level"]) + 2, 6)
    repaired = f' <small class="repaired">序号应为{escape(section["marker"])}</small>' if section["repaired"] else ""
    kind = ""
    if section["level"] == 1 and say(section["canonical"]) != section["title"]:
        kind = f' <small class="kind">{escape(say(section["canonical"]))}</small>'
    key = escape(section["section_id"].rpartition("-s")[2])
    return Markup(f'<h{level} id="s{key}">{body}{repaired}{kind}</h{level}>')


def _inline(text: str, start: int, end: int, inside: Sequence[Mark]) -> Markup:
    parts: list[str] = []
    for mark in inside:
        parts.append(escape(text[start : mark.start]))
        start = min(mark.end, end)
        parts.append(_mark(text[mark.start : start], mark))
    parts.append(escape(text[start:end]))
    return Markup("".join(parts))


def _mark(words: str, mark: Mark) -> str:
    reading, key = mark.readings[0], mark.anchor
    css = css_class(reading)
    tag = ROLE_TAGS.get(reading["role"], "未匹配" if css == "unmatched" else "")
    return (
        f'<mark class="{css}" id="{escape(key)}" tabindex="0" aria-describedby="{escape(key)}t">'
        + "".join(f'<i id="{escape(anchor(other["quantity_id"]))}"></i>' for other in mark.readings[1:])
        + escape(words)
        + (f"<sup>{tag}</sup>" if tag else "")
        + f'<span class="tip" role="tooltip" id="{escape(key)}t">{"".join(map(_tip, mark.readings))}</span></mark>'
    )


def _tip(reading: Row) -> str:
    """What was understood of a figure: indicator with code, value with bounds, role with year, and the rule behind."""
    if reading["indicator"]:
        name = reading["indicator_name"] or reading["indicator"]
        head = f"<b>{escape(name)}</b> <code>{escape(reading['indicator'])}</code>"
    else:
        head = f"<b>{'没有指标认领' if reading['role'] == 'achieved' else escape(say(reading['role']))}</b>"
    scope = f"，口径：{escape(reading['scope'])}" if reading["scope"] else ""
    year = f"（{reading['year']} 年）" if reading["year"] else ""
    return (
        f"<span>{head}{scope}<br>{number(reading['value'])} {escape(reading['unit'])}，"
        f"{escape(say(reading['bound']))}{allowed(reading)}<br>"
        f"{escape(say(reading['role']))}{year}<br>判定：{escape(reading['rule'])}</span>"
    )


def number(value: float | None) -> str:
    """A number for people: thousands separated, no trailing zeros."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4f}".rstrip("0").rstrip(".")


def allowed(reading: Row) -> str:
    """What the words allow, where that is more than one number: （9,001 至 9,999）."""
    low, high = reading["low"], reading["high"]
    if reading["bound"] == "exact" or (low is None and high is None):
        return ""
    if low is None:
        return f"（至多 {number(high)}）"
    if high is None:
        return f"（至少 {number(low)}）"
    return f"（{number(low)} 至 {number(high)}）"
