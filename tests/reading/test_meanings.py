"""What each figure of a sentence is: role, indicator and scope, over the hand-written tables ``meanings.txt``,
``wordings.txt`` (the same indicators, said in other ways) and ``zeros.txt``."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from annual_reports import catalogue, figures
from annual_reports.report import Quantity, Section

TABLES = [Path(__file__).with_name(name) for name in ("meanings.txt", "wordings.txt", "zeros.txt")]
YEAR = 2024
KINDS = {"计划": "plan", "建议": "suggestions", "问题": "problems"}


def rows() -> list[tuple[str, str, str]]:
    found = []
    for line in (line for table in TABLES for line in table.read_text("utf-8").splitlines()):
        if line and not line.startswith("#"):
            sentence, _, meaning = line.rpartition("|")
            heading = re.match(r"【(.*?)】", sentence)
            found.append((heading[1] if heading else "", sentence[heading.end() if heading else 0 :].strip(), meaning))
    return found


def read(heading: str, sentence: str) -> list[Quantity]:
    sections = ()
    text = f"{heading}\n{sentence}" if heading else sentence
    if heading:
        kind = KINDS.get(heading, "measures")
        sections = (Section(1, 1, "一、", "一、", False, heading, kind, 0, len(text), len(heading)),)
    found = figures.find(text, sections, YEAR, catalogue.load())
    for quantity in found:
        assert text[quantity.start : quantity.end] == quantity.printed or quantity.rule == figures.ZERO
    return found


def told(quantity: Quantity) -> str:
    words = "零" if quantity.rule == figures.ZERO else re.sub(r"\s", "", quantity.printed)
    words += f"!{quantity.role}" if quantity.role != "achieved" else ""
    if quantity.indicator or quantity.role == "achieved":
        words += f"={quantity.indicator or '-'}" + (f"@{quantity.scope}" if quantity.scope else "")
    return words


@pytest.mark.parametrize(("heading", "sentence", "meaning"), rows())
def test_meaning(heading: str, sentence: str, meaning: str) -> None:
    read_here = [told(q) for q in read(heading, sentence) if q.role not in ("date", "name", "ordinal")]
    assert Counter(read_here) == Counter(meaning.split())


def test_table_is_large_and_covers_every_indicator_twice() -> None:
    table = rows()
    assert len(table) >= 250
    named = Counter(code for _, _, meaning in table for code in re.findall(r"=([a-z_]+)", meaning))
    scarce = {code for code in catalogue.load()["indicators"] if named[code] < 2}
    assert not scarce
