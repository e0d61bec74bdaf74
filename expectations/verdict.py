"""What a validation found: per rule, per failing row, and whether the whole is refused.

Knows nothing of how it was found; gate.py and audit.py make verdicts, records.py keeps them, the pages show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from expectations.rules import Severity

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule on one table. ``checked``/``failed`` count rows, None where the rule could not be run (``error``).

    A rule that could not be run counts as critical, whatever it says of itself.
    """

    suite: str
    rule: str
    severity: Severity
    sentence: str
    because: str
    target: str
    passed: bool
    checked: int | None
    failed: int | None
    observed: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RowFailure:
    """One row that breaks one rule. ``row`` is its place in the table that was checked, ``detail`` its values in
    Chinese; ``row_id`` and ``report_id`` are what the row says, so either may be None."""

    suite: str
    rule: str
    severity: Severity
    table_name: str
    row: int
    row_id: str | None
    report_id: str | None
    detail: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of one validation. ``refused`` says in Chinese why nothing of it may be loaded or published."""

    results: tuple[RuleResult, ...]
    failures: tuple[RowFailure, ...]
    refused: str | None
    started_at: datetime
    finished_at: datetime

    @property
    def failed_critical(self) -> int:
        """How many critical rules failed, errors included."""
        return sum(not r.passed and r.severity == "critical" for r in self.results)

    @property
    def failed_warning(self) -> int:
        """How many warning rules failed."""
        return sum(not r.passed and r.severity == "warning" for r in self.results)

    def split(self, frames: Mapping[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
        """The frames that may be loaded, and the rows held back with their reasons: see ``quarantine.split``."""
        from expectations.quarantine import split

        return split(frames, self)
