"""The numbers a validation is run with, each with the reason for its default, and the words it knows.

Everything here can be set by the caller (``Limits(bad_share=0.1)``); the suites ask for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Limits:
    """The thresholds of the gate and of the audit. Shares are between 0 and 1.

    ``bad_share``, ``bad_rows``: a table of the batch with more than this share of rows that fail critically refuses the
    batch, for then the reader is broken and not the report; up to ``bad_rows`` rows are only held back, because one bad
    report among three says nothing about a share.
    ``unmatched_share``: of the achieved figures, how many may be claimed by no indicator before a warning.
    ``unresolved_share``: of the reports, how many issuers may stay unresolved before a warning.
    ``slip``, ``slip_from``: two years' figures of one issuer that lie ``slip`` times apart, the larger at least
    ``slip_from``, look like a lost or doubled 万 (1.2万 read as 1.2: the factor is 10⁴, a rounded figure beside it
    leaves 10³).
    ``jump``: a figure this many times the year before is worth a look.
    ``shrink``, ``shrink_from``: which share of its issuers a report year may lose against the release before, where it
    had at least ``shrink_from``; a handful may well be renamed or withdrawn at once.
    ``held_days``: how long a held row may wait for a decision before a warning.
    """

    today: date = field(default_factory=date.today)
    first_year: int = 2004  # 《全面推进依法行政实施纲要》 asked for the first such reports
    bad_share: float = 0.2
    bad_rows: int = 10
    unmatched_share: float = 0.5
    unresolved_share: float = 0.2
    slip: float = 1000
    slip_from: float = 10_000
    jump: float = 20
    shrink: float = 0.1
    shrink_from: int = 10
    held_days: int = 30


@dataclass(frozen=True)
class Vocabulary:
    """The words of the catalogue that rules compare with: canonical units, and each indicator's name, unit and kind."""

    units: tuple[str, ...]
    indicators: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, catalogue: Mapping[str, Any]) -> Vocabulary:
        """The vocabulary of a loaded catalogue (its tables ``units`` and ``indicators``)."""
        return cls(tuple(catalogue["units"]), catalogue["indicators"])
