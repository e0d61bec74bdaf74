-- One row per revised report and figure that differs from the version before it.
-- A revision whose figures all belong to no indicator still has one row, without an indicator.
WITH pairs AS (
    SELECT
        issuer_id,
        report_year,
        part_year,
        version,
        dated,
        is_current,
        supersedes AS old_report_id,
        report_id AS new_report_id
    FROM core.report_versions
    WHERE supersedes IS NOT NULL
),

involved AS (
    SELECT old_report_id AS report_id FROM pairs
    UNION
    SELECT new_report_id AS report_id FROM pairs
),

stated AS (
    SELECT facts.*
    FROM core.corrected_facts AS facts
    SEMI JOIN involved ON facts.report_id = involved.report_id
    QUALIFY row_number() OVER (
        PARTITION BY facts.report_id, facts.indicator, facts.scope
        ORDER BY (facts.bound <> 'exact'), len(facts.fact_id), facts.fact_id
    ) = 1
),

old_facts AS (
    SELECT
        pairs.new_report_id,
        stated.*
    FROM pairs
    INNER JOIN stated ON pairs.old_report_id = stated.report_id
),

new_facts AS (
    SELECT
        pairs.new_report_id,
        stated.*
    FROM pairs
    INNER JOIN stated ON pairs.new_report_id = stated.report_id
),

differences AS (
    SELECT
        coalesce(new_facts.new_report_id, old_facts.new_report_id) AS new_report_id,
        coalesce(new_facts.indicator, old_facts.indicator) AS indicator,
        coalesce(new_facts.scope, old_facts.scope) AS scope,
        old_facts.fact_id AS old_fact_id,
        new_facts.fact_id AS new_fact_id,
        old_facts.value AS old_value,
        new_facts.value AS new_value,
        old_facts.bound AS old_bound,
        new_facts.bound AS new_bound,
        coalesce(new_facts.unit, old_facts.unit) AS unit,
        CASE
            WHEN old_facts.fact_id IS NULL THEN 'added'
            WHEN new_facts.fact_id IS NULL THEN 'removed'
            ELSE 'changed'
        END AS change
    FROM old_facts
    FULL OUTER JOIN new_facts
        ON
            old_facts.new_report_id = new_facts.new_report_id
            AND old_facts.indicator = new_facts.indicator
            AND old_facts.scope = new_facts.scope
    WHERE
        (old_facts.value, old_facts.low, old_facts.high, old_facts.bound, old_facts.unit)
        IS DISTINCT FROM (new_facts.value, new_facts.low, new_facts.high, new_facts.bound, new_facts.unit)
)

SELECT
    pairs.issuer_id,
    pairs.report_year,
    pairs.part_year,
    pairs.version,
    pairs.dated,
    pairs.is_current,
    pairs.old_report_id,
    pairs.new_report_id,
    differences.indicator,
    differences.scope,
    coalesce(differences.change, 'no_indicator') AS change,
    differences.old_value,
    differences.new_value,
    differences.old_bound,
    differences.new_bound,
    differences.unit,
    differences.old_fact_id,
    differences.new_fact_id
FROM pairs
LEFT JOIN differences ON pairs.new_report_id = differences.new_report_id
