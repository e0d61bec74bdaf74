-- One row per resolved issuer and way of calling it; one name may point to several issuers and never merges them.
WITH steps AS (
    SELECT
        issuer_id,
        issuer_name,
        string_split(issuer_id, '/') AS path
    FROM core.issuers
),

tails AS (
    SELECT
        issuer_id,
        array_to_string(path[start:], '') AS name
    FROM steps, unnest(range(1, len(path) + 1)) AS starts (start)
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
