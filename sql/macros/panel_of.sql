-- One row per report year of every issuer that reports the indicator (whole year) in each year of the span.
SELECT years.*
FROM marts.indicator_year AS years
WHERE
    years.indicator IN (SELECT names.indicator FROM core.indicator_names AS names WHERE names.name = words)
    AND years.report_year BETWEEN from_year AND to_year
    AND EXISTS (
        SELECT 1
        FROM marts.panel AS panel
        WHERE
            panel.issuer_id = years.issuer_id
            AND panel.indicator = years.indicator
            AND panel.scope = years.scope
            AND panel.unit = years.unit
            AND panel.first_year <= from_year
            AND panel.last_year >= to_year
    )
UNION ALL
-- an unknown name is an error, not an empty answer; in a branch of its own, or nobody would ask where the panel is empty
SELECT years.*
FROM marts.indicator_year AS years
WHERE (
    SELECT CASE WHEN count(*) > 0 THEN FALSE ELSE error('没有名为「' || words || '」的指标；可用的见 FROM core.indicator_names') END
    FROM core.indicator_names AS names WHERE names.name = words
)
ORDER BY issuer_id, scope, report_year
