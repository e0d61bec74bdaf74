-- 问题：哪些机关的数与同县同层级的机关相差悬殊（中位数的几倍以上或几分之一以下）？
-- 参数 year = latest：报告年度
-- 参数 times = 10：相差多少倍算悬殊
-- 参数 peers = 3：同类至少几家才比
-- One row per figure that lies many times above or below the median of its peers: same level, same county.
WITH figures AS (
    SELECT *
    FROM marts.indicator_year
    WHERE report_year = $year AND NOT part_year AND resolution = 'resolved' AND kind <> 'rate' AND value > 0
),

medians AS (
    SELECT
        mine.fact_id,
        count(*) AS peers,
        median(theirs.value) AS peer_median
    FROM figures AS mine
    INNER JOIN figures AS theirs
        ON
            mine.indicator = theirs.indicator
            AND mine.scope = theirs.scope
            AND mine.unit = theirs.unit
            AND mine.issuer_level = theirs.issuer_level
            AND mine.province = theirs.province
            AND coalesce(mine.city, '') = coalesce(theirs.city, '')
            AND coalesce(mine.county, '') = coalesce(theirs.county, '')
            AND mine.issuer_id <> theirs.issuer_id
    GROUP BY mine.fact_id
)

SELECT
    figures.issuer_name,
    figures.indicator_name,
    figures.scope,
    figures.value,
    figures.unit,
    medians.peer_median,
    medians.peers,
    round(figures.value / medians.peer_median, 2) AS times,
    figures.sentence,
    figures.fact_id
FROM figures
INNER JOIN medians ON figures.fact_id = medians.fact_id
WHERE
    medians.peers >= $peers
    AND (figures.value >= $times * medians.peer_median OR figures.value * $times <= medians.peer_median)
ORDER BY abs(ln(figures.value / medians.peer_median)) DESC, figures.issuer_name ASC, figures.indicator ASC
