"""The samples as they are read and loaded: every mart row has its words, and the documented SQL runs."""

import re
from pathlib import Path

import pytest

from warehouse import publish, query, schema

DOCUMENTED = re.findall(
    r"^```sql\n(.*?)^```", (Path(__file__).parent.parent.parent / "docs" / "sql.md").read_text("utf-8"), re.M | re.S
)
STATEMENTS = [words.strip() for block in DOCUMENTED for words in block.split(";\n") if words.strip()]


@pytest.mark.parametrize("mart", [
    t.full_name for t in schema.tables().values() if t.layer == "marts" and "fact_id" in {c.name for c in t.columns}
])  # fmt: skip
def test_every_mart_row_has_evidence_whose_span_cuts_the_printed_words(samples, mart):
    """White space aside: a number may be broken over two lines in the source."""
    rows = samples.execute(f"""
        SELECT mart.fact_id, evidence.printed, evidence.sentence, evidence.sha256,
            substr(reports.text, evidence.span_start + 1, evidence.span_end - evidence.span_start) AS cut
        FROM {mart} AS mart
        LEFT JOIN marts.evidence AS evidence ON mart.fact_id = evidence.fact_id
        LEFT JOIN core.reports AS reports ON evidence.report_id = reports.report_id
        WHERE mart.fact_id IS NOT NULL
    """).fetchall()
    assert rows or mart in ("marts.stated_changes",)
    for fact, printed, sentence, sha256, cut in rows:
        assert printed, fact
        assert sha256, fact
        assert plain(cut) == plain(printed), fact
        assert plain(printed) in plain(sentence), fact


def plain(words):
    return "".join(words.split())


def test_every_row_of_core_belongs_to_a_report(samples):
    for table in ("sections", "quantities", "facts", "checks"):
        found = samples.execute(
            f"SELECT count(*) FROM core.{table} ANTI JOIN core.reports USING (report_id)"
        ).fetchall()
        assert found == [(0,)], table
    for table, key in (("facts", "fact_id"), ("quantities", "quantity_id")):
        found = samples.execute(
            f"SELECT count(*) FROM core.fact_evidence ANTI JOIN core.{table} USING ({key})"
        ).fetchall()
        assert found == [(0,)], table


def test_marts_have_one_row_per_grain(samples):
    for mart in ("indicator_year", "indicator_yoy"):
        found = samples.execute(f"""
            SELECT count(*) FROM (
                SELECT 1 FROM marts.{mart} GROUP BY issuer_id, report_year, indicator, scope HAVING count(*) > 1)
        """).fetchall()
        assert found == [(0,)], mart


def test_the_copy_the_revision_and_the_part_year(samples):
    """samples/README.md: 望篱镇 2023 twice, 鹭栖镇 2024 published again with 81 for 79, 石楹乡 2024 until November."""
    assert samples.execute("""
        SELECT regexp_extract(copies.first_path, '[^.]*$'), regexp_extract(kept.first_path, '[^.]*$')
        FROM raw.files AS copies INNER JOIN raw.files AS kept USING (report_id)
        WHERE copies.status = 'duplicate' AND kept.status = 'loaded'
    """).fetchall() == [("pdf", "docx")]
    assert samples.execute("SELECT indicator, old_value, new_value FROM marts.revisions").fetchall() == [
        ("disputes_mediated", 79, 81)
    ]
    assert samples.execute(
        "SELECT value, flags FROM marts.indicator_year WHERE indicator = 'disputes_mediated' AND township = '鹭栖镇'"
        " AND report_year = 2024"
    ).fetchall() == [(81, "revised")]
    assert samples.execute(
        "SELECT DISTINCT township, report_year FROM marts.indicator_year WHERE part_year"
    ).fetchall() == [("石楹乡", 2024)]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_documented_sql_runs(samples, statement):
    assert samples.execute(statement).fetchall() or "corrections_applied" in statement or "search_text" in statement


def test_the_published_samples_answer_alike(samples, samples_home):
    publish.publish(samples, samples_home)
    with query.published(samples_home) as con:
        for name in query.analyses():
            here, there = query.analyse(samples, name), query.analyse(con, name)
            assert here.sort(here.columns).equals(there.sort(there.columns)), name
