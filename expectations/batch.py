"""What must hold of a batch as a whole: its tables and columns, and shares that say whether the reader is well."""

from __future__ import annotations

from expectations.limits import Limits
from expectations.rules import Suite, critical, holds, warning

# What the rules read, and of which family each column must be. Columns beyond these are loaded unseen.
COLUMNS: dict[str, dict[str, str]] = {
    "reports": {
        "report_id": "text", "sha256": "text", "issuer_id": "text", "issuer_name": "text", "issuer_level": "text",
        "province": "text", "division_code": "text", "resolution": "text", "report_year": "number", "title": "text",
        "document_kind": "text", "published": "date", "period_start": "date", "period_end": "date",
        "part_year": "boolean", "text": "text", "char_count": "number",
    },
    "sections": {
        "section_id": "text", "report_id": "text", "parent_id": "text", "level": "number", "ordinal": "number",
        "printed_marker": "text", "title": "text", "canonical": "text", "span_start": "number", "span_end": "number",
    },
    "quantities": {
        "quantity_id": "text", "report_id": "text", "section_id": "text", "span_start": "number", "span_end": "number",
        "printed": "text", "value": "number", "low": "number", "high": "number", "bound": "text",
        "unit_printed": "text", "unit": "text", "role": "text", "year": "number", "indicator": "text", "scope": "text",
        "sentence": "text",
    },
    "facts": {
        "fact_id": "text", "report_id": "text", "issuer_id": "text", "report_year": "number", "indicator": "text",
        "scope": "text", "value": "number", "low": "number", "high": "number", "bound": "text", "unit": "text",
        "flags": "text",
    },
    "fact_evidence": {"fact_id": "text", "quantity_id": "text"},
    "checks": {
        "check_id": "text", "report_id": "text", "kind": "text", "statement": "text", "holds": "boolean",
        "verdict": "text", "figures": "text",
    },
}  # fmt: skip

_SHAPE_ROWS = """
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row,
    w.table_name || '.' || w.column_name AS place,
    NULL::VARCHAR AS report_id,
    w.family AS wanted_family,
    c.data_type,
    c.data_type IS NOT NULL AS column_present,
    CASE w.family
        WHEN 'text' THEN c.data_type = 'VARCHAR'
        WHEN 'date' THEN c.data_type IN ('DATE', 'TIMESTAMP')
        WHEN 'boolean' THEN c.data_type = 'BOOLEAN'
        ELSE c.data_type LIKE '%INT%' OR c.data_type IN ('DOUBLE', 'FLOAT') OR c.data_type LIKE 'DECIMAL%'
    END AS family_right
FROM wanted AS w
LEFT JOIN duckdb_columns() AS c
    ON w.table_name = c.table_name AND w.column_name = c.column_name AND c.schema_name = 'main'
"""

_SHARES_ROWS = """
WITH achieved AS (
    SELECT count(*) AS figures, count(*) FILTER (indicator IS NULL) AS unmatched FROM quantities WHERE role = 'achieved'
), issuers AS (
    SELECT count(*) AS reports, count(*) FILTER (resolution <> 'resolved') AS unresolved FROM reports
), tables AS (
    SELECT
        (SELECT count(*) FROM reports) AS reports_here,
        (SELECT count(*) FROM sections) AS sections_here,
        (SELECT count(*) FROM quantities) AS quantities_here,
        (SELECT count(*) FROM facts) AS facts_here,
        (SELECT count(DISTINCT report_id) FROM quantities) AS reports_with_figures
)
SELECT
    0::BIGINT AS _row,
    '批次' AS batch,
    NULL::VARCHAR AS report_id,
    a.figures,
    a.unmatched,
    a.unmatched / nullif(a.figures, 0) AS unmatched_share,
    i.unresolved,
    i.unresolved / nullif(i.reports, 0) AS unresolved_share,
    t.*
FROM achieved AS a, issuers AS i, tables AS t
"""


def shape() -> Suite:
    """The rules for tables and columns: one row per column that the other rules need."""
    rules = [
        critical(
            "B01",
            "每张表应有规则和入库所需的各列",
            "缺列说明读取与入库的版本不一致，整批都不能信",
            holds("column_present", "place", "column_present"),
        ),
        critical(
            "B02",
            "各列的类型应符合约定（文字、数、日期、是否）",
            "类型不对，比较就会出错",
            holds("family_right", "data_type", "wanted_family"),
            shows=("place",),
        ),
    ]
    return Suite("shape", "表与列", "batch", "place", _SHAPE_ROWS, rules, whole=True)


def shares(limits: Limits) -> Suite:
    """The rules for a batch's totals: one row for the batch."""
    rules = [
        critical(
            "B03",
            "有章节、数字或事实的批次必有报告",
            "没有报告的数字说明批次残缺",
            holds(
                "reports_here > 0 OR sections_here + quantities_here + facts_here = 0",
                "reports_here",
                "quantities_here",
            ),
            shows=("sections_here", "facts_here"),
        ),
        critical(
            "B04",
            "五份以上的批次里，至少一半报告应读出数字",
            "多数报告都没有数字，是读取坏了，不是报告没写",
            holds(
                "reports_here < 5 OR reports_with_figures * 2 >= reports_here", "reports_here", "reports_with_figures"
            ),
        ),
        warning(
            "B05",
            f"未匹配指标的完成数不应超过 {limits.unmatched_share:.0%}",
            "未匹配的照样保存并列出；比例高说明指标目录缺少说法",
            holds(f"figures < 20 OR unmatched_share <= {limits.unmatched_share}", "unmatched", "figures"),
        ),
        warning(
            "B06",
            f"发文机关未识别的报告不应超过 {limits.unresolved_share:.0%}",
            "比例高多半是区划表缺了新地名，可在 HOME/divisions.csv 补充",
            holds(f"reports_here < 5 OR unresolved_share <= {limits.unresolved_share}", "unresolved", "reports_here"),
        ),
    ]
    return Suite("batch", "批次", "batch", "batch", _SHARES_ROWS, rules, whole=True)
