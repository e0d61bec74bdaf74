-- One row per followed area × report year: how many of its places should have reported, how many did, who is missing.
SELECT
    parent_id AS division_id,
    level AS reporting_level,
    report_year,
    count(*) AS expected,
    count(*) FILTER (WHERE status <> 'missing') AS reported,
    count(*) FILTER (WHERE status = 'part_year') AS part_year_only,
    count(*) FILTER (WHERE status = 'late') AS late,
    count(*) FILTER (WHERE status = 'missing') AS missing,
    count(*) FILTER (WHERE status <> 'missing') / count(*) AS share,
    coalesce(
        list(regexp_extract(division_id, '[^/]*$') ORDER BY division_id) FILTER (WHERE status = 'missing'), []
    ) AS missing_names
FROM marts.expected_reports
GROUP BY parent_id, level, report_year
