-- One row per current report whose text holds the words: how often, and the first place with what stands around it.
WITH hits AS (
    SELECT
        reports.*,
        instr(reports.text, words) AS place
    FROM core.reports AS reports
    INNER JOIN core.report_versions AS versions ON reports.report_id = versions.report_id
    WHERE versions.is_current AND words <> '' AND contains(reports.text, words)
)

SELECT
    report_id,
    issuer_id,
    issuer_name,
    report_year,
    title,
    ((len(text) - len(replace(text, words, ''))) / len(words))::BIGINT AS hits,
    (place - 1)::INTEGER AS span_start,
    replace(substr(text, greatest(place - 30, 1), least(place - 1, 30) + len(words) + 40), chr(10), ' ') AS context
FROM hits
ORDER BY report_year DESC, hits DESC, issuer_id ASC
