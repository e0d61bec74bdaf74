"""What must hold of a quantity: that it stands in the text where it says, and that its bounds, unit and role are
possible. A failing quantity is held back with the facts that rest on it."""

from __future__ import annotations

from annual_reports.report import BOUNDS, ROLES
from expectations.limits import Limits
from expectations.rules import Suite, among, between, critical, holds, present, unique, warning

# cut_words and cut_sentence are the text at the row's spans; the gate puts them beside the row, since cutting a long
# Chinese text by SQL counts characters from its beginning for every single row.
# A unit put together from two, 件(次), is known when both are.
_ROWS = r"""
WITH known AS (
    SELECT unit, bool_and(part IN (SELECT unit FROM units)) AS unit_known
    FROM (
        SELECT DISTINCT
            unit, unnest(list_filter(regexp_split_to_array(unit, '[()/]'), lambda part: part <> '')) AS part
        FROM quantities
    )
    GROUP BY ALL
), among AS (
    SELECT
        _row,
        row_number() OVER (
            PARTITION BY report_id, span_start, span_end, role, indicator, scope ORDER BY _row
        ) AS copy
    FROM quantities
)
SELECT
    q.*,
    r.char_count,
    r.report_id IS NOT NULL AS report_known,
    q.section_id IS NULL OR s.section_id IS NOT NULL AS section_known,
    s.span_start AS section_start,
    s.span_end AS section_end,
    s.canonical,
    coalesce(u.unit_known, q.unit = '') AS unit_known,
    q.indicator IS NULL OR i.code IS NOT NULL AS indicator_known,
    CASE WHEN q.printed = q.cut_words THEN true
        ELSE regexp_replace(q.printed, '\s', '', 'g') = regexp_replace(q.cut_words, '\s', '', 'g')
    END AS cuts_printed,
    CASE WHEN contains(q.sentence, q.cut_words) THEN true
        ELSE contains(regexp_replace(q.sentence, '\s', '', 'g'), regexp_replace(q.cut_words, '\s', '', 'g'))
    END AS in_sentence,
    a.copy
FROM quantities AS q
LEFT JOIN (SELECT DISTINCT ON (report_id) report_id, char_count FROM reports) AS r ON q.report_id = r.report_id
LEFT JOIN (SELECT DISTINCT ON (section_id) * FROM sections) AS s
    ON q.section_id = s.section_id AND q.report_id = s.report_id
LEFT JOIN known AS u ON q.unit = u.unit
LEFT JOIN indicators AS i ON q.indicator = i.code
LEFT JOIN among AS a ON q._row = a._row
"""


def suite(limits: Limits) -> Suite:
    """The rules for quantities."""
    rules = [
        critical("Q01", "数字编号不得为空", "事实靠它回到原句", present("quantity_id"), shows=("printed",)),
        critical("Q02", "数字编号不得重复", "同一编号两处，证据就不确定", unique("quantity_id"), shows=("printed",)),
        critical(
            "Q03",
            "数字所属的报告应在同一批内",
            "没有报告的数字无从核对",
            holds("report_known", "quantity_id", "report_id"),
        ),
        critical(
            "Q04",
            "数字的位置应在正文之内，起小于止",
            "位置越界就取不出原文",
            holds("span_start >= 0 AND span_start < span_end AND span_end <= char_count", "span_start", "span_end"),
            shows=("char_count", "printed"),
        ),
        critical(
            "Q05",
            "按位置取出的原文应与所记写法一致（空白不计）",
            "每个数字都要能回到原句；对不上的数字不可信",
            holds("coalesce(cuts_printed, false)", "printed", "cut_words"),
            shows=("span_start", "span_end"),
        ),
        critical(
            "Q06",
            "原句应含有该数字的写法（空白不计）",
            "原句是给人看的证据；句子里没有这个数字，等于没有证据",
            holds("coalesce(in_sentence, false)", "printed", "sentence"),
        ),
        critical(
            "Q07",
            "数值不得为空，且为有限数",
            "空值和无穷大不能参与比较",
            holds("value IS NOT NULL AND isfinite(value)", "value", "printed"),
        ),
        critical(
            "Q08",
            "下限不得大于上限",
            "上下限颠倒时，同比的区间会得出相反的方向",
            holds("low <= high", "low", "high"),
            shows=("printed", "bound"),
        ),
        critical(
            "Q09",
            "限定应为确数、以上、以内、约、范围之一",
            "限定决定上下限的含义",
            among("bound", BOUNDS),
            shows=("printed",),
        ),
        critical("Q10", "限定不得为空", "限定决定上下限的含义", present("bound"), shows=("printed",)),
        critical(
            "Q11",
            "确数的上下限应都等于数值",
            "没有「余」「近」「约」等字的数字就是它本身",
            holds("bound <> 'exact' OR (low = value AND high = value)", "value", "low", "high"),
            shows=("printed", "bound"),
        ),
        critical(
            "Q12",
            "性质应为已知的九种之一",
            "只有完成数会成为事实；不认识的性质不能当作完成数",
            among("role", ROLES),
            shows=("printed",),
        ),
        critical("Q13", "性质不得为空", "只有完成数会成为事实", present("role"), shows=("printed", "sentence")),
        warning(
            "Q14",
            "单位应在计量单位表中",
            "未收录的单位照原样保存，但不能换算；可在 catalogue/units.yml 补充",
            holds("unit_known", "unit", "unit_printed"),
            shows=("printed", "sentence"),
        ),
        critical(
            "Q15",
            "指标应在指标目录之中",
            "目录之外的代码没有名称、单位和含义",
            holds("indicator_known", "indicator", "printed"),
            shows=("sentence",),
        ),
        critical(
            "Q16", "数字所在的章节应在同一份报告里", "章节决定性质", holds("section_known", "quantity_id", "section_id")
        ),
        critical(
            "Q17",
            "数字应落在所记章节之内",
            "章节决定性质：计划里的数字是目标，不是成效",
            holds("span_start >= section_start AND span_end <= section_end", "span_start", "span_end"),
            shows=("section_start", "section_end", "printed"),
        ),
        warning(
            "Q18",
            "下一年安排一章里的数字一般不是完成数",
            "把目标当成绩，是此类报告最常见的误读",
            holds("NOT (canonical = 'plan' AND role = 'achieved')", "canonical", "role"),
            shows=("printed", "sentence"),
        ),
        critical(
            "Q19",
            "完成的百分比应在 0 至 1000 之间",
            "超过十倍的完成率，多半是把别的数字当成了百分数",
            holds("unit <> '%' OR role <> 'achieved' OR value BETWEEN 0 AND 1000", "value", "unit"),
            shows=("printed", "role", "sentence"),
            arguable=True,
        ),
        warning(
            "Q20",
            "完成的百分比一般不超过 100",
            "个别完成率可以超过 100%，增长率应记为变化幅度",
            holds("unit <> '%' OR role <> 'achieved' OR value <= 100 OR value > 1000", "value", "unit"),
            shows=("printed", "role", "sentence"),
        ),
        critical(
            "Q21",
            "完成数不得为负",
            "数量没有负的；减少应记为变化幅度",
            holds("role <> 'achieved' OR value >= 0", "value", "role"),
            shows=("printed", "sentence"),
            arguable=True,
        ),
        critical(
            "Q22",
            "同一处数字对同一指标和口径只记一次",
            "一个数字可以对应两个指标（办结率、满意率均为100%），但同一指标记两次会重复计算",
            between("copy", 1, 1),
            shows=("printed", "indicator", "scope"),
        ),
        warning(
            "Q23",
            "数字所指年份应在 1949 年之后、报告年度后六年之内",
            "五年规划最远看到六年之后；再远的年份多半是读错",
            between("year", 1949, limits.today.year + 6),
            shows=("printed", "sentence"),
        ),
        critical(
            "Q24",
            "完成的实物量不得超过 20 亿",
            "人次再多也多不过全国人口；多半把「万」乘了两遍，或把电话、编号当成了数量",
            holds("role <> 'achieved' OR unit = '元' OR value <= 2e9", "value", "unit"),
            shows=("printed", "sentence"),
            arguable=True,
        ),
    ]
    return Suite("quantities", "数字", "quantities", "quantity_id", _ROWS, rules)
