-- 问题：哪些地方该报而没有报告（只看本库有报告的县、市、省）？
-- 参数 year = latest：报告年度
-- One row per place without a report for the year, with the latest year for which it had one.
SELECT
    expected.parent_id,
    expected.division_id,
    expected.level,
    max(others.report_year) AS last_report
FROM marts.expected_reports AS expected
LEFT JOIN marts.expected_reports AS others
    ON expected.division_id = others.division_id AND others.status <> 'missing'
WHERE expected.report_year = $year AND expected.status = 'missing'
GROUP BY expected.parent_id, expected.division_id, expected.level
ORDER BY expected.parent_id, expected.division_id
