-- One row per resolved issuer × report year × indicator × scope: its value beside that of the year before.
-- The year before is report_year - 1 and no other: lag() would reach over a missing year.
WITH reported_years AS (
    SELECT DISTINCT
        issuer_id,
        report_year
    FROM core.report_versions
    WHERE is_current
),

breaks AS (
    SELECT
        indicator,
        break_year,
        string_agg(reason, '；' ORDER BY reason) AS reason
    FROM core.series_breaks
    GROUP BY indicator, break_year
),

restated AS (
    -- what a report says about the year before its own, in the indicator's unit, where it says so once
    SELECT
        quantities.report_id,
        quantities.indicator,
        quantities.scope,
        quantities.year,
        any_value(quantities.low * coalesce(units.factor, 1)) AS low,
        any_value(quantities.high * coalesce(units.factor, 1)) AS high,
        any_value(coalesce(own.unit, quantities.unit)) AS unit
    FROM core.quantities AS quantities
    LEFT JOIN core.indicator_units AS units
        ON
            quantities.indicator = units.indicator
            AND quantities.unit = units.unit
            AND units.scope IN ('', quantities.scope)
    LEFT JOIN core.indicators AS own ON units.indicator = own.indicator
    WHERE quantities.role = 'comparative' AND quantities.indicator IS NOT NULL
    GROUP BY quantities.report_id, quantities.indicator, quantities.scope, quantities.year
    HAVING count(DISTINCT quantities.value || quantities.unit) = 1
),

revised AS (
    SELECT DISTINCT new_fact_id AS fact_id
    FROM marts.revisions
    WHERE is_current AND change IN ('changed', 'added')
),

chosen AS NOT MATERIALIZED (
    SELECT *
    FROM core.chosen_facts
    WHERE NOT starts_with(issuer_id, 'unresolved:')
),

series AS NOT MATERIALIZED (
    SELECT
        now.*,
        before.fact_id AS previous_fact_id,
        before.value AS previous_value,
        before.low AS previous_low,
        before.high AS previous_high,
        before.bound AS previous_bound,
        before.unit AS previous_unit,
        before.part_year AS previous_part_year,
        contains(before.flags, 'contradicted') AS previous_contradicted
    FROM chosen AS now
    LEFT JOIN chosen AS before
        ON
            now.issuer_id = before.issuer_id
            AND now.indicator = before.indicator
            AND now.scope = before.scope
            AND now.report_year = before.report_year + 1
),

parts AS NOT MATERIALIZED (
    -- figures of a scope are few beside those of the whole
    SELECT *
    FROM chosen
    WHERE scope <> ''
),

years_with_parts AS NOT MATERIALIZED (
    SELECT DISTINCT
        issuer_id,
        indicator,
        report_year
    FROM parts
),

parts_after_a_whole AS NOT MATERIALIZED (
    SELECT
        parts.fact_id,
        parts.indicator
    FROM parts
    INNER JOIN chosen AS whole
        ON
            parts.issuer_id = whole.issuer_id
            AND parts.indicator = whole.indicator
            AND parts.report_year = whole.report_year + 1
    WHERE whole.scope = ''
),

compared AS (
    SELECT
        series.*,
        coalesce(indicators.name_zh, series.indicator) AS indicator_name,
        coalesce(indicators.kind, CASE WHEN series.unit = '%' THEN 'rate' ELSE 'flow' END) AS kind,
        breaks.reason AS series_break,
        series.scope <> '' AND NOT coalesce(list_contains(indicators.scopes, series.scope), FALSE) AS foreign_scope,
        reported_years.issuer_id IS NOT NULL AS reported_before,
        years_with_parts.issuer_id IS NOT NULL OR parts_after_a_whole.fact_id IS NOT NULL AS in_other_scope,
        -- the two years can be subtracted at all: same unit, both whole
        coalesce(series.unit = series.previous_unit AND NOT series.part_year AND NOT series.previous_part_year, FALSE)
            AS computable,
        coalesce(restated.low > series.previous_high OR restated.high < series.previous_low, FALSE) AS base_restated
    FROM series
    LEFT JOIN core.indicators AS indicators ON series.indicator = indicators.indicator
    LEFT JOIN breaks
        ON series.indicator = breaks.indicator AND series.report_year = breaks.break_year
    LEFT JOIN reported_years
        ON series.issuer_id = reported_years.issuer_id AND series.report_year = reported_years.report_year + 1
    LEFT JOIN years_with_parts
        ON
            series.issuer_id = years_with_parts.issuer_id
            AND series.indicator = years_with_parts.indicator
            AND series.report_year = years_with_parts.report_year + 1
    LEFT JOIN parts_after_a_whole
        ON series.fact_id = parts_after_a_whole.fact_id AND series.indicator = parts_after_a_whole.indicator
    LEFT JOIN restated
        ON
            series.report_id = restated.report_id
            AND series.indicator = restated.indicator
            AND series.scope = restated.scope
            AND series.report_year = restated.year + 1
            AND series.previous_unit = restated.unit
),

subtracted AS (
    SELECT
        *,
        CASE WHEN computable THEN round(value - previous_value, 6) END AS change,
        CASE WHEN computable THEN round(low - previous_high, 6) END AS change_low,
        CASE WHEN computable THEN round(high - previous_low, 6) END AS change_high,
        concat_ws(
            ',',
            CASE
                WHEN previous_fact_id IS NULL AND NOT reported_before THEN 'missing_year'
                WHEN previous_fact_id IS NULL AND in_other_scope THEN 'scope'
                WHEN previous_fact_id IS NULL THEN 'missing_figure'
                WHEN foreign_scope THEN 'scope'
            END,
            CASE WHEN previous_unit <> unit THEN 'unit' END,
            CASE WHEN part_year OR previous_part_year THEN 'part_year' END,
            CASE WHEN contains(flags, 'contradicted') OR previous_contradicted THEN 'contradicted' END,
            CASE WHEN base_restated THEN 'revision' END,
            CASE WHEN previous_fact_id IS NOT NULL AND series_break IS NOT NULL THEN 'series_break' END
        ) AS reason
    FROM compared
),

measured AS (
    SELECT
        *,
        CASE
            WHEN kind <> 'rate' AND previous_value > 0 THEN round(100 * change / previous_value, 6)
        END AS pct,
        CASE
            WHEN kind <> 'rate' AND change IS NOT NULL AND previous_value > 0 AND low >= 0 AND previous_high > 0
                THEN round(100 * (low / previous_high - 1), 6)
        END AS pct_low,
        CASE
            WHEN kind <> 'rate' AND change IS NOT NULL AND previous_value > 0 AND high >= 0 AND previous_low > 0
                THEN round(100 * (high / previous_low - 1), 6)
        END AS pct_high
    FROM subtracted
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
    measured.previous_fact_id,
    measured.previous_value,
    measured.previous_low,
    measured.previous_high,
    measured.previous_bound,
    measured.change,
    measured.change_low,
    measured.change_high,
    CASE WHEN measured.kind = 'rate' THEN '百分点' ELSE measured.unit END AS change_unit,
    -- of 12 → 10余 the numbers differ by −16.7 %, their words allow −8.3 % to +58.3 %: then there is no one per cent to show
    CASE
        WHEN
            coalesce(measured.pct >= measured.pct_low - 1e-6, TRUE) AND coalesce(measured.pct <= measured.pct_high + 1e-6, TRUE)
            THEN measured.pct
    END AS change_pct,
    measured.pct_low AS change_pct_low,
    measured.pct_high AS change_pct_high,
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
                WHEN contains(measured.reason, 'scope') AND measured.previous_fact_id IS NULL THEN '上年只有其他范围的数'
                WHEN contains(measured.reason, 'scope') THEN '范围「' || measured.scope || '」不在目录表内，不作比较'
            END,
            CASE
                WHEN contains(measured.reason, 'unit')
                    THEN '两年单位不同（上年' || measured.previous_unit || '，本年' || measured.unit || '）'
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
        CASE WHEN revised.fact_id IS NOT NULL THEN 'revised' END,
        CASE WHEN measured.part_year THEN 'part_year' END
    ) AS flags
FROM measured
INNER JOIN core.reports AS reports ON measured.report_id = reports.report_id
LEFT JOIN revised ON measured.fact_id = revised.fact_id
