"""The samples: every file against what a careful reader finds in it, and table, texts and gold against each other."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import zipfile
from collections import Counter
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from annual_reports import evaluate, places, reading

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
GOLDEN = Path(__file__).parent / "golden"


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


FILES = {row["file"]: row for row in _table(SAMPLES / "files.csv")}
FIGURES = _table(SAMPLES / "figures.csv")
GOLD = {path.name.removesuffix(".json"): json.loads(path.read_text("utf-8")) for path in sorted(GOLDEN.glob("*.json"))}
ACCEPTED = [name for name, gold in GOLD.items() if gold.get("accepted", True)]
REJECTED = [name for name in GOLD if name not in ACCEPTED]
TEXTS = sorted({row["text"] for row in FIGURES})


def _bare(words: str | None) -> str:
    return re.sub(r"\s+", "", words or "")


def _text(name: str) -> str:
    """A source text as it is to be read: what was struck out is gone, the mark of a text box too."""
    return re.sub(r"⟦[^⟧]*⟧|▣", "", (SAMPLES / "texts" / f"{name}.txt").read_text("utf-8"))


@lru_cache
def _divisions():
    return places.load(SAMPLES / "divisions.csv")


@lru_cache
def _reading(name: str):
    return reading.read((SAMPLES / "reports" / name).read_bytes(), name, divisions=_divisions())


def _stated(gold: dict) -> set[tuple]:
    """(indicator, scope, value, bound) of every fact that a gold label states."""
    facts = set()
    for number in gold["numbers"]:
        if number["kind"] == "indicator":
            codes = number["codes"] if number.get("each") else number["codes"][:1]
            facts |= {(code, number["scope"], float(number["value"]), number["bound"]) for code in codes if code}
    for zero in gold["zeros"]:
        facts |= {(code, zero.get("scope", ""), 0.0, "exact") for code in zero["codes"] if code}
    return facts


def _of_the_table(text: str) -> list[tuple]:
    return [
        (row["indicator"], row["scope"], float(row["value"]), row["bound"]) for row in FIGURES if row["text"] == text
    ]


# --- the table, the texts, the files and the gold agree -------------------------------------------------------------


def test_every_file_is_listed_and_has_gold():
    in_folder = {path.name for path in (SAMPLES / "reports").iterdir()}
    assert in_folder == set(FILES)
    assert in_folder == set(GOLD)


def test_issuers_years_indicators_and_formats_are_as_many_as_promised():
    issuers = {(row["issuer"], row["report_year"]) for row in FIGURES if row["issuer"]}
    assert Counter(issuer for issuer, _ in issuers) == dict.fromkeys(
        ["望篱镇", "鹭栖镇", "石楹乡", "东沚街道", "澄堰县市场监督管理局"], 3
    )
    assert {year for _, year in issuers} == {"2022", "2023", "2024"}
    assert len({row["indicator"] for row in FIGURES}) >= 60
    assert {row["format"] for row in FILES.values()} == {"txt", "html", "docx", "pdf", "doc", "cut", "empty"}


@pytest.mark.parametrize("name", [text for text in TEXTS if text != "无署名2023"])
def test_texts_are_as_long_as_real_ones(name):
    assert 2000 <= len(_text(name)) <= 4000


@pytest.mark.parametrize("name", TEXTS)
def test_every_figure_of_the_table_stands_in_its_text(name):
    text = _bare(_text(name))
    for row in FIGURES:
        if row["text"] == name:
            assert _bare(row["printed"]) in text, row
            if row["unit_printed"]:
                apart = re.escape(row["unit_printed"]) + r"\s*\t" + re.escape(row["printed"])  # a column of units
                together = re.escape(row["printed"] + row["unit_printed"])
                assert re.search(apart, _text(name)) or re.search(together, text), row


@pytest.mark.parametrize("name", ACCEPTED)
def test_gold_states_exactly_the_table(name):
    assert sorted(_stated(GOLD[name])) == sorted(_of_the_table(FILES[name]["text"]))


@pytest.mark.parametrize("name", ACCEPTED)
def test_gold_quotes_stand_in_the_text_in_order(name):
    text, gold = _bare(_text(FILES[name]["text"])), GOLD[name]
    at = 0
    for heading in gold["headings"]:
        at = text.index(_bare(heading["marker"] + heading["title"]), at)
    for entry in [*gold["numbers"], *gold["zeros"]]:
        assert _bare(entry["quote"]) in text, entry
    lines = [number["line"] for number in gold["numbers"]]
    assert lines == sorted(lines)


def test_the_county_and_its_places_exist_nowhere():
    invented = {place for row in _table(SAMPLES / "divisions.csv") for place in row.values() if place}
    invented -= {"示例代码", *re.findall(r"[\d-]+", " ".join(invented))}
    shipped = places.load(None)
    for place in invented:
        assert shipped.named(place) == [], place


def test_building_again_gives_the_same_files(monkeypatch):
    """What needs no LibreOffice; packages are compared part by part, as compression differs between zlibs."""
    monkeypatch.syspath_prepend(str(SAMPLES))
    spec = importlib.util.spec_from_file_location("samples_build", SAMPLES / "build.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    for name, row in FILES.items():
        if row["format"] in ("txt", "html", "docx", "empty"):
            assert _parts(build.build(row)) == _parts((SAMPLES / "reports" / name).read_bytes()), name


def _parts(data: bytes) -> object:
    if data[:2] != b"PK":
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


# --- the reader finds what the gold says ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", REJECTED)
def test_rejected_with_the_right_reason(name):
    report = _reading(name)
    assert (report.accepted, report.reason_code) == (False, GOLD[name]["reason_code"])
    assert re.search("[\u4e00-\u9fff]{4}", report.reason)


@pytest.mark.parametrize("name", ACCEPTED)
def test_reading_misses_nothing_and_invents_nothing(name):
    result = evaluate.evaluate({name: GOLD[name]}, {name: _reading(name)}).total
    assert result.misses == []
    assert {measure: score.share for measure, score in result.scores.items()} == dict.fromkeys(evaluate.MEASURES, 1.0)


@pytest.mark.parametrize("name", ACCEPTED)
def test_facts_are_the_rows_of_the_table(name):
    facts = Counter((fact.indicator, fact.scope, fact.value, fact.bound) for fact in _reading(name).facts)
    table = Counter(_of_the_table(FILES[name]["text"]))
    assert (sorted(table - facts), sorted(facts - table)) == ([], [])  # missing, invented
    assert not any(fact.flags for fact in _reading(name).facts)


@pytest.mark.parametrize("name", ACCEPTED)
def test_one_fact_has_all_its_places_of_evidence(name):
    report, gold = _reading(name), GOLD[name]
    repeated = Counter(number["same_as"] for number in gold["numbers"] if "same_as" in number)
    for index, more in repeated.items():
        number = gold["numbers"][index]
        (fact,) = (f for f in report.facts if (f.indicator, f.scope) == (number["codes"][0], number["scope"]))
        assert len(fact.quantities) == more + 1, number


@pytest.mark.parametrize("name", ACCEPTED)
def test_numbers_that_are_no_achievement_have_their_role(name):
    quantities = _reading(name).quantities
    for number in GOLD[name]["numbers"]:
        if "role" not in number or "value" not in number:
            continue
        wanted = number["role"] if isinstance(number["role"], list) else [number["role"]]
        quote = _bare(number["quote"])
        roles = [q.role for q in quantities if q.value == number["value"] and quote in _bare(q.sentence)]
        assert set(roles) & set(wanted), (number, roles)


@pytest.mark.parametrize("name", ACCEPTED)
def test_title_issuer_and_period(name):
    report, meta = _reading(name), GOLD[name]["meta"]
    assert _bare(report.title) == _bare(meta["title"])
    assert report.issuer.name == meta["issuer"]
    assert report.issuer.resolution == ("resolved" if meta["issuer"] else "unresolved")
    if meta["issuer"]:
        assert report.issuer.level == meta["issuer_level"]
        assert report.issuer.division.city == meta["city"]
    end = date.fromisoformat(meta.get("period_end", f"{meta['report_year']}-12-31"))
    assert (report.period.end, report.period.part_year) == (end, "period_end" in meta)


@pytest.mark.parametrize("name", ACCEPTED)
def test_arithmetic_in_the_text_is_checked(name):
    report = _reading(name)
    checked = {
        (check.kind, tuple(sorted(report.quantities[index].value for index in check.figures)), check.verdict)
        for check in report.checks
    }
    wanted = {(i["kind"], tuple(sorted(map(float, i["figures"]))), i["verdict"]) for i in GOLD[name]["identities"]}
    assert wanted <= checked


@pytest.mark.parametrize("name", ACCEPTED)
def test_spans_cut_out_what_is_printed(name):
    report = _reading(name)
    for quantity in report.quantities:
        assert _bare(report.text[quantity.start : quantity.end]) == _bare(quantity.printed)
        assert quantity.sentence_start <= quantity.start
        assert _bare(quantity.printed) in _bare(quantity.sentence)


def test_the_same_report_in_two_formats_says_the_same():
    word, pdf = (_reading(name) for name in FILES if FILES[name]["text"] == "望篱镇2023" and name in ACCEPTED)
    assert word.issuer.key == pdf.issuer.key == "示例省/泽岚市/澄堰县/望篱镇"
    assert {(f.indicator, f.scope, f.value) for f in word.facts} == {(f.indicator, f.scope, f.value) for f in pdf.facts}


def test_a_revision_differs_in_one_figure():
    first, second = (_reading(name) for name in FILES if FILES[name]["text"].startswith("鹭栖镇2024"))
    assert first.published < second.published
    changed = {(f.indicator, f.value) for f in first.facts} ^ {(f.indicator, f.value) for f in second.facts}
    assert changed == {("disputes_mediated", 79.0), ("disputes_mediated", 81.0)}
