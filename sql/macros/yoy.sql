-- One row per issuer × report year × scope of one indicator, beside the year before.
SELECT yoy.*
FROM marts.indicator_yoy AS yoy
WHERE
    yoy.indicator IN (SELECT names.indicator FROM core.indicator_names AS names WHERE names.name = words)
    AND (
        -- an unknown name is an error, not an empty answer
        SELECT CASE WHEN count(*) > 0 THEN TRUE ELSE error('没有名为「' || words || '」的指标；可用的见 FROM core.indicator_names') END
        FROM core.indicator_names AS names WHERE names.name = words
    )
ORDER BY yoy.indicator, yoy.scope, yoy.issuer_id, yoy.report_year
