"""Loading: every document once, copies and revisions told apart whatever the order, all of a chunk or nothing."""

from datetime import date, datetime, timedelta
from itertools import permutations

import duckdb
import polars as pl
import pytest
from hand_made import T0, F, make_report, more_than, reject

from warehouse import load, schema
from warehouse.frames import TABLES, files, frames

COUNTS = "SELECT " + ", ".join(f"(SELECT count(*) FROM core.{t})" for t in TABLES)


def town(year=2024, value=148, **more):
    return make_report(year, F("disputes_mediated", value), F("people_mediation_cases", 53), **more)


def test_a_report_becomes_its_rows(warehouse):
    done = warehouse.load(town())
    assert done == load.Loaded(reports=1, copies=0, rejected=0, facts=2)
    report, issuer, year = warehouse.row("SELECT report_id, issuer_id, report_year FROM core.reports")
    assert (issuer, year) == ("云岭省/澄江市/平川县/青石镇", 2024)
    assert warehouse.rows("SELECT fact_id, indicator, value, unit, quantity_id FROM core.facts ORDER BY fact_id") == [
        (f"{report}-f0", "disputes_mediated", 148.0, "件", f"{report}-q0"),
        (f"{report}-f1", "people_mediation_cases", 53.0, "件", f"{report}-q1"),
    ]
    assert warehouse.row("SELECT status, report_id, first_path FROM raw.files") == (
        "loaded",
        report,
        "inbox/青石镇2024.txt",
    )


def test_loading_the_same_again_changes_nothing(warehouse):
    def everything():
        kept = [t for t in schema.tables().values() if t.view is None and not t.run and t.layer in ("raw", "core")]
        columns = {t.full_name: ", ".join(c.name for c in t.columns if not c.run) for t in kept}
        return {t: warehouse.rows(f"SELECT {c} FROM {t} ORDER BY ALL") for t, c in columns.items()}

    warehouse.load(town(), town(2023, 120), reject("空.txt"))
    before = everything()
    warehouse.load(town(), town(2023, 120), reject("空.txt"), seen_at=T0 + timedelta(days=1))
    assert everything() == before


def test_the_last_sighting_moves_and_the_first_stays(warehouse):
    warehouse.load(town())
    warehouse.load(town(), seen_at=T0 + timedelta(days=3))
    assert warehouse.rows("SELECT first_seen, last_seen FROM raw.file_locations") == [(T0, T0 + timedelta(days=3))]
    assert warehouse.row("SELECT first_seen FROM raw.files") == (T0,)


def test_a_place_seen_again_keeps_its_size_and_time(warehouse):
    report = town()
    seen = load.locations([(report.sha256, "inbox/青石镇2024.txt", 1_700_000_000_000_000_000, 9)], T0)
    load.sight(warehouse.con, seen)
    load.sight(warehouse.con, load.seen_again(seen.select("sha256", "path"), T0 + timedelta(days=1)))
    assert warehouse.row("SELECT mtime, size, first_seen, last_seen FROM raw.file_locations") == (
        datetime(2023, 11, 14, 22, 13, 20), 9, T0, T0 + timedelta(days=1),
    )  # fmt: skip


def test_a_file_read_anew_replaces_its_rows(warehouse):
    """The same bytes, read otherwise: what was loaded of them goes, nothing is counted twice."""
    old, new = town(), town(value=150)
    new = type(new)(**{f: getattr(new, f) for f in new.__dataclass_fields__} | {"sha256": old.sha256})
    warehouse.load(old)
    warehouse.load(new, version="2")
    assert warehouse.row(COUNTS) == (1, 1, 2, 2, 2, 0)
    assert warehouse.row("SELECT value FROM core.facts WHERE indicator = 'disputes_mediated'") == (150.0,)
    assert load.known(warehouse.con, "1", "c1") == set()
    assert load.known(warehouse.con, "2", "c1") == {old.sha256}


def test_a_file_that_is_now_rejected_loses_its_rows(warehouse):
    report = town()
    warehouse.load(report)
    refused = reject("青石镇2024.txt", "not_report", "是政府信息公开年报")
    refused = type(refused)(
        **{f: getattr(refused, f) for f in refused.__dataclass_fields__} | {"sha256": report.sha256}
    )
    done = warehouse.load(refused)
    assert (done.reports, done.rejected) == (0, 1)
    assert warehouse.row(COUNTS) == (0, 0, 0, 0, 0, 0)
    assert warehouse.row("SELECT status, reason_code, reason, report_id FROM raw.files") == (
        "rejected", "not_report", "是政府信息公开年报", None,
    )  # fmt: skip


def test_the_same_report_in_another_format_is_a_copy(warehouse):
    """Another file, other white space and another order of sentences: the figures are the same."""
    text = town(name="a.txt")
    word = make_report(
        2024, F("people_mediation_cases", 53), F("disputes_mediated", 148), F("disputes_mediated", 148), name="b.docx"
    )
    warehouse.load(text)
    done = warehouse.load(word, seen_at=T0 + timedelta(days=1))
    assert (done.reports, done.copies, done.facts) == (0, 1, 0)
    assert warehouse.row(COUNTS)[0] == 1
    status, report_id, reason = warehouse.row(
        f"SELECT status, report_id, reason FROM raw.files WHERE sha256 = '{word.sha256}'"
    )
    assert (status, report_id) == ("duplicate", text.sha256[:16])
    assert reason == f"与已入库的报告 {text.sha256[:16]} 内容相同"
    assert warehouse.row("SELECT paths FROM marts.evidence LIMIT 1") == ("inbox/a.txt\ninbox/b.docx",)


def test_one_changed_figure_makes_a_revision(warehouse):
    warehouse.load(
        town(value=148, published=date(2025, 3, 1)), town(value=149, published=date(2025, 4, 1), name="修订.txt")
    )
    assert warehouse.row(COUNTS)[0] == 2
    assert warehouse.row("SELECT value FROM marts.indicator_year WHERE indicator = 'disputes_mediated'") == (149.0,)


@pytest.mark.parametrize("changed", [
    F("disputes_mediated", 148, bound="approx", low=134, high=162),
    F("disputes_mediated", 148, unit="起"),
    F("disputes_mediated", 148, scope="校园"),
    F("disputes_screened", 148),
    F("disputes_mediated", 148, role="target"),
])  # fmt: skip
def test_any_difference_of_a_figure_makes_a_revision(warehouse, changed):
    warehouse.load(make_report(2024, F("disputes_mediated", 148)), make_report(2024, changed, name="b.txt"))
    assert warehouse.row("SELECT count(*) FROM core.reports") == (2,)


def test_a_differing_date_or_name_makes_no_revision(warehouse):
    a = make_report(2024, F("disputes_mediated", 148), F(None, 3, role="date", unit="月"))
    b = make_report(2024, F("disputes_mediated", 148), F(None, 4, role="date", unit="月"), name="b.txt")
    warehouse.load(a, b)
    assert warehouse.row("SELECT count(*) FROM core.reports") == (1,)


def test_reports_without_figures_are_copies_only_by_their_text(warehouse):
    warehouse.load(make_report(2024, name="a.txt"), make_report(2024, name="b.txt", salt=" "))
    warehouse.load(make_report(2024, name="c.txt", opening="另一份没有数字的报告。"))
    assert warehouse.row("SELECT count(*) FROM core.reports") == (2,)


def test_two_issuers_with_the_same_figures_are_no_copies(warehouse):
    warehouse.load(town(), town(town="白水镇"))
    assert warehouse.row("SELECT count(*) FROM core.reports") == (2,)


def test_unresolved_reports_are_copies_only_by_their_text(warehouse):
    """Same figures, other place: without an issuer nobody can say that they are the same."""
    warehouse.load(
        town(resolution="unresolved", name="a.txt"),
        town(resolution="unresolved", name="b.txt", salt="\n"),
        town(resolution="unresolved", name="c.txt", opening="别处的一份。"),
    )
    assert warehouse.rows("SELECT count(*), count(DISTINCT issuer_id) FROM core.reports") == [(2, 2)]
    assert warehouse.row("SELECT count(*) FROM marts.indicator_yoy") == (0,)
    assert warehouse.row("SELECT count(*) FROM marts.unresolved_issuers") == (2,)


def state(warehouse):
    return [
        warehouse.rows("SELECT sha256, status, report_id FROM raw.files ORDER BY ALL"),
        warehouse.rows("SELECT report_id FROM core.reports ORDER BY ALL"),
        warehouse.rows("SELECT fact_id, quantity_id FROM core.facts ORDER BY ALL"),
        warehouse.rows("SELECT fact_id, report_id, value FROM marts.indicator_year ORDER BY ALL"),
        warehouse.rows("SELECT report_id, version, is_current, supersedes FROM core.report_versions ORDER BY ALL"),
    ]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_arrival_in_a_run_decides_nothing(warehouse, order):
    """Two copies, a revision and a copy of the revision, each in a chunk of its own, in every order of a pool."""
    arrivals = [
        town(name="a.txt"),
        town(name="b.html", salt="1"),
        town(value=149, name="c.txt"),
        town(value=149, name="d.pdf", salt="2"),
    ]
    for n in order:
        warehouse.load(arrivals[n])
    first, second = arrivals[0].sha256, arrivals[2].sha256
    files_, reports, facts, current, versions = state(warehouse)
    assert {s: (st, r) for s, st, r in files_} == {
        first: ("loaded", first[:16]),
        arrivals[1].sha256: ("duplicate", first[:16]),
        second: ("loaded", second[:16]),
        arrivals[3].sha256: ("duplicate", second[:16]),
    }
    assert reports == sorted([(first[:16],), (second[:16],)])
    assert len(facts) == 4
    assert {r for _, r, _ in current} == {second[:16]}  # same day, same time: the later path is the newer
    assert {r: v for r, v, *_ in versions} == {first[:16]: 1, second[:16]: 2}


def test_a_chunk_that_fails_leaves_nothing(warehouse):
    report = town()
    broken = frames([report])
    broken["facts"] = broken["facts"].with_columns(value=pl.lit(None, pl.Float64))
    seen = load.locations([(report.sha256, "x.txt", None, 1)], T0)
    with pytest.raises(duckdb.ConstraintException):
        load.load_chunk(
            warehouse.con, broken, files([report]), seen, load_id="l", reader_version="1", catalogue_version="c"
        )
    assert warehouse.row(COUNTS) == (0, 0, 0, 0, 0, 0)
    assert warehouse.row("SELECT (SELECT count(*) FROM raw.files), (SELECT count(*) FROM raw.file_locations)") == (0, 0)


def test_held_rows_go_to_quarantine_and_decisions_stay(warehouse):
    report = town()
    clean = {name: frame.clear() for name, frame in frames([report]).items()}
    held = pl.DataFrame({
        "quarantine_id": ["q1"], "table_name": ["reports"], "row_id": [report.sha256[:16]],
        "report_id": [report.sha256[:16]], "rules": ["R01"], "reasons": ["年份不对"], "content": ["{}"],
    })  # fmt: skip
    seen = load.locations([(report.sha256, "x.txt", None, 1)], T0)

    def again():
        load.load_chunk(
            warehouse.con, clean, files([report]), seen,
            load_id="l", reader_version="1", catalogue_version="c", held=held,
        )  # fmt: skip
        return warehouse.rows("SELECT quarantine_id, status FROM quality.quarantine")

    assert again() == [("q1", "held")]
    assert again() == [("q1", "held")]
    assert warehouse.row("SELECT report_id, reason FROM raw.files") == (None, "报告被隔离，见 quality.quarantine")
    warehouse.con.execute("UPDATE quality.quarantine SET status = 'dropped'")
    assert again() == [("q1", "dropped")]


def test_the_first_evidence_is_the_first_place(warehouse):
    warehouse.load(make_report(2024, F("disputes_mediated", 148), F(None, 3), F("disputes_mediated", 148)))
    fact, first = warehouse.row("SELECT fact_id, quantity_id FROM core.facts")
    assert first.endswith("-q0")
    places = warehouse.rows(f"SELECT quantity_id FROM core.fact_evidence WHERE fact_id = '{fact}' ORDER BY ALL")
    assert [q[-3:] for (q,) in places] == ["-q0", "-q2"]


def test_a_load_is_recorded_and_a_killed_one_shows(warehouse):
    warehouse.load(town())
    load.begin(warehouse.con, "1", "c1")
    rows = warehouse.rows("SELECT status, loaded, finished_at IS NULL FROM ops.loads ORDER BY started_at")
    assert rows == [("completed", 1, False), (None, None, True)]
    with pytest.raises(TypeError, match="eaten"):
        load.finish(warehouse.con, "x", "completed", "", eaten=1)


def test_titles_are_cut_into_words_once(warehouse):
    warehouse.load(town(), more := make_report(2023, more_than("disputes_mediated", 9000, 9999)))
    assert more.sections[0].title == "主要举措和成效"
    assert warehouse.rows("SELECT term FROM core.title_terms ORDER BY ALL") == [("主要",), ("举措",), ("成效",)]
