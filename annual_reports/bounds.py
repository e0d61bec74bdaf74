"""What the words round a number allow: 余, 近, 不少于 … → bound, low and high.

The words and the rule of each stand in ``catalogue/bounds.yml``; the arithmetic of the rules stands here. Knows nothing
of units beyond the smallest step a unit can take (1 for a count, 0.01 for a percentage), which is what lies between
「不到 100」 and 100.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from annual_reports.report import Bound
from annual_reports.traps import DIGITS

Exact = int | Decimal


@dataclass(frozen=True, slots=True)
class BoundWord:
    """One entry of the catalogue: the word, its rule, the letters beside it that make it part of another word, and
    what it is bound to (``only``: what the number begins with, or for a word behind it the unit's last letters)."""

    word: str
    side: str
    rule: str
    only: tuple[str, ...]
    not_after: tuple[str, ...]
    not_before: tuple[str, ...]
    apart: bool


class Found(NamedTuple):
    """A bound word that holds for a number, by its rule, and where the figure begins with it."""

    rule: str
    start: int


class BoundWords:
    """The words of ``catalogue["bounds"]``, ready for matching.

    ``tight`` and ``after`` are regular expressions without groups for the words right behind a number and behind its
    unit, ``first_letters`` what these begin with; ``rules`` gives the rule of each word by side and word.
    """

    def __init__(self, table: dict[str, Any]) -> None:
        words = [_word(key, entry) for key, entry in table.items()]
        self.tight, self.after = _either(words, "tight"), _either(words, "after")
        self.first_letters = frozenset(w.word[0] for w in words if w.side in ("tight", "after"))
        self.rules = {(w.side, w.word): w.rule for w in words}
        self._before: dict[str, list[BoundWord]] = {}
        for word in sorted((w for w in words if w.side == "before"), key=lambda w: -len(w.word)):
            self._before.setdefault(word.word[-1], []).append(word)
        self._last_letters = _FILLERS | _SPACES | self._before.keys()
        apart = "|".join(w.word for w in words if w.apart)
        # 最多的一人办案41件: 「的」 and 「时」 make it a noun of its own
        self._apart = re.compile(rf"({apart})(?![的时])[^，。；：、\d{DIGITS}\n一二两三四五六七八九十百千万]{{1,6}}$")

    def before(self, text: str, number: int, floor: int) -> Found | None:
        """The bound word that ends right before ``text[number]``, not reaching over ``floor``; longest first."""
        if number <= floor or text[number - 1] not in self._last_letters:
            return None
        end = number
        while end > floor and text[end - 1] in _SPACES:
            end -= 1
        if end <= floor:
            return None
        found = self._ending_at(text, end, number, floor)
        if found is None and text[end - 1] in _FILLERS:
            end -= 2 if text.startswith("达到", end - 2) else 1
            found = self._ending_at(text, end, number, floor)
            return found if found and end - found.start > 1 else None
        return found

    def apart(self, text: str, number: int, floor: int) -> Found | None:
        """A bound word with a verb between it and the number: 「至少召开1次」. The figure begins with its number."""
        match = self._apart.search(text, max(floor, number - 10), number)
        return Found(self.rules["before", match[1]], number) if match else None

    def _ending_at(self, text: str, end: int, number: int, floor: int) -> Found | None:
        if end <= floor:
            return None
        for word in self._before.get(text[end - 1], ()):
            start = end - len(word.word)
            if start < floor or not text.startswith(word.word, start):
                continue
            if text.endswith(word.not_after, 0, start):
                continue
            if word.only and not text.startswith(word.only, number):
                continue
            return Found(word.rule, start)
        return None


# 「突破了1000件」「最高达30%」: letters that may stand between a bound word and its number
_FILLERS = frozenset("了达到为有")
_SPACES = frozenset(" \t\u3000\xa0")


def _word(key: str, entry: dict[str, Any]) -> BoundWord:
    return BoundWord(
        entry.get("word", key),
        entry["side"],
        entry["rule"],
        tuple(entry.get("only", ())),
        tuple(entry.get("not_after", ())),
        tuple(entry.get("not_before", ())),
        entry.get("apart", False),
    )


def _either(words: list[BoundWord], side: str) -> str:
    """A regular expression for the words of one side, longest first, each kept from being part of a longer word."""
    chosen = sorted((w for w in words if w.side == side), key=lambda w: -len(w.word))
    return "|".join(map(_guarded, chosen))


def _guarded(word: BoundWord) -> str:
    behind = f"(?:{'|'.join(f'(?<={unit})' for unit in word.only)})" if word.only else ""
    return behind + re.escape(word.word) + (f"(?!{'|'.join(word.not_before)})" if word.not_before else "")


BOUND_OF: dict[str, Bound] = {
    "next_step": "at_least",
    "next_unit": "at_least",
    "from": "at_least",
    "above": "at_least",
    "several": "at_least",
    "around": "approx",
    "below_close": "approx",
    "up_to": "at_most",
    "below": "at_most",
}


def limits(rule: str, value: Exact, last_place: Exact, step: Exact) -> tuple[Exact | None, Exact | None]:
    """``low`` and ``high`` of ``value`` under a rule of the catalogue, both inclusive, None where open.

    ``last_place`` is the worth of the last non-zero place of the numeral as printed (30 → 10, 3.5万 → 1000, 102 → 10:
    a number not ending in 0 runs to the next ten), for ``next_unit`` that of one unit (九成多 → 10); ``step`` is the
    smallest step of the unit. Always low ≤ high.
    """
    return _LIMITS[rule](value, last_place, step)


def last_place(number: Exact, factor: int = 1) -> Exact:
    """The worth of the last non-zero place of ``number``, times ``factor``; ten where an integer does not end in 0."""
    if isinstance(number, Decimal) and number != number.to_integral_value():
        exponent = number.normalize().as_tuple().exponent
        return Decimal(1).scaleb(int(exponent)) * factor
    place, rest = 10, int(number)
    while rest and rest % (place * 10) == 0:
        place *= 10
    return place * factor


def _ordered(low: Exact, high: Exact) -> tuple[Exact, Exact]:
    return (low, high) if low <= high else (high, high)


def tenths(value: Exact, count: int) -> Exact:
    """``count`` tenths of ``value``, an int where it is whole."""
    part = Decimal(value) * count / 10
    return int(part) if part == part.to_integral_value() else part


_LIMITS: dict[str, Callable[[Exact, Exact, Exact], tuple[Exact | None, Exact | None]]] = {
    "next_step": lambda value, place, step: _ordered(value + step, (value // place + 1) * place - step),
    "next_unit": lambda value, place, step: (value + step, (value // place + 1) * place - step),
    "from": lambda value, place, step: (value, None),
    "above": lambda value, place, step: (value + step, None),
    "several": lambda value, place, step: (value * 2, value * 10 - step),
    "around": lambda value, place, step: (tenths(value, 9), tenths(value, 11)),
    "below_close": lambda value, place, step: _ordered(tenths(value, 9), value - step),
    "up_to": lambda value, place, step: (None, value),
    "below": lambda value, place, step: (None, value - step),
}
