-- One row per report year of every issuer that reports the indicator (whole year) in each year of the span.
WITH whole AS (
    SELECT
        panel.issuer_id,
        panel.scope,
        unnest(panel.fact_ids) AS fact_id
    FROM marts.panel AS panel
    WHERE
        panel.indicator IN (
            SELECT names.indicator FROM core.indicator_names AS names WHERE names.name = words
            UNION ALL
            -- an unknown name is an error, not an empty answer
            SELECT error('没有名为「' || words || '」的指标；可用的见 FROM core.indicator_names') AS indicator
            WHERE words NOT IN (SELECT names.name FROM core.indicator_names AS names)
        )
        AND panel.first_year <= from_year
        AND panel.last_year >= to_year
)

SELECT years.*
FROM whole
INNER JOIN marts.indicator_year AS years ON whole.fact_id = years.fact_id
WHERE years.report_year BETWEEN from_year AND to_year
ORDER BY years.issuer_id, years.scope, years.report_year
