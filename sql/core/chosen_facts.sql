-- One row per issuer × report year × indicator × scope: the fact that speaks for it, and the rule that chose it.
-- Whole year before part of the year, exact before rounded, then the one that the report states first.
WITH candidates AS (
    SELECT
        facts.*,
        versions.part_year,
        hash(facts.issuer_id, facts.report_year, facts.scope) AS place
    FROM core.corrected_facts AS facts
    INNER JOIN core.report_versions AS versions ON facts.report_id = versions.report_id
    WHERE versions.is_current
),

-- Nearly every figure is alone in its place: only the others are sorted. Two places with one hash do no harm here.
contested AS (
    SELECT
        indicator,
        place
    FROM candidates
    GROUP BY indicator, place
    HAVING count(*) > 1
),

chosen AS (
    SELECT
        candidates.*,
        1 AS stated,
        1 AS whole,
        1 AS whole_and_exact
    FROM candidates
    ANTI JOIN contested ON candidates.indicator = contested.indicator AND candidates.place = contested.place
    UNION ALL
    SELECT
        candidates.*,
        count(*) OVER everything AS stated,
        count(*) FILTER (WHERE NOT candidates.part_year) OVER everything AS whole,
        count(*) FILTER (WHERE NOT candidates.part_year AND candidates.bound = 'exact') OVER everything AS whole_and_exact
    FROM candidates
    SEMI JOIN contested ON candidates.indicator = contested.indicator AND candidates.place = contested.place
    WINDOW
        everything AS (
            PARTITION BY candidates.issuer_id, candidates.report_year, candidates.indicator, candidates.scope
        )
    QUALIFY row_number() OVER (
        PARTITION BY candidates.issuer_id, candidates.report_year, candidates.indicator, candidates.scope
        -- fact ids of one report end in their place in it: f2 stands before f10
        ORDER BY candidates.part_year, (candidates.bound <> 'exact'), len(candidates.fact_id), candidates.fact_id
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
        WHEN stated = 1 THEN 'only'
        WHEN whole = 1 THEN 'whole_before_part'
        WHEN bound = 'exact' AND whole_and_exact = 1 THEN 'exact_before_rounded'
        ELSE 'first_stated'
    END AS chosen_by
FROM chosen
