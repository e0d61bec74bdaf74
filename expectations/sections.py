"""What must hold of a section: its place in the tree and in the text. A broken tree puts plan figures among the
achievements, so a report with a critically wrong section is held back whole."""

from __future__ import annotations

from annual_reports.report import SECTION_KINDS
from expectations.rules import Suite, among, between, critical, holds, present, unique, warning

_ROWS = """
SELECT
    s.*,
    r.char_count,
    r.report_id IS NOT NULL AS report_known,
    s.parent_id IS NULL OR p.section_id IS NOT NULL AS parent_known,
    p.level AS parent_level,
    p.span_start AS parent_start,
    p.span_end AS parent_end,
    max(s.span_end) OVER (
        PARTITION BY s.report_id, s.parent_id ORDER BY s.span_start, s._row
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS brother_end
FROM sections AS s
LEFT JOIN (SELECT DISTINCT ON (report_id) report_id, char_count FROM reports) AS r ON s.report_id = r.report_id
LEFT JOIN (SELECT DISTINCT ON (section_id) * FROM sections) AS p
    ON s.parent_id = p.section_id AND s.report_id = p.report_id
"""


def suite() -> Suite:
    """The rules for sections."""
    rules = [
        critical("S01", "章节编号不得为空", "数字靠它找到所在章节", present("section_id"), shows=("title",)),
        critical("S02", "章节编号不得重复", "同一编号两处，数字的归属就不确定", unique("section_id"), shows=("title",)),
        critical(
            "S03",
            "章节所属的报告应在同一批内",
            "没有报告的章节无从核对",
            holds("report_known", "section_id", "report_id"),
        ),
        critical(
            "S04",
            "章节位置应在正文之内，起小于止",
            "位置越界就取不出章节的文字",
            holds("span_start >= 0 AND span_start < span_end AND span_end <= char_count", "span_start", "span_end"),
            shows=("char_count", "title"),
        ),
        critical(
            "S05",
            "上级章节应在同一份报告里",
            "找不到上级，章节树就断了",
            holds("parent_known", "section_id", "parent_id"),
            shows=("title",),
        ),
        critical(
            "S06",
            "下级章节应完全落在上级章节之内",
            "章节的位置含其下级；伸到外面的章节会把计划里的数字算进成效",
            holds("span_start >= parent_start AND span_end <= parent_end", "span_start", "span_end"),
            shows=("parent_start", "parent_end", "title"),
        ),
        critical(
            "S07",
            "同级章节不得重叠",
            "一个数字只能在一个最深的章节里",
            holds("span_start >= brother_end", "span_start", "brother_end"),
            shows=("title",),
        ),
        critical("S08", "章节层级应在 1 至 9 之间", "层级决定上下关系", between("level", 1, 9), shows=("title",)),
        critical(
            "S09",
            "下级章节的层级应大于上级",
            "层级可以跳（一、之下直接 1.），但不会不增",
            holds("level > parent_level", "level", "parent_level"),
            shows=("title",),
        ),
        critical(
            "S10",
            "章节类别应为六类之一",
            "类别决定数字是完成数还是目标数",
            among("canonical", SECTION_KINDS),
            shows=("title",),
        ),
        critical("S11", "章节序号应从 1 起", "序号是章节在同级中的位次", between("ordinal", 1, None), shows=("title",)),
        warning(
            "S12",
            "章节标题不应为空",
            "空标题多半是序号误认为标题",
            holds("trim(title) <> ''", "title", "printed_marker"),
        ),
        warning(
            "S13",
            "章节标题一般不超过 60 字",
            "过长的标题多半混入了正文（标题与正文同行）",
            holds("length(title) <= 60", "title", "printed_marker"),
        ),
    ]
    return Suite("sections", "章节", "sections", "section_id", _ROWS, rules)
