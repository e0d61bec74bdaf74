"""A list level's counter as Word prints it: ``marker(12, "chineseCounting")`` → ``十二``.

Knows the number formats of ECMA-376 Part 1 §17.18.59 that Chinese documents use, and where Word departs from the text
([MS-OI29500] 2.1.540, [MS-DOCX] 2.4). Leaves out counting itself (numbering.py) and the formats of other scripts: those
print decimal numbers, which is what Word does with a format it does not know.

The Chinese families differ only from 100 on: the *counting* ones then write digits (一○○), the *thousand* ones count on
(一百零一), Japanese drops 一 before 百 and 千 and writes no zero (百一).
"""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_FORMAL_SIMPLE = "零壹贰叁肆伍陆柒捌玖"
_FORMAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_FORMAL_JAPANESE = "〇壱弐参四伍六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


def marker(number: int, number_format: str) -> str:
    """``number`` in ``number_format`` (a value of w:numFmt), without the level's punctuation; "" for none, bullet."""
    return _FORMATS.get(number_format, str)(number)


def _decimal_below(first: str, count: int) -> Callable[[int], str]:
    """Single characters for 1…count starting at ``first`` (①…⑳), decimal numbers beyond."""
    return lambda number: chr(ord(first) + number - 1) if 1 <= number <= count else str(number)


def _full_width(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


def _digitwise(number: int, digits: str = _DIGITS) -> str:
    return "".join(digits[int(digit)] for digit in str(number))


def _counting(number: int) -> str:
    """十, 十一, 二十 …; from 100 digit by digit with the circle U+25CB, as Word prints it."""
    if number >= 100:
        return _digitwise(number, "○一二三四五六七八九")
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones] if ones else "○"
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _thousand(
    number: int, digits: str = "零一二三四五六七八九", units: str = "十百千", myriad: str = "万", formal: bool = False
) -> str:
    """一百零一, 一千零一十; 10–19 without the leading 一 unless ``formal`` (壹拾)."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        rest = _thousand(low, digits, units, myriad, True) if low else ""
        return _thousand(high, digits, units, myriad, formal) + myriad + (digits[0] if 0 < low < 1000 else "") + rest
    if number < 10:
        return digits[number]
    parts: list[str] = []
    text = str(number)
    for place, digit in zip(range(len(text) - 1, -1, -1), map(int, text), strict=True):
        if digit:
            parts.append(digits[digit] + (units[place - 1] if place else ""))
        elif parts and parts[-1] != digits[0]:
            parts.append(digits[0])
    if parts[-1] == digits[0]:
        parts.pop()
    spoken = "".join(parts)
    return spoken[1:] if 10 <= number < 20 and not formal else spoken


def _japanese(number: int) -> str:
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        return _japanese(high) + "万" + (_japanese(low) if low else "")
    if number < 10:
        return _DIGITS[number]
    units = ("", "十", "百", "千")
    text = str(number)
    return "".join(
        ("" if digit == 1 and place else _DIGITS[digit]) + units[place]
        for place, digit in zip(range(len(text) - 1, -1, -1), map(int, text), strict=True)
        if digit
    )


def _letters(first: str) -> Callable[[int], str]:
    """a…z, aa, bb …: Word repeats the letter instead of counting in base 26, and gives up after 780."""

    def spell(number: int) -> str:
        if not 1 <= number <= 780:
            return str(number)
        return chr(ord(first) + (number - 1) % 26) * ((number - 1) // 26 + 1)

    return spell


_ROMAN = {
    **{900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L"},
    **{40: "XL", 10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I"},
}


def _roman(number: int) -> str:
    if not 0 < number < 32_768:
        return str(number)
    out = "M" * (number // 1000)
    rest = number % 1000
    for value, sign in _ROMAN.items():
        out += sign * (rest // value)
        rest %= value
    return out


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 1 <= number <= len(signs) else str(number)


def _sexagenary(number: int) -> str:
    if number < 1:
        return str(number)
    return _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12]


def _formal(digits: str, myriad: str) -> Callable[[int], str]:
    return lambda number: _thousand(number, digits, "拾佰仟", myriad, True)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalEnclosedCircle": _decimal_below("①", 20),
    "decimalEnclosedCircleChinese": _decimal_below("①", 10),
    "decimalEnclosedFullstop": _decimal_below("⒈", 20),
    "decimalEnclosedParen": _decimal_below("⑴", 20),
    "numberInDash": lambda number: f"- {number} -",
    "ordinal": _ordinal,
    "hex": lambda number: f"{number:X}",
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letters("A"),
    "lowerLetter": _letters("a"),
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": _thousand,
    "taiwaneseCountingThousand": lambda number: _thousand(number, myriad="萬"),
    "ideographDigital": _digitwise,
    "japaneseDigitalTenThousand": _digitwise,
    "taiwaneseDigital": lambda number: _digitwise(number, "○一二三四五六七八九"),
    "japaneseCounting": _japanese,
    "japaneseLegal": _formal(_FORMAL_JAPANESE, "萬"),
    "chineseLegalSimplified": _formal(_FORMAL_SIMPLE, "万"),
    "ideographLegalTraditional": _formal(_FORMAL_TRADITIONAL, "萬"),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "ideographZodiacTraditional": _sexagenary,
    "ideographEnclosedCircle": _decimal_below("㈠", 10),
    "none": lambda _: "",
    "bullet": lambda _: "",
}
