-- 问题：哪些报告公布晚了（次年 4 月 1 日以后），哪些只涵盖部分月份？
-- One row per issuer × report year whose first known publication was late, or whose current report ends before 31 December.
WITH first_published AS (
    -- a revision published in May does not make the report of March late
    SELECT
        issuer_id,
        report_year,
        min(dated) AS published
    FROM core.report_versions
    WHERE dated_by = 'published'
    GROUP BY issuer_id, report_year
)

SELECT
    -- a report that names no issuer goes by its title
    coalesce(reports.issuer_name, reports.title, reports.issuer_id) AS issuer_name,
    reports.report_year,
    first_published.published,
    greatest(first_published.published - make_date(reports.report_year + 1, 4, 1), 0) AS days_late,
    reports.part_year,
    reports.period_end,
    reports.title,
    reports.report_id
FROM core.reports AS reports
INNER JOIN core.report_versions AS versions ON reports.report_id = versions.report_id
LEFT JOIN first_published
    ON reports.issuer_id = first_published.issuer_id AND reports.report_year = first_published.report_year
WHERE
    versions.is_current
    AND (reports.part_year OR first_published.published > make_date(reports.report_year + 1, 4, 1))
ORDER BY reports.report_year DESC, days_late DESC NULLS LAST, issuer_name ASC
