-- 问题：上年报告里定下的目标，今年做到了吗？
-- 参数 year = latest：报告年度（检验的是上一年度报告中的目标）
-- One row per target with an indicator in last year's report, beside this year's figure where there is one.
SELECT
    reports.issuer_name,
    targets.indicator,
    targets.scope,
    targets.printed AS target,
    targets.unit,
    now.value,
    now.bound,
    CASE
        WHEN now.fact_id IS NULL THEN '今年未提'
        WHEN targets.unit <> now.unit AND units.factor IS NULL THEN '单位不同'
        WHEN now.low >= coalesce(targets.low, targets.value) * coalesce(units.factor, 1) THEN '达到'
        WHEN now.high < coalesce(targets.low, targets.value) * coalesce(units.factor, 1) THEN '未达到'
        ELSE '说不准'
    END AS outcome,
    targets.sentence AS target_sentence,
    now.sentence,
    now.fact_id
FROM core.quantities AS targets
INNER JOIN core.reports AS reports ON targets.report_id = reports.report_id
INNER JOIN core.report_versions AS versions ON reports.report_id = versions.report_id
LEFT JOIN marts.indicator_year AS now
    ON
        reports.issuer_id = now.issuer_id
        AND reports.report_year + 1 = now.report_year
        AND targets.indicator = now.indicator
        AND targets.scope = now.scope
LEFT JOIN core.indicator_units AS units
    ON
        targets.indicator = units.indicator
        AND targets.unit = units.unit
        AND units.scope IN ('', targets.scope)
WHERE
    versions.is_current
    AND reports.resolution = 'resolved'
    AND targets.role = 'target'
    AND targets.indicator IS NOT NULL
    AND reports.report_year = $year - 1
ORDER BY reports.issuer_id, targets.indicator, targets.quantity_id
