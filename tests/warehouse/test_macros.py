"""The table macros: every way of naming, unknown names refused, ranks and peers worked by hand."""

import duckdb
import pytest
from hand_made import F, make_report, more_than

D = "disputes_mediated"


@pytest.mark.parametrize("name", [D, "矛盾纠纷化解", "调解(化解)矛盾纠纷数", "纠纷化解"])
def test_an_indicator_goes_by_code_name_short_name_and_alias(warehouse, name):
    warehouse.load(make_report(2022, F(D, 100), F("legality_reviews", 1)), make_report(2023, F(D, 148)))
    rows = warehouse.rows("SELECT report_year, value, change FROM yoy(?)", name)
    assert rows == [(2022, 100, None), (2023, 148, 48)]


@pytest.mark.parametrize("query", [
    "yoy('没有的指标')", "rank_by('没有的指标', 2024)", "panel_of('没有的指标', 2022, 2024)",
    "profile('没有的镇')", "peers('没有的镇')", "evidence_of('没有的镇', 2024, '矛盾纠纷化解')",
    "evidence_of('青石镇', 2024, '没有的指标')",
])  # fmt: skip
def test_an_unknown_name_is_an_error_and_no_empty_answer(warehouse, query):
    warehouse.load(make_report(2024, F(D, 100)))
    with pytest.raises(duckdb.Error, match=r"没有名为「没有的(指标|镇)」"):
        warehouse.rows(f"FROM {query}")


@pytest.mark.parametrize(
    "name", ["青石镇", "平川县青石镇", "澄江市平川县青石镇", "云岭省/澄江市/平川县/青石镇", "平川县青石镇人民政府"]
)
def test_an_issuer_goes_by_path_full_name_and_county_with_town(warehouse, name):
    warehouse.load(make_report(2024, F(D, 100)), make_report(2024, F(D, 5), town="白水镇"))
    assert warehouse.rows("SELECT issuer_id, value FROM profile(?)", name) == [("云岭省/澄江市/平川县/青石镇", 100)]


def test_two_places_of_one_name_are_listed_apart(warehouse):
    here = make_report(2024, F(D, 100))
    there = make_report(2024, F(D, 7))
    body = type(there.issuer)(
        "远山县青石镇人民政府", "乡镇", type(there.issuer.division)("云岭省", None, "远山县", "青石镇"), "resolved", (),
        "云岭省/远山县/青石镇",
    )  # fmt: skip
    fields = {f: getattr(there, f) for f in there.__dataclass_fields__} | {"issuer": body, "sha256": "f" * 64}
    warehouse.load(here, type(there)(**fields))
    assert warehouse.rows("SELECT issuer_id, value FROM profile('青石镇') ORDER BY ALL") == [
        ("云岭省/澄江市/平川县/青石镇", 100),
        ("云岭省/远山县/青石镇", 7),
    ]
    assert len(warehouse.rows("FROM profile('远山县青石镇')")) == 1


def towns(warehouse, year=2024, **figures):
    warehouse.load(*(make_report(year, f, town=name) for name, f in figures.items()))


def test_ranks_and_what_the_words_allow(warehouse):
    """甲 100; 乙 90余 [91, 99]; 丙 95; 丁 90余; 戊 100以上, open above."""
    towns(
        warehouse,
        甲镇=F(D, 100),
        乙镇=more_than(D, 90, 99),
        丙镇=F(D, 95),
        丁镇=more_than(D, 90, 99),
        戊镇=F(D, 100, bound="at_least", low=100, high=None),
    )
    rows = warehouse.rows("SELECT left(township, 1), rank, rank_best, rank_worst, ranked FROM (SELECT r.*, split_part(issuer_id, '/', 4) AS township FROM rank_by('矛盾纠纷化解', 2024) AS r) ORDER BY ALL")  # fmt: skip
    assert rows == sorted([
        ("甲", 1, 1, 2, 5),  # 戊 may have more than 100
        ("戊", 1, 1, 1, 5),  # at least 100: nobody can be above it
        ("丙", 3, 3, 5, 5),  # both 90余 may be above 95
        ("乙", 4, 3, 5, 5),
        ("丁", 4, 3, 5, 5),
    ])  # fmt: skip


def test_part_years_and_parts_are_not_ranked(warehouse):
    warehouse.load(
        make_report(2024, F(D, 100), town="甲镇"),
        make_report(2024, F(D, 300), town="乙镇", part_year=True),
        make_report(2024, F(D, 200, scope="校园"), town="丙镇"),
        make_report(2024, F(D, 400), town="丁镇", resolution="ambiguous"),
    )
    assert warehouse.rows("SELECT value, rank FROM rank_by('矛盾纠纷化解', 2024)") == [(100, 1)]


def test_peers_of_the_same_county(warehouse):
    towns(warehouse, 甲镇=F(D, 100), 乙镇=F(D, 20), 丙镇=F(D, 40), 丁镇=F(D, 120))
    (row,) = warehouse.dicts("SELECT * FROM peers('甲镇', 2024)")
    # the others: 20, 40, 120
    assert (row["peers"], row["peers_are"], row["median"], row["rank"]) == (3, "同一上级", 40, 2)
    assert (row["lower_quartile"], row["upper_quartile"]) == (30, 80)


def test_an_issuer_without_peers_is_not_left_out(warehouse):
    towns(warehouse, 甲镇=F(D, 100))
    (row,) = warehouse.dicts("SELECT * FROM peers('甲镇')")
    assert (row["value"], row["peers"], row["median"]) == (100, None, None)


def test_the_panel_has_only_who_reports_every_year(warehouse):
    for year in (2022, 2023, 2024):
        towns(warehouse, year, 甲镇=F(D, year))
        if year != 2023:
            towns(warehouse, year, 乙镇=F(D, 1))
    rows = warehouse.rows("SELECT township, report_year, value FROM panel_of('矛盾纠纷化解', 2022, 2024)")
    assert rows == [("甲镇", 2022, 2022), ("甲镇", 2023, 2023), ("甲镇", 2024, 2024)]
    assert len(warehouse.rows("FROM panel_of('矛盾纠纷化解', 2024, 2024)")) == 2


def test_words_are_found_with_what_stands_around_them(warehouse):
    warehouse.load(
        make_report(2024, F(D, 1), opening="坚持枫桥经验，用好枫桥经验。"),
        make_report(2023, F(D, 1), opening="没有提到。"),
    )
    (row,) = warehouse.dicts("SELECT * FROM search_text('枫桥经验')")
    text = warehouse.row("SELECT text FROM core.reports WHERE report_year = 2024")[0]
    assert (row["report_year"], row["hits"], row["span_start"]) == (2024, 2, text.index("枫桥经验"))
    assert "坚持枫桥经验，用好" in row["context"]
    assert warehouse.rows("FROM search_text('')") == []


def test_search_takes_wildcards_as_they_are(warehouse):
    warehouse.load(make_report(2024, F(D, 1), opening="完成率100%。"))
    assert len(warehouse.rows("FROM search_text('100%')")) == 1
    assert warehouse.rows("FROM search_text('1%0')") == []


def test_only_current_reports_are_searched(warehouse):
    warehouse.load(
        make_report(2024, F(D, 1), opening="旧说法。", name="a.txt"),
        make_report(2024, F(D, 2), opening="新说法。", name="b.txt"),
    )
    assert warehouse.rows("FROM search_text('旧说法')") == []


def test_evidence_shows_every_version_and_place(warehouse):
    warehouse.load(
        make_report(2024, F(D, 1), name="a.txt"),
        make_report(2024, F(D, 2), F("legality_reviews", 3), F(D, 2), name="b.txt"),
    )
    rows = warehouse.rows("SELECT value, version, is_current, printed FROM evidence_of('青石镇', 2024, '纠纷化解')")
    assert rows == [(2, 2, True, "2"), (2, 2, True, "2"), (1, 1, False, "1")]
