"""Opening the warehouse: one writer, numbered migrations, and errors that say what to do.

Knows DuckDB's settings, locks and failures. Leaves out what the tables mean (``schema``) and what goes into them
(``load``). A migration runs in one transaction with its record, then a CHECKPOINT: after a kill the file is either
before it or behind it. No index is ever created, and no key constraint on core tables: re-loading a document deletes
and inserts in one transaction, which DuckDB's keys make ten times slower; the audit checks uniqueness instead.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse import schema
from warehouse.home import Home

# What DuckDB may hold; beyond it spills to the home's tmp. It keeps what it has read up to here, so this is what any
# large warehouse takes, whatever is done with it. With 0.5, 100,000 reports are published in twice the time.
MEMORY_GB = 0.8
THREADS = 8  # at most: each wants 125 MB of it

# what DuckDB raises when damage shows only as a block is read
DAMAGE = (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException)


class WarehouseError(RuntimeError):
    """The warehouse cannot be used as asked; the message says in Chinese why and what to do."""


class Locked(WarehouseError):
    """Another process has the file open."""


class TooNew(WarehouseError):
    """The file was written by a newer version of this program, or of DuckDB."""


class Damaged(WarehouseError):
    """The file is no readable DuckDB database."""


class Missing(WarehouseError):
    """There is no warehouse to read yet."""


@dataclass(frozen=True)
class Migration:
    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def open(home: Home, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to the working file; a writing one migrates first.

    Raises Missing (reading where nothing is), Locked, TooNew or Damaged. The caller closes it.
    """
    if read_only and not home.warehouse.exists():
        raise Missing(f"{home.warehouse}：仓库还不存在；先运行 fazhi ingest 把报告读进来")
    if not read_only:
        home.make()
    con = connect(home.warehouse, read_only=read_only, spill=home.temporary)
    try:
        if read_only:
            _refuse_unmigrated(con, home.warehouse)
        else:
            # halves the time of a load, which relies on no order; files are written in theirs (``publish``)
            con.execute("SET preserve_insertion_order = false")
            migrate(con, home.warehouse)
    except (
        duckdb.IOException,
        duckdb.SerializationException,
        duckdb.InternalException,
        duckdb.FatalException,
    ) as error:
        con.close()  # damage that shows only when a block is read
        raise _explain(error, home.warehouse) from error
    except BaseException:
        con.close()
        raise
    return con


def connect(path: Path, *, read_only: bool = False, spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A bare connection with our settings and our errors; nothing is migrated."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "memory_limit": f"{min(MEMORY_GB, 0.6 * _machine_gb()):.1f}GB",
        "threads": min(THREADS, os.cpu_count() or 1),
    }
    if spill is not None:
        settings["temp_directory"] = str(spill / "duckdb")
    try:
        return duckdb.connect(str(path), read_only=read_only, config=settings)
    except duckdb.Error as error:
        raise _explain(error, path) from error


def _machine_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _explain(error: duckdb.Error, path: Path) -> WarehouseError:
    words = str(error)
    if re.search(r"\block\b", words, re.I):  # not the block of a corrupt one
        holder = re.search(r"PID (\d+)", words)
        who = f"（进程 {holder[1]}）" if holder else ""
        return Locked(f"{path}：另一个程序{who}正开着它，同一时间只能有一个写入者；等它结束，或改读已发布的副本")
    if "different configuration" in words:
        return Locked(f"{path}：本进程已用别的方式打开着它；先关闭那个连接")
    if re.search(r"version number \d+, but", words):
        return TooNew(f"{path}：由更新版本的 DuckDB 写成，本程序读不了；请升级 fazhi（{words.splitlines()[0]}）")
    way_out = "把它移开，再运行 fazhi rebuild 由原件重建"
    return Damaged(f"{path}：不是完好的仓库文件；{way_out}（{words.splitlines()[0]}）")


def migrations() -> list[Migration]:
    """The shipped migrations in order. Raises WarehouseError for a gap or a repeated number."""
    found = []
    for path in sorted((schema.sql_folder() / "migrations").glob("*.sql")):
        found.append(Migration(int(path.name.partition("_")[0]), path.name, path.read_text("utf-8")))
    if [m.version for m in found] != list(range(1, len(found) + 1)):
        raise WarehouseError(f"sql/migrations 的序号应从 1 起连续：{'、'.join(m.name for m in found)}")
    return found


def migrate(con: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Run the migrations that the file has not had, then make views, macros and comments anew if they changed.

    Returns the names of what ran. Raises TooNew for a file with migrations this program does not know, WarehouseError
    where a recorded migration is not the shipped one.
    """
    shipped, done = migrations(), applied(con)
    _compare(shipped, done, path)
    ran = []
    for migration in shipped[len(done) :]:
        with transaction(con):
            con.execute(migration.sql)
            con.execute(
                "INSERT INTO ops.migrations VALUES (?, ?, ?, ?)",
                [migration.version, migration.name, migration.sha256, now()],
            )
        con.execute("CHECKPOINT")
        ran.append(migration.name)
    if ran or recorded(con, "definitions") != schema.version():  # a table that was made anew has lost its comments
        define(con)
        ran.append("definitions")
    return ran


def define(con: duckdb.DuckDBPyConnection) -> None:
    """Make every view, macro and comment anew, in one transaction, and record their version."""
    with transaction(con):
        for table in schema.tables().values():
            if table.view is not None:
                con.execute(table.ddl)
        for macro in schema.macros().values():
            con.execute(macro.ddl)
        for comment in schema.comments():
            con.execute(comment)
        record(con, "definitions", schema.version())


def applied(con: duckdb.DuckDBPyConnection) -> list[tuple[int, str, str]]:
    """(version, name, sha256) of the migrations that the file has had; empty for a new file."""
    exists = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = 'migrations'"
    ).fetchall()
    if not exists[0][0]:
        return []
    return con.execute("SELECT version, name, sha256 FROM ops.migrations ORDER BY version").fetchall()


def _compare(shipped: list[Migration], done: list[tuple[int, str, str]], path: Path) -> None:
    if len(done) > len(shipped):
        newer = "、".join(name for _, name, _ in done[len(shipped) :])
        raise TooNew(f"{path}：由更新版本的 fazhi 写成（有本程序不认识的迁移 {newer}）；请升级 fazhi")
    for migration, (_, name, sha256) in zip(shipped, done, strict=False):
        if migration.sha256 != sha256:
            raise WarehouseError(
                f"{path}：迁移 {name} 与执行时的内容不同；已执行的迁移不能改，请另加一个，或移开仓库后 fazhi rebuild"
            )


def _refuse_unmigrated(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    shipped, done = migrations(), applied(con)
    _compare(shipped, done, path)
    if len(done) < len(shipped) or recorded(con, "definitions") != schema.version():
        raise WarehouseError(f"{path}：仓库的结构早于本程序；先运行一次 fazhi ingest 或 fazhi audit，让它升级")


class transaction:
    """BEGIN … COMMIT, or ROLLBACK when the block raises: ``with transaction(con):``."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def __enter__(self) -> None:
        self.con.execute("BEGIN TRANSACTION")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.con.execute("COMMIT" if kind is None else "ROLLBACK")


def recorded(con: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """The version under which ``name`` (definitions, indicators, divisions) was last made in this file."""
    # fetchall: a result that is not fetched to its end keeps the connection from anything else
    rows = con.execute("SELECT version FROM ops.definitions WHERE name = ?", [name]).fetchall()
    return rows[0][0] if rows else None


def record(con: duckdb.DuckDBPyConnection, name: str, version: str) -> None:
    """Remember that ``name`` now stands at ``version``; inside the caller's transaction."""
    con.execute("DELETE FROM ops.definitions WHERE name = ?", [name])
    con.execute("INSERT INTO ops.definitions VALUES (?, ?)", [name, version])


def now() -> datetime:
    """The time as every column keeps it: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)
