"""The reference tables: indicators, series breaks and divisions, as the catalogue and the user's files say them.

Made anew whenever their version changed; a load and an audit both begin with ``refresh``. Leaves out how the reading
uses them.
"""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import duckdb
import polars as pl

from annual_reports import divisions as places
from annual_reports.catalogue import Catalogue
from annual_reports.catalogue import load as load_catalogue
from warehouse import database
from warehouse.frames import POLARS
from warehouse.home import Home
from warehouse.schema import tables


def refresh(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Bring the reference tables to the shipped catalogue and divisions overlaid by the home's.

    Raises CatalogueError (file, line, way out) for a file of the user's that cannot be used.
    """
    catalogue, divisions = load_catalogue(home.catalogue), places.load(home.divisions)
    if database.recorded(con, "indicators") != catalogue.version:
        with database.transaction(con):
            replace(con, "core.indicators", indicator_rows(catalogue))
            replace(con, "core.indicator_units", unit_rows(catalogue))
            replace(con, "core.series_breaks", break_rows(catalogue))
            database.record(con, "indicators", catalogue.version)
    if database.recorded(con, "divisions") != divisions.version:
        with database.transaction(con):
            replace(con, "core.divisions", division_rows(divisions))
            database.record(con, "divisions", divisions.version)


def replace(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    """Replace all rows of ``table``, inside the caller's transaction."""
    columns = tables()[table].columns
    values = zip(*rows, strict=True) if rows else itertools.repeat([], len(columns))
    series = [pl.Series(c.name, list(v), dtype=POLARS[c.type]) for c, v in zip(columns, values, strict=True)]
    con.register("incoming", pl.DataFrame(series).to_arrow())
    con.execute(f"DELETE FROM {table}")
    con.execute(f"INSERT INTO {table} SELECT * FROM incoming")
    con.unregister("incoming")


def indicator_rows(catalogue: Catalogue) -> list[tuple[Any, ...]]:
    """Rows of ``core.indicators``; ``scopes`` holds every scope that may be compared across years."""
    return [
        (
            code,
            entry["name_zh"],
            entry.get("short_name") or entry["name_zh"],
            entry.get("aliases", []),
            entry["theme"],
            entry["definition"],
            entry["unit"],
            entry["kind"],
            _scopes(catalogue, entry),
            _relation(entry.get("relations", {})),
        )
        for code, entry in catalogue["indicators"].items()
    ]


def _scopes(catalogue: Catalogue, entry: dict[str, Any]) -> list[str]:
    named = [scope for table in entry.get("scopes", []) for scope in catalogue["scopes"][table]["values"]]
    # a unit that counts something else (条 among 件) makes a series of its own, which is comparable with itself
    counted = [
        unit["scope"] for unit in entry.get("other_units", {}).values() if isinstance(unit, dict) and "scope" in unit
    ]
    return list(dict.fromkeys(named + counted))


def _relation(relations: dict[str, Any]) -> str | None:
    words = [f"{kind}:{'/'.join(of) if isinstance(of, list) else of}" for kind, of in relations.items()]
    return ";".join(words) or None


def unit_rows(catalogue: Catalogue) -> list[tuple[Any, ...]]:
    """Rows of ``core.indicator_units``: an indicator's own unit, and every other one with its factor and scope."""
    rows = []
    for code, entry in catalogue["indicators"].items():
        units: dict[str, Any] = {entry["unit"]: 1, **entry.get("other_units", {})}
        for unit, rule in units.items():
            given = rule if isinstance(rule, dict) else {"factor": rule}
            rows.append((code, unit, float(given.get("factor", 1)), given.get("scope", "")))
    return rows


def break_rows(catalogue: Catalogue) -> list[tuple[Any, ...]]:
    """Rows of ``core.series_breaks``: from ``year`` on, not comparable with the year before."""
    return [
        (code, change["year"], change["reason"])
        for code, entry in catalogue["indicators"].items()
        for change in entry.get("series_breaks", [])
    ]


def division_rows(divisions: places.Divisions) -> list[tuple[Any, ...]]:
    """Rows of ``core.divisions``, keyed by name path as issuers are."""
    other_names = {path: list(names) for path, names in divisions.spelled.items()}
    for name, units in divisions.aliases.items():
        for unit in units:
            other_names.setdefault(unit.path, []).append(name)
    rows = []
    for unit in divisions.units:
        above = divisions.above(unit)
        rows.append(
            (
                "/".join(filter(None, unit.path)),
                unit.rank,
                unit.province,
                unit.city or None,
                unit.county or None,
                unit.township or None,
                unit.code or None,
                unit.code_system or None,
                unit.as_of or None,
                _date(unit.valid_from),
                _date(unit.valid_to),
                "/".join(filter(None, above.path)) if above else None,
                divisions.reports(unit),
                sorted(other_names.get(unit.path, [])),
            )
        )
    return rows


def _date(words: str) -> date | None:
    return date.fromisoformat(words) if words else None
