-- One row per resolved issuer; its names are those of its latest year's current report.
WITH reports AS (
    SELECT reports.*
    FROM core.reports AS reports
    INNER JOIN core.report_versions AS versions ON reports.report_id = versions.report_id
    WHERE reports.resolution = 'resolved' AND versions.is_current
),

latest AS (
    SELECT * FROM reports
    QUALIFY row_number() OVER (PARTITION BY issuer_id ORDER BY report_year DESC, part_year ASC, report_id ASC) = 1
),

spans AS (
    SELECT
        issuer_id,
        min(report_year) AS first_year,
        max(report_year) AS last_year,
        count(DISTINCT report_year) AS reports
    FROM reports
    GROUP BY issuer_id
)

SELECT
    latest.issuer_id,
    latest.issuer_name,
    latest.issuer_level,
    latest.province,
    latest.city,
    latest.county,
    latest.township,
    latest.division_code,
    latest.code_system,
    -- the name path without its last step; a province has no parent
    nullif(regexp_replace(latest.issuer_id, '/?[^/]*$', ''), '') AS parent_id,
    spans.first_year,
    spans.last_year,
    spans.reports
FROM latest
INNER JOIN spans ON latest.issuer_id = spans.issuer_id
