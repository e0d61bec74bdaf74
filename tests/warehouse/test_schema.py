"""One source, no drift: tables/*.yml and sql/ against a migrated database, the frames and the dictionary, both ways."""

from pathlib import Path

import pytest
import yaml
from hand_made import F, make_report

from warehouse import database, frames, schema

ROOT = Path(__file__).parent.parent.parent


def test_tables_and_columns_are_those_of_the_source(warehouse):
    described = {
        (f"{s}.{t}", c, kind, not nullable)
        for s, t, c, kind, nullable in warehouse.rows("""
            SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns()
            WHERE database_name = current_database() AND NOT internal
        """)
    }
    written = {
        (t.full_name, c.name, c.type, c.required and t.view is None)
        for t in schema.tables().values()
        for c in t.columns
    }
    assert described - written == set()
    assert written - described == set()


def test_columns_stand_in_the_order_of_the_source(warehouse):
    for table in schema.tables().values():
        got = [name for name, *_ in warehouse.rows(f"DESCRIBE {table.full_name}")]
        assert got == [c.name for c in table.columns], table.full_name


def test_views_are_views_and_tables_are_tables(warehouse):
    views = {
        f"{s}.{v}" for s, v in warehouse.rows("SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal")
    }
    assert views == {t.full_name for t in schema.tables().values() if t.view is not None}


def test_every_table_column_and_macro_has_its_chinese_comment(warehouse):
    tables = warehouse.rows("""
        SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() WHERE NOT internal
        UNION ALL SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal
    """)
    assert dict(tables) == {t.full_name: t.comment for t in schema.tables().values()}
    columns = warehouse.rows("""
        SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns()
        WHERE database_name = current_database() AND NOT internal
    """)
    assert {(t, c): w for t, c, w in columns} == {
        (t.full_name, c.name): c.comment for t in schema.tables().values() for c in t.columns
    }
    macros = warehouse.rows("SELECT function_name, comment FROM duckdb_functions() WHERE NOT internal")
    assert dict(macros) == {m.name: m.comment for m in schema.macros().values()}
    assert all(any("\u4e00" <= ch <= "\u9fff" for ch in words) for *_, words in [*tables, *columns, *macros])


def test_frames_have_exactly_the_leading_columns_of_the_core_tables():
    made = frames.frames([make_report(2024, F("disputes_mediated", 148))])
    for name, frame in made.items():
        leading = [c.name for c in schema.tables()[f"core.{name}"].columns if not c.added]
        assert frame.columns == leading
        assert dict(frame.schema) == frames.frame_schema(f"core.{name}")
        assert frame.height == 1 or name == "checks"


def test_added_columns_stand_last():
    """The load appends them, so a frame's columns are a prefix of its table's."""
    for table in schema.tables().values():
        flags = [c.added for c in table.columns]
        assert flags == sorted(flags), table.full_name


def test_the_dictionary_is_made_from_the_source():
    """After a change: python -m warehouse.schema dictionary > docs/dictionary.md"""
    assert (ROOT / "docs" / "dictionary.md").read_text("utf-8") == schema.dictionary()


def test_every_sql_file_is_used_and_opens_with_its_grain():
    folder = schema.sql_folder()
    views = {f"{t.layer}/{t.name}.sql" for t in schema.tables().values() if t.view is not None}
    macros = {f"macros/{name}.sql" for name in schema.macros()}
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*.sql")}
    assert {f for f in found if not f.startswith(("migrations/", "analyses/"))} == views | macros
    for path in folder.rglob("*.sql"):
        first = path.read_text("utf-8").partition("\n")[0]
        assert first.startswith("-- "), path
        assert first.startswith("-- One ") or path.parent.name == "analyses", path


def test_a_column_without_a_quoted_comment_is_named(tmp_path):
    entry = yaml.safe_load("[VARCHAR, 状态: loaded]")
    with pytest.raises(schema.SchemaError, match=r"raw\.files\.status"):
        schema._column(tmp_path, "raw.files", "status", entry)


def test_an_unknown_flag_is_named(tmp_path):
    with pytest.raises(schema.SchemaError, match="addde"):
        schema._column(tmp_path, "raw.files", "status", ["VARCHAR", "状态", "addde"])


def test_the_migrations_are_numbered_without_gaps():
    assert [m.version for m in database.migrations()] == list(range(1, len(database.migrations()) + 1))
