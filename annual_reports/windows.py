"""Around each figure of a sentence: which words are its own, and which may still say what it counts.

Knows how Chinese prose lays figures out: number behind or before its noun, lists parted by 、, 「A、B分别为3件、2件」.
It leaves out what the words mean.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from annual_reports.lexicon import NOTHING, Lexicon, Token

JOINT = re.compile(r"、|以及|和|及|与|或者|或")
_LIST_MARK = re.compile(r"、|和|及|与")
_OF_WHICH = "其中"
_RESPECTIVELY = "分别"

Span = tuple[int, int]
_Place = tuple[int, Span, int, int]  # clause's start, own words before the figure, end of those behind, clause's end


class Window(NamedTuple):
    """What stands around one figure, as tokens of the lexicon.

    ``before`` and ``behind`` are its own words on either side, ``own`` where the former stand. ``clause`` is what comes
    earlier in its clause (another figure between), or later where the figure opens a list (对5个乡镇、4家单位督察);
    ``earlier`` earlier in the sentence, ``following`` the next clause up to its first figure (``plain``: it has none).
    ``foreign`` counts the characters of its own words that the catalogue does not know.
    """

    own: Span
    end: int  # where the words behind it end
    before: list[Token]
    behind: list[Token]
    clause: Sequence[Token]
    earlier: list[Token]
    following: list[Token]
    plain: bool
    foreign: int
    clause_start: int


def windows(text: str, sentence: Span, figures: Sequence[Span], lexicon: Lexicon, marks: list[int]) -> list[Window]:
    """One Window per figure. ``marks`` are where the sentence's clauses part; all in order."""
    tokens = lexicon.scan(text, *sentence)
    starts = [token.start for token in tokens]
    start, end = sentence

    def between(left: int, right: int) -> list[Token]:
        part = tokens[bisect_left(starts, left) : bisect_left(starts, right)]
        while part and part[-1].end > right:
            part.pop()
        return part

    found = []
    for index, (clause, own, right, close) in enumerate(_places(text, sentence, figures, marks)):
        first, last = figures[index]
        before, behind = between(*own), between(last, right)
        rest = (*between(clause, min(own[0], first)), *(between(right, close) if behind else ()))
        at = bisect_left(marks, close)
        ahead = marks[at + 1] if at + 1 < len(marks) else end
        plain = index + 1 == len(figures) or figures[index + 1][0] >= ahead
        if not plain:
            ahead = figures[index + 1][0]
        if text.startswith(_OF_WHICH, close + 1):
            ahead = close  # 「召开会议22次，其中专题研究法治4次」: what follows is about the 4
        found.append(
            Window(
                own=own,
                end=right,
                before=before,
                behind=behind,
                clause=rest,
                earlier=between(start, clause),
                following=between(close, ahead) if ahead > close else [],
                plain=plain,
                foreign=lexicon.unknown(text, *own, before) + lexicon.unknown(text, last, right, behind),
                clause_start=clause,
            )
        )
    return found


def words(tokens: Sequence[Token]) -> frozenset[str]:
    """Every meaningful word of ``tokens``."""
    return NOTHING.union(*[inner for _, _, inner, _ in tokens])


def _places(text: str, sentence: Span, figures: Sequence[Span], marks: list[int]) -> list[_Place]:
    """Where each figure stands."""
    places: list[_Place] = []
    group: list[int] = []  # figures of one clause
    for index, (first, last) in enumerate(figures):
        at = bisect_left(marks, first)
        clause = marks[at - 1] + 1 if at else sentence[0]
        close = marks[at] if at < len(marks) else sentence[1]
        left, right = clause, close
        if index and figures[index - 1][1] > clause:
            left = _after_list_mark(text, figures[index - 1][1], first)
        else:
            group = []
        group.append(index)
        if index + 1 < len(figures) and figures[index + 1][0] < close:
            right = _up_to_list_mark(text, last, figures[index + 1][0])
        places.append((clause, (left, first), right, close))
        _share_out(text, group, figures, places)
    return places


def _after_list_mark(text: str, left: int, right: int) -> int:
    mark = _LIST_MARK.search(text, left, right)
    return mark.end() if mark else left


def _up_to_list_mark(text: str, left: int, right: int) -> int:
    mark = _LIST_MARK.search(text, left, right)
    return mark.start() if mark else right


def _share_out(text: str, group: list[int], figures: Sequence[Span], places: list[_Place]) -> None:
    """「A、B分别为3件、2件」: the first figure is about A, the second about B."""
    clause, first = places[group[0]][0], figures[group[0]][0]
    word = text.rfind(_RESPECTIVELY, clause, first)
    if word < 0 or len(group) < 2:
        return
    cuts = [clause, *(joint.end() for joint in JOINT.finditer(text, clause, word)), word]
    nouns = list(itertools.pairwise(cuts))[-len(group) :]
    if len(nouns) < len(group):
        return
    for index, noun in zip(group, nouns, strict=True):
        start, _, right, close = places[index]
        places[index] = (start, noun, right, close)
