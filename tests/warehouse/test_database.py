"""Opening: migrations once and whole, and every way in which a file can be unusable said in Chinese."""

import subprocess
import sys

import duckdb
import pytest

from annual_reports import divisions
from warehouse import database, reference, schema
from warehouse.home import Home


@pytest.fixture
def home(tmp_path):
    return Home.at(tmp_path / "home")


def test_opening_twice_migrates_once(home):
    database.open(home).close()
    con = database.open(home)
    first = con.execute("SELECT version, name, sha256, applied_at FROM ops.migrations").fetchall()
    assert database.migrate(con, home.warehouse) == []
    assert con.execute("SELECT version, name, sha256, applied_at FROM ops.migrations").fetchall() == first
    assert [row[1] for row in first] == [m.name for m in database.migrations()]
    con.close()


def test_views_are_made_anew_when_their_definition_changed(home):
    con = database.open(home)
    con.execute("CREATE OR REPLACE VIEW core.indicator_names AS SELECT 'old' AS name, 'old' AS indicator")
    database.record(con, "definitions", "older")
    con.close()
    con = database.open(home)
    assert con.execute("SELECT count(*) FROM core.indicator_names WHERE name = 'old'").fetchone() == (0,)
    con.close()


def test_a_failing_migration_leaves_nothing_behind(home, tmp_path, monkeypatch):
    database.open(home).close()
    folder = tmp_path / "sql"
    (folder / "migrations").mkdir(parents=True)
    for m in database.migrations():
        (folder / "migrations" / m.name).write_text(m.sql, "utf-8")
    number = len(database.migrations()) + 1
    (folder / "migrations" / f"{number:04}_bad.sql").write_text("CREATE TABLE core.half (x INTEGER); SELECT nonsense;")
    monkeypatch.setattr(schema, "sql_folder", lambda: folder)
    con = database.connect(home.warehouse)
    with pytest.raises(duckdb.Error):
        database.migrate(con, home.warehouse)
    assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'").fetchone() == (0,)
    assert con.execute("SELECT max(version) FROM ops.migrations").fetchone() == (number - 1,)
    con.close()


def test_a_later_migration_runs_on_an_older_file(home, tmp_path, monkeypatch):
    database.open(home).close()
    folder = tmp_path / "sql"
    (folder / "migrations").mkdir(parents=True)
    for m in database.migrations():
        (folder / "migrations" / m.name).write_text(m.sql, "utf-8")
    number = len(database.migrations()) + 1
    (folder / "migrations" / f"{number:04}_more.sql").write_text("ALTER TABLE core.checks ADD COLUMN more INTEGER;")
    monkeypatch.setattr(schema, "sql_folder", lambda: folder)
    con = database.connect(home.warehouse)
    assert database.migrate(con, home.warehouse) == [f"{number:04}_more.sql", "definitions"]
    assert database.migrate(con, home.warehouse) == []
    con.close()


def test_reports_of_an_older_file_keep_rows_and_comments_when_their_text_is_compressed_anew(home, monkeypatch):
    shipped = database.migrations()
    monkeypatch.setattr(database, "migrations", lambda: shipped[:1])
    monkeypatch.setattr(database, "define", lambda con: None)  # today's views want columns of later migrations
    con = database.open(home)
    con.execute("""
        INSERT INTO core.reports BY NAME SELECT
            'a' AS report_id, 'aa' AS sha256, 'x' AS issuer_id, 'resolved' AS resolution, 2024 AS report_year,
            false AS part_year, '正文' AS text, 2 AS char_count, 'f' AS figures_hash, 't' AS text_hash, 'l' AS load_id
    """)
    con.close()
    monkeypatch.undo()
    con = database.open(home)
    assert con.execute("SELECT report_id, text, load_id FROM core.reports").fetchall() == [("a", "正文", "l")]
    comments = "SELECT comment FROM duckdb_columns() WHERE table_name = 'reports' AND schema_name = 'core'"
    assert all(comment for (comment,) in con.execute(comments).fetchall())
    [(ddl,)] = con.execute("SELECT sql FROM duckdb_tables() WHERE table_name = 'reports'").fetchall()
    assert "ZSTD" in ddl.upper()
    con.close()


def test_divisions_of_an_older_file_are_made_anew(home, monkeypatch):
    """Their new columns are empty after the migration; the version that was recorded no longer stands."""
    shipped = database.migrations()
    monkeypatch.setattr(database, "migrations", lambda: shipped[:2])
    monkeypatch.setattr(database, "define", lambda con: None)
    con = database.open(home)
    current = divisions.load(home.divisions).version
    con.execute("INSERT INTO core.divisions (division_id, level, province) VALUES ('旧省', '省', '旧省')")
    database.record(con, "divisions", current)
    con.close()
    monkeypatch.undo()
    con = database.open(home)
    reference.refresh(con, home)
    counts = "SELECT count(*) FILTER (reports IS NULL), count(*) FILTER (NOT reports), count(*) FROM core.divisions"
    [(unknown, left_out, rows)] = con.execute(counts).fetchall()
    assert (unknown, left_out, rows) == (0, 3102, 45894)
    con.close()


def test_a_gap_in_the_numbers_is_refused(tmp_path, monkeypatch):
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0002_second.sql").write_text("SELECT 1;")
    monkeypatch.setattr(schema, "sql_folder", lambda: tmp_path)
    with pytest.raises(database.WarehouseError, match="从 1 起连续"):
        database.migrations()


def test_a_file_of_a_newer_program(home):
    con = database.open(home)
    con.execute("INSERT INTO ops.migrations VALUES (99, '0099_future.sql', 'x', now())")
    con.close()
    with pytest.raises(database.TooNew, match=r"0099_future\.sql.*请升级 fazhi"):
        database.open(home)
    with pytest.raises(database.TooNew):
        database.open(home, read_only=True)


def test_an_altered_migration_is_refused(home):
    con = database.open(home)
    con.execute("UPDATE ops.migrations SET sha256 = 'other' WHERE version = 1")
    con.close()
    with pytest.raises(database.WarehouseError, match=r"0001_first_tables.*与执行时的内容不同"):
        database.open(home)


@pytest.mark.parametrize("content", [b"no database at all", b"", b"\0" * 20000, None])
def test_a_damaged_file(home, content):
    database.open(home).close()
    whole = home.warehouse.read_bytes()
    home.warehouse.write_bytes(whole[:100] + b"\xff" * 5000 + whole[5100:] if content is None else content)
    with pytest.raises(database.Damaged, match="fazhi rebuild"):
        database.open(home)


def test_a_file_of_a_newer_duckdb(home, monkeypatch):
    """What DuckDB 2.0 says of a file whose storage it does not know."""

    def refuse(*_, **__):
        raise duckdb.IOException(
            "IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 68."
        )

    monkeypatch.setattr(duckdb, "connect", refuse)
    with pytest.raises(database.TooNew, match="由更新版本的 DuckDB 写成"):
        database.open(home)


def test_reading_where_nothing_is(home):
    with pytest.raises(database.Missing, match="fazhi ingest"):
        database.open(home, read_only=True)


def test_reading_needs_no_write_and_refuses_one(home):
    database.open(home).close()
    con = database.open(home, read_only=True)
    with pytest.raises(duckdb.Error):
        con.execute("DELETE FROM core.reports")
    con.close()


def test_reading_a_file_that_must_first_be_migrated(home):
    con = database.open(home)
    database.record(con, "definitions", "older")
    con.close()
    with pytest.raises(database.WarehouseError, match="结构早于本程序"):
        database.open(home, read_only=True)


def test_a_second_writer_is_told_who_holds_the_file(home):
    database.open(home).close()
    code = (
        "import sys; from warehouse import database; from warehouse.home import Home\n"
        f"con = database.open(Home.at({str(home.root)!r})); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(database.Locked, match=rf"进程 {other.pid}.*只能有一个写入者"):
            database.open(home)
        with pytest.raises(database.Locked):
            database.open(home, read_only=True)
        other.stdin.close()
    database.open(home).close()


def test_no_index_and_no_key_in_core(home):
    """Measured: created indexes lost rows after kill -9; a key makes re-loading ten times slower."""
    con = database.open(home)
    assert con.execute("SELECT count(*) FROM duckdb_indexes()").fetchone() == (0,)
    kinds = con.execute(
        "SELECT DISTINCT constraint_type FROM duckdb_constraints() WHERE schema_name = 'core'"
    ).fetchall()
    assert set(kinds) <= {("NOT NULL",)}
    con.close()
