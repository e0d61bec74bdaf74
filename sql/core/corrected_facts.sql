-- One row per fact as corrected: dropped ones are gone, set and relabelled ones carry the corrected values.
SELECT
    facts.fact_id,
    facts.report_id,
    facts.issuer_id,
    facts.report_year,
    coalesce(applied.indicator, facts.indicator) AS indicator,
    coalesce(applied.scope, facts.scope) AS scope,
    coalesce(applied.value, facts.value) AS value,
    -- a corrected open bound is null and must stay so
    CASE WHEN applied.fact_id IS NULL THEN facts.low ELSE applied.low END AS low,
    CASE WHEN applied.fact_id IS NULL THEN facts.high ELSE applied.high END AS high,
    coalesce(applied.bound, facts.bound) AS bound,
    coalesce(applied.unit, facts.unit) AS unit,
    facts.flags,
    facts.quantity_id,
    facts.statements,
    applied.correction_id
FROM core.facts AS facts
LEFT JOIN core.corrections_applied AS applied ON facts.fact_id = applied.fact_id
WHERE applied.action IS DISTINCT FROM 'drop'
