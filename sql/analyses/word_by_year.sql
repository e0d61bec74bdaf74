-- 问题：某个词（如 枫桥经验）各年有多少报告在用，平均用几次？
-- 参数 word = 枫桥经验：要找的词
-- One row per report year: the current reports, those whose text holds the word, and how often on average.
SELECT
    reports.report_year,
    count(*) AS reports,
    count(*) FILTER (WHERE contains(reports.text, $word)) AS using_it,
    round(100.0 * count(*) FILTER (WHERE contains(reports.text, $word)) / count(*), 1) AS share_pct,
    sum((len(reports.text) - len(replace(reports.text, $word, ''))) // len($word))::BIGINT AS times
FROM core.reports AS reports
INNER JOIN core.report_versions AS versions ON reports.report_id = versions.report_id
WHERE versions.is_current
GROUP BY reports.report_year
ORDER BY reports.report_year
