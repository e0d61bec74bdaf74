-- 问题：哪些机关今年第一次报某项指标（以前年年有报告而没提）？
-- 参数 year = latest：报告年度
-- One row per issuer × indicator × scope that has a figure this year and had none in any of its earlier reports.
WITH earlier AS (
    SELECT
        issuer_id,
        count(DISTINCT report_year) AS earlier_reports,
        min(report_year) AS since
    FROM core.report_versions
    WHERE is_current AND report_year < $year
    GROUP BY issuer_id
)

SELECT
    now.issuer_name,
    now.indicator,
    now.indicator_name,
    now.scope,
    now.value,
    now.bound,
    now.unit,
    earlier.earlier_reports,
    earlier.since,
    now.sentence,
    now.fact_id
FROM marts.indicator_year AS now
INNER JOIN earlier ON now.issuer_id = earlier.issuer_id
ANTI JOIN marts.indicator_year AS before
    ON
        now.issuer_id = before.issuer_id
        AND now.indicator = before.indicator
        AND now.scope = before.scope
        AND now.report_year > before.report_year
WHERE now.report_year = $year
ORDER BY now.issuer_id, now.indicator, now.scope
