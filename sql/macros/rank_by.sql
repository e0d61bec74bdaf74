-- One row per issuer with a whole-year figure of one indicator in one year: its rank at its level, and the ranks its words allow.
WITH figures AS (
    SELECT
        *,
        coalesce(low, '-infinity'::DOUBLE) AS lowest,
        coalesce(high, 'infinity'::DOUBLE) AS highest
    FROM marts.indicator_year AS years
    WHERE
        years.indicator IN (SELECT names.indicator FROM core.indicator_names AS names WHERE names.name = words)
        AND (
            -- an unknown name is an error, not an empty answer
            SELECT CASE WHEN count(*) > 0 THEN TRUE ELSE error('没有名为「' || words || '」的指标；可用的见 FROM core.indicator_names') END
            FROM core.indicator_names AS names WHERE names.name = words
        )
        AND years.report_year = in_year
        AND years.scope = ''
        AND NOT years.part_year
        AND years.resolution = 'resolved'
),

-- both ends of every figure on one line: who is above is then a running count, not a join of all with all
ends AS (
    SELECT
        indicator,
        issuer_level,
        fact_id,
        lowest AS point,
        1 AS is_low,
        0 AS is_high
    FROM figures
    UNION ALL
    SELECT
        indicator,
        issuer_level,
        fact_id,
        highest AS point,
        0 AS is_low,
        1 AS is_high
    FROM figures
),

above AS (
    SELECT
        fact_id,
        is_low,
        coalesce(sum(is_low) OVER strictly_above, 0) AS certainly,
        coalesce(sum(is_high) OVER strictly_above, 0) AS possibly
    FROM ends
    WINDOW strictly_above AS (
        PARTITION BY indicator, issuer_level ORDER BY point DESC
        RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP
    )
)

SELECT
    figures.issuer_level,
    rank() OVER (PARTITION BY figures.indicator, figures.issuer_level ORDER BY figures.value DESC) AS rank,
    (1 + highs.certainly)::BIGINT AS rank_best,
    -- its own upper end lies above its own lower end and is none of the others
    (1 + lows.possibly - (figures.highest > figures.lowest)::INTEGER)::BIGINT AS rank_worst,
    count(*) OVER (PARTITION BY figures.indicator, figures.issuer_level) AS ranked,
    figures.issuer_id,
    figures.issuer_name,
    figures.indicator,
    figures.indicator_name,
    figures.report_year,
    figures.value,
    figures.low,
    figures.high,
    figures.bound,
    figures.unit,
    figures.flags,
    figures.fact_id,
    figures.sentence
FROM figures
INNER JOIN above AS highs ON figures.fact_id = highs.fact_id AND highs.is_low = 0
INNER JOIN above AS lows ON figures.fact_id = lows.fact_id AND lows.is_low = 1
ORDER BY figures.indicator, figures.issuer_level, rank, figures.issuer_id
