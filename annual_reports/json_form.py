"""A Report as the JSON object that ``fazhi extract --json`` prints (its form is fixed: other programs read it)."""

from __future__ import annotations

from typing import Any

from annual_reports.report import Division, Issuer, Report


def to_json(report: Report) -> dict[str, Any]:
    """``report`` as plain dicts and lists; offsets count characters of ``text``. A rejected file has ``accepted``
    False and ``reason``, and nothing that was not read."""
    head: dict[str, Any] = {
        "file": report.file,
        "sha256": report.sha256,
        "size": report.size,
        "media_type": report.media_type,
        "encoding": report.encoding,
        "accepted": report.accepted,
    }
    if not report.accepted:
        return head | {
            "reason": report.reason,
            "reason_code": report.reason_code,
            "document_kind": report.document_kind,
            "title": report.title,
        }
    return head | {
        "document_kind": report.document_kind,
        "title": report.title,
        "issuer": _issuer(report.issuer) if report.issuer else None,
        "report_year": report.report_year,
        "period": None
        if report.period is None
        else {
            "start": report.period.start.isoformat(),
            "end": report.period.end.isoformat(),
            "part_year": report.period.part_year,
        },
        "published": report.published.isoformat() if report.published else None,
        "text": report.text,
        "sections": [{key: getattr(section, key) for key in _SECTION} for section in report.sections],
        "quantities": [{key: _number(getattr(quantity, key)) for key in _QUANTITY} for quantity in report.quantities],
        "facts": [
            {key: _number(getattr(fact, key)) for key in _FACT}
            | {"quantities": list(fact.quantities), "flags": list(fact.flags)}
            for fact in report.facts
        ],
        "checks": [
            {
                "kind": check.kind,
                "statement": check.statement,
                "holds": check.holds,
                "verdict": check.verdict,
                "figures": list(check.figures),
            }
            for check in report.checks
        ],
        "notes": list(report.notes),
    }


_SECTION = ("level", "ordinal", "printed_marker", "marker", "repaired", "title", "canonical", "start", "end", "parent")
_QUANTITY = (
    "start", "end", "printed", "value", "low", "high", "bound", "unit_printed", "unit", "role", "year", "indicator",
    "scope", "section", "sentence", "sentence_start", "rule",
)  # fmt: skip
_FACT = ("indicator", "scope", "year", "value", "low", "high", "bound", "unit")


def _number(value: Any) -> Any:
    """Whole numbers without ``.0``: the report prints 9000, not 9000.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _issuer(issuer: Issuer) -> dict[str, Any]:
    return {
        "name": issuer.name,
        "level": issuer.level,
        "division": _division(issuer.division),
        "resolution": issuer.resolution,
        "evidence": list(issuer.evidence),
        "key": issuer.key,
    }


def _division(division: Division) -> dict[str, Any]:
    keys = ("province", "city", "county", "township", "code", "code_system", "as_of")
    return {key: getattr(division, key) for key in keys}
