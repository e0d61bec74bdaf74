"""What the words round a number allow: 余, 近, 不少于 … → bound, low and high.

The words and the rule of each stand in ``catalogue/bounds.yml``; the arithmetic of the rules stands here. Knows nothing
of units beyond the smallest step a unit can take (1 for a count, 0.01 for a percentage), which is what lies between
「不到 100」 and 100.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from annual_reports.report import Bound

Exact = int | Decimal


@dataclass(frozen=True, slots=True)
class BoundWord:
    """One entry of the catalogue: the word, its rule, and the letters beside it that make it part of another word."""

    word: str
    side: str
    rule: str
    only: tuple[str, ...]
    not_after: frozenset[str]
    not_before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoundWords:
    """The catalogue's words, ready for matching."""

    before: dict[str, tuple[BoundWord, ...]]
    tight: str
    after: str
    rules: dict[tuple[str, str], str]

    def before_number(self, text: str, number: int, floor: int) -> BoundWord | None:
        """The bound word that ends right before ``text[number]``, not reaching over ``floor``; longest first."""
        end = number
        while end > floor and text[end - 1] in " \t\u3000\xa0":
            end -= 1
        word = self._ending_at(text, end, number, floor)
        if word is None and text[end - 1 : end] in _FILLERS:
            word = self._ending_at(text, end - 1 - text.startswith("达到", end - 2), number, floor)
            return word if word and len(word.word) > 1 else None
        return word

    def _ending_at(self, text: str, end: int, number: int, floor: int) -> BoundWord | None:
        if end <= floor:
            return None
        for word in self.before.get(text[end - 1], ()):
            start = end - len(word.word)
            if start < floor or not text.startswith(word.word, start):
                continue
            if text[start - 1 : start] in word.not_after and start:
                continue
            if word.only and not text.startswith(word.only, number):
                continue
            return word
        return None


# 「突破了1000件」「最高达30%」「不少于全年」: letters that may stand between a bound word and its number
_FILLERS = frozenset("了达到为有")


def compile_bounds(table: dict[str, Any]) -> BoundWords:
    """The matching tables of ``catalogue["bounds"]``."""
    words = [
        BoundWord(
            entry.get("word", key),
            entry["side"],
            entry["rule"],
            tuple(entry.get("only", ())),
            frozenset(entry.get("not_after", ())),
            tuple(entry.get("not_before", ())),
        )
        for key, entry in table.items()
    ]
    before: dict[str, list[BoundWord]] = {}
    for word in sorted((w for w in words if w.side == "before"), key=lambda w: -len(w.word)):
        before.setdefault(word.word[-1], []).append(word)
    return BoundWords(
        {last: tuple(group) for last, group in before.items()},
        _either(words, "tight"),
        _either(words, "after"),
        {(w.side, w.word): w.rule for w in words},
    )


def _either(words: list[BoundWord], side: str) -> str:
    """A regular expression for the words of one side, longest first, each kept from being part of a longer word."""
    chosen = sorted((w for w in words if w.side == side), key=lambda w: -len(w.word))
    return "|".join(
        re.escape(w.word) + (f"(?!{'|'.join(map(re.escape, w.not_before))})" if w.not_before else "") for w in chosen
    )


BOUND_OF: dict[str, Bound] = {
    "next_step": "at_least",
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
    a number not ending in 0 runs to the next ten); ``step`` is the smallest step of the unit. Always low ≤ high.
    """
    if rule == "next_step":
        return _ordered(value + step, (value // last_place + 1) * last_place - step)
    if rule == "from":
        return value, None
    if rule == "above":
        return value + step, None
    if rule == "several":
        return value * 2, value * 10 - step
    if rule == "around":
        return tenths(value, 9), tenths(value, 11)
    if rule == "below_close":
        return _ordered(tenths(value, 9), value - step)
    if rule == "up_to":
        return None, value
    if rule == "below":
        return None, value - step
    raise ValueError(f"unknown bound rule {rule!r}")


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
