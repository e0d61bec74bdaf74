"""From the achieved figures of a report to its facts: one per indicator and scope, with all places of evidence.

Knows when two statements are one fact (the same figure, or 9000余 beside 9123), when one is a narrower one (其中…,
深入企业宣传10余次 beside 宣传56次) and gets the words that narrow it as its scope, and when the report contradicts
itself. Leaves out which figure belongs to which indicator.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from annual_reports import phrases
from annual_reports.phrasings import Phrasings
from annual_reports.report import Fact, Quantity

_TOTAL = re.compile(r"共|累计|总计|合计|全年|总|全部")
_LONGEST_SCOPE = 24


def build(
    text: str, quantities: Sequence[Quantity], report_year: int, phrasings: Phrasings
) -> tuple[list[Quantity], list[Fact]]:
    """The facts, and ``quantities`` with the scopes that telling them apart has brought out."""
    quantities = list(quantities)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, quantity in enumerate(quantities):
        if quantity.role == "achieved" and quantity.indicator and quantity.year == report_year:
            groups[quantity.indicator, quantity.scope].append(index)
    for members in groups.values():
        if len(members) > 1:
            rest = _without_listed(text, quantities, members, phrasings)
            if len(_statements(quantities, rest)) > 1:
                _narrow(text, quantities, rest, phrasings)
    regrouped: dict[tuple[str, str], list[int]] = defaultdict(list)
    for members in groups.values():
        for index in members:
            regrouped[quantities[index].indicator or "", quantities[index].scope].append(index)
    facts = [fact for members in regrouped.values() for fact in _facts(quantities, members, report_year, phrasings)]
    return quantities, sorted(facts, key=lambda fact: fact.quantities)


def _without_listed(text: str, quantities: list[Quantity], members: Sequence[int], phrasings: Phrasings) -> list[int]:
    """``members`` without those that only by chance have the value of another one of their sentence, under other words
    (法律培训4次、学法培训4次): these get their words as scope, as they would with any other value."""
    values = {index: (quantities[index].sentence_start, quantities[index].value) for index in members}
    times = Counter(values.values())
    seen: dict[tuple[int, float], str] = {}
    rest: list[int] = []
    for index, value in values.items():
        if times[value] == 1:
            rest.append(index)
            continue
        own = phrases.own(text, quantities, index, phrasings)
        first = seen.setdefault(value, own.phrase)
        if own.printed and first and first not in own.phrase and own.phrase not in first:
            _scope(quantities, index, own.printed)
        else:
            rest.append(index)
    return rest


def _statements(quantities: Sequence[Quantity], members: Sequence[int]) -> list[list[int]]:
    """``members`` parted by what they state; an exact figure and a bound that allows it are one statement."""
    if len(members) == 1:
        return [list(members)]
    parted: list[list[int]] = []
    for index in sorted(members, key=lambda i: (quantities[i].bound != "exact", i)):
        for others in parted:
            if _agree(quantities[others[0]], quantities[index]):
                others.append(index)
                break
        else:
            parted.append([index])
    return sorted((sorted(group) for group in parted), key=min)


def _agree(one: Quantity, other: Quantity) -> bool:
    if one.value == other.value:
        return one.unit == other.unit or one.value == 0
    if one.bound == other.bound or one.unit != other.unit or "exact" not in (one.bound, other.bound):
        return False
    exact, loose = (one, other) if one.bound == "exact" else (other, one)
    return (loose.low is None or exact.value >= loose.low) and (loose.high is not None and exact.value <= loose.high)


def _narrow(text: str, quantities: list[Quantity], members: Sequence[int], phrasings: Phrasings) -> None:
    """Gives a scope to the narrower of differing statements: the words of their own clause that narrow them.

    Where none narrows but they are put in other words (专题会议6次, 法治建设推进会2次), the one that says it is the
    total, else the largest, is the whole, and the others keep their words as scope.
    """
    own = {index: phrases.own(text, quantities, index, phrasings) for index in members}
    open_members = []
    for index in members:
        narrowing, _, _, part = own[index]
        if narrowing or part:
            _scope(quantities, index, narrowing or own[index].printed)
        else:
            open_members.append(index)
    statements = _statements(quantities, open_members)
    if len(statements) < 2 or len({own[group[0]].printed for group in statements}) < len(statements):
        return
    whole = max(
        statements, key=lambda group: (any(_says_total(text, quantities[i]) for i in group), quantities[group[0]].value)
    )
    for group in statements:
        for index in group if group is not whole else ():
            _scope(quantities, index, own[index].printed)


def _scope(quantities: list[Quantity], index: int, words: str) -> None:
    old = quantities[index].scope
    words = words[:_LONGEST_SCOPE]
    if words and words != old:
        quantities[index] = replace(quantities[index], scope=f"{old}：{words}" if old else words)


def _says_total(text: str, quantity: Quantity) -> bool:
    return bool(_TOTAL.search(text, max(quantity.sentence_start, quantity.start - 30), quantity.start))


def _facts(quantities: Sequence[Quantity], members: Sequence[int], year: int, phrasings: Phrasings) -> list[Fact]:
    statements = _statements(quantities, members)
    flags = ("contradicted",) if len(statements) > 1 else ()
    return [_fact(quantities, group, year, phrasings, flags) for group in statements]


def _fact(
    quantities: Sequence[Quantity], group: Sequence[int], year: int, phrasings: Phrasings, flags: tuple[str, ...]
) -> Fact:
    best = quantities[group[0]]
    if best.bound != "exact":
        best = next((quantities[index] for index in group if quantities[index].bound == "exact"), best)
    code = best.indicator or ""
    factor = phrasings.factors[code].get(best.unit, 1)
    return Fact(
        indicator=code,
        scope=best.scope,
        year=year,
        value=best.value * factor,
        low=None if best.low is None else best.low * factor,
        high=None if best.high is None else best.high * factor,
        bound=best.bound,
        unit=phrasings.units[code],
        quantities=tuple(group),
        flags=flags,
    )
