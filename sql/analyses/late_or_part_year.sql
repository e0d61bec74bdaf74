-- 问题：哪些报告公布晚了（次年 4 月 1 日以后），哪些只涵盖部分月份？
-- One row per current report that was published late or ends before 31 December.
SELECT
    reports.issuer_name,
    reports.report_year,
    versions.dated AS published,
    -- known only where the file says when it was published
    CASE
        WHEN versions.dated_by = 'published'
            THEN greatest(versions.dated - make_date(reports.report_year + 1, 4, 1), 0)
    END AS days_late,
    reports.part_year,
    reports.period_end,
    reports.title,
    reports.report_id
FROM core.reports AS reports
INNER JOIN core.report_versions AS versions ON reports.report_id = versions.report_id
WHERE
    versions.is_current
    AND (
        reports.part_year
        OR (versions.dated_by = 'published' AND versions.dated > make_date(reports.report_year + 1, 4, 1))
    )
ORDER BY reports.report_year DESC, days_late DESC NULLS LAST, reports.issuer_name ASC
