-- One row per place that should have reported × report year, in the areas that the warehouse follows: did it, and in time?
-- An area is followed from the first to the last year for which any of its places reported. Units of statistics only
-- (监狱, 农场, 园区 …) are none of its places; a township that changed its kind between the two lists of places is one.
WITH issued AS (
    SELECT
        versions.issuer_id,
        versions.report_year,
        bool_and(versions.part_year) AS part_year_only,
        -- a revision published in May does not make the report of March late
        min(CASE WHEN versions.dated_by = 'published' THEN versions.dated END) AS published,
        arg_min(versions.report_id, versions.part_year) FILTER (WHERE versions.is_current) AS report_id
    FROM core.report_versions AS versions
    GROUP BY versions.issuer_id, versions.report_year
),

followed AS (
    SELECT
        divisions.parent_id,
        min(issued.report_year) AS first_year,
        max(issued.report_year) AS last_year
    FROM issued
    INNER JOIN core.divisions AS divisions ON issued.issuer_id = divisions.division_id
    WHERE divisions.parent_id IS NOT NULL
    GROUP BY divisions.parent_id
),

existing AS (
    SELECT DISTINCT
        divisions.division_id,
        divisions.parent_id,
        divisions.level,
        divisions.valid_from,
        divisions.valid_to,
        -- 沙河 for 沙河乡 and for 沙河镇
        regexp_replace(divisions.division_id, '(乡|镇|街道|苏木)$', '') AS stem,
        years.report_year
    FROM followed, unnest(range(followed.first_year, followed.last_year + 1)) AS years (report_year)
    INNER JOIN core.divisions AS divisions ON followed.parent_id = divisions.parent_id
    -- whoever existed on the last day of the year reports on it
    WHERE
        coalesce(divisions.reports, TRUE)
        AND coalesce(divisions.valid_from, '0001-01-01') <= make_date(years.report_year::INTEGER, 12, 31)
        AND coalesce(divisions.valid_to, '9999-12-31') >= make_date(years.report_year::INTEGER, 12, 31)
),

ended AS (
    SELECT * FROM existing
    WHERE valid_to IS NOT NULL AND level = '乡镇'
),

begun AS (
    SELECT * FROM existing
    WHERE valid_from IS NOT NULL AND level = '乡镇'
),

same_place AS (
    -- both bounds lie outside the year, so one of the two names was not in use: the one without a report, else the older
    SELECT
        ended.report_year,
        CASE
            WHEN old_report.report_id IS NOT NULL AND new_report.report_id IS NULL THEN begun.division_id
            ELSE ended.division_id
        END AS division_id
    FROM ended
    INNER JOIN begun ON ended.stem = begun.stem AND ended.report_year = begun.report_year
    LEFT JOIN issued AS old_report
        ON ended.division_id = old_report.issuer_id AND ended.report_year = old_report.report_year
    LEFT JOIN issued AS new_report
        ON begun.division_id = new_report.issuer_id AND begun.report_year = new_report.report_year
    WHERE ended.division_id <> begun.division_id
),

expected AS (
    SELECT existing.*
    FROM existing
    ANTI JOIN same_place
        ON existing.division_id = same_place.division_id AND existing.report_year = same_place.report_year
)

SELECT
    expected.parent_id,
    expected.division_id,
    expected.level,
    expected.report_year::INTEGER AS report_year,
    CASE
        WHEN issued.report_id IS NULL THEN 'missing'
        WHEN issued.part_year_only THEN 'part_year'
        -- due by 1 April of the following year (厅字〔2019〕28号)
        WHEN issued.published > make_date(expected.report_year::INTEGER + 1, 4, 1) THEN 'late'
        ELSE 'reported'
    END AS status,
    issued.published,
    issued.report_id
FROM expected
LEFT JOIN issued ON expected.division_id = issued.issuer_id AND expected.report_year = issued.report_year
