"""With which letters a match of a regular expression can begin: a search need not try it anywhere else.

The ``re`` module finds that out by itself for plain alternatives only; the catalogue's have groups, options and looks
behind at their beginning, and a search then tries each of them at every letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_WIDEST_RANGE = 200


def opening_letters(pattern: str) -> frozenset[str] | None:
    """The letters that a match of ``pattern`` can begin with; None where it may be any, or no letter at all."""
    parsed = _parser.parse(pattern)
    letters, may_be_empty = _of_sequence(parsed)
    return None if letters is None or may_be_empty or parsed.state.flags & re.IGNORECASE else letters


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> tuple[frozenset[str] | None, bool]:
    """The letters, and whether all of it may be left out."""
    letters: frozenset[str] = frozenset()
    for kind, of in items:
        more, may_be_empty = _of_item(kind, of)
        if more is None:
            return None, False
        letters |= more
        if not may_be_empty:
            return letters, False
    return letters, True


def _of_item(kind: Any, of: Any) -> tuple[frozenset[str] | None, bool]:
    if kind in (sre.ASSERT, sre.ASSERT_NOT, sre.AT):
        return frozenset(), True
    if kind in (sre.LITERAL, sre.IN):
        return _of_set(of if kind is sre.IN else [(kind, of)]), False
    if kind is sre.SUBPATTERN and not of[1]:
        return _of_sequence(of[3])
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        letters, may_be_empty = _of_sequence(of[2])
        return letters, may_be_empty or of[0] == 0
    if kind is sre.BRANCH:
        branches = [_of_sequence(branch) for branch in of[1]]
        told = [letters for letters, _ in branches if letters is not None]
        return (frozenset().union(*told) if len(told) == len(branches) else None), any(empty for _, empty in branches)
    return None, False


def _of_set(members: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    letters: set[str] = set()
    for kind, of in members:
        if kind is sre.LITERAL:
            letters.add(chr(of))
        elif kind is sre.RANGE and of[1] - of[0] < _WIDEST_RANGE:
            letters.update(map(chr, range(of[0], of[1] + 1)))
        else:
            return None
    return frozenset(letters)
