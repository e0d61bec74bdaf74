-- One row per achieved quantity that no indicator claims.
SELECT
    quantities.quantity_id,
    quantities.report_id,
    reports.issuer_id,
    reports.report_year,
    quantities.printed,
    quantities.value,
    quantities.unit,
    quantities.scope,
    quantities.span_start,
    quantities.span_end,
    quantities.sentence
FROM core.quantities AS quantities
INNER JOIN core.reports AS reports ON quantities.report_id = reports.report_id
WHERE quantities.role = 'achieved' AND quantities.indicator IS NULL
