-- 问题：哪些报告自称的增减（同比下降12%）与两年的数对不上？
-- One row per claimed change that differs from what the two reports' own figures give.
SELECT
    changes.issuer_name,
    changes.report_year,
    changes.indicator,
    changes.scope,
    changes.claimed,
    changes.claimed_unit,
    round(changes.computed, 2) AS computed,
    round(changes.computed_low, 2) AS computed_low,
    round(changes.computed_high, 2) AS computed_high,
    years.previous_value,
    years.value,
    changes.reason_zh,
    changes.sentence,
    changes.fact_id
FROM marts.stated_changes AS changes
INNER JOIN marts.indicator_yoy AS years ON changes.fact_id = years.fact_id
WHERE changes.verdict = 'differs'
ORDER BY changes.report_year DESC, changes.issuer_id ASC, changes.indicator ASC, changes.quantity_id ASC
