"""DuckDB for Great Expectations, on a connection that the caller already holds.

Great Expectations reads SQL sources through SQLAlchemy, and no SQLAlchemy dialect for DuckDB is among our dependencies.
This one knows what a validation asks for: which tables and columns there are, and the answer to a SELECT. It leaves out
everything that writes. Importing it imports Great Expectations.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Literal

import duckdb
import sqlalchemy as sa
from great_expectations.compatibility import pydantic
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import StaticPool

_TYPES: dict[str, type[sa.types.TypeEngine]] = {
    "VARCHAR": sa.VARCHAR,
    "SMALLINT": sa.SMALLINT,
    "INTEGER": sa.INTEGER,
    "BIGINT": sa.BIGINT,
    "DOUBLE": sa.DOUBLE,
    "BOOLEAN": sa.BOOLEAN,
    "DATE": sa.DATE,
    "TIMESTAMP": sa.TIMESTAMP,
}


class _Cursor:
    """A DB-API cursor that is the caller's own connection: ``con.cursor()`` would not see its temporary tables."""

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self._con = con

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)

    def close(self) -> None:
        """The caller opened the connection and closes it."""


class _Connection(_Cursor):
    def cursor(self) -> _Cursor:
        return _Cursor(self._con)


class DuckDBDialect(DefaultDialect):
    """What SQLAlchemy must know of DuckDB to read from it."""

    name = driver = "duckdb"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    supports_native_boolean = True

    @classmethod
    def import_dbapi(cls) -> Any:
        return duckdb

    def initialize(self, connection: sa.Connection) -> None:
        self.default_schema_name = "main"

    def do_begin(self, dbapi_connection: Any) -> None:
        """Reading only: transactions belong to the caller, who may be in the middle of one."""

    do_rollback = do_commit = do_begin

    def _rows(self, connection: sa.Connection, sql: str, *values: Any) -> Any:
        return connection.exec_driver_sql(sql, values).fetchall()

    def get_schema_names(self, connection: sa.Connection, **_: Any) -> list[str]:
        return [row[0] for row in self._rows(connection, "SELECT DISTINCT schema_name FROM duckdb_schemas()")]

    def get_table_names(self, connection: sa.Connection, schema: str | None = None, **_: Any) -> list[str]:
        sql = "SELECT table_name FROM duckdb_tables() WHERE schema_name = ?"
        return [row[0] for row in self._rows(connection, sql, schema or "main")]

    def get_view_names(self, connection: sa.Connection, schema: str | None = None, **_: Any) -> list[str]:
        sql = "SELECT view_name FROM duckdb_views() WHERE schema_name = ?"
        return [row[0] for row in self._rows(connection, sql, schema or "main")]

    def has_table(self, connection: sa.Connection, table_name: str, schema: str | None = None, **_: Any) -> bool:
        return bool(self.get_columns(connection, table_name, schema))

    def get_columns(self, connection: sa.Connection, table_name: str, schema: str | None = None, **_: Any) -> Any:
        sql = """SELECT column_name, data_type, is_nullable FROM duckdb_columns()
                 WHERE table_name = ? AND schema_name = ? ORDER BY column_index"""
        return [
            {"name": name, "type": _TYPES.get(kind, sa.types.NullType)(), "nullable": nullable, "default": None}
            for name, kind, nullable in self._rows(connection, sql, table_name, schema or "main")
        ]

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, *_: Any, **__: Any) -> Any:
        return []

    get_indexes = get_foreign_keys


sa.dialects.registry.register("duckdb", __name__, "DuckDBDialect")


class DuckDBEngine(SqlAlchemyExecutionEngine):
    """Great Expectations' SQL engine, kept from two habits that DuckDB does not bear."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # For an unknown dialect GX refuses regular expressions; for Dremio it writes regexp_matches(), as DuckDB does.
        self.dialect_module = SimpleNamespace(DremioDialect=None)
        self._held: sa.Connection | None = None

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """One connection for the engine's life: GX fetches rows after it has closed the connection they came from."""
        if self._held is None:
            self._held = self.engine.connect()
        yield self._held

    def release(self) -> None:
        """Let go of the connection. SQLAlchemy keeps those checked out in a global table, and DuckDB's binding then
        prints a page of leaked objects when the interpreter ends."""
        if self._held is not None:
            self._held.close()
            self._held = None
        self.engine.dispose()


class DuckDBDatasource(SQLDatasource):
    """``context.data_sources.add_duckdb(name).on(con)``: validate tables of an open DuckDB connection."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    connection_string: str = "duckdb://"
    _con: Any = pydantic.PrivateAttr(None)

    def on(self, con: duckdb.DuckDBPyConnection) -> DuckDBDatasource:
        """The connection to validate on. The source forgets the engine it may have built for another one."""
        self._con, self._engine, self._execution_engine = con, None, None
        return self

    @property
    def execution_engine_type(self) -> type[DuckDBEngine]:
        return DuckDBEngine

    def _create_engine(self) -> sa.Engine:
        # GX tests a source when it is added, before there is a connection to hand it: an empty one answers that test.
        con = self._con if self._con is not None else duckdb.connect()
        return sa.create_engine("duckdb://", creator=lambda: _Connection(con), poolclass=StaticPool)

    def get_execution_engine(self) -> DuckDBEngine:
        if self._execution_engine is None:
            self._execution_engine = DuckDBEngine(engine=self.get_engine(), create_temp_table=False)
        return self._execution_engine
