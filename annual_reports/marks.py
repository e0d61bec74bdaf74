"""The marks that number the headings of Chinese official documents: 一、 （一） 1. 1.1 （1） ① 第一部分.

Knows how each is printed, full or half width or as a single sign, which style and number it stands for, and how it is
written right. Leaves out where a heading stands in its tree (outline.py) and what it says (headings.py).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

PART, CHINESE, DIGITS_ON_TOP, BRACKETED, ARABIC, DECIMAL, DECIMALS, ARABIC_BRACKETED, CIRCLED = range(9)
BY_PARENT = (DECIMAL, DECIMALS)  # 2.1, 2.1.1: print their parent's number too


class Mark(NamedTuple):
    """One heading's mark: its style, the number it prints (None: no mark; of 2.3 the 3), and its separator (``、`` or
    ``.``; of 2.3 what stands before the last number: ``2``)."""

    style: int
    number: int | None
    form: str = ""


_DIGIT = "一二三四五六七八九十"
# 一、二类场所; 二、三产业: two numbers of one noun, where 「三、三级联动」 is a heading
_PAIRS = "|".join(f"{first}、{second}" for first, second in pairwise(_DIGIT))
_COUNTED = f"(?:{_PAIRS})(?:季度|级|类|产业|期|等奖|是|、)"
_CITED = "项(?!目)|款(?!项)|条(?!例|块)"  # （三）项所列情形: a place in a law
AT_LINE_START = re.compile(
    rf"""[ \t\u3000]*(?:
      第(?P<part>[{_DIGIT}]{{1,3}})(?:部分|章|编)[、：:.．]?
    | [（(〔［\[]\s?(?P<bracketed>[{_DIGIT}]{{1,3}})\s?[)）〕］\]](?!{_CITED})(?:[、.．：:](?!\d))?
    | (?P<half>[{_DIGIT}]{{1,3}})[)）]、?
    | (?!{_COUNTED})(?P<chinese>[{_DIGIT}]{{1,3}})(?:(?:\s?[、.．：:，,]){{1,2}}|[ \u3000]+(?=\S{{4}}))
    | [（(]\s?(?P<digits>[0-9０-９]{{1,2}})\s?[)）]、?
    | (?P<halfdigits>[0-9０-９]{{1,2}})[)）]、?
    | (?P<arabic>[0-9０-９]{{1,2}})\s?(?:、|[.．，,](?![0-9０-９](?!\d\d\d年)))
    | (?P<sign>[㈠-㈩⒈-⒛⑴-⒇①-⑳])[、.．]?
    | (?P<decimal>[0-9]{{1,2}}(?:\.[1-9][0-9]?){{1,2}})[、.．]?[ \u3000]*(?=[\u4e00-\u9fa5]{{3}})(?![万亿])
    | (?P<bare>[0-9]{{1,2}})[ \u3000]*(?=[\u4e00-\u9fa5]{{4}})(?![年月日个项次件名人户家场期份条起])
    )[ \t\u3000]*""",
    re.VERBOSE,
)
INLINE = re.compile(
    rf"(?:^|(?<=[。！？：:；;\n ]))(?P<chinese>[{_DIGIT}]{{1,3}})、"
    rf"|(?<!第)[（(](?P<bracketed>[{_DIGIT}]{{1,3}})[)）](?!{_CITED}|点)"
)
_SIGNS = (
    (0x3220, BRACKETED),
    (0x2488, ARABIC),
    (0x2474, ARABIC_BRACKETED),
    (0x2460, CIRCLED),
)
_STYLES = {
    "part": PART,
    "chinese": CHINESE,
    "bracketed": BRACKETED,
    "half": BRACKETED,
    "arabic": ARABIC,
    "bare": ARABIC,
    "digits": ARABIC_BRACKETED,
    "halfdigits": ARABIC_BRACKETED,
}


def read(match: re.Match[str]) -> Mark:
    """The mark that a match of AT_LINE_START or INLINE found; its one group that took part says which style."""
    group = match.lastgroup or ""
    printed = match[group]
    if group == "sign":
        base, style = next((base, style) for base, style in _SIGNS if ord(printed) >= base)
        return Mark(style, ord(printed) - base + 1)
    if group == "decimal":
        above, _, last = printed.rpartition(".")
        return Mark(DECIMALS if "." in above else DECIMAL, int(last), above)
    number = int(printed) if printed.isdecimal() else _counted(printed)
    return Mark(_STYLES[group], number, "、" if "、" in match[0] and group == "arabic" else "")


def _counted(chinese: str) -> int:
    """十二 → 12; the numerals of a mark go up to 九十九, so no more than these two places are read."""
    tens, ten, ones = chinese.rpartition("十")
    if not ten:
        return _DIGIT.index(chinese[-1]) + 1
    return 10 * (_DIGIT.index(tens[-1]) + 1 if tens else 1) + (_DIGIT.index(ones[0]) + 1 if ones else 0)


def written(style: int, number: int) -> str:
    """The mark of a style for a number, as it is written right: （二）, 3."""
    tens, ones = divmod(number, 10)
    chinese = ("" if not tens else "十" if tens == 1 else f"{_DIGIT[tens - 1]}十") + (_DIGIT[ones - 1] if ones else "")
    if style in _WRITTEN_CHINESE:
        return _WRITTEN_CHINESE[style].format(chinese)
    return _WRITTEN_DIGITS.get(style, chr(0x245F + number) if number <= 20 else "{}").format(number)


_WRITTEN_CHINESE = {PART: "第{}部分", CHINESE: "{}、", BRACKETED: "（{}）"}
_WRITTEN_DIGITS = {DIGITS_ON_TOP: "{}、", ARABIC: "{}.", ARABIC_BRACKETED: "（{}）"}
