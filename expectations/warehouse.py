"""What must hold of the whole warehouse after loading: no orphans, every figure of a mart with its words in the text,
nothing lost against the release before, and the oddities across years and versions that one batch cannot see."""

from __future__ import annotations

from expectations.limits import Limits
from expectations.rules import Rule, Suite, among, between, critical, holds, info, present, unique, warning

_FILES = """
SELECT (row_number() OVER ())::BIGINT - 1 AS _row, sha256, report_id, status, reason_code, reason, first_path
FROM raw.files
"""

_REPORTS = """
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row, r.report_id, r.issuer_id, r.issuer_name, r.report_year, r.title,
    f.sha256 IS NOT NULL AS file_known,
    r.char_count, length(r.text) AS text_length
FROM core.reports AS r
LEFT JOIN (SELECT DISTINCT sha256 FROM raw.files) AS f ON r.sha256 = f.sha256
"""

# misplaced: what audit.misplaced found
_QUANTITIES = """
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row, q.quantity_id, q.report_id, q.printed, q.span_start, q.span_end,
    r.report_id IS NOT NULL AS report_known,
    q.section_id IS NULL OR s.section_id IS NOT NULL AS section_known,
    m.place IS NULL AS cuts_printed
FROM core.quantities AS q
LEFT JOIN (SELECT DISTINCT report_id FROM core.reports) AS r ON q.report_id = r.report_id
LEFT JOIN (SELECT DISTINCT section_id FROM core.sections) AS s ON q.section_id = s.section_id
LEFT JOIN misplaced AS m ON q.rowid = m.place
"""

_FACTS = """
WITH evidence AS (
    SELECT e.fact_id, count(*) AS places, count(q.quantity_id) AS places_found
    FROM core.fact_evidence AS e
    LEFT JOIN (SELECT DISTINCT quantity_id FROM core.quantities) AS q ON e.quantity_id = q.quantity_id
    GROUP BY ALL
)
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row, f.fact_id, f.report_id, f.indicator, f.value, f.unit,
    r.report_id IS NOT NULL AS report_known,
    f.issuer_id = r.issuer_id AND f.report_year = r.report_year AS same_heading,
    i.indicator IS NOT NULL AS indicator_known,
    coalesce(e.places, 0) AS places,
    coalesce(e.places = e.places_found, true) AS evidence_known
FROM core.facts AS f
LEFT JOIN (SELECT DISTINCT ON (report_id) report_id, issuer_id, report_year FROM core.reports) AS r
    ON f.report_id = r.report_id
LEFT JOIN core.indicators AS i ON f.indicator = i.indicator
LEFT JOIN evidence AS e ON f.fact_id = e.fact_id
"""

_EVIDENCE = """
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row, e.fact_id, e.quantity_id, f.report_id,
    f.fact_id IS NOT NULL AS fact_known
FROM core.fact_evidence AS e
LEFT JOIN (SELECT DISTINCT fact_id, report_id FROM core.facts) AS f ON e.fact_id = f.fact_id
"""

_FIGURES = r"""
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row, m.fact_id, m.report_id, m.issuer_name, m.report_year, m.indicator_name,
    m.scope, m.value, m.unit, m.printed, m.sentence,
    count(*) OVER (PARTITION BY m.issuer_id, m.report_year, m.indicator, m.scope) AS figures_given,
    CASE WHEN contains(m.sentence, m.printed) THEN true
        ELSE contains(regexp_replace(m.sentence, '\s', '', 'g'), regexp_replace(m.printed, '\s', '', 'g'))
    END AS in_sentence
FROM marts.indicator_year AS m
"""

# The ratio needs two figures above zero; both years whole and in the same unit (change is null otherwise).
_CHANGES = """
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row, y.fact_id, y.report_id, y.issuer_id, y.issuer_name, y.report_year,
    y.indicator_name, y.scope, y.unit, y.value, y.previous_value,
    y.issuer_id LIKE 'unresolved:%' AS unresolved_issuer,
    CASE WHEN y.comparable AND y.value > 0 AND y.previous_value > 0
        THEN greatest(y.value / y.previous_value, y.previous_value / y.value) END AS times,
    q.sentence
FROM marts.indicator_yoy AS y
LEFT JOIN core.facts AS f ON y.fact_id = f.fact_id
LEFT JOIN core.quantities AS q ON f.quantity_id = q.quantity_id
"""

_VERSIONS = """
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row, v.new_fact_id AS fact_id, v.new_report_id AS report_id, v.issuer_id,
    v.report_year, i.name_zh AS indicator_name, v.scope, v.change, v.old_value, v.new_value, v.unit
FROM marts.revisions AS v
LEFT JOIN core.indicators AS i ON v.indicator = i.indicator
WHERE v.change = 'changed'
"""

_BEFORE = """
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row, b.issuer_id, b.report_year, NULL::VARCHAR AS report_id,
    n.issuer_id IS NOT NULL AS still_there
FROM previous_reports AS b
LEFT JOIN (SELECT DISTINCT issuer_id, report_year FROM core.reports) AS n USING (issuer_id, report_year)
"""

_YEARS_BEFORE = """
SELECT
    (row_number() OVER (ORDER BY b.report_year))::BIGINT - 1 AS _row, b.report_year, NULL::VARCHAR AS report_id,
    count(*) AS issuers_before, count(*) - count(n.issuer_id) AS issuers_lost
FROM previous_reports AS b
LEFT JOIN (SELECT DISTINCT issuer_id, report_year FROM core.reports) AS n USING (issuer_id, report_year)
GROUP BY b.report_year
"""

_BASELINE = """
WITH counted AS (
    SELECT 'reports' AS table_name, report_year, count(*) AS rows_now FROM core.reports GROUP BY ALL
    UNION ALL
    SELECT 'facts', report_year, count(*) FROM core.facts GROUP BY ALL
    UNION ALL
    SELECT 'quantities', r.report_year, count(*) FROM core.quantities AS q JOIN core.reports AS r USING (report_id)
    GROUP BY ALL
)
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row, b.table_name || ' ' || b.report_year AS place,
    NULL::VARCHAR AS report_id, b.rows_wanted, coalesce(c.rows_now, 0) AS rows_now
FROM baseline AS b
LEFT JOIN counted AS c USING (table_name, report_year)
"""

_QUARANTINE = """
SELECT
    (row_number() OVER ())::BIGINT - 1 AS _row, q.quarantine_id, q.report_id, q.status, q.rules, q.table_name,
    date_diff('day', l.started_at, {today}) AS days_held
FROM quality.quarantine AS q
LEFT JOIN ops.loads AS l USING (load_id)
WHERE q.status = 'held'
"""


def suites(limits: Limits) -> list[Suite]:
    """The suites over the whole warehouse. They read its tables, and ``previous_reports``,
    ``baseline`` and ``misplaced``, which the audit puts beside them."""
    stages = f"DATE '{limits.today:%Y-%m-%d}'"
    return [
        Suite("stored_files", "文件", "raw.files", "sha256", _FILES, _files()),
        Suite("stored_reports", "报告", "core.reports", "report_id", _REPORTS, _reports()),
        Suite("stored_quantities", "数字", "core.quantities", "quantity_id", _QUANTITIES, _quantities()),
        Suite("stored_facts", "事实", "core.facts", "fact_id", _FACTS, _facts()),
        Suite("stored_evidence", "证据", "core.fact_evidence", "fact_id", _EVIDENCE, _evidence()),
        Suite("figures", "现行数值", "marts.indicator_year", "fact_id", _FIGURES, _figures()),
        Suite("changes", "同比", "marts.indicator_yoy", "fact_id", _CHANGES, _changes(limits)),
        Suite("versions", "版本", "marts.revisions", "fact_id", _VERSIONS, _versions()),
        Suite("issuers_before", "与上一版相比", "previous_reports", "issuer_id", _BEFORE, _before()),
        Suite("years_before", "与上一版相比", "previous_reports", "report_year", _YEARS_BEFORE, _years_before(limits)),
        Suite("baseline", "基线", "baseline", "place", _BASELINE, _baseline()),
        Suite(
            "held", "隔离区", "quality.quarantine", "quarantine_id", _QUARANTINE.format(today=stages), _held(limits)
        ),
    ]  # fmt: skip


def _files() -> list[Rule]:
    statuses = ("loaded", "rejected", "duplicate")
    return [
        critical("W01", "文件的处理结果应为已入库、拒收、重复件之一", "每个文件都要有下落", among("status", statuses)),
        critical(
            "W02",
            "拒收的文件应写明原因",
            "没有原因，人就不知道怎么办",
            holds("status <> 'rejected' OR (reason_code IS NOT NULL AND trim(reason) <> '')", "status", "reason"),
            shows=("first_path",),
        ),
    ]


def _reports() -> list[Rule]:
    return [
        critical("W03", "报告编号不得重复", "重复入库会把数字算两遍", unique("report_id"), shows=("title",)),
        critical("W04", "每份报告应能找到其文件", "靠它回到原始文件", holds("file_known", "report_id", "title")),
        critical(
            "W05", "所记字数应等于正文长度", "位置按字计数；正文被改动过，所有位置就都错了",
            holds("char_count = text_length", "char_count", "text_length"), shows=("title",),
        ),
    ]  # fmt: skip


def _quantities() -> list[Rule]:
    return [
        critical("W06", "数字编号不得重复", "同一编号两处，证据就不确定", unique("quantity_id"), shows=("printed",)),
        critical("W07", "每个数字应有其报告", "孤儿数字无从核对", holds("report_known", "quantity_id", "report_id")),
        critical("W08", "数字所在的章节应存在", "章节决定性质", holds("section_known", "quantity_id", "printed")),
        critical(
            "W09", "按位置取出的原文应与所记写法一致（空白不计）", "每个入库的数字都要能回到原句",
            holds("cuts_printed", "printed", "span_start", "span_end"),
        ),
    ]  # fmt: skip


def _facts() -> list[Rule]:
    return [
        critical("W10", "事实编号不得重复", "重复的事实会被汇总两遍", unique("fact_id"), shows=("indicator",)),
        critical("W11", "每项事实应有其报告", "孤儿事实无从核对", holds("report_known", "fact_id", "report_id")),
        critical(
            "W12", "事实的机关和年度应与其报告相同", "不一致会把数字记到别处",
            holds("same_heading", "fact_id", "indicator"), shows=("value", "unit"),
        ),
        critical(
            "W13", "每项事实应有证据", "每个入库的数字都要能回到原句", between("places", 1, None), shows=("indicator",),
        ),
        critical(
            "W14", "证据所指的数字应存在", "指向空处的证据证明不了什么", holds("evidence_known", "fact_id", "places"),
        ),
        warning(
            "W15", "事实的指标应在现行指标目录之中", "目录改过之后，旧代码没有名称；请运行 fazhi reread",
            holds("indicator_known", "indicator", "value"),
        ),
    ]  # fmt: skip


def _evidence() -> list[Rule]:
    return [
        critical("W16", "每条证据应有其事实", "没有事实的证据是孤儿", holds("fact_known", "fact_id", "quantity_id"))
    ]


def _figures() -> list[Rule]:
    shows = ("issuer_name", "report_year", "indicator_name", "value", "unit")
    return [
        critical("W17", "现行数值应有原句", "没有出处的数字不能引用", present("sentence"), shows=shows),
        critical(
            "W18", "原句应含有所印的数字", "原句是给人看的证据",
            holds("in_sentence", "printed", "sentence"), shows=shows,
        ),
        critical(
            "W19", "同一机关、年度、指标、口径只有一个现行数值", "两个现行数值会被算两遍",
            between("figures_given", 1, 1), shows=shows,
        ),
    ]  # fmt: skip


def _changes(limits: Limits) -> list[Rule]:
    shows = ("issuer_name", "report_year", "indicator_name", "unit", "sentence")
    return [
        critical(
            "W20", "未识别的机关不得参与同比", "各地同名很多，归并会把两地的数字混为一谈",
            holds("NOT unresolved_issuer", "issuer_id", "report_year"),
        ),
        warning(
            "W21",
            f"与上年相比不应相差 {limits.jump:g} 倍以上",
            "可能是真的，也可能是读错、写错或口径变了；较大一数不到 100 的不算",
            holds(f"times < {limits.jump} OR greatest(value, previous_value) < 100", "value", "previous_value"),
            shows=shows,
        ),
    ]  # fmt: skip


def _versions() -> list[Rule]:
    shows = ("issuer_id", "report_year", "indicator_name", "scope", "unit")
    return [
        warning(
            "W22",
            "修订版改动的数字应相差不到一倍",
            "修订通常是小改；成倍的改动多半有一版读错或写错",
            holds("greatest(old_value, new_value) < 2 * least(old_value, new_value)", "old_value", "new_value"),
            shows=shows,
        ),
        info(
            "W23",
            "修订版一般不改动数字",
            "改了的列在这里，引用旧版的人应当知道",
            holds("old_value = new_value", "old_value", "new_value"),
            shows=shows,
        ),
    ]


def _before() -> list[Rule]:
    return [
        warning(
            "W24", "上一版有报告的机关和年度，这一版应仍有", "少了的要么是改了名、换了年度，要么是被隔离或撤下",
            holds("still_there", "issuer_id", "report_year"),
        )
    ]  # fmt: skip


def _years_before(limits: Limits) -> list[Rule]:
    return [
        critical(
            "W25",
            f"与上一版相比，任一年度失去的机关不应超过 {limits.shrink:.0%}（不足 {limits.shrink_from} 家的年度不计）",
            "成片消失多半是读取或区划表坏了；确属有意的，请在发布时说明接受",
            holds(
                f"issuers_before < {limits.shrink_from} OR issuers_lost <= {limits.shrink} * issuers_before",
                "issuers_before",
                "issuers_lost",
            ),
            shows=("report_year",),
        )
    ]


def _baseline() -> list[Rule]:
    return [
        critical(
            "W26", "各表各年度的行数不应低于基线", "基线由人核定、随版本库保存；低于它说明丢了数据",
            holds("rows_now >= rows_wanted", "rows_wanted", "rows_now"), shows=("place",),
        )
    ]  # fmt: skip


def _held(limits: Limits) -> list[Rule]:
    return [
        warning(
            "W27",
            f"隔离的行应在 {limits.held_days} 天之内处理",
            "放着不管，数据就一直缺着：fazhi quarantine list 查看，release 放行，drop 舍弃",
            between("days_held", None, limits.held_days),
            shows=("table_name", "rules"),
        )
    ]
