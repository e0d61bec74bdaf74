"""What a rule is: plain data, so that listing the rules costs nothing; and the words in which suites are written.

Knows no rule itself (those stand in reports.py, quantities.py …) and nothing of how a rule is run (validation.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Severity = Literal["critical", "warning", "info"]
SEVERITIES: tuple[str, ...] = get_args(Severity)


@dataclass(frozen=True)
class Expect:
    """An expectation by Great Expectations' name with its arguments; ``columns`` are those it looks at."""

    type: str
    columns: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One thing that must hold.

    ``severity``: critical holds the failing row back, warning loads and reports it, info is only recorded.
    ``sentence`` says in Chinese what must hold, ``because`` why anyone should care, with the case behind it.
    ``shows`` are the columns whose values explain a failing row, beside those the expectation looks at.
    ``arguable``: a person may overrule it with a reason (a true thousandfold jump); structure is never arguable.
    """

    id: str
    severity: Severity
    sentence: str
    because: str
    expect: Expect
    shows: tuple[str, ...] = ()
    arguable: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that explain a failing row, each once."""
        return tuple(dict.fromkeys((*self.expect.columns, *self.shows)))


@dataclass(frozen=True)
class Suite:
    """The rules for one kind of row.

    ``rows`` is the SELECT that makes what the rules see: one row per row of ``table``, with ``_row`` (its place in the
    table, since a key may be null or double), ``key`` and ``report_id``, and whatever is derived for the rules.
    A ``whole`` suite judges the batch or the warehouse, not rows that could be held back.
    """

    name: str
    title: str
    table: str
    key: str
    rows: str
    rules: Sequence[Rule]
    whole: bool = False


def critical(id: str, sentence: str, because: str, expect: Expect, **more: Any) -> Rule:
    """A rule whose failing rows are held back."""
    return Rule(id, "critical", sentence, because, expect, **more)


def warning(id: str, sentence: str, because: str, expect: Expect, **more: Any) -> Rule:
    """A rule whose failing rows are loaded and reported."""
    return Rule(id, "warning", sentence, because, expect, **more)


def info(id: str, sentence: str, because: str, expect: Expect, **more: Any) -> Rule:
    """A rule whose failing rows are only counted and listed."""
    return Rule(id, "info", sentence, because, expect, **more)


def present(column: str) -> Expect:
    """The column is not null."""
    return Expect("expect_column_values_to_not_be_null", (column,), {"column": column})


def unique(column: str) -> Expect:
    """No two rows share the column's value; every row of a double is named."""
    return Expect("expect_column_values_to_be_unique", (column,), {"column": column})


def among(column: str, values: Sequence[str]) -> Expect:
    """The column's value is one of ``values``, or null."""
    return Expect("expect_column_values_to_be_in_set", (column,), {"column": column, "value_set": list(values)})


def between(column: str, low: float | None, high: float | None) -> Expect:
    """``low`` ≤ value ≤ ``high``, each end open where None; null passes."""
    return Expect(
        "expect_column_values_to_be_between", (column,), {"column": column, "min_value": low, "max_value": high}
    )


def like(column: str, pattern: str) -> Expect:
    """The regular expression is found in the column's value; null passes."""
    return Expect("expect_column_values_to_match_regex", (column,), {"column": column, "regex": pattern})


def holds(sql: str, *columns: str) -> Expect:
    """The SQL predicate is true or null for the row; ``columns`` are those it looks at (at least two for GX)."""
    return Expect("expect_rows_to_satisfy", columns, {"column_list": list(columns), "sql": sql})
