"""``opening_letters``: no match of the catalogue's patterns begins with any other letter."""

import random
import re

import pytest

from annual_reports import catalogue
from annual_reports.openings import opening_letters


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("较上年|比去年", "较比"),
        ("(?:较|同)?比", "较同比"),
        ("(?<![一二])每(?:年|月)", "每"),
        ("[一二5-7]个", "一二567"),
        ("(?P<whole>共)计$", "共"),
        ("(?=.)增*减", "增减"),
    ],
)
def test_letters(pattern, letters):
    assert opening_letters(pattern) == set(letters)


@pytest.mark.parametrize("pattern", ["", "$", "增?", "[^，]增", r"\d件", ".", "(?i)a", "增|", "(?i:a)b"])
def test_any_letter_or_none(pattern):
    assert opening_letters(pattern) is None


def test_catalogue_patterns_match_nowhere_else():
    words = [rule["before"] for rule in catalogue.load()["roles"].values() if "before" in rule]
    dice = random.Random(5)
    letters = sorted({letter for pattern in words for letter in pattern} | set("，。0123456789"))
    matches = 0
    for pattern in words:
        opening, compiled = opening_letters(pattern), re.compile(pattern)
        pieces = re.findall(r"[\u4e00-\u9fa5]{1,4}", pattern) or letters
        for _ in range(300):
            text = "".join(dice.choices(letters, k=3) + dice.choices(pieces, k=3) + dice.choices(letters, k=1))
            if opening is not None and (found := compiled.search(text)):
                matches += 1
                assert found[0][0] in opening
    assert matches > 500
