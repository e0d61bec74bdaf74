-- 问题：哪些地方写明了“零”（未发生、无案件），写在哪些指标上？
-- 参数 year = latest：报告年度
-- One row per province, city and county × indicator: how many issuers state a zero, beside how many give any figure.
SELECT
    province,
    city,
    county,
    indicator,
    any_value(indicator_name) AS indicator_name,
    scope,
    count(*) FILTER (WHERE value = 0) AS state_zero,
    -- a zero without a digit is told by its words: 未发生…
    count(*) FILTER (WHERE value = 0 AND NOT regexp_matches(printed, '[0-9０-９]')) AS in_words,
    count(*) AS state_any,
    min(sentence) FILTER (WHERE value = 0) AS example
FROM marts.indicator_year
WHERE report_year = $year AND resolution = 'resolved'
GROUP BY province, city, county, indicator, scope
HAVING count(*) FILTER (WHERE value = 0) > 0
ORDER BY state_zero DESC, province ASC, city ASC, county ASC, indicator ASC, scope ASC
