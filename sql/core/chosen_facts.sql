-- One row per issuer × report year × indicator × scope: the fact that speaks for it, and the rule that chose it.
-- Whole year before part of the year, exact before rounded, then the one that the report states first.
WITH candidates AS (
    SELECT
        facts.*,
        versions.part_year
    FROM core.corrected_facts AS facts
    INNER JOIN core.report_versions AS versions ON facts.report_id = versions.report_id
    WHERE versions.is_current
),

ranked AS (
    SELECT
        *,
        count(*) OVER everything AS candidates,
        count(*) FILTER (WHERE NOT part_year) OVER everything AS whole,
        count(*) FILTER (WHERE NOT part_year AND bound = 'exact') OVER everything AS whole_and_exact
    FROM candidates
    WINDOW everything AS (PARTITION BY issuer_id, report_year, indicator, scope)
    QUALIFY row_number() OVER (
        PARTITION BY issuer_id, report_year, indicator, scope
        -- fact ids of one report end in their place in it: f2 stands before f10
        ORDER BY part_year, (bound <> 'exact'), len(fact_id), fact_id
    ) = 1
)

SELECT
    fact_id,
    report_id,
    issuer_id,
    report_year,
    indicator,
    scope,
    value,
    low,
    high,
    bound,
    unit,
    part_year,
    flags,
    correction_id,
    quantity_id,
    CASE
        WHEN part_year THEN 'part_year_only'
        WHEN candidates = 1 THEN 'only'
        WHEN whole = 1 THEN 'whole_before_part'
        WHEN bound = 'exact' AND whole_and_exact = 1 THEN 'exact_before_rounded'
        ELSE 'first_stated'
    END AS chosen_by
FROM ranked
