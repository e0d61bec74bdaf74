"""What must hold of a fact and of its evidence: that it says what its figures say, in its indicator's unit, for its
report's issuer and year, once, and not a thousand times what the issuer said in other years."""

from __future__ import annotations

from annual_reports.report import BOUNDS
from expectations.limits import Limits
from expectations.rules import Suite, among, between, critical, holds, present, unique, warning

# nearest_ratio: how many times the fact lies from the nearest figure of another year (history and this batch); the
# nearest, so that one year's slip does not condemn the right figures around it.
# The windows see few columns: a window sorts whole rows, and sorting these cost more than all the rest.
_ROWS = """
WITH evidence AS (
    SELECT
        e.fact_id,
        count(*) AS places,
        count(q.quantity_id) AS places_found,
        bool_and(q.role = 'achieved') AS all_achieved,
        bool_or(q.value = f.value OR q.unit <> f.unit) AS value_found,
        bool_and(q.report_id = f.report_id) AS same_report,
        bool_and(q.quantity_id IS NULL OR q.indicator IS NOT DISTINCT FROM f.indicator) AS same_indicator,
        any_value(q.sentence) AS sentence
    FROM fact_evidence AS e
    JOIN (SELECT DISTINCT ON (fact_id) * FROM facts) AS f USING (fact_id)
    LEFT JOIN (SELECT DISTINCT ON (quantity_id) * FROM quantities) AS q ON e.quantity_id = q.quantity_id
    GROUP BY ALL
), years AS (
    SELECT issuer_id, report_year, indicator, scope, unit, value FROM history WHERE value > 0
    UNION ALL
    SELECT issuer_id, report_year, indicator, scope, unit, value FROM facts WHERE value > 0
), nearest AS (
    SELECT
        f._row,
        min(greatest(f.value / y.value, y.value / f.value)) AS nearest_ratio,
        arg_min(y.value, greatest(f.value / y.value, y.value / f.value)) AS nearest_value,
        arg_min(y.report_year, greatest(f.value / y.value, y.value / f.value)) AS nearest_year
    FROM facts AS f
    JOIN years AS y USING (issuer_id, indicator, scope, unit)
    WHERE f.value > 0 AND y.report_year <> f.report_year
    GROUP BY ALL
), among AS (
    SELECT
        _row,
        row_number() OVER (PARTITION BY report_id, indicator, scope, value, low, high, bound ORDER BY _row) AS copy,
        count(DISTINCT (value, low, high, bound)) OVER (PARTITION BY report_id, indicator, scope) AS figures_given
    FROM facts
)
SELECT
    f.*,
    r.report_id IS NOT NULL AS report_known,
    r.issuer_id AS report_issuer,
    r.report_year AS year_of_report,
    r.issuer_name,
    i.code IS NOT NULL AS indicator_known,
    i.unit AS indicator_unit,
    i.name_zh AS indicator_name,
    i.kind AS indicator_kind,
    coalesce(e.places, 0) AS places,
    coalesce(e.places = e.places_found, true) AS evidence_known,
    e.all_achieved,
    e.value_found,
    e.same_report,
    e.same_indicator,
    e.sentence,
    n.nearest_ratio,
    n.nearest_value,
    n.nearest_year,
    a.copy,
    a.figures_given,
    list_contains(string_split(f.flags, ','), 'contradicted') AS contradicted
FROM facts AS f
LEFT JOIN (SELECT DISTINCT ON (report_id) * FROM reports) AS r ON f.report_id = r.report_id
LEFT JOIN indicators AS i ON f.indicator = i.code
LEFT JOIN evidence AS e ON f.fact_id = e.fact_id
LEFT JOIN nearest AS n ON f._row = n._row
LEFT JOIN among AS a ON f._row = a._row
"""

_EVIDENCE_ROWS = """
SELECT
    e.*,
    f.report_id,
    f.fact_id IS NOT NULL AS fact_known,
    q.quantity_id IS NOT NULL AS quantity_known,
    row_number() OVER (PARTITION BY e.fact_id, e.quantity_id ORDER BY e._row) AS copy
FROM fact_evidence AS e
LEFT JOIN (SELECT DISTINCT ON (fact_id) * FROM facts) AS f ON e.fact_id = f.fact_id
LEFT JOIN (SELECT DISTINCT ON (quantity_id) * FROM quantities) AS q ON e.quantity_id = q.quantity_id
"""


def suite(limits: Limits) -> Suite:
    """The rules for facts."""
    this_year = limits.today.year
    rules = [
        critical("F01", "事实编号不得为空", "更正和证据都靠它指明是哪一项", present("fact_id"), shows=("indicator",)),
        critical("F02", "事实编号不得重复", "同一编号两处，汇总时会重复计算", unique("fact_id"), shows=("indicator",)),
        critical(
            "F03", "事实所属的报告应在同一批内", "没有报告的事实无从核对", holds("report_known", "fact_id", "report_id")
        ),
        critical(
            "F04",
            "事实的机关应与其报告的机关相同",
            "不一致会把一地的数字记到另一地名下",
            holds("issuer_id IS NOT DISTINCT FROM report_issuer", "issuer_id", "report_issuer"),
        ),
        critical(
            "F05",
            "事实的年度应与其报告的年度相同",
            "去年的数字、目标都不是本年的事实",
            holds("report_year IS NOT DISTINCT FROM year_of_report", "report_year", "year_of_report"),
            shows=("indicator",),
        ),
        critical(
            "F06",
            f"事实的年度应在 {limits.first_year} 至 {this_year} 年之间",
            "未来年度还没有完成数",
            between("report_year", limits.first_year, this_year),
            shows=("indicator",),
        ),
        critical(
            "F07",
            "指标不得为空",
            "没有指标的数字应列为未匹配，而不是事实",
            present("indicator"),
            shows=("value", "unit"),
        ),
        critical(
            "F08",
            "指标应在指标目录之中",
            "目录之外的代码没有名称、单位和含义",
            holds("indicator_known", "indicator", "value"),
        ),
        critical(
            "F09",
            "事实的单位应是该指标的单位",
            "场次与人次、件与人混在一起，同比就没有意义",
            holds("unit IS NOT DISTINCT FROM indicator_unit OR NOT indicator_known", "unit", "indicator_unit"),
            shows=("indicator_name", "value", "sentence"),
        ),
        critical(
            "F10",
            "数值不得为空，且为有限数",
            "空值和无穷大不能参与比较",
            holds("value IS NOT NULL AND isfinite(value)", "value", "indicator"),
        ),
        critical(
            "F11", "数值不得为负", "完成数没有负的", between("value", 0, None), shows=("indicator_name", "sentence")
        ),
        critical(
            "F12",
            "下限不得大于上限",
            "上下限颠倒时，同比的方向会反",
            holds("low <= high", "low", "high"),
            shows=("indicator_name",),
        ),
        critical(
            "F13",
            "限定应为确数、以上、以内、约、范围之一",
            "限定决定上下限的含义",
            among("bound", BOUNDS),
            shows=("indicator",),
        ),
        critical("F14", "限定不得为空", "限定决定上下限的含义", present("bound"), shows=("indicator",)),
        critical(
            "F15",
            "每项事实应至少有一处原文作证据",
            "每个入库的数字都要能回到原句",
            between("places", 1, None),
            shows=("indicator_name", "value", "unit"),
        ),
        critical(
            "F16",
            "证据所指的数字应在同一份报告里",
            "指到别处的证据证明不了什么",
            holds("evidence_known AND coalesce(same_report, true)", "fact_id", "places"),
            shows=("indicator_name", "value"),
        ),
        critical(
            "F17",
            "证据应是完成数",
            "目标、定额、上年数不能成为本年的事实",
            holds("all_achieved", "fact_id", "all_achieved"),
            shows=("indicator_name", "value", "sentence"),
        ),
        critical(
            "F18",
            "证据里应有与事实相等的数值",
            "事实只能照原文所写，不得另算（按目录换算单位的除外：六成记作 60%）",
            holds("value_found", "value", "places"),
            shows=("indicator_name", "sentence"),
        ),
        critical(
            "F19",
            "证据的指标应与事实相同",
            "别的指标的数字不能作证",
            holds("same_indicator", "indicator", "value"),
            shows=("scope", "sentence"),
        ),
        critical(
            "F20",
            "同一报告的同一事实只记一次",
            "重复的表述应是同一事实的又一处证据，记两次会重复计算；只隔离多出来的",
            between("copy", 1, 1),
            shows=("indicator_name", "scope", "value", "unit"),
        ),
        critical(
            "F21",
            "同一报告对同一指标给出不同数字的，应有「报告内两说」标记",
            "没有标记的矛盾会让人误以为只有一个数字",
            holds("figures_given = 1 OR contradicted", "figures_given", "flags"),
            shows=("indicator_name", "scope", "value", "sentence"),
        ),
        warning(
            "F22",
            "同一报告对同一指标不应给出不同的数字",
            "报告自相矛盾：两个数字都保留，由人判断",
            holds("NOT contradicted", "figures_given", "flags"),
            shows=("indicator_name", "scope", "value", "sentence"),
        ),
        critical(
            "F23",
            "百分比应在 1000 以内",
            "超过十倍的率，多半是把别的数字当成了百分数",
            holds("unit <> '%' OR value <= 1000", "value", "unit"),
            shows=("indicator_name", "sentence"),
            arguable=True,
        ),
        warning(
            "F24",
            "百分比一般不超过 100",
            "个别完成率可以超过 100%",
            holds("unit <> '%' OR value <= 100 OR value > 1000", "value", "unit"),
            shows=("indicator_name", "sentence"),
        ),
        warning(
            "F25",
            "以件、人、场等计的数应为整数",
            "小数多半是漏读了「万」：1.2万人 读成 1.2 人",
            holds("indicator_kind NOT IN ('flow', 'stock') OR value = floor(value)", "value", "unit"),
            shows=("indicator_name", "sentence"),
        ),
        critical(
            "F26",
            f"数值与本机关其他年度最接近的数相差不应达到 {limits.slip:g} 倍",
            "漏读或多乘了「万」「亿」时正好差这么多；"
            f"较大的一数不到 {limits.slip_from:,.0f} 的不算（3 件变 4,000 件可能是真的）",
            holds(
                f"nearest_ratio < {limits.slip} OR greatest(value, nearest_value) < {limits.slip_from}",
                "value",
                "nearest_value",
            ),
            shows=("nearest_year", "indicator_name", "unit", "sentence"),
            arguable=True,
        ),
        warning(
            "F27",
            "实物量不应小于 1 而大于 0",
            "半件案件、三分之一次会议都不存在",
            holds("indicator_kind NOT IN ('flow', 'stock') OR value <= 0 OR value >= 1", "value", "unit"),
            shows=("indicator_name", "sentence"),
        ),
    ]
    return Suite("facts", "事实", "facts", "fact_id", _ROWS, rules)


def evidence() -> Suite:
    """The rules for the rows that tie a fact to a place in the text."""
    rules = [
        critical(
            "E01", "证据所属的事实应在同一批内", "没有事实的证据是孤儿", holds("fact_known", "fact_id", "quantity_id")
        ),
        critical(
            "E02",
            "证据所指的数字应在同一批内",
            "指向空处的证据是孤儿",
            holds("quantity_known", "fact_id", "quantity_id"),
        ),
        critical(
            "E03",
            "同一证据只记一次",
            "重复的证据会让一处原文看似两处",
            between("copy", 1, 1),
            shows=("fact_id", "quantity_id"),
        ),
    ]
    return Suite("fact_evidence", "证据", "fact_evidence", "fact_id", _EVIDENCE_ROWS, rules)
