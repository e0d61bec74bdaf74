-- One row per issuer × indicator × scope × unbroken run of whole-year figures: who reports it in every year of a span.
-- Every year from first_year to last_year has a figure: a span is covered where it lies inside.
WITH runs AS (
    SELECT
        issuer_id,
        indicator,
        scope,
        unit,
        report_year,
        fact_id,
        report_year - row_number() OVER (PARTITION BY issuer_id, indicator, scope, unit ORDER BY report_year) AS run
    FROM core.chosen_facts
    WHERE NOT part_year AND NOT starts_with(issuer_id, 'unresolved:')
)

SELECT
    issuer_id,
    indicator,
    scope,
    unit,
    min(report_year) AS first_year,
    max(report_year) AS last_year,
    count(*) AS years,
    list(fact_id ORDER BY report_year) AS fact_ids
FROM runs
GROUP BY issuer_id, indicator, scope, unit, run
