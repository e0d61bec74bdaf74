-- One row per report that is no copy: its place among the versions of its issuer and year.
-- A part-year report and a whole-year one are no versions of each other; which of them speaks for the year is decided
-- per figure in core.chosen_facts. Newest: publication date, else sidecar date, else first seen; then the path.
WITH sightings AS (
    SELECT
        report_id,
        min(published) AS published,
        min(sidecar_date) AS sidecar_date,
        min(first_seen) AS first_seen,
        min_by(first_path, struct_pack(first_seen, first_path)) AS first_path
    FROM raw.files
    WHERE status IN ('loaded', 'duplicate')
    GROUP BY report_id
),

dated AS (
    SELECT
        reports.report_id,
        reports.issuer_id,
        reports.report_year,
        reports.part_year,
        sightings.first_seen,
        coalesce(reports.published, sightings.published, sightings.sidecar_date, sightings.first_seen::DATE) AS dated,
        CASE
            WHEN coalesce(reports.published, sightings.published) IS NOT NULL THEN 'published'
            WHEN sightings.sidecar_date IS NOT NULL THEN 'sidecar'
            ELSE 'first_seen'
        END AS dated_by,
        -- without the extension: 「报告（修订）.docx」 and 「报告 (2).txt」 come after 「报告.txt」
        regexp_replace(coalesce(sightings.first_path, ''), '\.[^./]*$', '') AS path_stem
    FROM core.reports AS reports
    LEFT JOIN sightings ON reports.report_id = sightings.report_id
)

SELECT
    report_id,
    issuer_id,
    report_year,
    part_year,
    dated,
    dated_by,
    row_number() OVER versions_in_order AS version,
    count(*) OVER (PARTITION BY issuer_id, report_year, part_year) AS versions,
    lead(report_id) OVER versions_in_order IS NULL AS is_current,
    lag(report_id) OVER versions_in_order AS supersedes
FROM dated
WINDOW versions_in_order AS (
    PARTITION BY issuer_id, report_year, part_year
    ORDER BY dated, first_seen, path_stem, report_id
)
