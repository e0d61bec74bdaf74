"""Sentences and clauses: where a statement begins and ends.

Knows the marks that part Chinese prose, and that a mark inside a figure (1,200), a title 《…》 or brackets without a
figure parts nothing. Leaves out what is said.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[。！？!?\n]+[”’」』）)]*")
_MARK = re.compile(r"[，；：,;:（）()]|《[^》\n]{0,120}》")


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of one text by their borders, found once."""

    ends: tuple[int, ...]
    length: int

    def around(self, offset: int) -> tuple[int, int]:
        """Start and end of the sentence in which ``offset`` stands, its closing mark included."""
        at = bisect_right(self.ends, offset)
        return (self.ends[at - 1] if at else 0), (self.ends[at] if at < len(self.ends) else self.length)


def sentences(text: str) -> Sentences:
    """The sentences of ``text``: they end at 。！？ or a line's end. A semicolon only parts clauses."""
    return Sentences(tuple(found.end() for found in _SENTENCE_END.finditer(text)), len(text))


def clause_marks(text: str, start: int, end: int, figures: Sequence[tuple[int, int]]) -> list[int]:
    """Offsets of the marks that part clauses in the sentence ``text[start:end]`` with its ``figures`` (spans in order).

    Brackets part only where a figure stands inside: 「村（社区）」 is one noun, 「42起（其中罚款5900元）」 two clauses.
    """
    marks: list[int] = []
    opened: list[int] = []
    starts = [first for first, _ in figures]
    for found in _MARK.finditer(text, start, end):
        at, sign = found.start(), found.group()
        inside = bisect_right(starts, at) - 1
        if inside >= 0 and at < figures[inside][1]:
            continue
        if sign in "（(":
            opened.append(at)
        elif sign in "）)":
            if opened and bisect_left(starts, opened[-1]) < bisect_left(starts, at):
                marks += (opened[-1], at)
            opened = opened[:-1]
        elif len(sign) == 1:
            marks.append(at)
    return sorted(marks)
