"""Whether Chinese digits count: 两次 and 示范村一个 do, 四棵树镇, 一个平台 and 百名 do not.

Decides from the unit behind the number and the words on either side; the words are ``catalogue/counting.yml``. Idioms
and names (``traps``) are out of the way before this is asked, and Arabic digits never need it.
"""

from __future__ import annotations

import re
from typing import Any

from annual_reports.bounds import Found
from annual_reports.traps import CAPITALS, HAN_DIGITS, Kind
from annual_reports.units import Unit, Units

ENDS = frozenset({"", *'，。；、,;:：！!？?）)\n ”"\t\u3000\xa0'})
"""What may follow a figure that ends its clause; the empty string is the end of the text."""

_HALF_OF = tuple("上下前后每大近过")  # 上半年 is a time, not half a year
_BEGINS = frozenset({"", *"，。；、,;:：！!？?（(\n “\t\u3000\xa0"})  # nothing is counted right behind these
_ZERO = ("零", "〇")
_ROUND = frozenset("百千万亿")
_MOST = ("最多", "最少", "最高", "最低", "最长")
_TENS = re.compile(".[十百千万]|[十百千万].")
# 五台县, 四棵树镇, 三家子镇. What one counts as well (三条街道, 两所乡镇中学) needs a name of its own before its
# 镇; the last line is 八家子林业局, 三间房水库.
_NAMED = r"[^个名乡镇村县市区街级，。；、\s]"
_PLACE = re.compile(
    rf"[{HAN_DIGITS}]+(?:(?:[棵台家户间道里门面站口元顶封张桶栋集架]{_NAMED}{{0,3}}?|[条所支份块段座]{_NAMED}{{1,3}}?)"
    r"(?:镇|乡|县|市|区|村|街道|社区|街|路|屯|庄)(?![级属直管域内外辖民委居企规务校医场城边面头干政容貌村镇])"
    r"|[^，。；、\s]{1,7}族乡"
    r"|(?:家子(?!公司)|家户|间房|道河子?|支河)[^，。；、\s]{0,6}?(?:[农林牧]场|开发区|水库|林业局|保护中心|分局))"
)
_REACH = 9  # characters before 一 that are looked at


class Counting:
    """The words of the catalogue, compiled."""

    def __init__(self, table: dict[str, Any], units: Units) -> None:
        self._units = units
        self._event = re.compile(f"(?:{_either(table, 'event_verbs')})了?$")
        self._every = re.compile(f"(?:{_either(table, 'every')})[^，。；\n]{{0,2}}$")
        self._none = re.compile(f"(?:{_either(table, 'none')})[^，。；\n]{{0,5}}$")
        self._case = re.compile(f"(?:{_either(table, 'case_nouns')})$")
        self._articles = frozenset(table["articles"]["words"])

    def kind(self, text: str, match: re.Match[str], upper: re.Match[str] | None, word: Found | None) -> Kind:
        """``quantity`` where the Chinese number of an amount's match counts, else what it is instead.

        ``upper`` is the match of the upper end where it begins a range, ``word`` the bound word before it.
        """
        number, printed = match["number"], (upper or match)["unit"]
        if match["parts"] or (printed and number[0] in CAPITALS):
            return "quantity"
        if number in _ZERO:
            return "other"
        if printed is None:
            return "quantity" if self._counts_alone(text, match) else "other"
        unit = self._units.of("".join(printed.split()))
        if (
            not unit.chinese
            or (unit.chinese == "tens" and not self._is_large(match))
            or (upper is None and self._is_place(text, match))
        ):
            return "other"
        return "quantity" if upper is not None else self._with_unit(text, match, unit, word)

    def _with_unit(self, text: str, match: re.Match[str], unit: Unit, word: Found | None) -> Kind:
        number = match["number"]
        if number == "一" and not match["tight"]:
            return "quantity" if self._one_counts(text, match, unit, word) else "idiom"
        if number == "半":
            before = text[match.start() - 1 : match.start()]
            return "quantity" if unit.kind == "duration" and before not in _HALF_OF else "date"
        bare = (
            number in _ROUND
            and unit.kind != "money"
            and not (word or match["tight"] or match["head"] or match["after"])
        )
        return "idiom" if bare else "quantity"

    @staticmethod
    def _is_large(match: re.Match[str]) -> bool:
        """二十三类, 百余通 and 几十种 count; 三类 is a class."""
        return bool(match["tight"] or match["head"] or _TENS.search(match["number"]))

    @staticmethod
    def _counts_alone(text: str, match: re.Match[str]) -> bool:
        """「资料三千余，」: without a unit only a round number with 余 that ends its clause."""
        large = len(match["number"]) > 1 or match["number"] in _ROUND
        return bool(match["tight"]) and large and text[match.end() : match.end() + 1] in ENDS

    @staticmethod
    def _is_place(text: str, match: re.Match[str]) -> bool:
        """五台县, 四棵树镇: a measure word of things that ends up in a place's name."""
        return match["tight"] is None and _PLACE.match(text, match.start("number")) is not None

    def _one_counts(self, text: str, match: re.Match[str], unit: Unit, word: Found | None) -> bool:
        """Whether 一 counts. Behind its noun it does (示范村一个); before it, only of events and people that a verb
        of counting brings (召开一次会议): 一个平台, 一支队伍, 一批 are articles."""
        start, end = match.start(), match.end()
        before = text[max(0, start - _REACH) : start]
        if unit.one == "never" or (word is None and self._none.search(before)):
            return False
        if word is not None and before.endswith(_MOST) and text[end : end + 1] not in ENDS:
            return False  # 最多一场达5000人: the largest of them
        if word is not None or match["after"] or self._every.search(before):
            return True
        closed = text[end : end + 1] in ENDS or text[end : end + 1] in ("和", "及", "与")
        if unit.one == "case":
            return bool(self._case.search(before) if closed else self._event.search(before))
        if closed or unit.one == "free":
            return before[-1:] not in self._articles and (not closed or before[-1:] not in _BEGINS)
        return unit.one == "before" and bool(self._event.search(before))


def _either(table: dict[str, Any], key: str) -> str:
    return "|".join(sorted(table[key]["words"], key=len, reverse=True))
