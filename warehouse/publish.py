"""Publishing: a compact read-only copy for readers, built aside, checked, and swapped in whole.

``published/releases/ID/`` holds a release: the database, Parquet per table, CSV per mart, ``dictionary.md``,
``versions.json`` and the difference to the release before. ``published/current`` points to it, and the plain names
(``published/warehouse.duckdb``, ``published/csv`` …) point through ``current``: one ``os.replace`` of that pointer
publishes all of it at once, so no reader ever sees the database of one release beside the files of another, and a
killed run leaves the last release as it was. Readers that have the old file open keep it, and the release before the
current one stays on disk until the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from warehouse import database, release, schema
from warehouse.home import Home
from warehouse.schema import literal

# Row groups by bytes: 122,880 rows of reports are 400 MB of text, and publishing 100,000 reports ran out of memory.
PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE_BYTES '32MB'"
STORAGE = "v1.5.0"  # readable for the 1.5 command line and GUI tools that analysts have
DATABASE = "warehouse.duckdb"  # its name in a release
NAMES = (DATABASE, "parquet", "csv", "dictionary.md", "versions.json", "difference.md", "difference.csv")

BUILDING = ".building-"  # what the folder of a release is called before its id, until it is whole
COPY = "built"  # the name under which its database is attached

# A cell that begins so is a formula to a spreadsheet (also in its full-width spelling); a plain number is none.
FORMULA = "=+-@\t\r＝＋－＠"
NUMBER = r"^[+\-]?[0-9][0-9,]*(\.[0-9]+)?%?$"

# The rows that one sheet of Excel or LibreOffice holds below its header. A mart that is only a view, and so lies
# nowhere in the release, gets its CSV up to here: at 10 million facts marts.evidence is gigabytes that no sheet opens.
SHEET = 1_048_575

# Given the built copy, not to be written; returns why it must not be published (Chinese), or None.
Check = Callable[[duckdb.DuckDBPyConnection], str | None]


class PublishRefused(RuntimeError):
    """The built copy did not pass its check; the last release stays. The message says in Chinese why."""


@dataclass(frozen=True)
class PublishResult:
    """A release: its id, its folder, rows per table, and the difference to the one before (None for the first)."""

    release_id: str
    folder: Path
    rows: dict[str, int]
    difference: release.Difference | None


def publish(con: duckdb.DuckDBPyConnection, home: Home, check: Check | None = None) -> PublishResult:
    """Build a release of the warehouse of ``con`` and put it out. Raises PublishRefused where ``check`` gives a
    reason; nothing moves then."""
    building = build(con, home)
    try:
        return put_out(con, home, building, check)
    finally:
        discard(building)


def build(con: duckdb.DuckDBPyConnection, home: Home) -> Path:
    """The folder of a release to be, with its compact copy of the database, for ``put_out`` or ``discard``.

    Who wants to know whether the warehouse is sound asks this copy: its marts are tables, so each is computed once.
    """
    releases = home.published / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    for leftover in releases.glob(f"{BUILDING}*"):  # of a killed run: the writer's lock says that no other is at it
        shutil.rmtree(leftover)
    building = releases / f"{BUILDING}{database.now():%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    building.mkdir()
    try:
        _copy(con, building / DATABASE)
    except BaseException:
        discard(building)
        raise
    return building


def discard(building: Path) -> None:
    """Remove what was built and not put out."""
    shutil.rmtree(building, ignore_errors=True)


@contextmanager
def attached(
    con: duckdb.DuckDBPyConnection, building: Path, how: str = "READ_ONLY"
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The copy in ``building``, which cannot be written unless ``how`` says so; all else that ``con`` has open can.

    It shares what ``con`` may hold in memory: a connection of its own would hold as much again. No other connection may
    ask DuckDB's catalogue in the middle of a transaction meanwhile, or the file stays attached.
    """
    con.execute(f"ATTACH {literal(str(building / DATABASE))} AS {COPY} ({how})")
    try:
        with con.cursor() as copy:
            copy.execute(f"USE {COPY}")
            yield copy
    finally:
        con.execute(f"DETACH {COPY}")


def put_out(con: duckdb.DuckDBPyConnection, home: Home, building: Path, check: Check | None = None) -> PublishResult:
    """Complete what ``build`` began and swap it in. Raises PublishRefused where ``check`` gives a reason."""
    release_id = building.name.removeprefix(BUILDING)
    _bring_quality(con, building)
    previous = release.read(home.published)
    with attached(con, building) as copy:
        _check(copy, check)
        old, changes = home.published_database.resolve(), building / "difference.csv"
        difference = release.compare(copy, old, COPY, changes) if previous else None
        with _in_order(copy):
            files = _export(copy, building)
    (building / "dictionary.md").write_text(schema.dictionary(), "utf-8")
    words = release.markdown(difference, previous["release"] if previous else None, release_id)
    (building / "difference.md").write_text(words, "utf-8")
    versions = {
        "release": release_id,
        "released_at": database.now().isoformat(timespec="seconds") + "Z",
        "previous": previous["release"] if previous else None,
        "program": version("fazhi-warehouse"),
        "duckdb": duckdb.__version__,
        "storage_version": STORAGE,
        "state": state(con),
        **_read_with(con),
        "tables": files,
        "database": {
            "bytes": (building / DATABASE).stat().st_size,
            "sha256": release.sha256(building / DATABASE),
        },
        "difference": difference.as_json() if difference else None,
    }
    (building / "versions.json").write_text(json.dumps(versions, ensure_ascii=False, indent=1), "utf-8")
    _sync(building)
    final = building.with_name(release_id)
    os.replace(building, final)
    _swap(home, final)
    return PublishResult(release_id, final, {name: table["rows"] for name, table in files.items()}, difference)


def is_current(con: duckdb.DuckDBPyConnection, home: Home) -> bool:
    """Whether what is published is what the warehouse holds now."""
    published = release.read(home.published)
    return published is not None and published["state"] == state(con)


def state(con: duckdb.DuckDBPyConnection) -> str:
    """A hash that changes with everything a release shows: files, corrections, decisions, definitions, references."""
    # one row: the order of a UNION's rows is not kept under preserve_insertion_order = false
    parts = con.execute("""
        SELECT
            (SELECT struct_pack(count(*), bit_xor(hash(sha256 || load_id)))::VARCHAR FROM raw.files),
            (SELECT coalesce(string_agg(md5(corrections::VARCHAR), '' ORDER BY fact_id), '')
                FROM core.corrections_applied AS corrections),
            (SELECT coalesce(string_agg(name || version, ',' ORDER BY name), '') FROM ops.definitions),
            (SELECT coalesce(string_agg(quarantine_id || status, ',' ORDER BY quarantine_id), '')
                FROM quality.quarantine)
    """).fetchall()
    return hashlib.sha256("\n".join(parts[0]).encode()).hexdigest()[:16]


def _copy(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    """A compact copy in which the frozen views are tables, ordered as they are asked."""
    source = con.execute("SELECT current_database()").fetchall()[0][0]
    con.execute(f"ATTACH {literal(str(target))} AS {COPY} (STORAGE_VERSION '{STORAGE}')")
    try:
        con.execute(f'COPY FROM DATABASE "{source}" TO {COPY}')
        con.execute(f"USE {COPY}")  # from here on a frozen view is made from those frozen before it
        for table in schema.tables().values():
            if table.frozen:
                _freeze(con, table)
        con.execute(f"CHECKPOINT {COPY}")
    finally:
        con.execute(f'USE "{source}"')
        con.execute(f"DETACH {COPY}")


def _freeze(con: duckdb.DuckDBPyConnection, table: schema.Table) -> None:
    """Replace a view of the current database by a table of its rows; marts lie in the order in which they are asked."""
    con.execute(f"DROP VIEW {table.full_name}")
    con.execute(f"CREATE TABLE {table.full_name} AS SELECT * FROM ({table.view}) {_order(table)}")
    for comment in schema.table_comments(table, published=True):
        con.execute(comment)


def _order(table: schema.Table) -> str:
    columns = {column.name for column in table.columns}
    keys = ("indicator", "issuer_id", "scope", "report_year", *(() if table.frozen else ("fact_id", "span_start")))
    order = [name for name in keys if name in columns]
    return f"ORDER BY {', '.join(order)}" if table.layer == "marts" and order else ""


def _bring_quality(con: duckdb.DuckDBPyConnection, building: Path) -> None:
    """What was found when the copy was checked goes into it as well: a release shows the audit that it has passed."""
    source = con.execute("SELECT current_database()").fetchall()[0][0]
    with attached(con, building, "READ_WRITE") as copy:
        with database.transaction(copy):
            for table in schema.tables().values():
                if table.layer == "quality" and table.view is None:
                    copy.execute(f"DELETE FROM {table.full_name}")
                    copy.execute(f'INSERT INTO {table.full_name} FROM "{source}".{table.full_name}')
        copy.execute(f"CHECKPOINT {COPY}")


def _check(copy: duckdb.DuckDBPyConnection, check: Check | None) -> None:
    """Every table must open and have the columns that the dictionary says; then the caller's own check."""
    for table in schema.tables().values():
        columns = [name for name, *_ in copy.execute(f"DESCRIBE {table.full_name}").fetchall()]
        if columns != [c.name for c in table.columns]:
            raise PublishRefused(f"没有发布：副本里 {table.full_name} 的列与数据字典不符；上一版保持不动")
    if reason := check(copy) if check else None:
        raise PublishRefused(f"没有发布，上一版保持不动：{reason}")


@contextmanager
def _in_order(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let files have their rows as the tables have them. Loading does without, see ``database.open``; both settings are
    the whole instance's.

    One thread writes: of several each holds what it has until its turn comes, which took twice the memory and no less
    time (100,000 reports: 20 s either way, 600 MB and over 1 GB).
    """
    names = ("preserve_insertion_order", "threads")
    [before] = con.execute("SELECT current_setting(?), current_setting(?)", names).fetchall()
    con.execute("SET preserve_insertion_order = true; SET threads = 1")
    try:
        yield
    finally:
        for name, value in zip(names, before, strict=True):
            con.execute(f"SET {name} = {value}")


def _export(copy: duckdb.DuckDBPyConnection, building: Path) -> dict[str, dict[str, Any]]:
    """Parquet of every table and CSV of every mart; rows, file and hash of each for ``versions.json``.

    A mart that is only a view (``marts.evidence``) has no Parquet, and a CSV where one sheet can hold it.
    """
    (building / "parquet").mkdir()
    (building / "csv").mkdir()
    written: dict[str, dict[str, Any]] = {}
    for table in schema.tables().values():
        stored = table.view is None or table.frozen
        if not stored and table.layer != "marts":
            continue
        rows = copy.execute(f"SELECT count(*) FROM {table.full_name}").fetchall()[0][0]
        entry = written[table.full_name] = {"rows": rows}
        if stored:
            parquet = building / "parquet" / f"{table.full_name}.parquet"
            copy.execute(f"COPY {table.full_name} TO {literal(str(parquet))} ({PARQUET})")
            entry |= {"parquet": parquet.name, "sha256": release.sha256(parquet)}
        if table.layer == "marts" and (stored or rows <= SHEET):
            csv = building / "csv" / f"{table.name}.csv"
            copy.execute(f"COPY ({safe_select(table)}) TO {literal(str(csv))} (HEADER)")
            entry |= {"csv": csv.name, "csv_sha256": release.sha256(csv)}
    return written


def safe_select(table: schema.Table) -> str:
    """A SELECT for CSV: a text cell that a spreadsheet would run as a formula begins with an apostrophe.

    The first header carries the byte order mark that makes Excel read the file as UTF-8.
    """
    cells = []
    for column in table.columns:
        words = column.name
        if column.type == "VARCHAR[]":
            words = f"array_to_string({words}, '、')"
        if column.type.startswith("VARCHAR"):
            # the pattern is asked only of the few cells that begin so: a large release has a hundred million cells
            risky = f"contains({literal(FORMULA)}, left({words}, 1)) AND {words} <> ''"
            told = f"CASE WHEN regexp_matches({words}, '{NUMBER}') THEN {words} ELSE chr(39) || {words} END"
            words = f"CASE WHEN {risky} THEN {told} ELSE {words} END"
        cells.append(f'{words} AS "{"" if cells else chr(0xFEFF)}{column.name}"')
    return f"SELECT {', '.join(cells)} FROM {table.full_name} {'' if table.frozen else _order(table)}"


def _read_with(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The versions of reader and catalogue under which the files were read; several where not all are re-read yet."""
    rows = con.execute("SELECT DISTINCT reader_version, catalogue_version FROM raw.files ORDER BY ALL").fetchall()
    return {"read_with": [{"reader": reader, "catalogue": catalogue} for reader, catalogue in rows]}


def _sync(folder: Path) -> None:
    """The release reaches the disk before anything points to it."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _swap(home: Home, final: Path) -> None:
    """Point ``current`` at the release, see to the plain names, and remove all releases but this and the last.

    The last one stays for readers who have looked up where ``current`` points and open the file only then.
    """
    pointer = home.published / "current"
    last = pointer.resolve() if pointer.is_symlink() else final
    _point(pointer, Path("releases") / final.name)
    for name in NAMES:
        if not (home.published / name).is_symlink():
            _point(home.published / name, Path("current") / name)
    for old in final.parent.iterdir():
        if old not in (final, last):
            shutil.rmtree(old, ignore_errors=True)


def _point(name: Path, target: Path) -> None:
    aside = name.with_name(f".{name.name}.new")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    os.replace(aside, name)
