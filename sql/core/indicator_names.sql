-- One row per indicator and way of calling it: its code, Chinese name, short name and aliases.
SELECT DISTINCT
    names.name,
    names.indicator
FROM (
    SELECT
        indicator,
        unnest(list_concat([indicator, name_zh, short_name], aliases)) AS name
    FROM core.indicators
) AS names
WHERE names.name <> ''
