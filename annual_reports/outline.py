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

from annual_reports.marks import ARABIC, ARABIC_BRACKETED, BRACKETED, CHINESE, DIGITS_ON_TOP, Mark

_BROKEN_SEQUENCE = 3.0
_CONTINUED_FROM_OTHER_PARENT = 1.0
_SKIPPED_LEVEL = 1.0
_OTHER_STYLE = 2.0
_BRACKETS_IN_BRACKETS = 3.2
_SAME_OTHER_STYLE_AGAIN = 0.1
_OTHER_FORM = 0.6
_BACK_UP = 1.1
_WRONG_DIGIT_FOR_CHINESE = 1.0  # a converter may go on counting from anywhere
_DIGITS_FOR_CHINESE = 1.5  # what Word's automatic numbering leaves behind: the most common fault of all
_NAMES_A_MAIN_PART = -1.0
_BEAM = 4
_HOPELESS = 3.0  # a reading this much worse than the best so far is given up


class Place(NamedTuple):
    """Where a heading stands: its level from 1, its place among its siblings from 1, the index of its parent."""

    level: int
    ordinal: int
    parent: int | None


class _Path(NamedTuple):
    """A reading of the marks so far. ``open`` holds per open level (headings counted, last number printed, its style
    and form), ``before`` the (number, style) last printed at each level under any parent, ``trail`` the levels."""

    cost: float
    open: tuple[tuple[int, int, int, str], ...]
    before: tuple[tuple[int, int], ...]
    trail: tuple[object, int] | None


def with_digits_on_top(marks: Sequence[Mark]) -> list[Mark]:
    """The marks of a document that numbers its main parts 1、2、3、 and puts （一） below: these digits are a style of
    their own, told from those of lists (``1.``) by their separator where both occur."""
    styles = [mark.style for mark in marks]
    if not styles or styles[0] != ARABIC or CHINESE in styles or BRACKETED not in styles:
        return list(marks)
    form = marks[0].form
    return [
        mark._replace(style=DIGITS_ON_TOP) if mark.style == ARABIC and mark.form == form else mark for mark in marks
    ]


def levels_of_styles(marks: Sequence[Mark], parts_are_named: bool = True) -> dict[int, int]:
    """The level that each style has in this document: one below the deepest style that it stands under.

    ``1.`` right under ``一、`` is level 3 all the same, its level 2 left out: official documents (GB/T 9704) give each
    level its own mark, and a reader who compares reports wants the same mark at the same level, whether some ``（一）``
    stands elsewhere in the document or none at all. Only where no ``一、`` stands above do digits count from the top.
    So does ``（一）``, if ``parts_are_named``: if its titles name the main parts of a report; else it is level 2 of a
    report that has no level 1 (or of which only an extract is at hand).
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
        skipped = style == ARABIC and CHINESE in parents[style] and BRACKETED not in parents[style]
        skipped |= style == BRACKETED and not parents[style] and not parts_are_named
        levels[style] = 1 + max((levels[p] for p in parents[style]), default=0) + skipped
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
    forms: list[str] = []
    for mark, level in zip(marks, levels, strict=True):
        skipped = level - len(count) - 1
        if skipped > (mark.style in (BRACKETED, ARABIC)):
            return False
        if skipped >= 0:
            count += [0] * (skipped + 1)
            forms += [mark.form] * (skipped + 1)
        del count[level:], forms[level:]
        count[-1] += 1
        if mark.number is not None and (mark.number, mark.form) != (count[-1], forms[-1]):
            return False
    return True


def _least_excused(marks: Sequence[Mark], natural: dict[int, int], is_main_part: Callable[[int], bool]) -> list[int]:
    options = {mark[::2]: _options(mark, natural) for mark in marks}
    paths = [_Path(0.0, (), (), None)]
    for index, mark in enumerate(marks):
        choices = options[mark[::2]]
        main = len(choices) > 1 and is_main_part(index)
        best: dict[object, _Path] = {}
        limit = float("inf")
        for path in paths:
            for choice in choices:
                if path.cost + choice[1] + main * _NAMES_A_MAIN_PART > limit:
                    continue  # not worth the step
                step = _step(path, mark, choice, main)
                if step is None:
                    continue
                state = step[1:3]
                if state not in best or step.cost < best[state].cost:
                    best[state] = step
                    limit = min(limit, step.cost + _HOPELESS)
        ranked = sorted(best.values(), key=itemgetter(0))[:_BEAM]
        paths = [path for path in ranked if path.cost <= ranked[0].cost + _HOPELESS]
    levels: list[int] = []
    trail: object = paths[0].trail
    while isinstance(trail, tuple):
        trail, level = trail
        levels.append(level)
    return levels[::-1]


def _options(mark: Mark, natural: dict[int, int]) -> list[tuple[int, float, bool]]:
    """The levels that a mark of this style may stand for, what it costs to believe so, and whether such a series has
    to begin with its 1 (一、 one level down)."""
    own = natural[mark.style]
    options = {own: (0.0, False)}
    if mark.style in (CHINESE, DIGITS_ON_TOP, BRACKETED, ARABIC):
        options[own + 1] = (_BRACKETS_IN_BRACKETS if mark.style == BRACKETED else _OTHER_STYLE), True
    if mark.style == ARABIC and own > 2:
        options[own - 1] = _OTHER_STYLE, False
    for printed, meant in ((ARABIC, CHINESE), (ARABIC_BRACKETED, BRACKETED)):
        if mark.style == printed and meant in natural and natural[meant] != own:
            other_form = printed == ARABIC and mark.form != "、"  # 三、 turns into 3、 rather than 3.
            options[natural[meant]] = _DIGITS_FOR_CHINESE + _OTHER_FORM * other_form, False
    return [(level, *cost) for level, cost in sorted(options.items())]


def _step(path: _Path, mark: Mark, choice: tuple[int, float, bool], main: bool) -> _Path | None:
    """``path`` with the mark read as the level of ``choice``; None where nobody would read it so."""
    level, style_cost, begins_with_one = choice
    cost, opened, before, trail = path
    skipped = level - len(opened) - 1
    if skipped >= 0:
        opened += ((0, 0, -1, ""),) * (skipped + 1)
        cost += _SKIPPED_LEVEL * skipped
    count, printed, style, form = opened[level - 1]
    number = count + 1 if mark.number is None else mark.number
    if style_cost:
        if begins_with_one and number != 1 and (not count or style != mark.style):
            return None
        if main and level == 1:
            cost += _NAMES_A_MAIN_PART
        cost += _SAME_OTHER_STYLE_AGAIN if count and style == mark.style else style_cost
        if not main and opened[level:] and opened[level][1:] == (number - 1, *mark[::2]):
            cost += _BACK_UP  # 1. 2. 3. below （二）, then （四）: the 3. goes on its own series, a （三） is missing
    elif count and style == mark.style and form != mark.form:
        cost += _OTHER_FORM  # 「4.」 and then 「5、」: rather another list
    elif not main and len(opened) > level and opened[level][1:3] == ((mark.number or 0) - 1, mark.style):
        cost += _BACK_UP  # it goes on the series one level down
    before += ((0, -1),) * (level - len(before))
    if number != count + 1 and (not count or number != printed + 1):
        if not count and (number - 1, mark.style) == before[level - 1]:
            cost += _CONTINUED_FROM_OTHER_PARENT
        else:
            converted = style_cost and mark.style == ARABIC_BRACKETED
            cost += _WRONG_DIGIT_FOR_CHINESE if converted else _BROKEN_SEQUENCE
    return _Path(
        cost,
        (*opened[: level - 1], (count + 1, number, mark.style, mark.form)),
        (*before[: level - 1], (number, mark.style), *before[level:]),
        (trail, level),
    )
