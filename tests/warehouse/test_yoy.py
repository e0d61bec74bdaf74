"""Year over year, worked by hand: every direction, every reason of not being comparable, bounds and per cents.

9000余 is [9001, 9999]: more than the number, less than the next step of its last non-zero place (design §3).
"""

import pytest
from hand_made import F, make_report, more_than

from warehouse import corrections

D = "disputes_mediated"
CASES = "reconsideration_cases"  # series break in 2024: the revised 行政复议法
RATE = "mediation_success_rate"


def about(value, **more):
    return F(D, value, bound="approx", low=0.9 * value, high=1.1 * value, **more)


def pair(warehouse, before, now, year=2023, **of_now):
    warehouse.load(make_report(year - 1, before), make_report(year, now, **of_now))
    (row,) = warehouse.dicts(f"SELECT * FROM marts.indicator_yoy WHERE report_year = {year}")
    return row


@pytest.mark.parametrize(
    ("before", "now", "direction", "change", "low", "high"),
    [
        (F(D, 100), F(D, 148), "up", 48, 48, 48),
        (F(D, 148), F(D, 100), "down", -48, -48, -48),
        (F(D, 148), F(D, 148), "flat", 0, 0, 0),
        # 9000余 → 10000余: 10001 − 9999 and 10999 − 9001
        (more_than(D, 9000, 9999), more_than(D, 10000, 10999), "up", 1000, 2, 1998),
        (more_than(D, 10000, 10999), more_than(D, 9000, 9999), "down", -1000, -1998, -2),
        # 30余 → 35: 35 − 39 and 35 − 31
        (more_than(D, 30, 39), F(D, 35), "uncertain", 5, -4, 4),
        # the same words twice do not say that nothing changed
        (more_than(D, 30, 39), more_than(D, 30, 39), "uncertain", 0, -8, 8),
        # bounds that touch: 39 may have become 39
        (more_than(D, 30, 39), F(D, 39), "uncertain", 9, 0, 8),
        (F(D, 31), more_than(D, 30, 39), "uncertain", -1, 0, 8),
        (F(D, 30), more_than(D, 30, 39), "up", 0, 1, 9),
        # 约100 → 121: 121 − 110 and 121 − 90
        (about(100), F(D, 121), "up", 21, 11, 31),
        # 100以上 is open above; beside 50 it is more whatever it is
        (F(D, 50), F(D, 100, bound="at_least", low=100, high=None), "up", 50, 50, None),
        (F(D, 150), F(D, 100, bound="at_least", low=100, high=None), "uncertain", -50, -50, None),
        # 不到100 is open below
        (F(D, 150), F(D, 100, bound="at_most", low=None, high=99), "down", -50, None, -51),
        (F(D, 100, bound="at_least", low=100, high=None), F(D, 120, bound="at_least", low=120, high=None),
         "uncertain", 20, None, None),
        # 3–5 → 6
        (F(D, 3, bound="range", low=3, high=5), F(D, 6), "up", 3, 1, 3),
    ],
)  # fmt: skip
def test_directions_and_intervals(warehouse, *, before, now, direction, change, low, high):
    row = pair(warehouse, before, now)
    assert (row["direction"], row["comparable"], row["reason"]) == (direction, True, "")
    assert row["change"] == pytest.approx(change)
    assert row["change_low"] == (None if low is None else pytest.approx(low))
    assert row["change_high"] == (None if high is None else pytest.approx(high))


@pytest.mark.parametrize(
    ("before", "now", "pct", "low", "high"),
    [
        (F(D, 100), F(D, 148), 48, 48, 48),
        (F(D, 152), F(D, 148), -2.631579, -2.631579, -2.631579),
        # 10001 / 9999 − 1 and 10999 / 9001 − 1
        (more_than(D, 9000, 9999), more_than(D, 10000, 10999), 11.111111, 0.020002, 22.197534),
        (F(D, 0), F(D, 12), None, None, None),  # a base of zero has no per cent
        (F(D, 12), F(D, 0), -100, -100, -100),
        (F(D, 50), F(D, 100, bound="at_least", low=100, high=None), 100, 100, None),
        # the printed numbers differ by a per cent that their words rule out: 不到100 → 150, 12 → 10余, 30余 → 35, 30 → 30余
        (F(D, 100, bound="at_most", low=None, high=99), F(D, 150), None, 51.515152, None),
        (F(D, 12), more_than(D, 10, 19), None, -8.333333, 58.333333),
        (more_than(D, 30, 39), F(D, 35), None, -10.25641, 12.903226),
        (F(D, 30), more_than(D, 30, 39), None, 3.333333, 30),
        (more_than(D, 30, 39), more_than(D, 30, 39), 0, -20.512821, 25.806452),
        # thirds: the bounds of exact numbers are the per cent itself, however it is rounded
        (F(D, 3), F(D, 7), 133.333333, 133.333333, 133.333333),
    ],
)
def test_per_cents(warehouse, *, before, now, pct, low, high):
    row = pair(warehouse, before, now)
    assert (row["change_pct"], row["change_pct_low"], row["change_pct_high"]) == (pct, low, high)


@pytest.mark.slow
def test_no_per_cent_lies_outside_its_bounds(warehouse):
    shapes = [F(D, v) for v in (1, 3, 7, 12, 30, 31, 39, 100)]
    shapes += [more_than(D, 10, 19), more_than(D, 30, 39), about(20), F(D, 100, bound="at_least", low=100, high=None)]
    for number, (before, now) in enumerate((a, b) for a in shapes for b in shapes):
        warehouse.load(
            make_report(2022, before, town=f"甲{number}镇"), make_report(2023, now, town=f"甲{number}镇"), seen_at=None
        )
    assert warehouse.row("""
        SELECT count(change_pct) > 60, count(change) - count(change_pct) > 10,
            count(*) FILTER (change_pct < change_pct_low - 1e-5 OR change_pct > change_pct_high + 1e-5)
        FROM marts.indicator_yoy WHERE report_year = 2023
    """) == (True, True, 0)


def test_rates_change_in_points_and_have_no_per_cent(warehouse):
    row = pair(warehouse, F(RATE, 93, unit="%"), F(RATE, 97.5, unit="%"))
    assert (row["change"], row["change_unit"], row["change_pct"], row["direction"]) == (4.5, "百分点", None, "up")


def test_a_missing_year_is_not_bridged(warehouse):
    """2021 and 2023: lag() would call 40 → 60 a year's change."""
    warehouse.load(make_report(2021, F(D, 40)), make_report(2023, F(D, 60)))
    (row,) = warehouse.dicts("SELECT * FROM marts.indicator_yoy WHERE report_year = 2023")
    assert (row["previous_value"], row["change"], row["direction"]) == (None, None, None)
    assert (row["comparable"], row["reason"], row["reason_zh"]) == (False, "missing_year", "上年没有报告")


def test_a_report_that_did_not_mention_it(warehouse):
    warehouse.load(make_report(2022, F("legality_reviews", 7)), make_report(2023, F(D, 60)))
    (row,) = warehouse.dicts(f"SELECT * FROM marts.indicator_yoy WHERE indicator = '{D}'")
    assert (row["comparable"], row["reason"], row["reason_zh"]) == (False, "missing_figure", "上年报告未提这一指标")


def test_part_of_a_year_is_not_compared(warehouse):
    row = pair(warehouse, F(D, 100), F(D, 90), part_year=True)
    assert (row["comparable"], row["reason"], row["change"]) == (False, "part_year", None)
    assert row["flags"] == "part_year"
    warehouse.load(make_report(2024, F(D, 120)))
    (after,) = warehouse.dicts("SELECT * FROM marts.indicator_yoy WHERE report_year = 2024")
    assert (after["comparable"], after["reason"], after["previous_value"]) == (False, "part_year", 90)


def test_a_series_break_is_flagged_and_still_computed(warehouse):
    row = pair(warehouse, F(CASES, 50), F(CASES, 109), year=2024)
    assert (row["comparable"], row["reason"]) == (False, "series_break")
    assert (row["change"], row["change_pct"], row["direction"]) == (59, 118, "up")
    assert row["reason_zh"].startswith("口径变动：新修订的行政复议法")
    warehouse.load(make_report(2025, F(CASES, 120)))
    (after,) = warehouse.dicts("SELECT * FROM marts.indicator_yoy WHERE report_year = 2025")
    assert (after["comparable"], after["change"]) == (True, 11)


def test_another_unit_is_not_subtracted(warehouse):
    row = pair(warehouse, F(D, 100), F(D, 40, unit="批次"))
    assert (row["comparable"], row["reason"], row["change"]) == (False, "unit", None)
    assert row["reason_zh"] == "两年单位不同（上年件，本年批次）"


def test_scopes_are_series_of_their_own(warehouse):
    events = "legal_publicity_events"
    warehouse.load(
        make_report(2022, F(events, 30, unit="场次"), F(events, 8, unit="场次", scope="校园")),
        make_report(2023, F(events, 20, unit="场次"), F(events, 9, unit="场次", scope="校园")),
    )
    rows = warehouse.dicts(
        "SELECT scope, change, direction FROM marts.indicator_yoy WHERE report_year = 2023 ORDER BY 1"
    )
    assert rows == [
        {"scope": "", "change": -10, "direction": "down"},
        {"scope": "校园", "change": 1, "direction": "up"},
    ]


def test_a_part_is_not_compared_with_the_whole(warehouse):
    events = "legal_publicity_events"
    row = pair(warehouse, F(events, 30, unit="场次"), F(events, 8, unit="场次", scope="校园"))
    assert (row["comparable"], row["reason"], row["reason_zh"]) == (False, "scope", "上年只有其他范围的数")


def test_a_whole_is_not_compared_with_a_part(warehouse):
    events = "legal_publicity_events"
    row = pair(warehouse, F(events, 8, unit="场次", scope="校园"), F(events, 30, unit="场次"))
    assert (row["reason"], row["previous_value"]) == ("scope", None)


def test_a_scope_outside_the_vocabulary_is_kept_and_not_compared(warehouse):
    row = pair(warehouse, F(D, 3, scope="林地承包"), F(D, 5, scope="林地承包"))
    assert (row["value"], row["previous_value"], row["comparable"], row["reason"]) == (5, 3, False, "scope")
    assert row["reason_zh"] == "范围「林地承包」不在目录表内，不作比较"


def test_a_base_that_this_report_restates(warehouse):
    """2023 says 100; the report on 2024 puts last year at 130: the two do not count the same."""
    warehouse.load(
        make_report(2022, F(D, 100)),
        make_report(2023, F(D, 150), F(D, 130, role="comparative", year=2022, before="上年")),
    )
    (row,) = warehouse.dicts("SELECT * FROM marts.indicator_yoy WHERE report_year = 2023")
    assert (row["comparable"], row["reason"], row["change"]) == (False, "revision", 50)
    assert row["reason_zh"] == "本年报告对上年数的说法与上年报告不同"


def test_a_restated_base_in_another_unit(warehouse):
    last = F("publicity_materials_distributed", 130, unit="册", role="comparative", year=2022, before="上年")
    p = "publicity_materials_distributed"
    warehouse.load(make_report(2022, F(p, 100, unit="份")), make_report(2023, F(p, 150, unit="份"), last))
    (row,) = warehouse.dicts("SELECT * FROM marts.indicator_yoy WHERE report_year = 2023")
    assert row["reason"] == "revision"


@pytest.mark.parametrize("last_year", [
    F(D, 100, role="comparative", year=2022),
    more_than(D, 90, 109, role="comparative", year=2022),  # 90余 allows 100
    F(D, 77, role="comparative", year=2021),  # of another year
    F(D, 77, role="comparative", year=2022, scope="校园"),
    F(D, 100, unit="起", role="comparative", year=2022),  # the same in another word for 件
])  # fmt: skip
def test_a_base_that_is_not_contradicted(warehouse, last_year):
    warehouse.load(make_report(2022, F(D, 100)), make_report(2023, F(D, 150), last_year))
    (row,) = warehouse.dicts("SELECT * FROM marts.indicator_yoy WHERE report_year = 2023")
    assert (row["comparable"], row["reason"]) == (True, "")


def test_a_report_that_contradicts_itself(warehouse):
    doubt = ("contradicted",)
    row = pair(warehouse, F(D, 100), F(D, 150, flags=doubt))
    assert (row["comparable"], row["reason"], row["flags"]) == (False, "contradicted", "contradicted")
    warehouse.load(make_report(2024, F(D, 160)))
    (after,) = warehouse.dicts("SELECT * FROM marts.indicator_yoy WHERE report_year = 2024")
    assert after["reason"] == "contradicted"


def test_several_reasons_stand_beside_each_other(warehouse):
    row = pair(warehouse, F(CASES, 50), F(CASES, 40, unit="起"), year=2024, part_year=True)
    assert row["reason"] == "unit,part_year,series_break"
    assert row["reason_zh"].count("；") == 2


def test_one_row_per_fact_whatever_is_said_about_it(warehouse):
    """Several comparatives, units and breaks must not multiply a row."""
    last = [F(D, v, role="comparative", year=2022, unit=u) for v, u in ((100, "件"), (101, "件"), (7, "起"))]
    warehouse.load(make_report(2022, F(D, 100)), make_report(2023, F(D, 150), *last))
    warehouse.con.execute(f"INSERT INTO core.series_breaks VALUES ('{D}', 2023, '一'), ('{D}', 2023, '二')")
    rows = warehouse.dicts("SELECT * FROM marts.indicator_yoy WHERE report_year = 2023")
    assert [(r["reason"], r["reason_zh"]) for r in rows] == [("series_break", "口径变动：一；二")]


# Which fact speaks for a year, and by which rule.


def chosen(warehouse):
    return warehouse.row("SELECT value, chosen_by FROM marts.indicator_year WHERE report_year = 2023")


def test_the_whole_year_before_a_part_of_it(warehouse):
    """Published early with eleven months, then for the whole year: not a revision of each other."""
    warehouse.load(make_report(2023, F(D, 90), part_year=True), make_report(2023, F(D, 100), name="全年.txt"))
    assert chosen(warehouse) == (100, "whole_before_part")
    assert warehouse.row("SELECT count(*) FROM marts.revisions") == (0,)


def test_a_part_year_figure_where_the_whole_year_has_none(warehouse):
    warehouse.load(
        make_report(2023, F(D, 90), part_year=True), make_report(2023, F("legality_reviews", 1), name="全年.txt")
    )
    value, rule, flags = warehouse.row(
        f"SELECT value, chosen_by, flags FROM marts.indicator_year WHERE indicator = '{D}'"
    )
    assert (value, rule, flags) == (90, "part_year_only", "part_year")


def test_the_exact_before_the_rounded(warehouse):
    warehouse.load(make_report(2023, more_than(D, 100, 109), F(D, 104)))
    assert chosen(warehouse) == (104, "exact_before_rounded")


def test_the_first_of_two_exact_figures(warehouse):
    flags = ("contradicted",)
    figures = [F(D, v, flags=flags) for v in (148, 150)]
    warehouse.load(make_report(2023, *figures))
    assert chosen(warehouse) == (148, "first_stated")


def test_the_tenth_fact_does_not_come_before_the_second(warehouse):
    """f10 sorts before f2 as a word."""
    others = [
        F(code, 1)
        for (code,) in warehouse.rows(f"SELECT indicator FROM core.indicators WHERE indicator <> '{D}' LIMIT 9")
    ]
    warehouse.load(make_report(2023, others[0], F(D, 5), *others[1:], F(D, 6)))
    rows = warehouse.rows(f"SELECT value, chosen_by FROM marts.indicator_year WHERE indicator = '{D}'")
    assert rows == [(5, "first_stated")]


def test_a_relabelled_fact_meets_the_one_that_stands_there(warehouse):
    """Nothing in the reading says that these two share a place: the correction brings them together."""
    warehouse.load(make_report(2023, F(D, 5), F("disputes_screened", 9)))
    warehouse.home.corrections.mkdir()
    (warehouse.home.corrections / "a.yml").write_text(
        "c1: {where: {issuer: 青石镇, year: 2023, indicator: disputes_screened}, expect: {value: 9}, action: relabel,"
        " to: {indicator: disputes_mediated}, reason: 原文说的是化解, author: 某某, date: '2026-01-01'}\n",
        "utf-8",
    )
    corrections.apply(warehouse.con, warehouse.home)
    assert warehouse.rows("SELECT value, chosen_by FROM marts.indicator_year") == [(5, "first_stated")]


def test_the_only_one(warehouse):
    warehouse.load(make_report(2023, F(D, 5), F(D, 5)))
    assert chosen(warehouse) == (5, "only")
