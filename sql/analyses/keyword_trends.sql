-- 问题：各年报告的标题里，哪些词用得越来越多、越来越少？（结巴分词；规定各部分的标题、两年里多数报告都有的词和没有变化的词不列）
-- 参数 from_year = earliest：起始年度
-- 参数 to_year = latest：截止年度
-- 参数 reports = 2：至少在几份报告里出现
-- 参数 common = 50：两年里都有百分之多少以上的报告在用的词，算套话，不列
-- One row per word of section titles: the share of reports that use it in the two years, and the change in points.
WITH current_reports AS (
    SELECT
        report_id,
        report_year
    FROM core.report_versions
    WHERE is_current AND report_year IN ($from_year, $to_year)
),

totals AS (
    SELECT
        count(*) FILTER (WHERE report_year = $from_year) AS reports_before,
        count(*) FILTER (WHERE report_year = $to_year) AS reports_now
    FROM current_reports
),

used AS (
    SELECT DISTINCT
        current_reports.report_id,
        current_reports.report_year,
        terms.term
    FROM current_reports
    INNER JOIN core.sections AS sections ON current_reports.report_id = sections.report_id
    INNER JOIN core.title_terms AS terms ON sections.title = terms.title
    -- 主要举措和成效, 存在的不足 …: the parts that every report must have say nothing about a year
    WHERE sections.level > 1 OR sections.canonical = 'other'
)

SELECT
    used.term,
    count(*) FILTER (WHERE used.report_year = $from_year) AS used_before,
    count(*) FILTER (WHERE used.report_year = $to_year) AS used_now,
    round(100.0 * count(*) FILTER (WHERE used.report_year = $from_year) / nullif(totals.reports_before, 0), 1) AS share_before,
    round(100.0 * count(*) FILTER (WHERE used.report_year = $to_year) / nullif(totals.reports_now, 0), 1) AS share_now,
    round(
        100.0 * count(*) FILTER (WHERE used.report_year = $to_year) / nullif(totals.reports_now, 0)
        - 100.0 * count(*) FILTER (WHERE used.report_year = $from_year) / nullif(totals.reports_before, 0),
        1
    ) AS change_points
FROM used
CROSS JOIN totals
GROUP BY used.term, totals.reports_before, totals.reports_now
HAVING
    count(*) >= $reports
    -- 法治, 建设, 工作: what most reports have in both years is no trend
    AND NOT (
        100.0 * count(*) FILTER (WHERE used.report_year = $from_year) > $common * totals.reports_before
        AND 100.0 * count(*) FILTER (WHERE used.report_year = $to_year) > $common * totals.reports_now
    )
    AND change_points <> 0
ORDER BY change_points DESC NULLS LAST, used_now DESC, used.term ASC
