-- One row per report year × indicator × scope of one issuer (of each, where several share the name).
SELECT
    yoy.issuer_id,
    yoy.issuer_name,
    indicators.theme,
    yoy.indicator,
    yoy.indicator_name,
    yoy.scope,
    yoy.report_year,
    yoy.value,
    yoy.low,
    yoy.high,
    yoy.bound,
    yoy.unit,
    yoy.change,
    yoy.change_unit,
    yoy.change_pct,
    yoy.direction,
    yoy.comparable,
    yoy.reason_zh,
    yoy.flags,
    yoy.fact_id
FROM marts.indicator_yoy AS yoy
LEFT JOIN core.indicators AS indicators ON yoy.indicator = indicators.indicator
WHERE
    yoy.issuer_id IN (SELECT names.issuer_id FROM core.issuer_names AS names WHERE names.name = words)
    AND (
        -- an unknown name is an error, not an empty answer
        SELECT CASE WHEN count(*) > 0 THEN TRUE ELSE error('没有名为「' || words || '」的机关；可用的见 FROM core.issuer_names') END
        FROM core.issuer_names AS names WHERE names.name = words
    )
ORDER BY yoy.issuer_id, indicators.theme, yoy.indicator, yoy.scope, yoy.report_year
