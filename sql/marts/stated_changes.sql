-- One row per change that a current report claims of an indicator (同比下降12%), beside what the warehouse computes.
WITH claims AS (
    SELECT
        quantities.*,
        reports.issuer_id,
        reports.issuer_name,
        reports.report_year,
        right(left(quantities.sentence, quantities.span_start - quantities.sentence_start), 12) AS words_before,
        left(substr(quantities.sentence, quantities.span_end - quantities.sentence_start + 1), 6) AS words_after
    FROM core.quantities AS quantities
    INNER JOIN core.reports AS reports ON quantities.report_id = reports.report_id
    INNER JOIN core.report_versions AS versions ON reports.report_id = versions.report_id
    WHERE quantities.role = 'change' AND quantities.indicator IS NOT NULL AND versions.is_current
),

worded AS (
    SELECT
        *,
        -- the last verb before the figure; else one behind it (12%的降幅)
        coalesce(
            nullif(regexp_extract(words_before, '.*(增|升|提高|多|涨|降|减|少|下滑|回落|缩)', 1), ''),
            nullif(regexp_extract(words_after, '(增|升|提高|多|涨|降|减|少|下滑|回落|缩)', 1), '')
        ) AS verb
    FROM claims
),

signed AS (
    SELECT
        *,
        CASE
            WHEN value < 0 OR verb IN ('增', '升', '提高', '多', '涨') THEN 1
            WHEN verb IS NOT NULL THEN -1
        END AS sign,
        -- one unit of the last printed place: 12% may have been rounded or cut
        CASE WHEN unit IN ('%', '百分点') THEN power(10, -len(regexp_extract(printed, '[.．](\d+)', 1))) ELSE 0 END AS step,
        -- 比2019年增长: the year it is compared with, where it is named
        try_cast(nullif(regexp_extract(words_before, '(\d{4})年', 1), '') AS INTEGER) AS compared_with
    FROM worded
),

computed AS (
    SELECT
        signed.*,
        yoy.fact_id,
        yoy.previous_fact_id,
        yoy.reason AS not_comparable,
        yoy.reason_zh AS not_comparable_zh,
        yoy.change_unit,
        CASE WHEN signed.unit = '%' THEN yoy.change_pct ELSE yoy.change END AS computed,
        CASE WHEN signed.unit = '%' THEN yoy.change_pct_low ELSE yoy.change_low END AS computed_low,
        CASE WHEN signed.unit = '%' THEN yoy.change_pct_high ELSE yoy.change_high END AS computed_high,
        yoy.change_unit = signed.unit OR (signed.unit = '%' AND yoy.kind <> 'rate') OR units.factor IS NOT NULL
            AS same_measure,
        -- 减少2起 of an indicator in 件; 增加3万元 of one in 元
        CASE WHEN signed.unit = yoy.unit THEN 1 ELSE coalesce(units.factor, 1) END AS factor,
        yoy.change IS NOT NULL AS computable
    FROM signed
    LEFT JOIN marts.indicator_yoy AS yoy
        ON
            signed.report_id = yoy.report_id
            AND signed.indicator = yoy.indicator
            AND signed.scope = yoy.scope
    LEFT JOIN core.indicator_units AS units
        ON
            signed.indicator = units.indicator
            AND signed.unit = units.unit
            AND units.scope IN ('', signed.scope)
            AND yoy.kind <> 'rate'
),

judged AS (
    SELECT
        *,
        CASE
            WHEN contains(words_before, '环比') THEN '与上月或上季相比，不是与上年相比'
            WHEN compared_with <> report_year - 1 THEN '与' || compared_with || '年相比，不是与上年相比'
            WHEN sign IS NULL THEN '看不出是增是减'
            WHEN fact_id IS NULL THEN '报告没有写明本年的数'
            WHEN NOT computable THEN coalesce(not_comparable_zh, '没有可比的上年数')
            WHEN NOT same_measure THEN '所述变化的单位（' || unit || '）与算出的不同'
            WHEN coalesce(computed, computed_low, computed_high) IS NULL THEN '上年为零，没有百分比'
        END AS cannot_check,
        factor * CASE WHEN sign > 0 THEN low ELSE -high END AS claimed_low,
        factor * CASE WHEN sign > 0 THEN high ELSE -low END AS claimed_high
    FROM computed
)

SELECT
    quantity_id,
    report_id,
    fact_id,
    previous_fact_id,
    issuer_id,
    issuer_name,
    report_year,
    indicator,
    scope,
    printed,
    coalesce(sign, 1) * coalesce(factor, 1) * value AS claimed,
    claimed_low,
    claimed_high,
    CASE WHEN cannot_check IS NULL AND unit NOT IN ('%', '百分点') THEN change_unit ELSE unit END AS claimed_unit,
    computed,
    computed_low,
    computed_high,
    CASE
        WHEN cannot_check IS NOT NULL THEN 'cannot_check'
        WHEN
            coalesce(claimed_high + step >= computed_low, TRUE)
            AND coalesce(claimed_low - step <= computed_high, TRUE)
            THEN 'agree'
        ELSE 'differs'
    END AS verdict,
    coalesce(cannot_check, nullif(not_comparable_zh, '')) AS reason_zh,
    sentence
FROM judged
