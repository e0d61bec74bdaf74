-- One row per issuer × report year × indicator × scope: the current value with its bounds, its sentence and its flags.
WITH revised AS (
    SELECT DISTINCT new_fact_id AS fact_id
    FROM marts.revisions
    WHERE is_current AND change IN ('changed', 'added')
)

SELECT
    chosen.fact_id,
    chosen.report_id,
    chosen.issuer_id,
    reports.issuer_name,
    reports.issuer_level,
    reports.resolution,
    reports.province,
    reports.city,
    reports.county,
    reports.township,
    chosen.report_year,
    chosen.indicator,
    coalesce(indicators.name_zh, chosen.indicator) AS indicator_name,
    indicators.kind,
    chosen.scope,
    chosen.value,
    chosen.low,
    chosen.high,
    chosen.bound,
    chosen.unit,
    chosen.part_year,
    reports.period_end,
    chosen.chosen_by,
    concat_ws(
        ',',
        nullif(chosen.flags, ''),
        CASE WHEN chosen.correction_id IS NOT NULL THEN 'corrected' END,
        CASE WHEN revised.fact_id IS NOT NULL THEN 'revised' END,
        CASE WHEN chosen.part_year THEN 'part_year' END
    ) AS flags,
    chosen.correction_id,
    chosen.quantity_id,
    quantities.printed,
    quantities.unit_printed,
    quantities.sentence
FROM core.chosen_facts AS chosen
INNER JOIN core.reports AS reports ON chosen.report_id = reports.report_id
LEFT JOIN core.indicators AS indicators ON chosen.indicator = indicators.indicator
LEFT JOIN revised ON chosen.fact_id = revised.fact_id
LEFT JOIN core.quantities AS quantities ON chosen.quantity_id = quantities.quantity_id
