-- One row per rule and run, in time order: did it pass, and what share of the rows.
SELECT
    runs.run_id,
    runs.started_at,
    runs.stage,
    results.suite,
    results.rule,
    results.severity,
    results.sentence,
    results.passed,
    results.checked,
    results.failed,
    1 - results.failed / nullif(results.checked, 0) AS pass_rate
FROM quality.results AS results
INNER JOIN quality.runs AS runs ON results.run_id = runs.run_id
ORDER BY runs.started_at, results.suite, results.rule
