-- 问题：谁爱用“余”“近”“约”？各机关历年数字里约数占多少？
-- One row per issuer: its achieved figures in current reports, how many are rounded, and by which kind of words.
SELECT
    reports.issuer_id,
    -- a report that names no issuer goes by its title
    any_value(coalesce(reports.issuer_name, reports.title, reports.issuer_id)) AS issuer_name,
    count(*) AS figures,
    count(*) FILTER (WHERE quantities.bound <> 'exact') AS rounded,
    round(100.0 * count(*) FILTER (WHERE quantities.bound <> 'exact') / count(*), 1) AS rounded_pct,
    count(*) FILTER (WHERE quantities.bound = 'at_least') AS at_least,
    count(*) FILTER (WHERE quantities.bound = 'approx') AS approx,
    count(*) FILTER (WHERE quantities.bound = 'at_most') AS at_most,
    count(*) FILTER (WHERE quantities.bound = 'range') AS ranges
FROM core.quantities AS quantities
INNER JOIN core.reports AS reports ON quantities.report_id = reports.report_id
INNER JOIN core.report_versions AS versions ON reports.report_id = versions.report_id
WHERE versions.is_current AND quantities.role = 'achieved'
GROUP BY reports.issuer_id
ORDER BY rounded_pct DESC, figures DESC, reports.issuer_id ASC
