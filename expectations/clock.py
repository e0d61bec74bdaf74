"""Times for people: the warehouse keeps UTC without a zone, what people read is Beijing time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "北京时间")  # China has one zone and no summer time since 1991


def beijing(moment: datetime) -> datetime:
    """A time of the warehouse (UTC without a zone) as Beijing has it, with its zone."""
    return (moment + timedelta(hours=8)).replace(tzinfo=BEIJING)


def when(moment: datetime | None) -> str:
    """A time of the warehouse in Beijing time, to the minute: 2026-11-22 08:41; empty for none."""
    return "" if moment is None else f"{beijing(moment):%Y-%m-%d %H:%M}"
