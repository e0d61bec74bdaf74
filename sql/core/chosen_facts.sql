-- One row per issuer × report year × indicator × scope: the fact that speaks for it, and the rule that chose it.
-- Whole year before part of the year, exact before rounded, then the one that the report states first.
-- The CTEs are not materialized, so that a question about one indicator reads the facts of that indicator only.
WITH current_reports AS NOT MATERIALIZED (
    SELECT
        report_id,
        part_year,
        count(*) OVER (PARTITION BY issuer_id, report_year) AS reports
    FROM core.report_versions
    WHERE is_current
),

candidates AS NOT MATERIALIZED (
    SELECT
        facts.*,
        current_reports.part_year,
        -- nearly every figure is known to be alone in its place; only the others are sorted and counted
        facts.statements > 1
        OR current_reports.reports > 1
        -- a correction may have brought a fact to where another one stands
        OR facts.report_id IN (SELECT moved.report_id FROM core.corrections_applied AS moved WHERE moved.action = 'relabel')
            AS contested
    FROM core.corrected_facts AS facts
    INNER JOIN current_reports ON facts.report_id = current_reports.report_id
),

ranked AS NOT MATERIALIZED (
    SELECT
        *,
        count(*) OVER everything AS candidates,
        count(*) FILTER (WHERE NOT part_year) OVER everything AS whole,
        count(*) FILTER (WHERE NOT part_year AND bound = 'exact') OVER everything AS whole_and_exact
    FROM candidates
    WHERE contested
    WINDOW everything AS (PARTITION BY issuer_id, report_year, indicator, scope)
    QUALIFY row_number() OVER (
        PARTITION BY issuer_id, report_year, indicator, scope
        -- fact ids of one report end in their place in it: f2 stands before f10
        ORDER BY part_year, (bound <> 'exact'), len(fact_id), fact_id
    ) = 1
),

chosen AS NOT MATERIALIZED (
    SELECT
        *,
        1 AS candidates,
        1 AS whole,
        1 AS whole_and_exact
    FROM candidates
    WHERE NOT contested
    UNION ALL
    SELECT * FROM ranked
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
FROM chosen
