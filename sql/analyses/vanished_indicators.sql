-- 问题：哪些数去年报了、今年的报告里不再提？
-- 参数 year = latest：报告年度
-- One row per issuer × indicator × scope with a figure last year, a report this year, and no figure in it.
SELECT
    before.issuer_name,
    before.indicator,
    before.indicator_name,
    before.scope,
    before.value AS last_value,
    before.unit,
    before.sentence AS last_sentence,
    before.fact_id AS last_fact_id
FROM marts.indicator_year AS before
SEMI JOIN core.report_versions AS reports
    ON before.issuer_id = reports.issuer_id AND before.report_year + 1 = reports.report_year AND reports.is_current
ANTI JOIN marts.indicator_year AS now
    ON
        before.issuer_id = now.issuer_id
        AND before.indicator = now.indicator
        AND before.scope = now.scope
        AND before.report_year + 1 = now.report_year
WHERE before.report_year = $year - 1
ORDER BY before.issuer_id, before.indicator, before.scope
