"""Reading 法治政府建设年度报告: a file's bytes → what the report says.

``read(data, name)`` is the one way in; the result types are in ``report``. Nothing is loaded until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annual_reports.reading import read

__all__ = ["read"]


def __getattr__(name: str) -> Any:
    if name == "read":
        from annual_reports.reading import read

        return read
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
