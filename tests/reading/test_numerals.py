"""Numerals: hand-checked values, refusals, and number → every spelling → number."""

from __future__ import annotations

import subprocess
import sys
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annual_reports.numerals import LONGEST, parse

READINGS = {
    # Arabic
    "0": 0, "7": 7, "152": 152, "007": 7, "1,286": 1286, "12,345,678": 12_345_678, "１２，３４５": 12_345,
    "１２３": 123, "3.5": Decimal("3.5"), "97.70": Decimal("97.7"), "5.0": 5, "１．５": Decimal("1.5"), "1,234.5": Decimal("1234.5"),
    # Arabic with Chinese steps
    "3.5万": 35_000, "2万3千": 23_000, "5百万": 5_000_000, "3千5百万": 35_000_000, "1千2百3十万": 12_300_000, "1.2亿": 120_000_000, "3万5": 35_000, "2千6": 2_600, "1万亿": 10**12,
    "1亿2千万": 120_000_000, "12万3456": 123_456, "3万零5": 30_005, "13.75万": 137_500, "１２万": 120_000, "3.33333万": Decimal("33333.3"),
    "3.5w": 35_000, "12W": 120_000, "12万8500": 128_500,
    # counting forms
    "零": 0, "〇": 0, "十": 10, "十五": 15, "二十": 20, "一百": 100, "一百零五": 105, "一百一十": 110, "一百十五": 115, "一千零五十": 1_050,
    "一千零五": 1_005, "一万零五百": 10_500, "二十万零三百": 200_300, "两千": 2_000, "三百六十五": 365, "一亿零三万": 100_030_000,
    "一百二十三亿四千五百六十七万八千九百零一": 12_345_678_901, "三万亿": 3 * 10**12, "百": 100, "千": 1_000, "万": 10_000, "百万": 10**6, "千亿": 10**11,
    "俩": 2, "仨": 3, "廿": 20, "廿五": 25, "卅": 30, "卅一": 31, "卌": 40,
    # colloquial endings
    "三万五": 35_000, "两千六": 2_600, "一百五": 150, "一亿二": 120_000_000, "一万五千六": 15_600,
    # digit by digit
    "二〇二四": 2024, "二○二四": 2024, "二零二三": 2023, "一九四九": 1949, "一二三四五": 12_345,
    # decimals, parts
    "三点六": Decimal("3.6"), "三点六万": 36_000, "零点五亿": 50_000_000, "十二点零五": Decimal("12.05"), "百分之九十五": Decimal("0.95"),
    "百分之百": 1, "百分之三点五": Decimal("0.035"), "百分之95": Decimal("0.95"), "千分之三": Decimal("0.003"), "四分之三": Decimal("0.75"), "三分之二": 2 / 3,
    "三又二分之一": Decimal("3.5"), "1/4": Decimal("0.25"), "九成": Decimal("0.9"), "七成五": Decimal("0.75"), "九成半": Decimal("0.95"), "十成": 1, "8成": Decimal("0.8"),
    "半": Decimal("0.5"), "一半": Decimal("0.5"),
    # financial, traditional
    "壹佰贰拾元整": 120, "伍仟元整": 5_000, "壹佰贰拾叁元肆角伍分": Decimal("123.45"), "叁拾元伍角": Decimal("30.5"), "肆角整": Decimal("0.4"), "叁佰": 300,
    "贰万零伍佰元整": 20_500, "壹億貳仟萬圓整": 120_000_000, "三萬五千": 35_000, "兩百": 200,
    # signs
    "-5": -5, "－3.2": Decimal("-3.2"), "−7": -7, "负三十五": -35, "負二": -2, "+8": 8,
}  # fmt: skip

REFUSED = [
    "", " ", "法治", "件", "50件", "50余", "余", "几十", "十几", "三五", "两三百", "第三", "一些", "百分百", "百分之", "分之一", "点五", "三点", "十点", "〇五", "零五",
    "十百", "百十", "一百零", "千五", "三百五万", "亿万", "万万", "两两", "二十二十", "1,23", "12,34", "1.2.3", ".5", "5.", "5万万", "2千3万", "5 0", "１ ０",
    "²", "١٢", "Ⅴ", "①", "1e5", "0x10", "12345a", "w", "三w", "5wh", "-", "负", "--5", "元整", "元", "成", "三成九分", "一/二/三", "1/0", "零分之一", "95%",
    "9" * (LONGEST + 1), "一" * 5_000,
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), READINGS.items())
def test_reads(text: str, number: object) -> None:
    assert parse(text) == number


@pytest.mark.parametrize("text", REFUSED)
def test_refuses(text: str) -> None:
    assert parse(text) is None


def test_whole_numbers_are_ints_and_decimals_exact() -> None:
    assert isinstance(parse("3.5万"), int)
    assert isinstance(parse("百分之百"), int)
    assert isinstance(parse("0.1"), Decimal)
    assert isinstance(parse("三分之一"), float)


DIGITS = "零一二三四五六七八九"
CAPITALS = "零壹贰叁肆伍陆柒捌玖"


def group(number: int, digits: str, steps: tuple[str, str, str]) -> str:
    """One to four places in full: 1050 → 一千零五十."""
    text, zero = "", False
    for size, step in zip((1000, 100, 10, 1), (*steps, ""), strict=True):
        digit = number // size % 10
        if digit:
            text += (digits[0] if zero and text else "") + digits[digit] + step
            zero = False
        else:
            zero = True
    return text


def counted(number: int, digits: str = DIGITS, steps: tuple[str, str, str] = ("千", "百", "十")) -> str:
    """The counting form in full, as a careful writer spells it: 100030000 → 一亿零三万."""
    for step, sign in ((10**8, "亿"), (10**4, "万")):
        if number >= step:
            high, low = divmod(number, step)
            rest = counted(low, digits, steps) if low else ""
            return counted(high, digits, steps) + sign + (digits[0] if 0 < low < step // 10 else "") + rest
    return group(number, digits, steps) or digits[0]


wholes = st.one_of(
    st.integers(0, 99_999),
    st.integers(0, 10**16 - 1),
    st.builds(lambda digit, zeros: digit * 10**zeros, st.integers(1, 999), st.integers(0, 9)),
)


@given(wholes)
def test_counting_form_round_trip(number: int) -> None:
    spelled = counted(number)
    assert parse(spelled) == number
    assert parse(spelled.replace("二千", "两千").replace("二百", "两百").replace("二万", "两万")) == number
    assert parse("负" + spelled) == -number


@given(wholes)
def test_ten_without_one_round_trip(number: int) -> None:
    assert parse(counted(number).removeprefix("一") if 10 <= number < 20 else counted(number)) == number


@given(st.integers(1, 10**12 - 1))
def test_financial_round_trip(number: int) -> None:
    spelled = counted(number, CAPITALS, ("仟", "佰", "拾"))
    assert parse(spelled + "元整") == number
    assert parse(spelled) == number
    assert parse(spelled.replace("万", "萬").replace("亿", "億") + "圓整") == number


@given(st.integers(0, 10**16), st.integers(0, 3))
def test_arabic_round_trip(number: int, places: int) -> None:
    wide = str.maketrans("0123456789,.", "０１２３４５６７８９，．")
    plain = str(number)
    for spelled in (plain, f"{number:,}", f"{number:,}".replace(",", "，")):
        assert parse(spelled) == number
        assert parse(spelled.translate(wide)) == number
    decimal = f"{number}.{'125'[:places]}" if places else plain
    assert parse(decimal) == Decimal(decimal)


@given(st.integers(1, 999_999_999))
def test_mixed_round_trip(number: int) -> None:
    """35000 as 3.5万, 123456 as 12.3456万 and 12万3456."""
    assert parse(f"{Decimal(number) / 10_000:f}万") == number
    assert parse(f"{Decimal(number) / 10**8:f}亿") == number
    high, low = divmod(number, 10_000)
    if high and low >= 1_000:
        assert parse(f"{high}万{low}") == number


@given(st.integers(1, 9), st.sampled_from([("千", 1000), ("万", 10_000), ("亿", 10**8)]), st.integers(1, 9))
def test_colloquial_ending_round_trip(head: int, step: tuple[str, int], tail: int) -> None:
    """三万五 is 35,000, 3万5 too."""
    assert parse(f"{DIGITS[head]}{step[0]}{DIGITS[tail]}") == head * step[1] + tail * step[1] // 10
    assert parse(f"{head}{step[0]}{tail}") == head * step[1] + tail * step[1] // 10


@given(st.integers(1000, 9999))
def test_digit_by_digit_round_trip(number: int) -> None:
    spelled = "".join(DIGITS[int(digit)] for digit in str(number))
    assert parse(spelled) == number
    assert parse(spelled.replace("零", "〇")) == number


@given(st.integers(0, 9999), st.integers(0, 9), st.integers(1, 9))
def test_decimal_and_percent_round_trip(whole: int, tenth: int, hundredth: int) -> None:
    spelled = f"{counted(whole)}点{DIGITS[tenth]}{DIGITS[hundredth]}"
    number = Decimal(f"{whole}.{tenth}{hundredth}")
    assert parse(spelled) == number
    assert parse(spelled + "万") == number * 10_000
    assert parse("百分之" + spelled) == number / 100
    assert parse("千分之" + counted(whole)) == Decimal(whole) / 1000


@given(st.integers(1, 999), st.integers(2, 999))
def test_fraction_round_trip(above: int, below: int) -> None:
    number = parse(f"{counted(below)}分之{counted(above)}")
    assert number is not None
    assert float(number) == pytest.approx(above / below)


@given(
    st.text(
        alphabet="零〇一二两三四五六七八九十百千万亿点分之成半负壹拾元整0123456789.,，/-几余 ", max_size=LONGEST + 5
    )
)
def test_never_raises(text: str) -> None:
    number = parse(text)
    assert number is None or isinstance(number, int | float | Decimal)


@given(st.text(max_size=12))
def test_never_raises_on_any_text(text: str) -> None:
    parse(text)


def test_quick() -> None:
    """≤ 10 µs each on average over every spelling of the table, best of five."""
    texts = list(READINGS)
    best = min(_seconds(texts) for _ in range(5))
    assert best / len(texts) < 10e-6


def _seconds(texts: list[str]) -> float:
    start = time.process_time()
    for _ in range(20):
        for text in texts:
            parse(text)
    return (time.process_time() - start) / 20


def test_import_is_quick() -> None:
    code = "import time; t = time.process_time(); import annual_reports.numerals; print(time.process_time() - t)"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(2)]
    assert min(float(run.stdout) for run in runs) < 0.1
