-- 问题：哪些报告自己的数对不上（分项之和不等于合计、部分大于全部、比率算不出）？
-- One row per failed check of a current report, with the sentences it rests on.
WITH failed AS (
    SELECT
        checks.*,
        unnest(string_split(checks.figures, ',')) AS quantity_id
    FROM core.checks AS checks
    INNER JOIN core.report_versions AS versions ON checks.report_id = versions.report_id
    WHERE versions.is_current AND NOT checks.holds
)

SELECT
    -- a report that names no issuer goes by its title
    coalesce(reports.issuer_name, reports.title, reports.issuer_id) AS issuer_name,
    reports.report_year,
    failed.kind,
    failed.statement,
    failed.verdict,
    string_agg(DISTINCT quantities.sentence, chr(10) ORDER BY quantities.sentence) AS sentences,
    failed.check_id
FROM failed
INNER JOIN core.reports AS reports ON failed.report_id = reports.report_id
LEFT JOIN core.quantities AS quantities ON failed.quantity_id = quantities.quantity_id
GROUP BY
    failed.check_id, failed.kind, failed.statement, failed.verdict,
    reports.issuer_name, reports.title, reports.issuer_id, reports.report_year
ORDER BY reports.report_year DESC, issuer_name ASC, failed.check_id ASC
