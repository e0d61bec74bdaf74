"""The audit: the whole warehouse is checked after loading and before a release is published.

Knows what a failure means for a release (a critical one refuses it) and the two things that a warehouse is compared
with: the release before, and a baseline that people keep. Leaves out the rules (warehouse.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from expectations import validation, warehouse
from expectations.clock import beijing
from expectations.labels import say
from expectations.limits import Limits
from expectations.rules import Rule
from expectations.verdict import RowFailure, RuleResult, Verdict

LISTED = 1000  # failing rows named per rule; how many there are is counted exactly
TEXTS = 5000  # reports whose texts are held at once
COUNTED = ("reports", "quantities", "facts")  # the tables for which a baseline may give row counts
_REPORTED = {"issuer_id": pl.String, "report_year": pl.Int32}
_BLANK = re.compile(r"\s", re.ASCII)
_WANTED = {"table_name": pl.String, "report_year": pl.Int32, "rows_wanted": pl.Int64}


class BaselineError(ValueError):
    """A baseline file that cannot be used. The message names file, value and the way out, in Chinese."""


def check_warehouse(
    con: duckdb.DuckDBPyConnection,
    *,
    previous: pl.DataFrame | None = None,
    baseline: Mapping[str, Mapping[int, int]] | None = None,
    state: Path | None = None,
    limits: Limits | None = None,
    name: str | None = None,
) -> Verdict:
    """The verdict on the warehouse that is open in ``con`` (reading is enough; only temporary tables are made).

    ``previous``: which issuers and years the release before had (``reported`` of its connection); None for the first
    release, or where a person accepts that the warehouse shrank. ``baseline``: least row counts (``read_baseline``).
    A critical failure or a rule that cannot be run refuses the release: ``Verdict.refused`` says why. At most LISTED
    failing rows are named per rule.
    """
    started, limits = _now(), limits or Limits()
    wanted = [(table, year, rows) for table, years in (baseline or {}).items() for year, rows in years.items()]
    references = {
        "previous_reports": pl.DataFrame(schema=_REPORTED) if previous is None else previous.select(list(_REPORTED)),
        "baseline": pl.DataFrame(wanted, schema=_WANTED, orient="row"),
        "misplaced": pl.DataFrame({"place": misplaced(con)}, schema={"place": pl.Int64}),
    }
    for table, frame in references.items():
        con.register("incoming", frame.to_arrow())
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM incoming")
        con.unregister("incoming")
    try:
        chosen = warehouse.suites(limits)
        name = name or f"{beijing(started):%Y%m%dT%H%M%S}-warehouse"
        results, failures = validation.run(con, chosen, name=name, state=state, most=LISTED)
    finally:
        for table in references:
            con.execute(f"DROP TABLE IF EXISTS temp.{table}")
    return Verdict(tuple(results), tuple(failures), _refusal(results, failures), started, _now())


def misplaced(con: duckdb.DuckDBPyConnection) -> list[int]:
    """The row ids of the quantities whose printed words do not stand where they say in the text; ASCII blanks apart.

    In Python and some reports at a time, for SQL counts the characters of a text from its beginning for every figure,
    and joins all texts to all figures (1.8 GB for 12,000 reports). A figure whose report is missing is not judged here.
    """
    [(last,)] = con.execute("SELECT max(rowid) FROM core.reports").fetchall()
    wrong = []
    for start in range(0, (last or -1) + 1, TEXTS):
        some = f"core.reports WHERE rowid BETWEEN {start} AND {start + TEXTS - 1}"
        texts = dict(con.execute(f"SELECT report_id, text FROM {some}").fetchall())
        figures = con.execute(f"""
            SELECT rowid, report_id, span_start, span_end, printed FROM core.quantities
            WHERE report_id IN (SELECT report_id FROM {some})
        """)
        while rows := figures.fetchmany(10_000):
            for row, report, first, end, printed in rows:
                words = texts[report][max(first, 0) : max(end, 0)]
                if words != printed and _BLANK.sub("", words) != _BLANK.sub("", printed):
                    wrong.append(row)
    return wrong


def reported(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Which issuers reported for which years in a release: what the next one is compared with.

    Unresolved issuers are left out: their key changes as soon as they are resolved.
    """
    sql = "SELECT DISTINCT issuer_id, report_year FROM core.reports WHERE issuer_id NOT LIKE 'unresolved:%'"
    return con.sql(sql).pl().cast(_REPORTED)


def read_baseline(path: Path) -> dict[str, dict[int, int]]:
    """The least row counts that people have set in a YAML file: table → report year → rows; empty where it is absent.

    ::

        reports: {2023: 41, 2024: 43}
        facts: {2023: 1980, 2024: 2105}

    Raises BaselineError for anything else.
    """
    if not path.is_file():
        return {}
    try:
        data: Any = yaml.safe_load(path.read_text("utf-8")) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" 第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else ""
        raise BaselineError(
            f"{path}{place}：不是合法的 YAML；写法见 fazhi audit --write-baseline 写出的文件"
        ) from error
    if not isinstance(data, dict):
        raise BaselineError(f"{path}：最外层应为「表名: {{年度: 行数}}」")
    for table, years in data.items():
        if table not in COUNTED:
            raise BaselineError(f"{path}：不认识的表「{table}」，可用的有：{'、'.join(COUNTED)}")
        if not isinstance(years, dict) or not all(type(y) is int and type(n) is int for y, n in years.items()):
            raise BaselineError(f"{path}：{table} 应写作 {{年度: 行数}}，年度和行数都是整数，现为「{years}」")
    return data


def make_baseline(con: duckdb.DuckDBPyConnection) -> str:
    """The warehouse's present row counts as the text of a baseline file, for a person to review and keep in git."""
    lines = ["# 各表各年度行数的下限：低于它就不发布。核对之后随版本库保存。"]
    for table, sql in {
        "reports": "SELECT report_year, count(*) FROM core.reports GROUP BY ALL ORDER BY ALL",
        "quantities": "SELECT report_year, count(*) FROM core.quantities JOIN core.reports USING (report_id) "
        "GROUP BY ALL ORDER BY ALL",
        "facts": "SELECT report_year, count(*) FROM core.facts GROUP BY ALL ORDER BY ALL",
    }.items():
        counts = ", ".join(f"{year}: {rows}" for year, rows in con.execute(sql).fetchall())
        lines.append(f"{table}: {{{counts}}}")
    return "\n".join(lines) + "\n"


def rules(limits: Limits | None = None) -> dict[str, Rule]:
    """Every rule of the audit by its id."""
    return {rule.id: rule for suite in warehouse.suites(limits or Limits()) for rule in suite.rules}


def _refusal(results: list[RuleResult], failures: list[RowFailure]) -> str | None:
    first = {failure.rule: failure.detail for failure in reversed(failures)}
    reasons = [f"规则 {r.rule}（{r.sentence}）无法执行：{r.error}" for r in results if r.error]
    reasons += [
        f"{r.rule}「{r.sentence}」：{say(r.target.partition('：')[0])}有 {r.failed} 行不合格，如 {first[r.rule]}"
        for r in results
        if not r.passed and not r.error and r.severity == "critical"
    ]
    return "；".join(reasons) or None


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
