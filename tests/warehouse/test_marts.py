"""Revisions, claimed changes, coverage, panel and evidence, on small warehouses whose answers are known."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hand_made import CITY, COUNTY, PROVINCE, T0, F, make_report, more_than

D = "disputes_mediated"
P = "people_mediation_cases"


# Versions: which report is current, and what a revision changed.


def test_a_revision_supersedes_and_says_which_figures_changed(warehouse):
    old = make_report(2024, F(D, 148), F(P, 53), F("legality_reviews", 7), published=date(2025, 3, 1))
    new = make_report(2024, F(D, 149), F(P, 53), F("contracts_reviewed", 4, unit="份"), published=date(2025, 5, 1))
    warehouse.load(old, new)
    rows = warehouse.rows("SELECT indicator, change, old_value, new_value, is_current FROM marts.revisions ORDER BY 1")
    assert rows == [
        ("contracts_reviewed", "added", None, 4, True),
        (D, "changed", 148, 149, True),
        ("legality_reviews", "removed", 7, None, True),
    ]
    assert warehouse.rows("SELECT indicator, value, flags FROM marts.indicator_year ORDER BY 1") == [
        ("contracts_reviewed", 4, "revised"),
        (D, 149, "revised"),
        (P, 53, ""),
    ]
    flags = dict(warehouse.rows("SELECT indicator, flags FROM marts.indicator_yoy"))
    assert flags == {"contracts_reviewed": "revised", D: "revised", P: ""}
    assert warehouse.row("SELECT count(*) FROM core.reports") == (2,)


def test_a_revision_of_figures_without_indicator_still_shows(warehouse):
    warehouse.load(make_report(2024, F(D, 1), F(None, 5)), make_report(2024, F(D, 1), F(None, 6), name="z.txt"))
    assert warehouse.rows("SELECT indicator, change FROM marts.revisions") == [(None, "no_indicator")]


def test_three_versions_are_compared_one_with_the_next(warehouse):
    warehouse.load(*(make_report(2024, F(D, v), published=date(2025, v, 1)) for v in (3, 5, 4)))
    rows = warehouse.rows("SELECT version, old_value, new_value, is_current FROM marts.revisions ORDER BY 1")
    assert rows == [(2, 3, 4, False), (3, 4, 5, True)]


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "second", "current", "by"),
    [
        # publication date, whatever was seen first
        ((date(2025, 4, 1), None, T0), (date(2025, 3, 1), None, T0 + DAY), 1, "published"),
        # the sidecar's date where the file says nothing
        ((None, date(2025, 4, 1), T0), (None, date(2025, 3, 1), T0 + DAY), 1, "sidecar"),
        ((date(2025, 3, 1), None, T0), (None, date(2025, 3, 2), T0 - DAY), 2, "sidecar"),
        # then when it was first seen, then the path
        ((None, None, T0 + DAY), (None, None, T0), 1, "first_seen"),
        ((None, None, T0), (None, None, T0), 2, "first_seen"),
    ],
)
def test_which_version_is_current(warehouse, first, second, current, by):
    for n, (published, sidecar, seen_at) in enumerate((first, second), 1):
        warehouse.load(make_report(2024, F(D, n), name=f"{n}.txt", published=published), seen_at=seen_at)
        warehouse.con.execute("UPDATE raw.files SET sidecar_date = ? WHERE first_path = ?", [sidecar, f"inbox/{n}.txt"])
    assert warehouse.row("SELECT value FROM marts.indicator_year") == (current,)
    assert warehouse.row("SELECT dated_by FROM core.report_versions WHERE is_current") == (by,)


@pytest.mark.parametrize("later", ["青石镇2024（修订）.txt", "青石镇2024 (2).docx", "青石镇2024.修订.pdf"])
def test_the_later_path_is_the_newer_whatever_its_extension(warehouse, later):
    warehouse.load(make_report(2024, F(D, 2), name=later), make_report(2024, F(D, 1), name="青石镇2024.txt"))
    assert warehouse.row("SELECT value FROM marts.indicator_year") == (2,)


def test_a_copy_tells_the_date_of_its_original(warehouse):
    """The page says when it was published, the text file of the same report does not."""
    warehouse.load(make_report(2024, F(D, 1), name="a.txt"), seen_at=T0)
    warehouse.load(make_report(2024, F(D, 2), name="b.txt"), seen_at=T0 + DAY)
    warehouse.load(
        make_report(2024, F(D, 1), name="a.html", salt=" ", published=date(2026, 9, 1)), seen_at=T0 + 2 * DAY
    )
    assert warehouse.row("SELECT value FROM marts.indicator_year") == (1,)


# What a report claims about its change.


def claim(words, value, unit="%", **more):
    return F(D, value, unit=unit, role="change", before=words, printed=more.pop("printed", f"{value:g}"), **more)


@pytest.mark.parametrize(
    ("figures", "claimed", "verdict"),
    [
        ([F(D, 152), F(D, 148), claim("同比下降", 2.6)], -2.6, "agree"),  # 2.63 rounded
        ([F(D, 152), F(D, 148), claim("同比下降", 2)], -2, "agree"),  # 2.63 cut
        ([F(D, 152), F(D, 148), claim("同比下降", 3)], -3, "agree"),
        ([F(D, 152), F(D, 148), claim("同比下降", 12)], -12, "differs"),
        ([F(D, 152), F(D, 148), claim("同比增长", 2.6)], 2.6, "differs"),
        ([F(D, 100), F(D, 148), claim("较上年增加", 48, unit="件")], 48, "agree"),
        ([F(D, 100), F(D, 148), claim("较上年增加", 47, unit="件")], 47, "differs"),
        ([F(D, 100), F(D, 148), claim("比2022年增加", 48, unit="起")], 48, "agree"),  # 起 counts as 件 for it
        # 9000余 → 10000余 allows 0.02 % to 22.2 %
        ([more_than(D, 9000, 9999), more_than(D, 10000, 10999), claim("同比增长", 15)], 15, "agree"),
        ([more_than(D, 9000, 9999), more_than(D, 10000, 10999), claim("同比增长", 30)], 30, "differs"),
        # 12 → 10余 has no one per cent, but −8.3 to 58.3 is what a claim must meet
        ([F(D, 12), more_than(D, 10, 19), claim("同比下降", 16.7)], -16.7, "differs"),
        ([F(D, 12), more_than(D, 10, 19), claim("同比增长", 16.7)], 16.7, "agree"),
        # the claim itself is rounded: 40余% against 48 %
        ([F(D, 100), F(D, 148), claim("同比增长", 40, bound="at_least", low=41, high=49, printed="40余")], 40, "agree"),
        # the verb behind the figure
        ([F(D, 100), F(D, 148), claim("同比有", 48, after="的增幅。")], 48, "agree"),
    ],
)
def test_claims_against_the_two_reports(warehouse, figures, claimed, verdict):
    before, *now = figures
    warehouse.load(make_report(2022, before), make_report(2023, *now))
    row = warehouse.row("SELECT claimed, verdict FROM marts.stated_changes")
    assert row == (claimed, verdict)


@pytest.mark.parametrize(
    ("reports", "why"),
    [
        ([make_report(2023, F(D, 148), claim("同比增长", 5))], "上年没有报告"),
        ([make_report(2023, claim("同比增长", 5))], "报告没有写明本年的数"),
        ([make_report(2022, F(D, 0)), make_report(2023, F(D, 5), claim("同比增长", 5))], "上年为零，没有百分比"),
        ([make_report(2022, F(D, 4)), make_report(2023, F(D, 5), claim("环比增长", 5))], "与上月或上季相比，不是与上年相比"),
        ([make_report(2022, F(D, 4)), make_report(2023, F(D, 5), claim("达到", 5))], "看不出是增是减"),
        ([make_report(2022, F(D, 4)), make_report(2023, F(D, 5), claim("比2019年增长", 5))], "与2019年相比，不是与上年相比"),
        ([make_report(2022, F(D, 4)), make_report(2023, F(D, 5), claim("同比增长", 5, unit="百分点"))],
         "所述变化的单位（百分点）与算出的不同"),
    ],
)  # fmt: skip
def test_claims_that_cannot_be_checked_say_why(warehouse, reports, why):
    warehouse.load(*reports)
    assert warehouse.row("SELECT verdict, reason_zh FROM marts.stated_changes") == ("cannot_check", why)


def test_points_of_a_rate(warehouse):
    rate = "mediation_success_rate"
    points = F(rate, 2, unit="百分点", role="change", before="比上年提高")
    warehouse.load(make_report(2022, F(rate, 95, unit="%")), make_report(2023, F(rate, 97, unit="%"), points))
    assert warehouse.row("SELECT claimed, computed, verdict FROM marts.stated_changes") == (2, 2, "agree")


# Coverage.


@pytest.fixture
def county(warehouse):
    """A county of three towns, one of which is merged away at the end of 2022."""
    path = f"{PROVINCE}/{CITY}/{COUNTY}"
    rows = [
        (PROVINCE, "省", None, None),
        (f"{PROVINCE}/{CITY}", "市", PROVINCE, None),
        (path, "县", f"{PROVINCE}/{CITY}", None),
        *((f"{path}/{town}", "乡镇", path, until) for town, until in
          (("青石镇", None), ("白水镇", None), ("旧塘乡", date(2022, 12, 30)))),
    ]  # fmt: skip
    for division, level, parent, until in rows:
        warehouse.con.execute(
            "INSERT INTO core.divisions (division_id, level, province, parent_id, valid_to) VALUES (?, ?, ?, ?, ?)",
            [division, level, PROVINCE, parent, until],
        )
    return path


def test_who_reported_and_who_is_missing(warehouse, county):
    warehouse.load(
        make_report(2021, F(D, 1)),
        make_report(2021, F(D, 2), town="旧塘乡", published=date(2022, 4, 2)),
        make_report(2022, F(D, 3), town="白水镇", part_year=True),
        make_report(2023, F(D, 4), published=date(2024, 4, 1)),
        make_report(2023, F(D, 9), town="旧塘乡", resolution="unresolved"),
    )
    rows = warehouse.rows("""
        SELECT report_year, expected, reported, late, part_year_only, missing, missing_names
        FROM marts.coverage WHERE reporting_level = '乡镇' ORDER BY report_year
    """)
    assert rows == [
        (2021, 3, 2, 1, 0, 1, ["白水镇"]),
        (2022, 2, 1, 0, 1, 1, ["青石镇"]),  # 旧塘乡 ended before the last day of 2022
        (2023, 2, 1, 0, 0, 1, ["白水镇"]),  # an unresolved report stands for nobody
    ]


def divisions_row(warehouse, path, until=None, since=None, reports=None):
    warehouse.con.execute(
        "INSERT INTO core.divisions (division_id, level, province, parent_id, valid_from, valid_to, reports)"
        " VALUES (?, '乡镇', ?, ?, ?, ?, ?)",
        [path, PROVINCE, path.rpartition("/")[0], since, until, reports],
    )


def test_units_of_statistics_are_expected_nowhere(warehouse, county):
    divisions_row(warehouse, f"{county}/平川监狱", reports=False)
    divisions_row(warehouse, f"{county}/红石农场", reports=True)  # the user's own row
    warehouse.load(make_report(2024, F(D, 1)))
    assert warehouse.row("SELECT expected, missing_names FROM marts.coverage") == (3, ["白水镇", "红石农场"])


@pytest.mark.parametrize(
    ("reported", "expected", "missing"),
    [
        # 沙河乡 became 沙河镇 on an unknown day between the two lists: one place in every year
        ([], 3, ["沙河镇", "白水镇"]),
        (["沙河乡"], 3, ["白水镇"]),
        (["沙河镇"], 3, ["白水镇"]),
        (["沙河乡", "沙河镇"], 3, ["白水镇"]),
    ],
)
def test_a_township_that_changed_its_kind_is_expected_once(warehouse, county, reported, expected, missing):
    divisions_row(warehouse, f"{county}/沙河乡", until=date(2026, 9, 11))
    divisions_row(warehouse, f"{county}/沙河镇", since=date(2023, 7, 1))
    warehouse.load(make_report(2024, F(D, 1)), *(make_report(2024, F(D, 2), town=name) for name in reported))
    assert warehouse.row("SELECT expected, missing_names FROM marts.coverage") == (expected, missing)


def test_two_townships_of_one_stem_that_stand_side_by_side_are_two(warehouse, county):
    divisions_row(warehouse, f"{county}/沙河乡", until=date(2026, 9, 11))
    divisions_row(warehouse, f"{county}/沙河镇")
    divisions_row(warehouse, f"{county}/白水街道", since=date(2023, 7, 1))
    warehouse.load(make_report(2024, F(D, 1)))
    assert warehouse.row("SELECT expected FROM marts.coverage") == (5,)


def test_coverage_of_a_real_county(warehouse):
    """乌苏市: 22 governments; eleven units of statistics and four second spellings are left out."""
    town, key = "西城区街道", "新疆维吾尔自治区/塔城地区/乌苏市/西城区街道"
    made = make_report(2024, F(D, 1), town=town)
    place = type(made.issuer)("乌苏市西城区街道办事处", "乡镇", made.issuer.division, "resolved", (), key)
    warehouse.load(replace(made, issuer=place))
    expected, reported, names = warehouse.row("SELECT expected, reported, missing_names FROM marts.coverage")
    assert (expected, reported, len(names)) == (22, 1, 21)
    assert not [name for name in names if not name.endswith(("乡", "镇", "街道"))]
    for name in ("西城街道", "乌苏市西城街道", "乌苏市西城区街道", "西城区街道"):
        assert warehouse.rows("SELECT DISTINCT issuer_id FROM core.issuer_names WHERE name = ?", name) == [(key,)]


def test_a_revision_does_not_make_a_report_late(warehouse, county):
    warehouse.load(
        make_report(2023, F(D, 4), published=date(2024, 3, 18)),
        make_report(2023, F(D, 5), published=date(2024, 5, 8), name="修订.txt"),
    )
    status, published, value = warehouse.row("""
        SELECT status, published, value FROM marts.expected_reports JOIN marts.indicator_year USING (report_id)
    """)
    assert (status, published, value) == ("reported", date(2024, 3, 18), 5)


def test_places_outside_the_followed_areas_are_not_missing(warehouse, county):
    warehouse.load(make_report(2023, F(D, 4)))
    assert warehouse.rows("SELECT DISTINCT division_id FROM marts.coverage") == [(county,)]


# Panel.


def test_the_panel_breaks_at_a_missing_and_a_part_year(warehouse):
    years = [2018, 2019, 2021, 2022, 2023]
    warehouse.load(*(make_report(y, F(D, y), part_year=y == 2023) for y in years))
    rows = warehouse.rows("SELECT first_year, last_year, years, len(fact_ids) FROM marts.panel ORDER BY 1")
    assert rows == [(2018, 2019, 2, 2), (2021, 2022, 2, 2)]


# Evidence.


def test_from_a_mart_row_to_the_words_in_one_join(warehouse):
    warehouse.load(
        make_report(2022, F(D, 100), F(P, 53), F(D, 100)),
        make_report(2023, more_than(D, 9000, 9999), F("legality_reviews", 7, scope="别的")),
        make_report(2024, F(D, 0, printed="未发生")),
    )
    for mart in ("indicator_year", "indicator_yoy"):
        rows = warehouse.rows(f"""
            SELECT m.fact_id, e.printed, substr(r.text, e.span_start + 1, e.span_end - e.span_start), e.sentence,
                substr(r.text, q.sentence_start + 1, len(e.sentence)), e.section_title, e.snapshot
            FROM marts.{mart} AS m
            LEFT JOIN marts.evidence AS e USING (fact_id)
            LEFT JOIN core.reports AS r ON e.report_id = r.report_id
            LEFT JOIN core.quantities AS q ON e.quantity_id = q.quantity_id
        """)
        assert len(rows) == 6  # five facts, one with two places
        for _, printed, cut, sentence, cut_sentence, title, snapshot in rows:
            assert printed == cut
            assert sentence == cut_sentence
            assert printed in sentence
            assert title == "主要举措和成效"
            assert snapshot.startswith("snapshots/")


def test_the_snapshot_column_is_where_the_original_lies(warehouse):
    from warehouse import snapshots

    sha256 = snapshots.keep(warehouse.home, b"abc", "inbox/a.txt", datetime(2026, 1, 1))
    report = make_report(2024, F(D, 1))
    report = type(report)(**{f: getattr(report, f) for f in report.__dataclass_fields__} | {"sha256": sha256})
    warehouse.load(report)
    (place,) = warehouse.row("SELECT snapshot FROM marts.evidence")
    assert (warehouse.home.root / place).read_bytes() == b"abc"
