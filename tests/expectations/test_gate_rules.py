"""A planted fault for every rule of the gate: the rule fails on it, names the row, and nothing else fails but what the
fault itself drags along. One batch carries all faults, each in a report of its own."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from expectations import gate
from expectations.limits import Limits
from warehouse.frames import frames

LIMITS = Limits(today=date(2026, 11, 22))
LONG = "标" * 61


def edit(tables, table, row, **values):
    """``tables`` with the given cells of one row replaced."""
    frame = tables[table]
    cells = [
        pl.when(pl.int_range(pl.len()) == row)
        .then(pl.lit(value, dtype=frame.schema[column]))
        .otherwise(pl.col(column))
        .alias(column)
        for column, value in values.items()
    ]
    return {**tables, table: frame.with_columns(cells)}


def double(tables, table, row, **values):
    """``tables`` with one row given twice, the second time with other values."""
    frame = tables[table]
    extra = {**tables, table: frame.slice(row, 1)}
    return {**tables, table: pl.concat([frame, edit(extra, table, 0, **values)[table] if values else extra[table]])}


def drop(tables, table, column, value):
    return {**tables, table: tables[table].filter(pl.col(column) != value)}


def cell(table, row, **values):
    return lambda t: edit(t, table, row, **values)


def key(tables, table, column, row):
    return tables[table][column][row]


def retext(tables):
    """The stored text loses a character that the count still has."""
    return edit(tables, "reports", 0, text=tables["reports"]["text"][0][:-1])


def unresolved(tables):
    own = "unresolved:" + tables["reports"]["report_id"][0]
    tables = edit(tables, "reports", 0, resolution="ambiguous", issuer_id=own)
    return {**tables, "facts": tables["facts"].with_columns(issuer_id=pl.lit(own))}


def bodiless(tables):
    """A short report: its text ends right after its last figure."""
    end = tables["quantities"]["span_end"].max()
    tables = edit(tables, "reports", 0, text=tables["reports"]["text"][0][:end], char_count=end)
    return edit(tables, "sections", 3, span_end=end)


def without(table):
    return lambda t: {**t, table: t[table].clear()}


def no_sections(tables):
    tables = without("sections")(tables)
    return {**tables, "quantities": tables["quantities"].with_columns(section_id=pl.lit(None, pl.String))}


def no_facts(tables):
    return without("facts")(without("fact_evidence")(tables))


def contradicted(flags):
    def plant(tables):
        other = {"value": 150.0, "low": 150.0, "high": 150.0}
        quantity, fact = (f"{key(tables, 'reports', 'report_id', 0)}-{n}9" for n in "qf")
        tables = double(tables, "quantities", 0, quantity_id=quantity, scope="另", **other)
        tables = double(tables, "facts", 0, fact_id=fact, flags=flags, **other)
        tables = edit(tables, "facts", 0, flags=flags)
        link = pl.DataFrame({"fact_id": [fact], "quantity_id": [quantity]})
        return {**tables, "fact_evidence": pl.concat([tables["fact_evidence"], link])}

    return plant


def stated_twice(tables):
    """The same fact as two rows, each with the same evidence."""
    fact = f"{key(tables, 'reports', 'report_id', 0)}-f9"
    link = pl.DataFrame({"fact_id": [fact], "quantity_id": [key(tables, "quantities", "quantity_id", 0)]})
    tables = double(tables, "facts", 0, fact_id=fact)
    return {**tables, "fact_evidence": pl.concat([tables["fact_evidence"], link])}


def fact_and_figure(row, **values):
    """A figure and the fact that rests on it, changed alike."""
    return lambda t: edit(edit(t, "quantities", row, **values), "facts", row, **values)


def second_figure_of(row):
    return lambda t: double(t, "quantities", row, quantity_id="again-q")


def verdict(kind, verdict, holds=False):
    return cell("checks", 0, kind=kind, verdict=verdict, holds=holds)


# rule → (what is planted, the other rules that the same fault breaks)
PLANTS = {
    "R01": (cell("reports", 0, report_id=None), {"R22", "R20", "S03", "Q03", "Q05", "Q06", "F03", "F04", "F05", "C03"}),
    "R02": (lambda t: double(t, "reports", 0), set()),
    "R03": (cell("reports", 0, sha256="abc"), set()),
    "R04": (cell("reports", 0, issuer_id=None), {"F04"}),
    "R05": (cell("reports", 0, report_year=None), {"F05"}),
    "R06": (
        lambda t: edit(edit(t, "reports", 0, report_year=2027, title="报告", period_end=date(2027, 12, 31)), "facts", 0, report_year=2027),
        {"R09", "R10", "F05", "F06"},
    ),
    "R07": (cell("reports", 0, title="关于二〇二三年法治政府建设情况的报告"), set()),
    "R08": (cell("reports", 0, period_end=date(2023, 12, 31)), set()),
    "R09": (cell("reports", 0, period_start=date(2023, 12, 1)), set()),
    "R10": (cell("reports", 0, published=date(2023, 3, 1)), set()),
    "R11": (cell("reports", 0, resolution="猜的"), {"R12", "R13"}),
    "R12": (cell("reports", 0, province=None), set()),
    "R13": (unresolved, set()),
    "R14": (cell("reports", 0, issuer_level="村"), set()),
    "R15": (cell("reports", 0, division_code="9901A"), set()),
    "R16": (cell("reports", 0, text="", char_count=0), {"R18", "S04", "Q04", "Q05"}),
    "R17": (retext, set()),
    "R18": (bodiless, set()),
    "R19": (cell("reports", 0, title=None), set()),
    "R20": (no_sections, set()),
    "R21": (lambda t: {**t, "sections": t["sections"].with_columns(canonical=pl.lit("other"))}, set()),
    "R22": (no_facts, set()),
    "R23": (cell("reports", 0, part_year=True), set()),
    "S01": (cell("sections", 3, section_id=None), {"Q16"}),
    "S02": (lambda t: double(t, "sections", 3, span_start=0, span_end=1, title="又一", level=2), set()),
    "S03": (cell("sections", 3, report_id="别处"), {"Q16"}),
    "S04": (cell("sections", 3, span_end=99999), set()),
    "S05": (cell("sections", 2, parent_id="没有"), set()),
    "S06": (lambda t: edit(t, "sections", 2, span_end=t["sections"]["span_end"][2] + 1), set()),
    "S07": (lambda t: edit(t, "sections", 2, span_start=t["sections"]["span_end"][1] - 1), set()),
    "S08": (cell("sections", 3, level=0), set()),
    "S09": (cell("sections", 2, level=1), set()),
    "S10": (cell("sections", 3, canonical="未来"), set()),
    "S11": (cell("sections", 3, ordinal=0), set()),
    "S12": (cell("sections", 3, title=" "), set()),
    "S13": (cell("sections", 3, title=LONG), set()),
    "Q01": (cell("quantities", 5, quantity_id=None), set()),
    "Q02": (lambda t: double(t, "quantities", 5, scope="另"), set()),
    "Q03": (cell("quantities", 5, report_id="别处"), {"Q05", "Q06", "Q16"}),
    "Q04": (cell("quantities", 5, span_end=99999), {"Q05", "Q06", "Q17"}),
    "Q05": (cell("quantities", 5, printed="21场"), set()),
    "Q06": (cell("quantities", 5, sentence="别的句子。"), set()),
    "Q07": (cell("quantities", 5, value=float("inf"), low=None, high=None, bound="approx"), set()),
    "Q08": (cell("quantities", 5, low=13.0, high=11.0, bound="approx"), set()),
    "Q09": (cell("quantities", 5, bound="大概"), set()),
    "Q10": (cell("quantities", 5, bound=None), set()),
    "Q11": (cell("quantities", 5, low=11.0), set()),
    "Q12": (cell("quantities", 5, role="已完成"), set()),
    "Q13": (cell("quantities", 5, role=None), set()),
    "Q14": (cell("quantities", 5, unit="筐"), set()),
    "Q15": (cell("quantities", 5, indicator="no_such_code"), set()),
    "Q16": (cell("quantities", 5, section_id="没有"), set()),
    "Q17": (lambda t: edit(t, "quantities", 5, section_id=t["sections"]["section_id"][1]), set()),
    "Q18": (cell("quantities", 5, role="achieved"), set()),
    "Q19": (fact_and_figure(3, value=9500.0, low=9500.0, high=9500.0), {"F23"}),
    "Q20": (fact_and_figure(3, value=195.0, low=195.0, high=195.0), {"F24"}),
    "Q21": (fact_and_figure(0, value=-152.0, low=-152.0, high=-152.0), {"F11"}),
    "Q22": (second_figure_of(5), set()),
    "Q23": (cell("quantities", 5, year=2123), set()),
    "Q24": (fact_and_figure(0, value=3e9, low=3e9, high=3e9), {"F26"}),
    "F01": (cell("facts", 0, fact_id=None), {"F15", "E01"}),
    "F02": (lambda t: double(t, "facts", 0, scope="另"), set()),
    "F03": (cell("facts", 0, report_id="别处"), {"F04", "F05", "F16"}),
    "F04": (cell("facts", 0, issuer_id="云岭省/青河市/平原县/别处"), set()),
    "F05": (cell("facts", 0, report_year=2023), set()),
    "F06": (cell("facts", 0, report_year=2003), {"F05"}),
    "F07": (cell("facts", 0, indicator=None), {"F08", "F19"}),
    "F08": (fact_and_figure(0, indicator="no_such_code"), {"Q15"}),
    "F09": (cell("facts", 0, unit="人次"), set()),
    "F10": (cell("facts", 0, value=None), set()),
    "F11": (cell("facts", 0, value=-1.0, low=-1.0, high=-1.0), {"F18"}),
    "F12": (cell("facts", 0, low=160.0, high=150.0), set()),
    "F13": (cell("facts", 0, bound="大概"), set()),
    "F14": (cell("facts", 0, bound=None), set()),
    "F15": (lambda t: drop(t, "fact_evidence", "fact_id", key(t, "facts", "fact_id", 0)), set()),
    "F16": (cell("quantities", 0, report_id="别处"), {"Q03", "Q05", "Q06", "Q16", "C06"}),
    "F17": (cell("quantities", 0, role="target"), set()),
    "F18": (cell("facts", 0, value=153.0, low=153.0, high=153.0), set()),
    "F19": (cell("facts", 0, indicator="petitions_handled"), set()),
    "F20": (stated_twice, set()),
    "F21": (contradicted(""), set()),
    "F22": (contradicted("contradicted"), set()),
    "F23": (cell("facts", 3, value=9500.0, low=9500.0, high=9500.0), {"F18"}),
    "F24": (cell("facts", 3, value=195.0, low=195.0, high=195.0), {"F18"}),
    "F25": (fact_and_figure(0, value=1.5, low=1.5, high=1.5), set()),
    "F26": (fact_and_figure(0, value=1520000.0, low=1520000.0, high=1520000.0), set()),
    "F27": (fact_and_figure(0, value=0.5, low=0.5, high=0.5), {"F25"}),
    "E01": (cell("fact_evidence", 0, fact_id="没有"), {"F15"}),
    "E02": (cell("fact_evidence", 0, quantity_id="没有"), {"F16"}),
    "E03": (lambda t: double(t, "fact_evidence", 0), set()),
    "C01": (cell("checks", 0, check_id=None), set()),
    "C02": (lambda t: double(t, "checks", 0), set()),
    "C03": (cell("checks", 0, report_id="别处"), {"C06"}),
    "C04": (cell("checks", 0, kind="直觉"), set()),
    "C05": (cell("checks", 0, verdict="还行"), set()),
    "C06": (cell("checks", 0, figures="没有-q1"), set()),
    "C07": (cell("checks", 0, holds=False), set()),
    "C08": (verdict("parts_total", "fails"), set()),
    "C09": (verdict("at_most", "fails"), set()),
    "C10": (verdict("rate", "fails"), set()),
    "C11": (verdict("stated_change", "fails"), set()),
    "C12": (verdict("repeated", "fails"), set()),
    "C13": (verdict("rate", "cut"), set()),
}  # fmt: skip
WHOLE = {"B01", "B02", "B03", "B04", "B05", "B06"}  # judge the batch: test_gate.py


@pytest.fixture(scope="module")
def found(read):
    """rule → the rules that fail in the report with its fault."""
    planted, owners = [], {}
    for n, (rule, (plant, _)) in enumerate(PLANTS.items()):
        place = f"第{n}镇"
        own = frames([read(place, 2024, 152, 148, 9000)])
        for table, frame in plant(own).items():
            start = sum(tables[table].height for tables in planted)
            owners |= {(table, start + row): rule for row in range(frame.height)}
        planted.append(plant(own))
    whole = {table: pl.concat([tables[table] for tables in planted]) for table in planted[0]}
    history = pl.concat(
        [
            frames([read(f"第{n}镇", 2023, 140, 131, 8000)])["facts"].select(list(gate.HISTORY))
            for n, rule in enumerate(PLANTS)
            if rule in ("F26", "Q24")
        ]
    )
    outcome = gate.check_batch(whole, history=history, limits=LIMITS)
    assert not [r for r in outcome.results if r.error]
    rules = {rule: set() for rule in PLANTS}
    for failure in outcome.failures:
        if failure.table_name != "batch":
            rules[owners[failure.table_name, failure.row]].add(failure.rule)
    return rules


def test_every_rule_has_a_planted_fault():
    assert set(PLANTS) | WHOLE == set(gate.rules(LIMITS))


@pytest.mark.parametrize("rule", PLANTS)
def test_the_rule_fails_on_its_fault_and_little_else_does(rule, found):
    assert found[rule] == {rule} | PLANTS[rule][1]


def test_a_clean_batch_passes_every_rule(clean):
    outcome = gate.check_batch(clean, limits=LIMITS)
    assert [r.rule for r in outcome.results if not r.passed] == []
    assert outcome.failures == ()
    assert outcome.refused is None
    assert {r.rule for r in outcome.results} == set(gate.rules(LIMITS))
    assert {r.rule: r.checked for r in outcome.results}["Q05"] == 24  # 4 reports × 6 figures
