"""What must hold of the arithmetic that a report implies. The reader has tested each (parts and total, a rate and its
parts, a stated change); a sum that does not come out is the report's own doubt: it is shown, never repaired."""

from __future__ import annotations

from expectations.rules import Suite, among, critical, holds, info, present, unique, warning

KINDS = ("parts_total", "at_most", "rate", "stated_change", "repeated")
VERDICTS = ("exact", "rounded", "cut", "within", "fails")

_ROWS = """
WITH figures AS (
    SELECT c._row, count(*) AS figures_named, count(q.quantity_id) AS figures_found
    FROM (SELECT _row, report_id, trim(unnest(string_split(figures, ','))) AS quantity_id FROM checks) AS c
    LEFT JOIN (SELECT DISTINCT quantity_id, report_id FROM quantities) AS q USING (quantity_id, report_id)
    WHERE c.quantity_id <> ''
    GROUP BY ALL
)
SELECT
    c.*,
    r.report_id IS NOT NULL AS report_known,
    coalesce(f.figures_named, 0) AS figures_named,
    coalesce(f.figures_found, 0) AS figures_found
FROM checks AS c
LEFT JOIN (SELECT DISTINCT report_id FROM reports) AS r USING (report_id)
LEFT JOIN figures AS f USING (_row)
"""


def suite() -> Suite:
    """The rules for checks: the records themselves (critical), and what they found (warnings)."""

    def fails(kind: str) -> str:
        return f"kind <> '{kind}' OR verdict <> 'fails'"

    rules = [
        critical("C01", "勾稽编号不得为空", "靠它指明是哪一条", present("check_id"), shows=("statement",)),
        critical("C02", "勾稽编号不得重复", "同一条算两次会夸大矛盾", unique("check_id"), shows=("statement",)),
        critical(
            "C03",
            "勾稽所属的报告应在同一批内",
            "没有报告的勾稽无从核对",
            holds("report_known", "check_id", "report_id"),
        ),
        critical(
            "C04",
            "勾稽种类应为已知的五种之一",
            "不认识的种类说不清成立与否",
            among("kind", KINDS),
            shows=("statement",),
        ),
        critical(
            "C05",
            "勾稽结论应为已知的五种之一",
            "不认识的结论说不清成立与否",
            among("verdict", VERDICTS),
            shows=("statement",),
        ),
        critical(
            "C06",
            "勾稽涉及的数字应都在同一份报告里",
            "缺了数字的算式无法核对",
            holds("figures_named > 0 AND figures_found = figures_named", "figures_named", "figures_found"),
            shows=("statement", "figures"),
        ),
        critical(
            "C07",
            "截尾或不成立的勾稽应记为不成立，其余记为成立",
            "结论与标志不一致会让人看错",
            holds("holds = (verdict NOT IN ('cut', 'fails'))", "holds", "verdict"),
            shows=("statement",),
        ),
        warning(
            "C08",
            "分项之和应等于总数",
            "「其中」不一定列全，也可能是笔误：照原文保存，由人判断",
            holds(fails("parts_total"), "kind", "verdict"),
            shows=("statement",),
        ),
        warning(
            "C09",
            "部分不应大于全体",
            "化解数大于排查数，多半有一个读错或写错",
            holds(fails("at_most"), "kind", "verdict"),
            shows=("statement",),
        ),
        warning(
            "C10",
            "比率应等于分子除以分母",
            "率与件数矛盾，至少有一个不对",
            holds(fails("rate"), "kind", "verdict"),
            shows=("statement",),
        ),
        warning(
            "C11",
            "自述的增减应与文中两年的数字相符",
            "同比写错是常见的差错，引用前应核对",
            holds(fails("stated_change"), "kind", "verdict"),
            shows=("statement",),
        ),
        warning(
            "C12",
            "同一事实在文中几处的数字应相同",
            "前后不一，引用哪一个要由人判断",
            holds(fails("repeated"), "kind", "verdict"),
            shows=("statement",),
        ),
        info(
            "C13",
            "比率应四舍五入而不是截尾",
            "61÷65 写作 93%：不影响使用，但说明尾数不可靠",
            holds("verdict <> 'cut'", "kind", "verdict"),
            shows=("statement",),
        ),
    ]
    return Suite("checks", "勾稽", "checks", "check_id", _ROWS, rules)
