-- One row per report whose issuer is not certain: loaded, but left out of year-over-year and peers.
SELECT
    reports.report_id,
    reports.issuer_id,
    reports.issuer_name,
    reports.resolution,
    reports.report_year,
    reports.title,
    reports.notes,
    files.first_path AS path
FROM core.reports AS reports
LEFT JOIN raw.files AS files ON reports.sha256 = files.sha256
WHERE reports.resolution <> 'resolved'
