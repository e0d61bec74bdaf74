-- One row per fact and place of evidence of one issuer, year and indicator, other versions of the report included.
SELECT
    evidence.*,
    versions.version,
    versions.versions,
    versions.is_current,
    corrections.correction_id,
    corrections.action AS correction,
    corrected.indicator AS corrected_indicator,
    coalesce(indicators.name_zh, corrected.indicator) AS corrected_indicator_name,
    corrected.scope AS corrected_scope,
    corrected.value AS corrected_value,
    corrected.low AS corrected_low,
    corrected.high AS corrected_high,
    corrected.bound AS corrected_bound,
    corrected.unit AS corrected_unit,
    corrections.reason AS correction_reason,
    corrections.author AS correction_author,
    corrections.decided_on AS correction_date
FROM marts.evidence AS evidence
INNER JOIN core.report_versions AS versions ON evidence.report_id = versions.report_id
LEFT JOIN core.corrections_applied AS corrections ON evidence.fact_id = corrections.fact_id
-- a fact that is dropped has no corrected value
LEFT JOIN core.corrections_applied AS corrected ON evidence.fact_id = corrected.fact_id AND corrected.action <> 'drop'
LEFT JOIN core.indicators AS indicators ON corrected.indicator = indicators.indicator
WHERE
    evidence.issuer_id IN (SELECT names.issuer_id FROM core.issuer_names AS names WHERE names.name = issuer_words)
    AND (
        -- an unknown name is an error, not an empty answer
        SELECT CASE WHEN count(*) > 0 THEN TRUE ELSE error('没有名为「' || issuer_words || '」的机关；可用的见 FROM core.issuer_names') END
        FROM core.issuer_names AS names WHERE names.name = issuer_words
    )
    AND evidence.report_year = in_year
    AND coalesce(corrections.indicator, evidence.indicator) IN (
        SELECT names.indicator FROM core.indicator_names AS names WHERE names.name = words
    )
    AND (
        -- an unknown name is an error, not an empty answer
        SELECT CASE WHEN count(*) > 0 THEN TRUE ELSE error('没有名为「' || words || '」的指标；可用的见 FROM core.indicator_names') END
        FROM core.indicator_names AS names WHERE names.name = words
    )
ORDER BY evidence.issuer_id ASC, versions.is_current DESC, evidence.fact_id ASC, evidence.span_start ASC
