"""Rereading and rebuilding: what is stale, what changed, and a second warehouse proved equal by query."""

import pytest
from hand_made import T0, F, make_report, reject

from warehouse import database, load, rebuild
from warehouse.frames import files, frames

D = "disputes_mediated"


def fill(con, home, reports, version="1", chunk=2):
    load_id = load.begin(con, version, "c1")
    for start in range(0, len(reports), chunk):
        some = reports[start : start + chunk]
        seen = load.locations([(r.sha256, f"inbox/{r.file}", 10**18, r.size) for r in some], T0)
        load.load_chunk(
            con, frames(some), files(some), seen,
            load_id=load_id, reader_version=version, catalogue_version="c1", cache=home.temporary,
        )  # fmt: skip


REPORTS = [
    make_report(2022, F(D, 100)),
    make_report(2023, F(D, 140), name="a.txt"),
    make_report(2023, F(D, 140), name="b.txt", salt=" "),
    make_report(2023, F(D, 141), name="c.txt"),
    make_report(2024, F(D, 9), resolution="unresolved"),
    reject("空.txt"),
]


def test_a_rebuilt_warehouse_is_equal_whatever_its_chunks(warehouse):
    fill(warehouse.con, warehouse.home, REPORTS)
    aside = warehouse.home.root / "before.duckdb"
    warehouse.con.close()
    aside.write_bytes(warehouse.home.warehouse.read_bytes())
    with rebuild.building(warehouse.home) as con:
        fill(con, warehouse.home, list(reversed(REPORTS)), chunk=1)
    warehouse.con = database.open(warehouse.home)
    assert rebuild.compare(warehouse.con, aside) == []


@pytest.mark.parametrize(("damage", "table", "here", "there"), [
    ("UPDATE core.facts SET value = 1 WHERE value = 100", "core.facts", 1, 1),
    ("DELETE FROM raw.file_locations WHERE path LIKE '%b.txt'", "raw.file_locations", 0, 1),
    ("INSERT INTO core.sections FROM core.sections LIMIT 1", "core.sections", 1, 0),
])  # fmt: skip
def test_the_comparison_sees_a_difference(warehouse, damage, table, here, there):
    fill(warehouse.con, warehouse.home, REPORTS)
    warehouse.con.execute("CHECKPOINT")
    warehouse.con.close()
    aside = warehouse.home.root / "before.duckdb"
    aside.write_bytes(warehouse.home.warehouse.read_bytes())
    warehouse.con = database.open(warehouse.home)
    warehouse.con.execute(damage)
    assert rebuild.compare(warehouse.con, aside) == [rebuild.Unequal(table, here, there)]


def test_a_rebuild_that_fails_changes_nothing(warehouse):
    fill(warehouse.con, warehouse.home, REPORTS)
    warehouse.con.close()
    broken = [reject("b.txt"), None]
    with pytest.raises(AttributeError), rebuild.building(warehouse.home) as con:
        fill(con, warehouse.home, broken, chunk=1)
    warehouse.con = database.open(warehouse.home)
    assert warehouse.row("SELECT count(*) FROM core.reports") == (4,)
    assert not list(warehouse.home.root.glob("warehouse.rebuilding*"))


def test_a_rebuild_replaces_a_damaged_file(warehouse):
    warehouse.con.close()
    warehouse.home.warehouse.write_bytes(b"no database")
    with rebuild.building(warehouse.home) as con:
        fill(con, warehouse.home, REPORTS)
    warehouse.con = database.open(warehouse.home)
    assert warehouse.row("SELECT count(*) FROM core.reports") == (4,)


def test_what_another_reader_read_is_stale(warehouse):
    warehouse.load(REPORTS[0], version="0.1.0+aa")
    warehouse.load(REPORTS[1], version="0.2.0+bb")
    old, new = REPORTS[0].sha256, REPORTS[1].sha256
    assert rebuild.stale(warehouse.con, "0.2.0+bb", "c1") == [old]
    assert sorted(rebuild.stale(warehouse.con, "0.2.0+bb", "c2")) == sorted([old, new])
    assert rebuild.stale(warehouse.con, "0.3.0+cc", "c1", since="0.2.0") == [old]
    assert rebuild.stale(warehouse.con, "0.3.0+cc", "c1", since="0.10.0") == [new, old]  # first seen at once: by path
    with pytest.raises(ValueError, match=r"「new」不是版本号"):
        rebuild.stale(warehouse.con, "0.3.0", "c1", since="new")


def test_rereading_reports_which_facts_changed(warehouse):
    first = make_report(2024, F(D, 148), F("legality_reviews", 7), F("people_mediation_cases", 53))
    again = make_report(2024, F(D, 150), F("people_mediation_cases", 53), F("contracts_reviewed", 2, unit="份"))
    again = type(again)(**{f: getattr(again, f) for f in again.__dataclass_fields__} | {"sha256": first.sha256})
    warehouse.load(first, make_report(2023, F(D, 1)))
    with rebuild.changes(warehouse.con) as found:
        warehouse.load(again, version="2")
    rows = found[0].select("indicator", "change", "old_value", "new_value").sort("indicator").rows()
    assert rows == [
        ("contracts_reviewed", "added", None, 2),
        (D, "changed", 148, 150),
        ("legality_reviews", "removed", 7, None),
    ]


def test_rereading_the_same_reports_no_change(warehouse):
    warehouse.load(REPORTS[0])
    with rebuild.changes(warehouse.con) as found:
        warehouse.load(REPORTS[0], version="2")
    assert found[0].is_empty()
