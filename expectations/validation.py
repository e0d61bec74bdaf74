"""Running suites: from rules and an open DuckDB connection to results and every failing row, by Great Expectations.

Knows Great Expectations and its traps; knows no rule and decides nothing: what a failure means is for gate.py and
audit.py. Great Expectations is imported inside the functions, for it costs ten CPU-seconds.
"""

from __future__ import annotations

import gc
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from expectations import detail
from expectations.labels import say
from expectations.rules import Rule, Suite
from expectations.verdict import RowFailure, RuleResult

_STAGED = "staged_{}"  # the table of rows that a suite's rules see


def run(
    con: duckdb.DuckDBPyConnection, suites: Sequence[Suite], *, name: str, state: Path | None = None, most: int = 10**7
) -> tuple[list[RuleResult], list[RowFailure]]:
    """The outcome of every rule of ``suites`` on the tables of ``con``, and up to ``most`` failing rows per rule.

    One suite after the other, its rows are staged as a temporary table, which is gone afterwards. ``name`` names the
    run; with ``state`` Great Expectations keeps its results there. A suite whose rows cannot be staged does not raise:
    its rules come back with an error, as a rule that cannot be run does.
    """
    results: list[RuleResult] = []
    failures: list[RowFailure] = []
    said: list[tuple[Any, Any]] = []
    with _source(con) as source:
        for suite in suites:
            staged = _STAGED.format(suite.name)
            try:
                [(rows,)] = con.execute(f"CREATE OR REPLACE TEMP TABLE {staged} AS {suite.rows}").fetchall()
            except duckdb.Error as error:
                results += [_result(suite, rule, error=str(error)) for rule in suite.rules]
                continue
            expectations, answer = _ask(source, suite, rows, most)
            said.append((expectations, answer))
            by_rule = {_rule(one): one for one in answer.results}
            for rule in suite.rules:
                result, failing = _judge(suite, rule, by_rule[rule.id])
                failures += _explain(con, suite, rule, failing)
                results.append(result)
            con.execute(f"DROP TABLE {staged}")
    if said and state is not None:
        detail.keep(state, name, said)
    return results, failures


@contextmanager
def _source(con: duckdb.DuckDBPyConnection) -> Iterator[Any]:
    """``con`` as Great Expectations sees it."""
    _great_expectations()
    source = detail.context(None).data_sources.add_duckdb("duckdb").on(con)
    try:
        yield source
    finally:
        source.get_execution_engine().release()


def _ask(source: Any, suite: Suite, rows: int, most: int) -> tuple[Any, Any]:
    """Great Expectations' suite and what it says of the ``rows`` staged for it: of the rules that pass how many rows
    there were, of the others which fail.

    All rules are first only asked whether they pass, for most do, and that costs a third of asking which rows fail (for
    109 rules on 1,000 facts: 1.1 against 2.7 CPU-seconds).
    """
    gx = _great_expectations()
    expectations = gx.ExpectationSuite(suite.name, expectations=[_expectation(rule) for rule in suite.rules])
    asset = source.add_table_asset(suite.name, table_name=_STAGED.format(suite.name))
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    answer = batch.validate(expectations, result_format="BOOLEAN_ONLY")
    doubtful = {_rule(one) for one in answer.results if not one.success}
    closer: dict[str, Any] = {}
    if doubtful:
        some = [_copy(one) for one in expectations.expectations if one.meta["rule"] in doubtful]
        form = {
            "result_format": "COMPLETE",
            "unexpected_index_column_names": ["_row"],  # the key itself may be null or double
            "partial_unexpected_count": most,  # on SQL this also cuts the list of failing rows (default: 20)
            "return_unexpected_index_query": False,  # that query forgets the row condition
        }
        again = batch.validate(gx.ExpectationSuite(expectations.name, expectations=some), result_format=form)
        closer = {_rule(one): one for one in again.results}
    for one in answer.results:
        if one.success:
            one.result = {"element_count": rows, "unexpected_count": 0, "unexpected_percent": 0.0}
    answer.results = [closer.get(_rule(one), one) for one in answer.results]
    return expectations, answer


def _rule(one: Any) -> str:
    """The id of the rule that a result of Great Expectations is about."""
    return str(one.expectation_config.meta["rule"])


def _copy(expectation: Any) -> Any:
    """An expectation belongs to one suite; another one needs its own."""
    return expectation.copy(update={"id": None}, deep=True)


@lru_cache(maxsize=1)
def _great_expectations() -> Any:
    """Great Expectations, imported once, without its analytics, its progress bars and its notes on deprecation."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    collecting = gc.isenabled()
    gc.disable()  # all of it stays: to look for garbage in it takes a fifth of the import
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations as gx

            import expectations.duck
            import expectations.row_relation  # noqa: F401  (both register themselves)
    finally:
        if collecting:
            gc.enable()
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx


def _expectation(rule: Rule) -> Any:
    from great_expectations.expectations.registry import get_expectation_impl

    return get_expectation_impl(rule.expect.type)(
        **rule.expect.arguments,
        severity=rule.severity,
        # Data Docs never show a severity: the description says it
        description=f"{rule.id}（{say(rule.severity)}）{rule.sentence}",
        meta={"rule": rule.id, "because": rule.because},
    )


def _judge(suite: Suite, rule: Rule, said: Any) -> tuple[RuleResult, list[int]]:
    """Our result for what Great Expectations said of one rule, and the places of the failing rows."""
    facts, trouble = said.result, said.exception_info or {}
    raised = [trouble] if "raised_exception" in trouble else trouble.values()
    error = next((str(e["exception_message"]) for e in raised if e.get("raised_exception")), None)
    rows = sorted({int(row["_row"]) for row in facts.get("unexpected_index_list") or []})
    failed = 0 if facts.get("element_count") == 0 else facts.get("unexpected_count")  # GX leaves it out for no rows
    if error is None and (failed is None or bool(failed) != bool(rows)):
        error = f"{rule.expect.type} 没有指出不合格的行"
    if error is not None:
        return _result(suite, rule, error=error), []
    return _result(suite, rule, checked=facts["element_count"], failed=failed), rows


def _result(
    suite: Suite, rule: Rule, *, checked: int | None = None, failed: int | None = None, error: str | None = None
) -> RuleResult:
    return RuleResult(
        suite=suite.name,
        rule=rule.id,
        severity=rule.severity if error is None else "critical",
        sentence=rule.sentence,
        because=rule.because,
        target=f"{suite.table}：{'、'.join(rule.expect.columns)}",
        passed=error is None and failed == 0,
        checked=checked,
        failed=failed,
        observed="" if not checked else f"{100 * (1 - (failed or 0) / checked):.1f}% 合格",
        error=error,
    )


def _explain(con: duckdb.DuckDBPyConnection, suite: Suite, rule: Rule, rows: list[int]) -> list[RowFailure]:
    """The failing rows with their keys and, in Chinese, the values that explain the failure."""
    if not rows:
        return []
    columns = ", ".join(rule.columns)
    found = con.execute(
        f"SELECT _row, {suite.key}, report_id, {columns} FROM {_STAGED.format(suite.name)} "
        "WHERE _row IN (SELECT unnest(?::BIGINT[])) ORDER BY _row",
        [rows],
    ).fetchall()
    return [
        RowFailure(
            suite=suite.name,
            rule=rule.id,
            severity=rule.severity,
            table_name=suite.table,
            row=row,
            row_id=None if key is None else str(key),
            report_id=None if report_id is None else str(report_id),
            detail="；".join(
                f"{say(column)}＝{_shown(column, value)}" for column, value in zip(rule.columns, values, strict=True)
            ),
        )
        for row, key, report_id, *values in found
    ]


CODED = {"kind", "verdict", "role", "bound", "canonical", "resolution", "status", "reason_code"}  # columns of codes


def _shown(column: str, value: Any) -> str:
    if value is None:
        return "（空）"
    if column in CODED:
        return say(str(value), column)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    text = str(value).replace("\n", "⏎")
    return text if len(text) <= 80 else f"{text[:79]}…"
