"""The gate: a batch of frames is checked before it is loaded, and what fails is held back with all its reasons.

Knows what a failure means for a batch: which rows are held, and when the whole is refused. Leaves out the rules
(reports.py, quantities.py …), how they are run (validation.py) and what becomes of held rows (quarantine.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from annual_reports import catalogue
from expectations import batch, checks, facts, quantities, reports, sections, validation
from expectations.clock import beijing
from expectations.labels import say
from expectations.limits import Limits, Vocabulary
from expectations.rules import Rule, Suite
from expectations.verdict import RowFailure, RuleResult, Verdict

HISTORY = {
    "issuer_id": pl.String,
    "report_year": pl.Int32,
    "indicator": pl.String,
    "scope": pl.String,
    "unit": pl.String,
    "value": pl.Float64,
}


def suites(limits: Limits | None = None) -> list[Suite]:
    """The suites that a batch passes, in the order they are run and shown."""
    limits = limits or Limits()
    return [
        batch.shape(),
        batch.shares(limits),
        reports.suite(limits),
        sections.suite(),
        quantities.suite(limits),
        facts.suite(limits),
        facts.evidence(),
        checks.suite(),
    ]


def check_batch(
    frames: Mapping[str, pl.DataFrame],
    *,
    history: pl.DataFrame | None = None,
    state: Path | None = None,
    limits: Limits | None = None,
    vocabulary: Vocabulary | None = None,
    name: str | None = None,
) -> Verdict:
    """The verdict on a batch: every rule's result, every failing row, and whether the batch is refused.

    ``frames`` are reports, sections, quantities, facts, fact_evidence and checks (design §5). ``history`` holds what is
    loaded already of the same issuers (issuer_id, report_year, indicator, scope, unit, value), for figures that lie a
    thousandfold from other years. ``state`` is the folder for Great Expectations' results (None: none are
    kept). ``vocabulary`` defaults to the shipped catalogue's. Raises nothing for bad data; a rule that cannot be run
    refuses the batch. A batch without any row passes unseen.
    """
    started, limits = _now(), limits or Limits()
    if all(frame.is_empty() for frame in frames.values()):
        return Verdict((), (), None, started, started)
    con = duckdb.connect(config={"autoinstall_known_extensions": False})
    try:
        _stage(con, frames, history, vocabulary or Vocabulary.of(catalogue.load()))
        whole = all(
            set(columns) <= set(frames[t].columns) if t in frames else False for t, columns in batch.COLUMNS.items()
        )
        chosen = suites(limits) if whole else [batch.shape()]  # without its columns no other rule can be run
        results, failures = validation.run(
            con, chosen, name=name or f"{beijing(started):%Y%m%dT%H%M%S}-batch", state=state
        )
    finally:
        con.close()
    refused = _refusal(results, failures, chosen, frames, limits)
    return Verdict(tuple(results), tuple(failures), refused, started, _now())


def _stage(
    con: duckdb.DuckDBPyConnection,
    frames: Mapping[str, pl.DataFrame],
    history: pl.DataFrame | None,
    vocabulary: Vocabulary,
) -> None:
    """The frames with a row number, and the words that rules compare with, under the names that the suites use.

    Texts are not copied: DuckDB reads the frames' own memory.
    """
    con.execute("SET enable_progress_bar = false")
    wanted = [(t, column, family) for t, columns in batch.COLUMNS.items() for column, family in columns.items()]
    indicators = [
        (code, e.get("unit"), e.get("name_zh", code), e.get("kind")) for code, e in vocabulary.indicators.items()
    ]
    numbered = {
        name: frame.rechunk().with_row_index("_row").cast({"_row": pl.Int64})
        for name, frame in {**frames, "quantities": _with_cuts(frames)}.items()
    }
    words = {
        "wanted": _words(["table_name", "column_name", "family"], wanted),
        "units": _words(["unit"], [(unit,) for unit in vocabulary.units]),
        "indicators": _words(["code", "unit", "name_zh", "kind"], indicators),
        "history": pl.DataFrame(schema=HISTORY) if history is None else history.select(list(HISTORY)),
    }
    for name, frame in {**numbered, **words}.items():
        con.register(name, frame.to_arrow(compat_level=pl.CompatLevel.newest()))  # the newest holds text as Polars does


def _words(columns: list[str], rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _with_cuts(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The quantities with the words that their spans cut out of the text.

    In Python, because SQL counts characters from the beginning of the text for every row: minutes on a long text.
    """
    rows, reports = frames.get("quantities", pl.DataFrame()), frames.get("reports", pl.DataFrame())
    placed = {"report_id", "span_start", "span_end"} <= set(rows.columns)
    if not placed or not {"report_id", "text"} <= set(reports.columns):
        return rows  # the shape rules name what is missing
    texts = dict(reports.select("report_id", "text").iter_rows())
    cuts = [
        text[start:end]
        if (text := texts.get(report)) is not None and None not in (start, end) and 0 <= start < end
        else None
        for report, start, end in rows.select("report_id", "span_start", "span_end").iter_rows()
    ]
    return rows.with_columns(pl.Series("cut_words", cuts, dtype=pl.String))


def _refusal(
    results: Sequence[RuleResult],
    failures: Sequence[RowFailure],
    chosen: Sequence[Suite],
    frames: Mapping[str, pl.DataFrame],
    limits: Limits,
) -> str | None:
    """Why the batch may not be loaded, in Chinese; None when it may (its bad rows apart)."""
    reasons = [f"规则 {r.rule}（{r.sentence}）无法执行：{r.error}" for r in results if r.error]
    whole = {suite.name for suite in chosen if suite.whole}
    reasons += [f"{f.rule} {f.detail}" for f in failures if f.suite in whole and f.severity == "critical"]
    bad = {(f.table_name, f.row) for f in failures if f.suite not in whole and f.severity == "critical"}
    for table, count in sorted(Counter(table for table, _ in bad).items()):
        share = count / frames[table].height
        if count > limits.bad_rows and share > limits.bad_share:
            reasons.append(
                f"{say(table)}有 {count} 行不合格，占 {share:.0%}，超过 {limits.bad_share:.0%}："
                f"{_commonest(failures, results, table)}；多半是读取出了问题，请先用 fazhi extract 查看其中一份"
            )
    return "；".join(reasons) or None


def _commonest(failures: Sequence[RowFailure], results: Sequence[RuleResult], table: str) -> str:
    sentences = {result.rule: result.sentence for result in results}
    counts = Counter(f.rule for f in failures if f.table_name == table and f.severity == "critical")
    rule, count = counts.most_common(1)[0]
    return f"最多的是 {rule}「{sentences[rule]}」{count} 行"


def rules(limits: Limits | None = None) -> dict[str, Rule]:
    """Every rule of the gate by its id."""
    return {rule.id: rule for suite in suites(limits) for rule in suite.rules}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
