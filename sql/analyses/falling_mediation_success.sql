-- 问题：哪些机关的调解成功率连续下降？
-- 参数 years = 1：至少连续下降几年
-- One row per issuer and unbroken run of falling mediation success rates, in percentage points.
WITH steps AS (
    SELECT
        *,
        report_year - row_number() OVER (PARTITION BY issuer_id ORDER BY report_year) AS run
    FROM marts.indicator_yoy
    WHERE indicator = 'mediation_success_rate' AND scope = '' AND comparable AND direction = 'down'
)

SELECT
    issuer_id,
    any_value(issuer_name) AS issuer_name,
    min(report_year) - 1 AS from_year,
    max(report_year) AS to_year,
    count(*) AS falling_years,
    arg_min(previous_value, report_year) AS first_rate,
    arg_max(value, report_year) AS last_rate,
    round(sum(change), 4) AS change_points,
    arg_max(fact_id, report_year) AS fact_id
FROM steps
GROUP BY issuer_id, run
HAVING count(*) >= $years
ORDER BY change_points ASC, issuer_id ASC
