"""The level and ordinal of each heading mark, whatever was printed.

Knows how Chinese official documents number their parts (第一部分, 一、, （一）, 1., （1）, ①) and how that goes wrong:
Word's automatic numbering turned into digits by a converter (``（2）`` and ``3、`` among ``（一）``), ``一、``
repeated one level down, numbering that runs on from another parent. Leaves out how marks and titles are found in the
text (headings.py).

Most reports number themselves without a fault; for these one pass is enough. For the others a short beam search looks
for the reading of all marks that has to excuse the least. The costs are conventions, tried on reports; their order is
what matters: a mark that breaks a sequence (3) is worse than one printed in the style of another level (2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

PART, CHINESE, BRACKETED, ARABIC, ARABIC_BRACKETED, CIRCLED = range(6)

_BROKEN_SEQUENCE = 3.0
_CONTINUED_FROM_OTHER_PARENT = 1.0
_SKIPPED_LEVEL = 0.5
_OTHER_STYLE = 2.0
_SAME_OTHER_STYLE_AGAIN = 0.3
_DIGITS_FOR_CHINESE = 1.5  # what Word's automatic numbering leaves behind: the most common fault of all
_NAMES_A_MAIN_PART = -1.0
_BEAM = 8
_HOPELESS = 5.0  # a reading this much worse than the best so far is given up


class Mark(NamedTuple):
    """One heading's mark: its style and the number it prints (None: no mark)."""

    style: int
    number: int | None


class Place(NamedTuple):
    """Where a heading stands: its level from 1, its place among its siblings from 1, the index of its parent."""

    level: int
    ordinal: int
    parent: int | None


class _Path(NamedTuple):
    """A reading of the marks so far. ``open`` holds per open level (headings counted, last number printed, last
    style), ``before`` the last number printed at each level under whichever parent, ``trail`` the levels as a chain."""

    cost: float
    open: tuple[tuple[int, int, int], ...]
    before: tuple[int, ...]
    trail: tuple[object, int] | None


def levels_of_styles(marks: Sequence[Mark]) -> dict[int, int]:
    """The level that each style has in this document: one below the deepest style that it stands under.

    ``1.`` right under ``一、`` is level 3 where the document elsewhere puts ``1.`` under ``（一）``, else level 2: the
    style keeps one level throughout, as its author meant it.
    """
    parents: dict[int, set[int]] = {}
    chain: list[int] = []
    for mark in marks:
        while chain and chain[-1] >= mark.style:
            chain.pop()
        parents.setdefault(mark.style, set()).update(chain[-1:])
        chain.append(mark.style)
    levels: dict[int, int] = {}
    for style in sorted(parents):
        levels[style] = 1 + max((levels[p] for p in parents[style]), default=0)
    return levels


def places(marks: Sequence[Mark], natural: dict[int, int], is_main_part: Callable[[int], bool]) -> list[Place]:
    """Level, ordinal and parent of every mark, in order. ``natural`` is levels_of_styles(marks); ``is_main_part`` says
    of an index whether the title there names a main part of a report (asked only where the marks are at fault)."""
    levels = [natural[mark.style] for mark in marks]
    if not _is_regular(marks, levels):
        levels = _least_excused(marks, natural, is_main_part)
    out: list[Place] = []
    chain: list[int] = []  # indexes of the open headings
    counts: dict[int | None, int] = {}
    for index, level in enumerate(levels):
        while chain and levels[chain[-1]] >= level:
            chain.pop()
        parent = chain[-1] if chain else None
        counts[parent] = counts.get(parent, 0) + 1
        out.append(Place(level, counts[parent], parent))
        chain.append(index)
    return out


def _is_regular(marks: Sequence[Mark], levels: list[int]) -> bool:
    count: list[int] = []
    for mark, level in zip(marks, levels, strict=True):
        if level > len(count) + 1:
            return False
        if level > len(count):
            count.append(0)
        del count[level:]
        count[-1] += 1
        if mark.number is not None and mark.number != count[-1]:
            return False
    return True


def _least_excused(marks: Sequence[Mark], natural: dict[int, int], is_main_part: Callable[[int], bool]) -> list[int]:
    options = {style: _options(style, natural) for style in natural}
    paths = [_Path(0.0, (), (), None)]
    for index, mark in enumerate(marks):
        main = len(options[mark.style]) > 1 and is_main_part(index)
        best: dict[object, _Path] = {}
        for path in paths:
            for level, style_cost in options[mark.style]:
                step = _step(path, mark, level, style_cost, main)
                if step and (step[1:3] not in best or step.cost < best[step[1:3]].cost):
                    best[step[1:3]] = step
        ranked = sorted(best.values(), key=itemgetter(0))[:_BEAM]
        paths = [path for path in ranked if path.cost <= ranked[0].cost + _HOPELESS]
    levels: list[int] = []
    trail: object = paths[0].trail
    while isinstance(trail, tuple):
        trail, level = trail
        levels.append(level)
    return levels[::-1]


def _options(style: int, natural: dict[int, int]) -> list[tuple[int, float]]:
    """The levels that a mark of this style may stand for, each with what it costs to believe so."""
    own = natural[style]
    options = {own: 0.0}
    if style in (CHINESE, BRACKETED, ARABIC):
        options[own + 1] = _OTHER_STYLE
    if style == ARABIC and own > 2:
        options[own - 1] = _OTHER_STYLE
    for printed, meant in ((ARABIC, CHINESE), (ARABIC_BRACKETED, BRACKETED)):
        if style == printed and meant in natural:
            options[natural[meant]] = _DIGITS_FOR_CHINESE if natural[meant] != own else 0.0
    return sorted(options.items())


def _step(path: _Path, mark: Mark, level: int, style_cost: float, main: bool) -> _Path | None:
    """``path`` with the mark read as ``level``; None where nobody would read it so."""
    cost, opened, before, trail = path
    skipped = level - len(opened) - 1
    if skipped >= 0:
        opened += ((0, 0, -1),) * (skipped + 1)
        cost += _SKIPPED_LEVEL * skipped
    count, printed, style = opened[level - 1]
    number = count + 1 if mark.number is None else mark.number
    if style_cost:
        if not count and number != 1 and style_cost == _OTHER_STYLE:
            return None  # a series in the style of another level begins with its 1
        if main and level == 1:
            cost += _NAMES_A_MAIN_PART
        cost += _SAME_OTHER_STYLE_AGAIN if count and style == mark.style else style_cost
    before += (0,) * (level - len(before))
    if number != count + 1 and (not count or number != printed + 1):
        continues = not count and before[level - 1] and number == before[level - 1] + 1
        cost += _CONTINUED_FROM_OTHER_PARENT if continues else _BROKEN_SEQUENCE
    return _Path(
        cost,
        (*opened[: level - 1], (count + 1, number, mark.style)),
        (*before[: level - 1], number, *before[level:]),
        (trail, level),
    )
