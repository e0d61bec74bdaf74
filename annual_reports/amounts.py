"""How a number, the words round it and its unit make one amount: value, low, high, bound, unit.

Knows the shape 数百 / 100余万元 / 三五件 / 百分之九十五 / 3-5次 and its arithmetic. Leaves out whether the number
counts anything at all (``quantities``) and what the single words mean (``bounds``, ``units``, ``numerals``).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from annual_reports import numerals
from annual_reports.bounds import BOUND_OF, BoundWords, Exact, Found, last_place, limits
from annual_reports.report import Bound
from annual_reports.traps import CAPITALS, DIGITS, HAN_DIGITS
from annual_reports.units import NO_UNIT, Unit, Units
from annual_reports.units import SPACE as S

# what stands behind a figure, and not behind cells of a table
_CLOSES = r"(?:[\u4e00-\u9fff%％、，。；㎡]|[—–~～-]{1,2}[0-9])"
_COUNTED = "[余多万亿%％个件次项名条场家份人期起宗处批户位]"
_FIGURE = (
    rf"(?:[{DIGITS}]{{1,3}}(?:[,，][{DIGITS}]{{3}}(?![{DIGITS}]))+"
    rf"|[{DIGITS}]{{1,3}}(?:[ \u2009\u202f\xa0][{DIGITS}]{{3}}(?![{DIGITS}]))+(?=(?:[.．][{DIGITS}]+)?{S}{_CLOSES})"
    rf"|[{DIGITS}](?: [{DIGITS}](?![{DIGITS}])){{1,6}}(?=(?:[.．][{DIGITS}]+)?{S}{_COUNTED})"  # letter-spaced: 1 2 6 件
    rf"|1 ?0 ?0(?={S}[%％])"
    rf"|[{DIGITS}]+)(?:[.．][{DIGITS}]+|{S}[.．]{S}[{DIGITS}]+(?={S}(?:[%％‰]|个百分点)))?"  # 97⏎.3%
)
_STEP = r"(?:[十百千]?万亿?|个?亿|[wW](?=[+＋余多人次条份件户元个])|[十百千](?=万)|千(?![克米瓦伏方])|百(?![分姓货米]))"
_LOWER = rf"(?:[{DIGITS}]+(?:千万|百万|[万千百]))*(?:[{DIGITS}]{{3,4}}(?![{DIGITS}.．年]))?"  # 2万3千元, 12万8500元
_ARABIC = rf"{_FIGURE}(?:{S}{_STEP}{_LOWER})?"
_HAN = rf"[{HAN_DIGITS}]+(?:点[{HAN_DIGITS}]+)?(?:个亿)?"
_SLASHED = rf"[{DIGITS}]{{1,2}}/[{DIGITS}]{{1,2}}(?![{DIGITS}/])"
_PARTS = (
    rf"(?:[百千万]|[{HAN_DIGITS}]+)分之(?:{_HAN}|{_FIGURE})"
    rf"|(?<=[占达约近超过])(?:{_SLASHED})|{_SLASHED}(?={S}(?:左右|以上|以下))"  # 1/4 is a share only beside such words
)

_RANGE_SIGN = re.compile(rf"{S}(?:[-－‐–—―─~～〜]{{1,2}}|至|到){S}(?=[{DIGITS}{HAN_DIGITS}])")
_RANGE_BEGINS = frozenset("-－‐–—―─~～〜至到 \t\n\u3000\xa0")
_TENS = frozenset("二三四五六七八九")
_PAIR = re.compile(r"(.*?[十百千万])?([一二两三四五六七八九])([二三四五六七八九])([十百千万亿]*)")
_PAIR_OF = {"一二", "一两", "二三", "两三", "三四", "三五", "四五", "五六", "六七", "七八", "八九"}
_FACTOR = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_MONEY_STEP = re.compile("[万亿]+$")
_SIDES = ("head", "tight", "after")
_NOTHING_SAID = (None, None, None)
_PARTS_UNIT = {"百分之": ("%", 100), "千分之": ("‰", 1000)}


class Amount(NamedTuple):
    """See ``quantities.Mention`` for the fields."""

    value: int | float
    low: int | float | None
    high: int | float | None
    bound: Bound
    unit_printed: str
    unit: str

    def negative(self) -> Amount:
        """The same amount below zero; only an exact one has one."""
        return self._replace(value=-self.value, low=-self.value, high=-self.value)


class Amounts:
    """The pattern of an amount, and how a match of it is read."""

    def __init__(self, words: BoundWords, units: Units) -> None:
        self._rules, self._units = words.rules, units
        self._pattern = re.compile(
            rf"(?:(?P<parts>{_PARTS})|(?:(?P<head>好几|几|数)(?=[十百千万亿]))?(?P<number>{_ARABIC}|{_HAN}|[{CAPITALS}零万亿]+|半))"
            rf"(?:{S}(?P<tight>{words.tight})(?:{S}(?P<times>{_STEP}))?)?"
            rf"(?P<half>个半(?=小时|月|学时)|个半(?={S}工作日))?"
            rf"(?:{S}(?P<unit>{units.pattern}))?"
            rf"(?P<more>(?<=[年天])半(?![数年天月夜])|(?<=成)(?:半|[一二三四五六七八九])(?![十百千]))?"
            rf"(?:{S}(?P<after>{words.after}))?"
        )
        self.match = self._pattern.match
        goes_on = "".join(sorted({*_RANGE_BEGINS, *words.first_letters, *units.first_letters, *"个分点"}))
        # A Chinese number behind which nothing stands that belongs to an amount: most count nothing and are such.
        self.alone = re.compile(
            rf"(?:[{HAN_DIGITS}]++|[{CAPITALS}]++|半)(?![{re.escape(goes_on)}{HAN_DIGITS}{DIGITS}{CAPITALS}])"
        ).match

    def unit(self, printed: str | None) -> Unit:
        """The unit of a matched spelling, NO_UNIT for None."""
        return NO_UNIT if printed is None else self._units.of(_joined(printed))

    def upper_end(self, text: str, match: re.Match[str]) -> re.Match[str] | None:
        """The match of the upper end where ``match`` is the lower end of a range: 3-5次, 15%至20%, 十几二十户."""
        end = match.end()
        if match["tight"] == "几" and text[end : end + 1] in _TENS:
            upper = self.match(text, end)
        elif text[end : end + 1] not in _RANGE_BEGINS or match["after"]:
            return None
        else:
            sign = _RANGE_SIGN.match(text, end)
            upper = sign and self.match(text, sign.end())
        if not upper or upper["number"] is None or upper["head"] or not (match["unit"] or upper["unit"]):
            return None
        if match["unit"] and (upper["unit"] is None or self.unit(match["unit"]) != self.unit(upper["unit"])):
            return None
        low, high = self._ends(match, upper)
        return upper if low < high else None

    def read(self, match: re.Match[str], word: Found | None, upper: re.Match[str] | None) -> Amount | None:
        """Value, bounds and unit of a match, with the bound word before it and the upper end of its range.

        None where the digits are no numeral (十百件).
        """
        if match["parts"]:
            return self._parts(match, word)
        last = upper or match
        printed = _joined(last["unit"] or "")
        unit = self._units.of(printed) if printed else NO_UNIT
        if unit.kind == "money" and (step := _MONEY_STEP.search(_joined(_steps(last)))):
            printed = step[0] + printed
        if upper is not None:
            ends = self._ends(match, upper)
        elif match["tight"] or match["number"].isascii() or not (pair := _pair(match["number"])):
            value = _value(match)
            return None if value is None else self._bounded(match, word, value * unit.times, unit, printed)
        else:
            factor = _factor(match["times"])
            ends = pair[0] * factor, pair[1] * factor
        low, high = (_out(end * unit.times) for end in ends)
        return Amount(low, low, high, "range", printed, unit.name)

    def _bounded(self, match: re.Match[str], word: Found | None, value: Exact, unit: Unit, printed: str) -> Amount:
        rule = self._rule(match, word)
        if rule is None:
            exact = _out(value)
            return Amount(exact, exact, exact, "exact", printed, unit.name)
        number, factor = _number(match["number"]) if match["number"] else value, _factor(match["times"]) * unit.times
        place = last_place(number, factor) if rule == "next_step" else unit.times
        whole = rule == "next_step" and unit.kind != "rate"  # 30余小时 runs from 31, as 30余件 does
        step = min(1 if whole else unit.step, place / 10 if isinstance(place, Decimal) else 1, _grain(value))
        if rule == "next_unit":
            step = min(step, Decimal("0.1"))
        low, high = limits(rule, value, place, step)
        if match["tight"] == "几" and low is not None:
            low = value + factor if high is None else min(value + factor, high)  # 9几 leaves no room above
        return Amount(
            _out(value),
            None if low is None else _out(low),
            None if high is None else _out(high),
            BOUND_OF[rule],
            printed,
            unit.name,
        )

    def _rule(self, match: re.Match[str], word: Found | None) -> str | None:
        """The word nearest to the number decides: 数百, then 余, then 以上, then the word before it."""
        said = match.group(*_SIDES)
        if said != _NOTHING_SAID:
            side, words = next((side, words) for side, words in zip(_SIDES, said, strict=True) if words)
            return self._rules[side, _joined(words)]
        return word.rule if word else None

    def _parts(self, match: re.Match[str], word: Found | None) -> Amount | None:
        """百分之九十五 → 95 %, 千分之三 → 3 ‰, 三分之二 → 0.666… without a unit."""
        parts = match["parts"]
        name, times = _PARTS_UNIT.get(parts[:3], ("", 1))
        share = numerals.parse(parts)
        if share is None:
            return None
        value = Decimal(str(share)) * times
        unit = Unit(name, "rate", 1, True, "never", Decimal("0.01"))
        return self._bounded(match, word, _whole(value), unit, name)

    def _ends(self, match: re.Match[str], upper: re.Match[str]) -> tuple[Exact, Exact]:
        """Both ends of a range; a 万 at the upper end holds for the lower too (3-5万元) if that keeps their order."""
        low, high = (_value(match) or 0) + (match["tight"] == "几"), _value(upper) or 0  # 十几二十: from 11
        if not _steps(match):
            shared = low * _factor("".join(c for c in _steps(upper) if c in _FACTOR))
            if low < shared < high:
                return shared, high
        return low, high


def plain(printed: str) -> int | float | None:
    """The number of a printed numeral, None where it is none."""
    number = numerals.parse(_joined(printed))
    return _out(_exact(number)) if number is not None else None


def _joined(printed: str) -> str:
    return printed if printed.isalnum() else "".join(printed.split())


def _steps(match: re.Match[str]) -> str:
    """The 万, 亿 … that end an Arabic or Chinese number, printed behind 余 or not."""
    if match["times"]:
        return match["times"]
    number = match["number"]
    return number[len(number.rstrip("十百千万亿 \t\n\u3000\xa0")) :]


def _value(match: re.Match[str]) -> Exact | None:
    """The number of a match with its steps and its half; None where the digits are no numeral (十百)."""
    printed = _joined(match["number"]).replace("个亿", "亿")
    times, half, more = match.group("times", "half", "more")
    high, hundred_million, low = printed.rpartition("亿") if times else ("", "", printed)  # 1亿2千余万: 2千余 is of 万
    number, above = numerals.parse(low), numerals.parse(high + hundred_million) if high else 0
    if number is None or above is None:
        return None
    value = _exact(above) + (_exact(number) * _factor(times) if times else _exact(number))
    if half or (more and match["unit"] in ("年", "天")):
        value = value + Decimal("0.5")
    elif more:
        value = value + Decimal("0.5" if more == "半" else f"0.{numerals.parse(more)}")
    return _whole(value)


def _number(printed: str) -> Exact:
    return _exact(numerals.parse(_joined(printed)) or 0)


def _pair(printed: str) -> tuple[Exact, Exact] | None:
    """The ends of 三五, 二三十, 十五六, 两三百."""
    match = _PAIR.fullmatch(printed)
    if match is None or match[2] + match[3] not in _PAIR_OF:
        return None
    head, tail = match[1] or "", match[4]
    low, high = numerals.parse(head + match[2] + tail), numerals.parse(head + match[3] + tail)
    return None if low is None or high is None else (_exact(low), _exact(high))


def _factor(steps: str | None) -> int:
    factor = 1
    for step in steps or "":
        factor *= _FACTOR.get(step, 1)
    return factor


def _grain(value: Exact) -> Exact:
    """A tenth of the last decimal place; 1 for a whole number."""
    if isinstance(value, int):
        return 1
    return Decimal(1).scaleb(int(value.as_tuple().exponent) - 1)


def _exact(number: numerals.Number) -> Exact:
    return Decimal(str(number)) if isinstance(number, float) else number


def _whole(value: Exact) -> Exact:
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


def _out(number: Exact) -> int | float:
    if isinstance(number, int):
        return number
    whole = int(number)
    return whole if whole == number else float(number)
