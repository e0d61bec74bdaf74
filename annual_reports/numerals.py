"""What a numeral says: Arabic, Chinese, financial or mixed digits of one numeral → its number.

Knows how numbers are spelled, nothing about what they count: units, 余/多, ranges (三五, 十几) and the signs % and ‰
belong to ``quantities``. The forms follow GB/T 15835—2011 and everyday official prose:

- digits: 1234, １２３４, 1,234,567 (half or full width commas), 3.5, −5
- counting: 一百零五, 两千六 (2600), 三万五 (35 000), 廿五, 俩, 三万亿
- mixed: 3.5万, 2万3千, 5百万, 3千5百万, 3万5 (35 000), 3.5w as the web writes 万
- digit by digit: 二〇二四, 二零二四
- decimals and parts: 三点六万, 三分之二, 百分之九十五, 千分之三, 七成五, 半, 一半
- financial: 壹佰贰拾元整, 叁拾元伍角

Returned is an int where the number is whole, an exact Decimal where it has a finite decimal expansion, and a float only
for parts that have none (三分之二).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

Number = int | float | Decimal

LONGEST = 64
"""Characters of the longest numeral that is read; no report prints longer ones, and int() refuses 4,300 digits."""

# One spelling for each digit and sign, so that the grammar below needs only one.
_SPELLINGS = str.maketrans(
    "０１２３４５６７８９，．／－−﹣＋負點萬億〇○兩貳參陸圓",
    "0123456789,./---+负点万亿零零两贰叁陆元",
)
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_CAPITAL_SUM = re.compile(r"(?:([^元角分整正]+)元)?(?:(.)角)?零?(?:(.)分)?[整正]?")

_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_ROUND_HIGH = {"百": 100, "千": 1000}  # 百万, 千亿
_BARE = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_PLAIN = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?", re.ASCII)
_BY_DIGIT = re.compile(r"[一二三四五六七八九][零一二三四五六七八九]{2,}|[一二三四五六七八九]零")
_TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}
_PAIR = {"俩": 2, "仨": 3}
_MIXED = re.compile(r"(零?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)([十百千]?[万wW]?亿?)", re.ASCII)
_DIGIT_BY_STEP = re.compile(r"(?:[1-9][千百十]){2,3}[1-9]?[万亿]", re.ASCII)
_TO_CHINESE = str.maketrans("123456789", "一二三四五六七八九")
_ROUND = {10: -1, 100: -2, 1000: -3, 10_000: -4}
_FACTORS = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "w": 10**4, "W": 10**4}
_TENTHS = re.compile(
    r"([一二两三四五六七八九十]|\d+(?:\.\d+)?|[一二三四五六七八九]点.+)成([一二三四五六七八九半])?", re.ASCII
)


def parse(text: str) -> Number | None:
    """The number that the whole of ``text`` spells, or None when it spells none.

    No white space, unit or bound word may stand in it (``５０``, not ``50件`` or ``50余``). An approximate pair (三五)
    or a list of digits with a leading zero in Chinese (〇五) is no numeral. Never raises; at most ``LONGEST``
    characters are read.
    """
    if not 0 < len(text) <= LONGEST:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    spelled = text.translate(_SPELLINGS)
    if spelled[0] in "-负+":
        number = _unsigned(spelled[1:])
        return number if number is None or spelled[0] == "+" else -number
    return _unsigned(spelled)


def _unsigned(text: str) -> Number | None:
    if not text:
        return None
    if text[0] in "0123456789":
        return _arabic(text)
    number = _counted(text)
    if number is not None:
        return number
    return _part(text) if "分之" in text or "成" in text or "半" in text else _financial(text)


def _arabic(text: str) -> Number | None:
    """Digits, alone (1,234.5) or in steps (2万3千)."""
    if plain := _PLAIN.fullmatch(text):
        whole = int(plain[1].replace(",", ""))
        return _tidy(Decimal(f"{whole}.{plain[2]}")) if plain[2] else whole
    if "/" in text:
        return _ratio(*text.split("/", 1))
    if "成" in text:
        return _part(text)
    return _in_steps(text)


def _in_steps(text: str) -> Number | None:
    """Digits in steps of 万 and 亿: 2万3千, 3万5."""
    if _DIGIT_BY_STEP.fullmatch(text):  # 3千5百万: said as it is printed in Chinese, all of it times 万
        return _counted(text.translate(_TO_CHINESE))
    total, last, position = Decimal(0), Decimal(10**17), 0
    while position < len(text):
        step = _MIXED.match(text, position)
        if step is None:
            return None
        amount, factor = Decimal(step[2].replace(",", "")), Decimal(1)
        for sign in step[3]:
            factor *= _FACTORS[sign]
        if factor == 1 and position and not step[1] and len(step[2]) == 1:
            factor = last / 10  # 3万5 is 35,000, as it is said
        if amount * factor >= last or (step[1] and not position):
            return None
        total += amount * factor
        last, position = factor, step.end()
    return _tidy(total)


def _counted(text: str) -> Number | None:
    """Chinese counting: 一万零五百, 二〇二四, 三点六亿, 廿五, 俩."""
    if text in _PAIR:
        return _PAIR[text]
    if text[0] in _TENS:
        text = _TENS[text[0]] + text[1:]
    if "点" in text:
        return _decimal(text)
    if _BY_DIGIT.fullmatch(text):
        return int("".join(str(_DIGITS[c]) for c in text))
    if text in _BARE:
        return _BARE[text]
    high, sign, low = text.rpartition("亿")
    if not sign:
        return _myriads(text)
    return _joined(_ROUND_HIGH.get(high) or _myriads(high, ends=False), 10**8, low, _myriads)


def _myriads(text: str, ends: bool = True) -> int | None:
    """A number below 亿: two groups of four around 万."""
    high, sign, low = text.rpartition("万")
    return (
        _joined(_ROUND_HIGH.get(high) or _group(high, ends=False), 10**4, low, _group) if sign else _group(text, ends)
    )


def _joined(high: int | None, step: int, low: str, read: Callable[[str], int | None]) -> int | None:
    """``high`` times ``step`` and what stands behind it: nothing, 零五, 五 (colloquially a tenth of the step), more."""
    if not high:
        return None
    if not low:
        return high * step
    if len(low) == 1 and low in _DIGITS and low != "零":
        return high * step + _DIGITS[low] * step // 10
    rest = read(low.removeprefix("零"))
    return high * step + rest if rest else None


def _group(text: str, ends: bool = True) -> int | None:
    """Up to four places: 三千零五十, 十五, 零; 一百五 is 150 where nothing follows (``ends``), else no numeral."""
    if text == "零":
        return 0
    total, digit, last, zero = 0, -1, 10_000, False
    for place, sign in enumerate(text):
        value = _DIGITS.get(sign, -1)
        if value > 0 and digit < 0:
            digit = value
        elif value == 0 and digit < 0 and not zero and place:
            zero = True
        elif sign in _STEPS and _STEPS[sign] < last and (digit > 0 or sign == "十"):
            last = _STEPS[sign]
            total, digit, zero = total + (digit if digit > 0 else 1) * last, -1, False
        else:
            return None
    if digit < 0:
        return None if zero or not total else total
    if last == 10_000:
        return digit if len(text) == 1 else None
    if zero or last == 10:
        return total + digit
    return total + digit * last // 10 if ends else None


def _decimal(text: str) -> Number | None:
    """三点一四, 三点六万, 零点五亿, 十二点五."""
    whole, _, rest = text.partition("点")
    factor = 1
    while rest and rest[-1] in "万亿":
        factor, rest = factor * _FACTORS[rest[-1]], rest[:-1]
    amount = _counted(whole) if whole and "点" not in rest else None
    if not isinstance(amount, int) or not rest or any(c not in _DIGITS or c == "两" for c in rest):
        return None
    return _tidy(Decimal(f"{amount}.{''.join(str(_DIGITS[c]) for c in rest)}") * factor)


def _part(text: str) -> Number | None:
    """分之, 成, 半."""
    if text in {"半", "一半"}:
        return Decimal("0.5")
    if "分之" in text:
        below, above = text.split("分之", 1)
        whole, mixed, below = below.rpartition("又")
        number = _ratio(above, below)
        extra = _unsigned(whole) if mixed else 0
        return None if number is None or extra is None else _tidy_sum(number, extra)
    if tenths := _TENTHS.fullmatch(text):
        rest = {None: 0, "半": 5}.get(tenths[2], _DIGITS.get(tenths[2] or "", 0))
        amount = _unsigned(tenths[1])
        return None if amount is None else _tidy(Decimal(str(amount)) / 10 + Decimal(rest) / 100)
    return None


def _ratio(above: str, below: str) -> Number | None:
    top, bottom = _unsigned(above), _unsigned(below)
    if top is None or bottom is None or not bottom or not isinstance(bottom, int):
        return None
    if bottom in _ROUND and isinstance(top, int):
        return _tidy(Decimal(top).scaleb(_ROUND[bottom]))
    share = Fraction(top) / bottom
    remainder = share.denominator
    for prime in (2, 5):
        while remainder % prime == 0:
            remainder //= prime
    return float(share) if remainder > 1 else _tidy(Decimal(share.numerator) / Decimal(share.denominator))


def _financial(text: str) -> Number | None:
    """Capitals with or without the money words: 壹佰贰拾叁元肆角伍分, 壹佰贰拾元整, 叁佰."""
    plain = text.translate(_CAPITALS)
    if plain == text:
        return None
    if not text.endswith(("元", "角", "分", "整", "正")):
        return _counted(plain)
    amount = _CAPITAL_SUM.fullmatch(plain)
    if amount is None or not (amount[1] or amount[2] or amount[3]):
        return None
    whole = _counted(amount[1]) if amount[1] else 0
    tenths, hundredths = (_DIGITS.get(part, -1) if part else 0 for part in (amount[2], amount[3]))
    if not isinstance(whole, int) or tenths < 0 or hundredths < 0:
        return None
    return _tidy(Decimal(whole) + Decimal(tenths) / 10 + Decimal(hundredths) / 100)


def _tidy(number: Decimal) -> int | Decimal:
    whole = int(number)
    return whole if whole == number else number.normalize()


def _tidy_sum(one: Number, other: Number) -> Number:
    if isinstance(one, float) or isinstance(other, float):
        return float(one) + float(other)
    return _tidy(Decimal(one) + Decimal(other))
