"""Which words behind a number are its unit, how each is spelled, and in what unit the number then is.

Reads ``catalogue/units.yml``. Leaves out where a number begins and whether it counts anything: ``quantities``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

SPACE = r"[ \t\u3000\xa0]*(?:\n[ \t\u3000\xa0]*)?"
"""White space that may stand inside one quantity: a converter's line break included, an empty line not."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: canonical ``name``, ``kind`` of units.yml, ``times`` the printed number gives the value (九成 → 90 %),
    ``chinese`` whether it may follow Chinese digits ("tens": only those with 十, 百 or 千), ``one`` when 一 counts
    before it, ``step`` its smallest step."""

    name: str
    kind: str
    times: int
    chinese: bool | str
    one: str
    step: int | Decimal


@dataclass(frozen=True, slots=True)
class Units:
    """The units as one regular expression (without groups) and as a table from every spelling to its unit."""

    pattern: str
    by_spelling: dict[str, Unit]

    @property
    def first_letters(self) -> frozenset[str]:
        """The letters that a unit can begin with."""
        return frozenset(spelling[0] for spelling in self.by_spelling)

    def of(self, printed: str) -> Unit:
        """The unit of a printed spelling (white space removed), composites such as ``件（次）`` included."""
        known = self.by_spelling.get(printed)
        if known is None:
            match = _COMPOSITE.fullmatch(printed)
            first = self.by_spelling[match[1] if match else printed[:1]]
            name = f"{first.name}({match[2] or match[3]})" if match else printed
            known = Unit(name, first.kind, first.times, first.chinese, first.one, first.step)
        return known


NO_UNIT = Unit("", "count", 1, False, "never", 1)

_COMPOSITE = re.compile(r"(.+?)(?:[（(](.+?)[）)]|[/／](.+))")
_CHINESE = {"count", "duration", "age", "rate"}


def compile_units(table: dict[str, Any]) -> Units:
    """The matching tables of ``catalogue["units"]``."""
    by_spelling: dict[str, Unit] = {}
    spellings: list[tuple[str, str]] = []
    for name, entry in table.items():
        unit = Unit(
            entry.get("as", name),
            entry["kind"],
            int(entry.get("times", 1)),
            entry.get("chinese", entry["kind"] in _CHINESE),
            entry.get("one", "after"),
            Decimal(str(entry["step"])) if "step" in entry else 1,
        )
        guard = f"(?!{'|'.join(entry['not_before'])})" if "not_before" in entry else ""
        if "only_before" in entry:
            guard += f"(?={'|'.join(entry['only_before'])}|$)"
        before = f"(?:{'|'.join(f'(?<={words})' for words in entry['only_after'])})" if "only_after" in entry else ""
        for spelling in (name, *entry.get("variants", ())):
            by_spelling[spelling] = unit
            spellings.append((spelling, before + SPACE.join(map(re.escape, spelling)) + guard))
    spellings.sort(key=lambda pair: -len(pair[0]))
    single = _by_first_letter(spellings)
    counts = "|".join(SPACE.join(map(re.escape, name)) for name, e in table.items() if e["kind"] == "count")
    second = f"(?:{SPACE}[（(]{SPACE}(?:{counts}){SPACE}[）)]|[/／](?:{counts})(?!均))"
    return Units(f"(?:{single}){second}?", by_spelling)


def _by_first_letter(spellings: list[tuple[str, str]]) -> str:
    """The patterns of all spellings in one, those of one first letter together, in their order, and the letters in the
    catalogue's: only one group needs to be tried, and for most letters of a text none."""
    groups: dict[str, list[str]] = {}
    for spelling, pattern in spellings:
        groups.setdefault(spelling[0], []).append(pattern)
    return f"(?=[{''.join(map(re.escape, groups))}])(?:{'|'.join(map(_behind_letter, groups, groups.values()))})"


def _behind_letter(letter: str, patterns: list[str]) -> str:
    first = re.escape(letter)
    if not all(pattern.startswith(first) for pattern in patterns):  # a look behind comes first
        return "|".join(patterns)
    return f"{first}(?:{'|'.join(pattern.removeprefix(first) for pattern in patterns)})"
