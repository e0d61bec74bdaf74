"""What the pages ask of the warehouse: one function per question, each returning plain rows.

Reads core, marts, quality, ops and raw as the migrations make them; makes two temporary tables (the failing rows as
they stand, and the reports whose pages are asked for) and changes nothing.
"""

from __future__ import annotations

from collections import defaultdict, namedtuple
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl

Row = dict[str, Any]

# Of every report, the failures of the load that brought it (or holds it back); of the warehouse, the latest audit; and
# of the latest load whatever belongs to no report, so that a refused batch explains itself.
STANDING = """
CREATE OR REPLACE TEMP TABLE standing AS
WITH latest_load AS (
    SELECT arg_max(load_id, started_at) AS load_id FROM quality.runs WHERE stage = 'batch'
), latest_audit AS (
    SELECT arg_max(run_id, started_at) AS run_id FROM quality.runs WHERE stage = 'warehouse'
), places AS (
    SELECT report_id, load_id FROM core.reports
    UNION
    SELECT report_id, load_id FROM quality.quarantine WHERE status = 'held'
), found AS (
    SELECT f.*
    FROM quality.failures AS f
    JOIN quality.runs AS r USING (run_id)
    WHERE r.stage = 'batch'
        AND (
            r.load_id = (SELECT load_id FROM latest_load)
            OR (f.report_id, r.load_id) IN (SELECT (report_id, load_id) FROM places)
        )
    UNION ALL
    SELECT f.* FROM quality.failures AS f WHERE f.run_id = (SELECT run_id FROM latest_audit)
)
SELECT DISTINCT suite, rule, severity, table_name, row_id, report_id, detail FROM found
"""


def rows(con: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[Row]:
    """The answer of a query as a list of mappings."""
    answer = con.execute(sql, list(values))
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``standing``: the failing rows as they stand now."""
    con.execute(STANDING)


def finish(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what ``prepare`` and ``page_parts`` made."""
    con.execute("DROP TABLE IF EXISTS temp.standing")
    con.execute("DROP TABLE IF EXISTS temp.shown")


def totals(con: duckdb.DuckDBPyConnection) -> Row:
    """How many of everything there are."""
    return rows(
        con,
        """
        SELECT
            (SELECT count(*) FROM core.reports) AS reports,
            (SELECT count(DISTINCT issuer_id) FROM core.reports WHERE resolution = 'resolved') AS issuers,
            (SELECT min(report_year) FROM core.reports) AS first_year,
            (SELECT max(report_year) FROM core.reports) AS last_year,
            (SELECT count(*) FROM core.quantities WHERE role = 'achieved') AS achieved,
            (SELECT count(*) FROM core.quantities WHERE role = 'achieved' AND indicator IS NULL) AS unmatched,
            (SELECT count(*) FROM core.facts) AS facts,
            (SELECT count(*) FROM core.reports WHERE resolution <> 'resolved') AS unresolved,
            (SELECT count(*) FROM raw.files) AS files,
            (SELECT count(*) FROM raw.files WHERE status = 'rejected') AS rejected,
            (SELECT count(*) FROM raw.files WHERE status = 'duplicate') AS copies,
            (SELECT count(*) FROM quality.quarantine WHERE status = 'held') AS held,
            (SELECT count(*) FROM core.checks WHERE verdict = 'fails') AS sums_wrong
        """,
    )[0]


def loads(con: duckdb.DuckDBPyConnection, most: int) -> list[Row]:
    """The latest loads, newest first."""
    return rows(con, "SELECT * FROM ops.loads ORDER BY started_at DESC, load_id LIMIT ?", most)


def refusals(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Of the latest batch check and the latest audit, those that refused: what is in the way now."""
    return rows(
        con,
        """
        WITH latest AS (
            SELECT stage, arg_max(coalesce(load_id, run_id), started_at) AS check_id FROM quality.runs GROUP BY stage
        )
        SELECT runs.stage, runs.started_at, runs.reason
        FROM quality.runs AS runs JOIN latest USING (stage)
        WHERE coalesce(runs.load_id, runs.run_id) = latest.check_id AND runs.refused
        ORDER BY runs.started_at
        """,
    )


def results(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Every rule's result per check, oldest first: the chunks of one load count as one check."""
    return rows(
        con,
        """
        SELECT
            r.rule, any_value(r.suite) AS suite, any_value(r.severity) AS severity, any_value(r.sentence) AS sentence,
            min(runs.started_at) AS started_at, runs.stage, coalesce(runs.load_id, runs.run_id) AS check_id,
            bool_and(r.passed) AS passed, sum(r.checked) AS checked, sum(r.failed) AS failed,
            any_value(r.error) AS error
        FROM quality.results AS r
        JOIN quality.runs AS runs USING (run_id)
        GROUP BY r.rule, runs.stage, coalesce(runs.load_id, runs.run_id)
        ORDER BY started_at, r.rule
        """,
    )


def standing_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows fail each rule now."""
    return dict(con.execute("SELECT rule, count(*) FROM standing GROUP BY rule").fetchall())


def failing_rows(con: duckdb.DuckDBPyConnection, rule: str, most: int) -> list[Row]:
    """The rows that fail a rule now, each with its report and its sentence in the source (of a held row: as held)."""
    return rows(
        con,
        """
        WITH failing AS (
            SELECT * FROM standing WHERE rule = ? ORDER BY report_id, row_id LIMIT ?
        ), held AS (
            SELECT DISTINCT ON (table_name, row_id)
                table_name, row_id, quarantine_id, content ->> '$.sentence' AS sentence,
                content ->> '$.printed' AS printed, content ->> '$.title' AS title
            FROM quality.quarantine WHERE status = 'held' AND row_id IN (SELECT row_id FROM failing)
            ORDER BY table_name, row_id
        ), figures AS (
            SELECT row_id, min_by(quantity_id, len(quantity_id)) AS quantity_id FROM (
                SELECT row_id, row_id AS quantity_id FROM failing
                UNION ALL
                SELECT f.row_id, e.quantity_id FROM failing AS f JOIN core.fact_evidence AS e ON f.row_id = e.fact_id
                UNION ALL
                SELECT f.row_id, split_part(c.figures, ',', 1)
                FROM failing AS f JOIN core.checks AS c ON f.row_id = c.check_id
                UNION ALL
                SELECT row_id, content ->> '$.evidence[0]' FROM quality.quarantine
                WHERE status = 'held' AND table_name = 'facts' AND row_id IN (SELECT row_id FROM failing)
            ) WHERE quantity_id IN (SELECT quantity_id FROM core.quantities)
            GROUP BY row_id
        )
        SELECT
            f.table_name, f.row_id, f.report_id, f.detail, h.quarantine_id,
            coalesce(q.sentence, h.sentence) AS sentence, coalesce(q.printed, h.printed) AS printed, q.quantity_id,
            q.span_start - q.sentence_start AS at,
            coalesce(q.report_id, r.report_id) AS page_id,
            coalesce(r.issuer_name, '（机关不明）') AS issuer_name, r.report_year, coalesce(r.title, h.title) AS title,
            s.title AS section_title
        FROM failing AS f
        LEFT JOIN figures AS g USING (row_id)
        LEFT JOIN core.quantities AS q ON g.quantity_id = q.quantity_id
        LEFT JOIN core.reports AS r ON f.report_id = r.report_id
        LEFT JOIN core.sections AS s ON f.row_id = s.section_id
        LEFT JOIN held AS h ON f.row_id = h.row_id AND f.table_name = h.table_name
        ORDER BY f.report_id, f.row_id
        """,
        rule,
        most,
    )


def years(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Per report year: reports, and facts."""
    return rows(
        con,
        """
        SELECT report_year, count(*) AS reports, count(*) FILTER (resolution <> 'resolved') AS unresolved
        FROM core.reports GROUP BY ALL ORDER BY ALL
        """,
    )


def coverage(con: duckdb.DuckDBPyConnection, most: int) -> list[Row]:
    """Divisions and years with how many should have reported and who is missing; the least complete first."""
    return rows(
        con,
        """
        SELECT division_id, reporting_level, report_year, expected, reported, part_year_only, late, missing, share,
            missing_names[:12] AS names
        FROM marts.coverage WHERE expected > 0
        ORDER BY report_year DESC, missing DESC, division_id LIMIT ?
        """,
        most,
    )


def coverage_by_year(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Per year: how many reported of those that should have, over all divisions that the warehouse knows reports of."""
    return rows(
        con,
        """
        SELECT report_year, sum(reported)::BIGINT AS reported, sum(missing)::BIGINT AS missing
        FROM marts.coverage GROUP BY ALL ORDER BY ALL
        """,
    )


def rejected(con: duckdb.DuckDBPyConnection, most: int) -> list[Row]:
    """The files that did not become reports, with the reason and one place where they lie."""
    return rows(
        con,
        """
        SELECT reason_code, reason, first_path, size, first_seen, media_type
        FROM raw.files WHERE status = 'rejected' ORDER BY reason_code, first_path LIMIT ?
        """,
        most,
    )


def unmatched(con: duckdb.DuckDBPyConnection, most: int) -> list[Row]:
    """Figures that no indicator claims, by phrase (the clause with N for the number), the commonest first."""
    return rows(
        con,
        r"""
        WITH placed AS (
            SELECT u.quantity_id, u.report_id, u.printed, q.unit_printed, u.sentence,
                CASE WHEN substr(u.sentence, u.span_start - q.sentence_start + 1, len(u.printed)) = u.printed
                    THEN u.span_start - q.sentence_start
                    ELSE greatest(strpos(u.sentence, u.printed) - 1, 0)
                END AS skipped
            FROM core.unmatched_quantities AS u JOIN core.quantities AS q USING (quantity_id)
        ), phrased AS (
            SELECT *,
                right(regexp_extract(substr(sentence, 1, skipped), '[^，。；：、！？（）“”\n,;:]*$'), 14)
                || CASE WHEN regexp_matches(printed, '^[未无零没]') THEN printed ELSE 'N' || unit_printed END
                || left(
                    regexp_extract(substr(sentence, skipped + len(printed) + 1), '^[^，。；：、！？（）“”\n,;:]*'), 10
                ) AS phrase
            FROM placed
        )
        SELECT phrase, count(*) AS n, count(DISTINCT report_id) AS reports,
            any_value(struct_pack(quantity_id, report_id, printed, sentence, at := skipped)) AS example
        FROM phrased GROUP BY phrase ORDER BY n DESC, phrase LIMIT ?
        """,
        most,
    )


def unresolved(con: duckdb.DuckDBPyConnection, most: int) -> list[Row]:
    """The reports whose issuer is not certain, with the evidence and the candidates."""
    return rows(con, "SELECT * FROM marts.unresolved_issuers ORDER BY report_year DESC, path LIMIT ?", most)


def quarantine(con: duckdb.DuckDBPyConnection, most: int) -> list[Row]:
    """The held rows and, after them, those that a person has decided on."""
    return rows(
        con,
        """
        SELECT q.*, l.started_at, r.report_id AS page_id,
            coalesce(q.content ->> '$.sentence', figure.sentence, q.content ->> '$.statement', q.content ->> '$.title')
                AS sentence,
            coalesce(q.content ->> '$.printed', figure.printed) AS printed
        FROM quality.quarantine AS q
        LEFT JOIN ops.loads AS l USING (load_id)
        LEFT JOIN core.quantities AS figure ON figure.quantity_id = q.content ->> '$.evidence[0]'
        LEFT JOIN core.reports AS r ON q.report_id = r.report_id
        ORDER BY q.status <> 'held', l.started_at DESC, q.report_id,
            list_position(['reports', 'sections', 'quantities', 'facts', 'checks'], q.table_name) NULLS LAST, q.row_id
        LIMIT ?
        """,
        most,
    )


def reports(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Every report in the order of its list: newest year first, then by issuer; with what its page depends on. As a
    frame, for 100,000 rows of Python objects are 200 MB."""
    return con.sql(
        """
        WITH counted AS (
            SELECT report_id, count(*) AS facts FROM core.facts GROUP BY ALL
        ), failing AS (
            SELECT report_id, count(*) FILTER (severity = 'warning') AS warnings,
                count(*) FILTER (severity = 'critical') AS criticals, bit_xor(hash(rule, row_id, detail)) AS state
            FROM standing GROUP BY ALL
        ), corrected AS (
            SELECT report_id, bit_xor(hash(c)) AS state FROM core.corrections_applied AS c GROUP BY ALL
        )
        SELECT
            r.report_id, r.issuer_name, r.issuer_id, r.report_year, r.title, r.resolution, r.part_year, v.is_current,
            coalesce(c.facts, 0) AS facts, coalesce(f.warnings, 0) AS warnings, coalesce(f.criticals, 0) AS criticals,
            hash(r.load_id, r.char_count, c.facts, v.is_current, f.state, k.state)::VARCHAR AS state, r.rowid AS place
        FROM core.reports AS r
        LEFT JOIN core.report_versions AS v USING (report_id)
        LEFT JOIN counted AS c USING (report_id)
        LEFT JOIN failing AS f USING (report_id)
        LEFT JOIN corrected AS k USING (report_id)
        ORDER BY r.report_year DESC, r.issuer_id, v.is_current DESC, r.report_id
        """,
    ).pl()


# Only what the pages show, first of which report: as rows of Python objects every column of every figure costs.
PAGE_PARTS = {
    "report": """
        SELECT r.report_id, r.title, r.text, r.issuer_id, r.issuer_name, r.issuer_level, r.resolution, r.report_year,
            r.part_year, r.period_start, r.period_end, r.notes, v.is_current
        FROM core.reports AS r
        LEFT JOIN core.report_versions AS v USING (report_id)
        WHERE r.report_id IN (FROM shown) AND r.rowid BETWEEN {first} AND {last}
    """,
    "sections": """
        SELECT report_id, section_id, span_start, level, title, marker, repaired, canonical
        FROM core.sections WHERE report_id IN (FROM shown) ORDER BY span_start, level
    """,
    "quantities": """
        SELECT q.report_id, q.quantity_id, q.span_start, q.span_end, q.printed, q.value, q.low, q.high, q.bound, q.unit,
            q.role, q.year, q.indicator, i.name_zh AS indicator_name, q.scope, q.rule, q.sentence_start,
            -- shown only where no indicator claims the figure
            CASE WHEN q.role = 'achieved' AND q.indicator IS NULL THEN q.sentence END AS sentence
        FROM core.quantities AS q LEFT JOIN core.indicators AS i USING (indicator)
        WHERE q.report_id IN (FROM shown) ORDER BY q.span_start, q.quantity_id
    """,
    "facts": """
        SELECT f.report_id, f.quantity_id, f.indicator, i.name_zh AS indicator_name, f.scope, f.value, f.unit, f.bound,
            f.flags, f.correction_id, q.printed
        FROM core.corrected_facts AS f
        LEFT JOIN core.indicators AS i USING (indicator)
        LEFT JOIN core.quantities AS q ON f.quantity_id = q.quantity_id
        WHERE f.report_id IN (FROM shown) ORDER BY q.span_start, f.fact_id
    """,
    "checks": """
        SELECT report_id, holds, statement, kind, verdict FROM core.checks WHERE report_id IN (FROM shown)
        ORDER BY holds, check_id
    """,
    "failures": """
        SELECT report_id, rule, severity, detail FROM standing WHERE report_id IN (FROM shown)
        ORDER BY severity, rule, row_id
    """,
    "files": """
        SELECT f.report_id, l.path, f.media_type, f.size
        FROM raw.files AS f JOIN raw.file_locations AS l USING (sha256)
        WHERE f.report_id IN (FROM shown) ORDER BY f.status = 'duplicate', l.path
    """,
}


def page_parts(con: duckdb.DuckDBPyConnection, ids: list[str]) -> dict[str, pl.DataFrame]:
    """All that the pages of the reports ``ids`` show: part → rows. As frames, for a list of rows costs five times as
    much to make and to hand to another process, where ``by_report`` makes it. Cheap where the reports lie together: of
    the texts only those between the first and the last of them are unpacked."""
    con.execute("CREATE OR REPLACE TEMP TABLE shown AS SELECT unnest(?) AS report_id", [ids])
    span = "SELECT coalesce(min(rowid), 0), coalesce(max(rowid), 0) FROM core.reports WHERE report_id IN (FROM shown)"
    [(first, last)] = con.execute(span).fetchall()
    return {part: con.sql(sql.format(first=first, last=last)).pl() for part, sql in PAGE_PARTS.items()}


def by_report(ids: list[str], frames: dict[str, pl.DataFrame]) -> Iterator[dict[str, list[Any]]]:
    """What ``page_parts`` fetched, report by report: part → rows, their columns as attributes. Mappings would take four
    times as long to make."""
    found: dict[str, dict[str, list[Any]]] = {part: defaultdict(list) for part in frames}
    for part, frame in frames.items():
        make = namedtuple(part, frame.columns)._make  # type: ignore[misc]
        for row in map(make, zip(*frame.to_dict(as_series=False).values(), strict=True)):
            found[part][row[0]].append(row)
    for report_id in ids:
        yield {part: rows.pop(report_id, []) for part, rows in found.items()}
