"""The expectation that Great Expectations lacks: each row satisfies a SQL predicate, every other is named.

GX's own ``UnexpectedRowsExpectation`` stops at 200 rows and names none of them by key. Importing this module imports
Great Expectations and registers the expectation under ``expect_rows_to_satisfy``.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    MulticolumnMapMetricProvider,
    multicolumn_condition_partial,
)


class RowsSatisfy(MulticolumnMapMetricProvider):
    """The metric behind ExpectRowsToSatisfy: the predicate as a boolean column."""

    condition_metric_name = "rows.satisfy"
    condition_domain_keys = ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if")
    condition_value_keys = ("sql",)

    @multicolumn_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column_list: Any, sql: str, **_: Any) -> Any:
        return sa.literal_column(f"coalesce(({sql}), true)", sa.Boolean)


class ExpectRowsToSatisfy(MulticolumnMapExpectation):
    """Each row satisfies the predicate ``sql``; one for which it is NULL passes (presence is a rule of its own)."""

    sql: str
    ignore_row_if: str = "never"
    map_metric: ClassVar[str] = "rows.satisfy"
    success_keys: ClassVar[tuple[str, ...]] = ("sql", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column_list", "sql")
