"""Publishing: built aside, checked, swapped in whole; what the copy holds, and what a spreadsheet may not run."""

import csv
import hashlib
import json
import subprocess
import sys
import venv
from datetime import date

import duckdb
import pytest
from hand_made import F, make_report, more_than

from warehouse import database, publish, query, release, schema

D = "disputes_mediated"


@pytest.fixture
def filled(warehouse):
    warehouse.load(make_report(2023, F(D, 100), F("legality_reviews", 9)), make_report(2024, more_than(D, 140, 149)))
    return warehouse


def test_the_copy_answers_like_the_working_file(filled):
    done = publish.publish(filled.con, filled.home)
    with query.published(filled.home) as con:
        for table in schema.tables().values():
            here = filled.rows(f"SELECT * FROM {table.full_name} ORDER BY ALL")
            assert con.execute(f"SELECT * FROM {table.full_name} ORDER BY ALL").fetchall() == here, table.full_name
        assert con.execute("SELECT value FROM yoy('纠纷化解') ORDER BY 1").fetchall() == [(100,), (140,)]
        assert con.execute("FROM profile('青石镇')").fetchall() == filled.rows("FROM profile('青石镇')")
    assert done.rows["marts.indicator_year"] == 3
    assert done.difference is None


def test_frozen_marts_are_tables_with_their_comments(filled):
    publish.publish(filled.con, filled.home)
    with query.published(filled.home) as con:
        tables = dict(
            con.execute(
                "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() WHERE NOT internal"
            ).fetchall()
        )
        columns = con.execute(
            "SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
        )
        columns = {(t, c): words for t, c, words in columns.fetchall()}
    expected = {t.full_name: t.comment for t in schema.tables().values() if t.view is None or t.frozen}
    assert tables == expected
    assert columns == {(t.full_name, c.name): c.comment for t in schema.tables().values() for c in t.columns}


def test_versions_say_what_is_published(filled):
    done = publish.publish(filled.con, filled.home)
    versions = json.loads((filled.home.published / "versions.json").read_text("utf-8"))
    assert versions["release"] == done.release_id
    assert versions["previous"] is None
    assert versions["storage_version"] == "v1.5.0"
    assert versions["read_with"] == [{"reader": "1", "catalogue": "c1"}]
    assert versions["tables"].pop("marts.evidence")["csv"] == "evidence.csv"  # no table, so no Parquet
    for name, entry in versions["tables"].items():
        parquet = filled.home.published / "parquet" / entry["parquet"]
        assert hashlib.sha256(parquet.read_bytes()).hexdigest() == entry["sha256"]
        assert duckdb.sql(f"SELECT count(*) FROM '{parquet}'").fetchall() == [(entry["rows"],)], name
    database_file = filled.home.published_database
    assert versions["database"] == {
        "bytes": database_file.stat().st_size, "sha256": hashlib.sha256(database_file.read_bytes()).hexdigest(),
    }  # fmt: skip
    assert (filled.home.published / "dictionary.md").read_text("utf-8") == schema.dictionary()
    assert {p.name for p in (filled.home.published / "csv").iterdir()} == {
        f"{t.name}.csv" for t in schema.tables().values() if t.layer == "marts"
    }


def test_the_state_tells_whether_there_is_anything_to_publish(filled):
    assert not publish.is_current(filled.con, filled.home)
    publish.publish(filled.con, filled.home)
    assert publish.is_current(filled.con, filled.home)
    filled.load(make_report(2022, F(D, 1)))
    assert not publish.is_current(filled.con, filled.home)


CELLS = {
    "=1+1": "'=1+1",
    "-2+3": "'-2+3",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t=1",
    "＝1+1": "'＝1+1",
    "＋cmd": "'＋cmd",
    # numbers and words stay as they are
    "+86": "+86",
    "-12.5": "-12.5",
    "-12.5%": "-12.5%",
    "1,234": "1,234",
    "-1,234": "-1,234",
    "普通": "普通",
    "甲=乙": "甲=乙",
    "": "",
}


def test_no_text_cell_is_a_formula(warehouse):
    for n, cell in enumerate(CELLS):
        report = make_report(2024, F(D, n), town=f"第{n}镇")
        body = type(report.issuer)(cell, "乡镇", report.issuer.division, "resolved", (), report.issuer.key)
        warehouse.load(type(report)(**{f: getattr(report, f) for f in report.__dataclass_fields__} | {"issuer": body}))
    publish.publish(warehouse.con, warehouse.home)
    with (warehouse.home.published / "csv" / "indicator_year.csv").open(encoding="utf-8-sig", newline="") as file:
        shown = {int(float(row["value"])): row["issuer_name"] for row in csv.DictReader(file)}
    assert [shown[n] for n in range(len(CELLS))] == list(CELLS.values())


def test_numbers_stay_numbers_and_the_file_says_utf8(warehouse):
    warehouse.load(make_report(2023, F(D, 148)), make_report(2024, F(D, 100)))
    publish.publish(warehouse.con, warehouse.home)
    content = (warehouse.home.published / "csv" / "indicator_yoy.csv").read_bytes()
    assert content.startswith("\ufefffact_id,".encode())
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert [r["change"] for r in rows if r["change"]] == ["-48.0"]


def test_the_evidence_of_every_figure_is_a_sheet(warehouse):
    """A spreadsheet user goes from indicator_year.csv by fact_id to sentence, section, span and file."""
    long = "一" * 3000  # a COPY that cut cells would lose the end
    warehouse.load(
        make_report(2024, F(D, 100, before=f"=本年{long}办理", after="，\n“完”。"), F(D, 100), name="甲.txt")
    )
    publish.publish(warehouse.con, warehouse.home)
    sheets = {}
    for name in ("indicator_year", "evidence"):
        with (warehouse.home.published / "csv" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            sheets[name] = list(csv.DictReader(file))
    (figure,) = sheets["indicator_year"]
    first, second = sheets["evidence"]
    assert first["fact_id"] == second["fact_id"] == figure["fact_id"]
    assert first["sentence"] == f"'=本年{long}办理100件，\n“完”。"
    (text,) = warehouse.row("SELECT text FROM core.reports")
    for row in (first, second):
        assert text[int(row["span_start"]) : int(row["span_end"])] == row["printed"] == "100"
        assert (row["section_marker"], row["section_title"], row["paths"]) == ("一、", "主要举措和成效", "inbox/甲.txt")


def test_more_evidence_than_a_sheet_holds_is_left_to_sql_and_parquet(filled, monkeypatch):
    (rows,) = filled.row("SELECT count(*) FROM marts.evidence")
    for sheet, there in ((rows, True), (rows - 1, False)):
        monkeypatch.setattr(publish, "SHEET", sheet)
        publish.publish(filled.con, filled.home)
        assert (filled.home.published / "csv" / "evidence.csv").exists() == there
        versions = json.loads((filled.home.published / "versions.json").read_text("utf-8"))
        assert versions["tables"]["marts.evidence"]["rows"] == rows
        assert ("csv" in versions["tables"]["marts.evidence"]) == there
    assert (filled.home.published / "csv" / "indicator_year.csv").exists()


def test_a_refused_copy_leaves_the_last_release(filled):
    first = publish.publish(filled.con, filled.home)
    filled.load(make_report(2022, F(D, 1)))
    with pytest.raises(publish.PublishRefused, match="上一版保持不动：覆盖面缩小"):
        publish.publish(filled.con, filled.home, check=lambda con: "覆盖面缩小")
    assert release.read(filled.home.published)["release"] == first.release_id
    assert [p.name for p in (filled.home.published / "releases").iterdir()] == [first.release_id]


def test_the_check_sees_the_copy_and_cannot_write_it(filled):
    def check(con):
        assert con.execute("SELECT count(*) FROM marts.indicator_year").fetchall() == [(3,)]
        with pytest.raises(duckdb.Error, match="read-only"):
            con.execute("DELETE FROM core.reports")

    publish.publish(filled.con, filled.home, check)


def test_what_the_audit_of_the_copy_found_is_in_the_release(filled):
    building = publish.build(filled.con, filled.home)
    with publish.attached(filled.con, building) as copy:
        assert copy.execute("SELECT count(*) FROM marts.indicator_year").fetchall() == [(3,)]
    filled.con.execute(
        "INSERT INTO quality.runs (run_id, stage, started_at) VALUES ('r1', 'warehouse', now()::TIMESTAMP)"
    )
    publish.put_out(filled.con, filled.home, building)
    with query.published(filled.home) as con:
        assert con.execute("SELECT run_id FROM quality.runs").fetchall() == [("r1",)]


def test_files_have_their_rows_in_the_order_of_the_mart(filled):
    """More rows than one row group of DuckDB holds, which several threads would write as they come."""
    building = publish.build(filled.con, filled.home)
    with duckdb.connect(str(building / publish.DATABASE)) as copy:
        copy.execute("DELETE FROM marts.coverage")
        copy.execute("INSERT INTO marts.coverage (division_id, report_year) SELECT n, 2024 FROM range(400000) AS t (n)")
    publish.put_out(filled.con, filled.home, building)
    with duckdb.connect() as con:
        for name, read in (("csv/coverage.csv", "read_csv"), ("parquet/marts.coverage.parquet", "read_parquet")):
            file = filled.home.published / name
            found = con.execute(f"SELECT division_id::INTEGER FROM {read}('{file}')").fetchall()
            assert [n for (n,) in found] == list(range(400000)), name
    assert filled.rows("SELECT current_setting('preserve_insertion_order')") == [(False,)]


def test_what_was_only_built_is_no_release(filled):
    first = publish.publish(filled.con, filled.home)
    building = publish.build(filled.con, filled.home)
    assert release.read(filled.home.published)["release"] == first.release_id
    publish.discard(building)
    assert [p.name for p in building.parent.iterdir()] == [first.release_id]


def test_a_copy_without_a_column_is_not_published(filled, monkeypatch):
    made = publish._copy

    def lose_a_column(con, target):
        made(con, target)
        with duckdb.connect(str(target)) as copy:
            copy.execute("ALTER TABLE marts.panel DROP COLUMN years")

    monkeypatch.setattr(publish, "_copy", lose_a_column)
    with pytest.raises(publish.PublishRefused, match=r"marts\.panel 的列与数据字典不符"):
        publish.publish(filled.con, filled.home)
    assert release.read(filled.home.published) is None


def test_the_difference_to_the_release_before(filled):
    first = publish.publish(filled.con, filled.home)
    filled.load(
        make_report(2024, F(D, 152), F("contracts_reviewed", 4, unit="份"), name="z.txt", published=date(2026, 4, 1)),
        make_report(2024, F(D, 7), town="白水镇"),
    )
    filled.con.execute("DELETE FROM core.facts WHERE indicator = 'legality_reviews'")
    done = publish.publish(filled.con, filled.home)
    assert [r[2] for r in done.difference.new_reports] == [2024, 2024]
    assert done.difference.gone_reports == []
    found = done.difference
    assert (found.figures_added, found.figures_removed, found.figures_changed) == (2, 1, 1)
    assert found.changed == [("云岭省/澄江市/平川县/青石镇", 2024, D, "", 140.0, 152.0, "件")]
    words = (filled.home.published / "difference.md").read_text("utf-8")
    assert f"与上一版 {first.release_id} 相比" in words
    assert "数值新增 2 个，减少 1 个，改变 1 个" in words
    assert "| 云岭省/澄江市/平川县/青石镇 | 2024 | disputes_mediated |  | 140 | 152 | 件 |" in words
    with (filled.home.published / "difference.csv").open(encoding="utf-8") as file:
        assert [r["change"] for r in csv.DictReader(file)].count("changed") == 1


def test_readers_keep_what_they_have_open(filled):
    publish.publish(filled.con, filled.home)
    with query.published(filled.home) as reader:
        filled.load(make_report(2022, F(D, 1)))
        publish.publish(filled.con, filled.home)
        assert reader.execute("SELECT count(*) FROM core.reports").fetchall() == [(2,)]
    with query.published(filled.home) as reader:
        assert reader.execute("SELECT count(*) FROM core.reports").fetchall() == [(3,)]


def test_only_this_release_and_the_last_are_kept(filled):
    ids = []
    for year in (2010, 2011, 2012):
        filled.load(make_report(year, F(D, 1)))
        ids.append(publish.publish(filled.con, filled.home).release_id)
    assert {p.name for p in (filled.home.published / "releases").iterdir()} == set(ids[1:])
    assert release.read(filled.home.published)["previous"] == ids[1]


def test_nothing_published_yet(warehouse):
    with pytest.raises(database.Missing, match="还没有发布过"), query.published(warehouse.home):
        pass


SLOW_PUBLISH = """
import sys, time
from warehouse import database, publish
from warehouse.home import Home
home = Home.at(sys.argv[1])
slow = getattr(publish, sys.argv[2])
def stop(*given):
    if sys.argv[3] == "after": slow(*given)
    print("here", flush=True); time.sleep(60)
setattr(publish, sys.argv[2], stop)
publish.publish(database.open(home), home)
"""


@pytest.mark.parametrize(("step", "moment"), [
    ("_copy", "before"), ("_copy", "after"), ("_export", "after"), ("_sync", "after"), ("_swap", "before"),
])  # fmt: skip
def test_a_killed_publish_leaves_the_last_release_and_the_next_one_cleans_up(filled, step, moment):
    first = publish.publish(filled.con, filled.home)
    filled.load(make_report(2022, F(D, 1)))
    filled.con.close()
    command = [sys.executable, "-c", SLOW_PUBLISH, str(filled.home.root), step, moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout.readline() == "here\n"
        killed.kill()
    assert release.read(filled.home.published)["release"] == first.release_id
    with query.published(filled.home) as con:
        assert con.execute("SELECT count(*) FROM core.reports").fetchall() == [(2,)]
    con = database.open(filled.home)
    second = publish.publish(con, filled.home)
    con.close()
    kept = {p.name for p in (filled.home.published / "releases").iterdir()}
    assert kept == {first.release_id, second.release_id}
    with query.published(filled.home) as con:
        assert con.execute("SELECT count(*) FROM core.reports").fetchall() == [(3,)]


def test_a_reader_never_sees_half_a_release(filled):
    """Releases follow each other while a reader looks: database and versions.json always tell of a whole one."""
    publish.publish(filled.con, filled.home)
    code = (
        "import sys, json, duckdb, time\nfrom pathlib import Path\np = Path(sys.argv[1]); n = 0\n"
        "while not (p / 'stop').exists():\n"
        "    c = duckdb.connect(str(p / 'warehouse.duckdb'), read_only=True)\n"
        "    assert c.execute('SELECT count(*) FROM marts.indicator_year').fetchall()[0][0] >= 3; c.close()\n"
        "    json.loads((p / 'versions.json').read_text()); n += 1\n"
        "print(n)"
    )
    command = [sys.executable, "-c", code, str(filled.home.published)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        for n in range(4):
            filled.load(make_report(2010 + n, F(D, 1)))
            publish.publish(filled.con, filled.home)
        (filled.home.published / "stop").touch()
        out, errors = reader.communicate(timeout=60)
    assert not errors, errors
    assert int(out) > 0


@pytest.mark.slow
def test_the_1_5_command_line_opens_it(filled, tmp_path):
    """Analysts have the 1.5 client: it must show tables, comments and macros. It comes into an environment of its own."""
    publish.publish(filled.con, filled.home)
    venv.create(tmp_path / "env", with_pip=True)
    pip = [str(tmp_path / "env" / "bin" / "python"), "-m", "pip", "install", "-q", "duckdb-cli>=1.5,<1.6"]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"duckdb-cli 1.5 cannot be installed here: {done.stderr.strip().splitlines()[-1]}")

    def ask(sql):
        command = [tmp_path / "env" / "bin" / "duckdb", "-readonly", "-json", filled.home.published_database, sql]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert ask("SELECT version() AS v")[0]["v"].startswith("v1.5")
    assert [r["value"] for r in ask("SELECT value FROM yoy('纠纷化解') ORDER BY report_year")] == [100, 140]
    comments = ask("SELECT comment FROM duckdb_tables() WHERE table_name = 'facts'")
    assert comments == [{"comment": schema.tables()["core.facts"].comment}]
    assert len(ask("SELECT * FROM duckdb_functions() WHERE NOT internal")) == len(schema.macros())
    queries = ["profile('青石镇')", "rank_by('纠纷化解', 2024)", "peers('青石镇')", "panel_of('纠纷化解', 2023, 2024)",
               "search_text('成效')", "evidence_of('青石镇', 2024, '纠纷化解')"]  # fmt: skip
    for table in ask("SELECT schema_name || '.' || view_name AS t FROM duckdb_views() WHERE NOT internal"):
        queries.append(table["t"])
    for one in queries:
        ask(f"SELECT count(*) AS n FROM {one}")
