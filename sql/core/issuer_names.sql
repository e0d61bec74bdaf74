-- One row per resolved issuer and way of calling it; one name may point to several issuers and never merges them.
WITH steps AS (
    SELECT
        issuer_id,
        issuer_name,
        parent_id,
        string_split(issuer_id, '/') AS path
    FROM core.issuers
),

tails AS (
    SELECT
        issuer_id,
        array_to_string(path[start:], '') AS name
    FROM steps, unnest(range(1, len(path) + 1)) AS starts (start)
),

others AS (
    SELECT
        division_id,
        unnest(other_names) AS name
    FROM core.divisions
),

called AS (
    SELECT
        steps.issuer_id,
        steps.parent_id,
        others.name
    FROM steps
    INNER JOIN others ON steps.issuer_id = others.division_id
)

SELECT
    name,
    issuer_id
FROM tails
UNION
SELECT
    issuer_id AS name,
    issuer_id
FROM steps
UNION
SELECT
    issuer_name AS name,
    issuer_id
FROM steps
WHERE issuer_name IS NOT NULL
UNION
SELECT
    name,
    issuer_id
FROM called
UNION
-- 乌苏市西城街道 for 乌苏市西城区街道
SELECT
    regexp_extract(parent_id, '[^/]*$') || name AS name,
    issuer_id
FROM called
WHERE parent_id IS NOT NULL
UNION
-- 屏边县玉屏镇, 屏边县司法局
SELECT
    above.name || issuers.path[-1] AS name,
    issuers.issuer_id
FROM steps AS issuers
INNER JOIN others AS above ON issuers.parent_id = above.division_id
