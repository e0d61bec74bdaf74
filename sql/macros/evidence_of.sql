-- One row per fact and place of evidence of one issuer, year and indicator, other versions of the report included.
SELECT
    evidence.*,
    versions.version,
    versions.is_current,
    corrections.correction_id,
    corrections.action AS correction,
    corrections.value AS corrected_value,
    corrections.reason AS correction_reason
FROM marts.evidence AS evidence
INNER JOIN core.report_versions AS versions ON evidence.report_id = versions.report_id
LEFT JOIN core.corrections_applied AS corrections ON evidence.fact_id = corrections.fact_id
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
