-- One row per fact and place of evidence: its sentence, section, character span, file and original, in one join.
WITH locations AS (
    SELECT
        files.report_id,
        string_agg(DISTINCT locations.path, chr(10) ORDER BY locations.path) AS paths
    FROM raw.files AS files
    INNER JOIN raw.file_locations AS locations ON files.sha256 = locations.sha256
    WHERE files.report_id IS NOT NULL
    GROUP BY files.report_id
)

SELECT
    facts.fact_id,
    evidence.quantity_id,
    facts.report_id,
    facts.issuer_id,
    reports.issuer_name,
    facts.report_year,
    facts.indicator,
    coalesce(indicators.name_zh, facts.indicator) AS indicator_name,
    facts.scope,
    facts.value,
    facts.unit,
    quantities.printed,
    quantities.value AS printed_value,
    quantities.low,
    quantities.high,
    quantities.unit AS value_unit,
    quantities.bound,
    quantities.unit_printed,
    quantities.rule,
    quantities.sentence,
    sections.section_id,
    sections.title AS section_title,
    sections.marker AS section_marker,
    sections.canonical,
    quantities.span_start,
    quantities.span_end,
    reports.title,
    reports.sha256,
    'snapshots/' || left(reports.sha256, 2) || '/' || reports.sha256 AS snapshot,
    locations.paths
FROM core.facts AS facts
INNER JOIN core.fact_evidence AS evidence ON facts.fact_id = evidence.fact_id
INNER JOIN core.quantities AS quantities ON evidence.quantity_id = quantities.quantity_id
INNER JOIN core.reports AS reports ON facts.report_id = reports.report_id
LEFT JOIN core.sections AS sections ON quantities.section_id = sections.section_id
LEFT JOIN core.indicators AS indicators ON facts.indicator = indicators.indicator
LEFT JOIN locations ON facts.report_id = locations.report_id
