-- 问题：各县（市、区）某项指标比上年增长多少？只算两年可比的机关，约数给出上下界。
-- 参数 indicator = disputes_mediated：指标（代码、中文名、简称或别名）
-- 参数 year = latest：报告年度
-- One row per county: the sums of its comparable issuers, this year and the year before, and the growth with its bounds.
SELECT
    province,
    city,
    county,
    count(*) AS issuers,
    sum(previous_value) AS previous_total,
    sum(value) AS total,
    any_value(unit) AS unit,
    -- blank where the numbers as printed differ by more or less than their words allow (12 → 10余)
    CASE
        WHEN
            coalesce(sum(change) >= (CASE WHEN count(change_low) = count(*) THEN sum(change_low) END) - 1e-6, TRUE)
            AND coalesce(sum(change) <= (CASE WHEN count(change_high) = count(*) THEN sum(change_high) END) + 1e-6, TRUE)
            THEN round(100 * (sum(value) / nullif(sum(previous_value), 0) - 1), 1)
    END AS growth_pct,
    -- an open bound makes the sum's bound open: sum() alone would leave it out
    CASE WHEN count(change_low) = count(*) THEN sum(change_low) END AS change_low,
    CASE WHEN count(change_high) = count(*) THEN sum(change_high) END AS change_high,
    count(*) FILTER (WHERE direction = 'up') AS up,
    count(*) FILTER (WHERE direction = 'down') AS down,
    count(*) FILTER (WHERE direction = 'uncertain') AS uncertain
FROM marts.indicator_yoy
WHERE indicator = $indicator AND report_year = $year AND scope = '' AND comparable AND kind <> 'rate' AND county IS NOT NULL
GROUP BY province, city, county
ORDER BY growth_pct DESC NULLS LAST, county ASC
