-- One row per indicator × year of one issuer, beside its peers: same level under the same parent; where it has
-- none there, same level in the same province.
WITH wanted AS (
    SELECT issuers.*
    FROM core.issuers AS issuers
    WHERE
        issuers.issuer_id IN (SELECT names.issuer_id FROM core.issuer_names AS names WHERE names.name = words)
        AND (
            -- an unknown name is an error, not an empty answer
            SELECT CASE WHEN count(*) > 0 THEN TRUE ELSE error('没有名为「' || words || '」的机关；可用的见 FROM core.issuer_names') END
            FROM core.issuer_names AS names WHERE names.name = words
        )
),

siblings AS (
    SELECT
        wanted.issuer_id,
        others.issuer_id AS peer_id,
        coalesce(others.parent_id = wanted.parent_id, FALSE) AS same_parent
    FROM wanted
    INNER JOIN core.issuers AS others
        ON
            wanted.issuer_level = others.issuer_level
            AND wanted.province = others.province
            AND wanted.issuer_id <> others.issuer_id
),

peer_group AS (
    SELECT
        issuer_id,
        peer_id,
        same_parent
    FROM siblings
    QUALIFY same_parent OR NOT bool_or(same_parent) OVER (PARTITION BY issuer_id)
),

figures AS (
    SELECT *
    FROM marts.indicator_year
    WHERE NOT part_year
),

mine AS (
    SELECT figures.*
    FROM figures
    INNER JOIN wanted ON figures.issuer_id = wanted.issuer_id
    WHERE coalesce(figures.report_year = in_year, TRUE)
),

compared AS (
    SELECT
        mine.fact_id,
        count(theirs.value) AS peers,
        any_value(CASE WHEN peer_group.same_parent THEN '同一上级' ELSE '同省同层级' END) AS peers_are,
        quantile_cont(theirs.value, 0.25) AS lower_quartile,
        median(theirs.value) AS median,
        quantile_cont(theirs.value, 0.75) AS upper_quartile,
        count(*) FILTER (WHERE theirs.value > mine.value) + 1 AS rank
    FROM mine
    INNER JOIN peer_group ON mine.issuer_id = peer_group.issuer_id
    INNER JOIN figures AS theirs
        ON
            peer_group.peer_id = theirs.issuer_id
            AND mine.report_year = theirs.report_year
            AND mine.indicator = theirs.indicator
            AND mine.scope = theirs.scope
            AND mine.unit = theirs.unit
    GROUP BY mine.fact_id
)

SELECT
    mine.issuer_id,
    mine.issuer_name,
    mine.report_year,
    mine.indicator,
    mine.indicator_name,
    mine.scope,
    mine.value,
    mine.bound,
    mine.unit,
    compared.peers,
    compared.peers_are,
    compared.lower_quartile,
    compared.median,
    compared.upper_quartile,
    compared.rank,
    mine.fact_id
FROM mine
LEFT JOIN compared ON mine.fact_id = compared.fact_id
ORDER BY mine.issuer_id, mine.report_year, mine.indicator, mine.scope
