-- One row per resolved issuer × report year × indicator × scope: its value beside that of the year before.
-- The year before is report_year - 1 and no other: lag() would reach over a missing year.
WITH reported_years AS (
    SELECT DISTINCT
        issuer_id,
        report_year
    FROM core.report_versions
    WHERE is_current
),

restated AS (
    -- what a report says about the year before its own, where it says so once
    SELECT
        report_id,
        indicator,
        scope,
        unit,
        any_value(low) AS low,
        any_value(high) AS high
    FROM core.quantities
    WHERE role = 'comparative' AND indicator IS NOT NULL AND year IS NOT NULL
        AND (report_id, year + 1) IN (SELECT (report_id, report_year) FROM core.reports)
    GROUP BY report_id, indicator, scope, unit
    HAVING count(DISTINCT value) = 1
),

series AS (
    SELECT
        chosen.*,
        any_value(
            struct_pack(fact_id, value, low, high, bound, unit, part_year, contradicted := contains(flags, 'contradicted'))
        ) OVER (
            PARTITION BY issuer_id, indicator, scope ORDER BY report_year RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING
        ) AS previous,
        count(*) OVER (
            PARTITION BY issuer_id, indicator ORDER BY report_year RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING
        ) AS figures_before
    FROM core.chosen_facts AS chosen
    WHERE NOT starts_with(issuer_id, 'unresolved:')
),

compared AS (
    SELECT
        series.*,
        coalesce(indicators.name_zh, series.indicator) AS indicator_name,
        coalesce(indicators.kind, CASE WHEN series.unit = '%' THEN 'rate' ELSE 'flow' END) AS kind,
        breaks.reason AS series_break,
        series.scope <> '' AND NOT coalesce(list_contains(indicators.scopes, series.scope), FALSE) AS foreign_scope,
        reported_years.issuer_id IS NOT NULL AS reported_before,
        -- the two years can be subtracted at all: same unit, both whole
        coalesce(series.unit = series.previous.unit AND NOT series.part_year AND NOT series.previous.part_year, FALSE)
            AS computable,
        coalesce(
            restated.unit = series.previous.unit
            AND (restated.low > series.previous.high OR restated.high < series.previous.low),
            FALSE
        ) AS base_restated
    FROM series
    LEFT JOIN core.indicators AS indicators ON series.indicator = indicators.indicator
    LEFT JOIN core.series_breaks AS breaks
        ON series.indicator = breaks.indicator AND series.report_year = breaks.break_year
    LEFT JOIN reported_years
        ON series.issuer_id = reported_years.issuer_id AND series.report_year = reported_years.report_year + 1
    LEFT JOIN restated
        ON
            series.report_id = restated.report_id
            AND series.indicator = restated.indicator
            AND series.scope = restated.scope
),

measured AS (
    SELECT
        *,
        CASE WHEN computable THEN value - previous.value END AS change,
        CASE WHEN computable THEN low - previous.high END AS change_low,
        CASE WHEN computable THEN high - previous.low END AS change_high,
        concat_ws(
            ',',
            CASE
                WHEN previous IS NULL AND NOT reported_before THEN 'missing_year'
                WHEN previous IS NULL AND figures_before > 0 THEN 'scope'
                WHEN previous IS NULL THEN 'missing_figure'
                WHEN foreign_scope THEN 'scope'
            END,
            CASE WHEN previous.unit <> unit THEN 'unit' END,
            CASE WHEN part_year OR previous.part_year THEN 'part_year' END,
            CASE WHEN contains(flags, 'contradicted') OR previous.contradicted THEN 'contradicted' END,
            CASE WHEN base_restated THEN 'revision' END,
            CASE WHEN previous IS NOT NULL AND series_break IS NOT NULL THEN 'series_break' END
        ) AS reason
    FROM compared
)

SELECT
    measured.fact_id,
    measured.report_id,
    measured.issuer_id,
    reports.issuer_name,
    reports.issuer_level,
    reports.province,
    reports.city,
    reports.county,
    reports.township,
    measured.report_year,
    measured.indicator,
    measured.indicator_name,
    measured.kind,
    measured.scope,
    measured.unit,
    measured.value,
    measured.low,
    measured.high,
    measured.bound,
    measured.previous.fact_id AS previous_fact_id,
    measured.previous.value AS previous_value,
    measured.previous.low AS previous_low,
    measured.previous.high AS previous_high,
    measured.previous.bound AS previous_bound,
    measured.change,
    measured.change_low,
    measured.change_high,
    CASE WHEN measured.kind = 'rate' THEN '百分点' ELSE measured.unit END AS change_unit,
    CASE
        WHEN measured.kind <> 'rate' AND measured.previous.value > 0
            THEN round(100 * measured.change / measured.previous.value, 6)
    END AS change_pct,
    CASE
        WHEN measured.kind <> 'rate' AND measured.change IS NOT NULL AND measured.previous.value > 0
            AND measured.low >= 0 AND measured.previous.high > 0
            THEN round(100 * (measured.low / measured.previous.high - 1), 6)
    END AS change_pct_low,
    CASE
        WHEN measured.kind <> 'rate' AND measured.change IS NOT NULL AND measured.previous.value > 0
            AND measured.high >= 0 AND measured.previous.low > 0
            THEN round(100 * (measured.high / measured.previous.low - 1), 6)
    END AS change_pct_high,
    CASE
        WHEN measured.change IS NULL THEN NULL
        WHEN measured.change_low > 0 THEN 'up'
        WHEN measured.change_high < 0 THEN 'down'
        WHEN measured.change_low = 0 AND measured.change_high = 0 THEN 'flat'
        ELSE 'uncertain'
    END AS direction,
    measured.reason = '' AS comparable,
    measured.reason,
    nullif(
        concat_ws(
            '；',
            CASE WHEN contains(measured.reason, 'missing_year') THEN '上年没有报告' END,
            CASE WHEN contains(measured.reason, 'missing_figure') THEN '上年报告未提这一指标' END,
            CASE
                WHEN contains(measured.reason, 'scope') AND measured.previous IS NULL THEN '上年只有其他范围的数'
                WHEN contains(measured.reason, 'scope') THEN '范围「' || measured.scope || '」不在目录表内，不作比较'
            END,
            CASE
                WHEN contains(measured.reason, 'unit')
                    THEN '两年单位不同（上年' || measured.previous.unit || '，本年' || measured.unit || '）'
            END,
            CASE WHEN contains(measured.reason, 'part_year') THEN '有一年只涵盖部分月份' END,
            CASE WHEN contains(measured.reason, 'contradicted') THEN '报告内有不同说法' END,
            CASE WHEN contains(measured.reason, 'revision') THEN '本年报告对上年数的说法与上年报告不同' END,
            CASE WHEN contains(measured.reason, 'series_break') THEN '口径变动：' || measured.series_break END
        ),
        ''
    ) AS reason_zh,
    measured.chosen_by,
    concat_ws(
        ',',
        nullif(measured.flags, ''),
        CASE WHEN measured.correction_id IS NOT NULL THEN 'corrected' END,
        CASE WHEN measured.part_year THEN 'part_year' END
    ) AS flags
FROM measured
INNER JOIN core.reports AS reports ON measured.report_id = reports.report_id
