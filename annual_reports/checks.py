"""Arithmetic that a report's own figures imply: parts and totals, rates, at-most relations, stated changes, repeats.

Knows where a text puts a total beside its parts and a rate beside its count. It reports what holds and what does not,
and never repairs a printed figure. Leaves out what other years say: that is the warehouse's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Literal

from annual_reports.catalogue import Catalogue
from annual_reports.report import Check, Fact, Quantity

Verdict = Literal["exact", "rounded", "cut", "within", "fails"]

_OF_WHICH = re.compile(r"其中|分别(?:为|是)?|包括|含")
_EXHAUSTIVE = re.compile(r"分别(?:为|是)")
_PART_RATE = re.compile(r"率|占比|占|比例|度")
_DOWN = re.compile(r"下降|减少|降低|少|降|压减|缩减")
_CLOSE = 1e-9  # decimals of a report are exact, floats are not


def run(text: str, quantities: Sequence[Quantity], facts: Sequence[Fact], catalogue: Catalogue) -> list[Check]:
    """Every check that the report implies, in the order of its figures."""
    indicators = catalogue["indicators"]
    checks = [*_relations(quantities, facts, indicators), *_repeats(quantities, facts, indicators)]
    counted = [i for i, q in enumerate(quantities) if q.role in ("achieved", "comparative", "change") and q.unit]
    known = {check.figures for check in checks}
    for _, group in groupby(counted, key=lambda i: quantities[i].sentence_start):
        members = _one_per_span(quantities, list(group))
        for rule in (_parts, _rates, _changes) if len(members) > 2 else ():  # each needs three figures
            for check in rule(text, quantities, members):
                if check.figures not in known:
                    known.add(check.figures)
                    checks.append(check)
    return sorted(checks, key=lambda check: check.figures)


def _one_per_span(quantities: Sequence[Quantity], members: list[int]) -> list[int]:
    """Without the repetitions of one number that stands for several indicators."""
    return [i for n, i in enumerate(members) if not n or quantities[members[n - 1]].start != quantities[i].start]


def ratio_verdict(part: float, total: float, printed: float, decimals: int) -> Verdict:
    """How ``printed`` per cent, given to ``decimals`` places, stands to part / total."""
    true = part / total * 100
    step = 10**-decimals
    if abs(true - printed) < 1e-9:
        return "exact"
    if abs(true - printed) <= step / 2 + 1e-9:
        return "rounded"
    if 0 <= true - printed < step:
        return "cut"
    return "fails"


def _relations(quantities: Sequence[Quantity], facts: Sequence[Fact], indicators: dict[str, Any]) -> Iterator[Check]:
    by_key: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        by_key.setdefault((fact.indicator, fact.scope), fact)
    for fact in facts:
        relations = indicators[fact.indicator].get("relations", {})
        whole = by_key.get((relations.get("at_most") or relations.get("part_of", ""), fact.scope))
        if whole is not None:
            yield _at_most(fact, whole, indicators)
        if "ratio" in relations:
            part, total = (by_key.get((code, fact.scope)) for code in relations["ratio"])
            if part and total and total.value and part.bound == total.bound == fact.bound == "exact":
                rate = quantities[fact.quantities[0]]
                names = [f"{indicators[one.indicator]['name_zh']}{one.value:g}" for one in (part, total)]
                figures = (part.quantities[0], total.quantities[0], fact.quantities[0])
                yield _rate((names[0], names[1]), (part.value, total.value), rate, figures)


def _at_most(part: Fact, whole: Fact, indicators: dict[str, Any]) -> Check:
    low, high = part.low if part.low is not None else part.value, whole.high
    verdict: Verdict
    if high is None or low <= high:
        sure = part.high is not None and part.high <= (whole.low if whole.low is not None else whole.value)
        verdict = "exact" if sure else "within"
    else:
        verdict = "fails"
    names = [indicators[fact.indicator]["name_zh"] for fact in (part, whole)]
    statement = f"{names[0]}{part.value:g} ≤ {names[1]}{whole.value:g}"
    return Check("at_most", statement, verdict != "fails", verdict, (part.quantities[0], whole.quantities[0]))


def _repeats(quantities: Sequence[Quantity], facts: Sequence[Fact], indicators: dict[str, Any]) -> Iterator[Check]:
    contradicted: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        name = indicators[fact.indicator]["name_zh"] + (f"（{fact.scope}）" if fact.scope else "")
        if fact.flags:
            contradicted[fact.indicator, name].append(fact)
        elif len({quantities[i].start for i in fact.quantities}) > 1:
            exact = len({quantities[i].value for i in fact.quantities}) == 1
            yield Check(
                "repeated", f"{name}{fact.value:g}{fact.unit}，文中说了{len(fact.quantities)}次", True,
                "exact" if exact else "within", fact.quantities,
            )  # fmt: skip
    for (_, name), differing in contradicted.items():
        values = "、".join(f"{fact.value:g}{fact.unit}" for fact in differing)
        figures = tuple(fact.quantities[0] for fact in differing)
        yield Check("repeated", f"{name}前后不一：{values}", False, "fails", figures)


def _parts(text: str, quantities: Sequence[Quantity], members: Sequence[int]) -> Iterator[Check]:
    """A total, 其中 or 分别为, and at least two parts in its unit."""
    for at, index in enumerate(members[:-2]):
        total = quantities[index]
        if total.role != "achieved" or total.unit == "%":
            continue
        following = quantities[members[at + 1]]
        word = _OF_WHICH.search(text, total.end, following.start)
        if not word:
            continue
        parts = []
        for other in members[at + 1 :]:
            if quantities[other].unit != total.unit or quantities[other].role != "achieved":
                break
            parts.append(other)
        if len(parts) < 2:
            continue
        best = next(
            (n for n in range(len(parts), 1, -1) if _sums(quantities, parts[:n], total) in ("exact", "within")), 0
        )
        chosen = parts[:best] if best else parts
        verdict = _sums(quantities, chosen, total)
        least = sum(quantities[i].low or quantities[i].value for i in chosen)
        if verdict == "fails" and least < total.value and not _EXHAUSTIVE.match(word[0]):
            continue  # 其中 need not name every part
        addition = "+".join(f"{quantities[i].value:g}" for i in chosen)
        yield Check(
            "parts_total", f"{addition}={sum(quantities[i].value for i in chosen):g}，总数为{total.printed}",
            verdict != "fails", verdict, (index, *chosen),
        )  # fmt: skip


def _sums(quantities: Sequence[Quantity], parts: Sequence[int], total: Quantity) -> Verdict:
    members = [quantities[i] for i in parts]
    if all(part.bound == "exact" for part in members) and total.bound == "exact":
        return "exact" if sum(part.value for part in members) == total.value else "fails"
    low = sum(part.low if part.low is not None else 0 for part in members)
    high = sum(part.high if part.high is not None else float("inf") for part in members)
    within = low <= (total.high if total.high is not None else float("inf")) and high >= (total.low or 0)
    return "within" if within else "fails"


def _rates(text: str, quantities: Sequence[Quantity], members: Sequence[int]) -> Iterator[Check]:
    """A rate right behind two counts of one unit that it fits; counts it does not fit may be of something else."""
    for at in range(2, len(members)):
        rate = quantities[members[at]]
        total, part = (quantities[members[at - n]] for n in (2, 1))
        if rate.unit != "%" or rate.role != "achieved" or total.unit != part.unit or total.unit == "%":
            continue
        if {total.role, part.role} != {"achieved"} or not 0 < part.value <= total.value:
            continue
        if not _PART_RATE.search(text, part.end, rate.start) or total.bound != "exact" or part.bound != "exact":
            continue
        figures = (members[at - 1], members[at - 2], members[at])
        check = _rate((part.printed, total.printed), (part.value, total.value), rate, figures)
        if check.verdict != "fails":
            yield check


def _rate(names: tuple[str, str], values: tuple[float, float], rate: Quantity, figures: tuple[int, ...]) -> Check:
    decimals = len(found[1]) if (found := re.search(r"[.．](\d+)", rate.printed)) else 0
    verdict = ratio_verdict(*values, rate.value, decimals)
    true = values[0] / values[1] * 100
    return Check(
        "rate", f"{names[0]}/{names[1]}={true:.{max(decimals, 2)}f}%，文中为{rate.printed}",
        verdict in ("exact", "rounded"), verdict, figures,
    )  # fmt: skip


def _changes(text: str, quantities: Sequence[Quantity], members: Sequence[int]) -> Iterator[Check]:
    """This year's level, the level before and the stated change, all in one sentence."""
    for change_index in members:
        change = quantities[change_index]
        if change.role != "change":
            continue
        points = "百分点" in change.unit
        now = [i for i in members if quantities[i].role == "achieved" and (quantities[i].unit == "%") == points]
        then = [i for i in members if quantities[i].role == "comparative" and (quantities[i].unit == "%") == points]
        if len(now) != 1 or len(then) != 1 or quantities[now[0]].unit != quantities[then[0]].unit:
            continue
        level, before = quantities[now[0]], quantities[then[0]]
        if before.value <= 0 or level.bound != "exact" or before.bound != "exact":
            continue
        sign = -1 if _DOWN.search(text, max(change.sentence_start, change.start - 8), change.start) else 1
        difference = (level.value - before.value) * sign
        if change.unit == "%":
            decimals = len(found[1]) if (found := re.search(r"[.．](\d+)", change.printed)) else 0
            verdict = ratio_verdict(difference, before.value, change.value, decimals)
            true = difference / before.value * 100 * sign
            statement = f"({level.value:g}-{before.value:g})/{before.value:g}={true:.2f}%，文中为{change.printed}"
        elif points or change.unit == level.unit:
            verdict = "exact" if abs(difference - change.value) < _CLOSE else "fails"
            statement = f"{level.value:g}-{before.value:g}={difference * sign:g}，文中为{change.printed}"
        else:
            continue
        yield Check(
            "stated_change", statement, verdict in ("exact", "rounded"), verdict, (now[0], then[0], change_index)
        )
