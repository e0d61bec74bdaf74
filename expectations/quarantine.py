"""What is held back: a batch divided by its verdict into what may be loaded and what waits for a person, and the way
back for what waits.

A failing report is held with everything under it, and so is one whose section tree is broken; a failing quantity with
the facts and checks that rest on it; a failing fact alone. Every held row is kept whole, as JSON, with all its reasons.
A held fact holds its evidence within it: without the one the other says nothing, and a person decides of them at once.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from expectations.limits import Limits, Vocabulary
from expectations.verdict import RowFailure, Verdict

KEYS = {
    "reports": "report_id",
    "sections": "section_id",
    "quantities": "quantity_id",
    "facts": "fact_id",
    "fact_evidence": "fact_id",
    "checks": "check_id",
}
EVIDENCE = "evidence"  # in the content of a held fact: the ids of the quantities that it rests on
COLUMNS = ("quarantine_id", "table_name", "row_id", "report_id", "rules", "reasons", "content")
Frames = dict[str, pl.DataFrame]


@dataclass
class _Held:
    """Per table and row: the rules that hold it and why, in the order found, each once."""

    reasons: dict[str, dict[int, dict[str, str]]] = field(default_factory=lambda: {table: {} for table in KEYS})

    def add(self, table: str, rows: Iterable[int], rule: str, reason: str) -> None:
        for row in rows:
            self.reasons[table].setdefault(row, {}).setdefault(f"{rule} {reason}", rule)

    def rows(self, table: str) -> list[int]:
        return list(self.reasons[table])

    def move(self, table: str, row: int, to_table: str, to_row: int) -> None:
        """Let one row be part of another, with the reasons that it may have had itself."""
        for reason, rule in self.reasons[table].pop(row, {}).items():
            self.reasons[to_table][to_row].setdefault(reason, rule)


def split(frames: Mapping[str, pl.DataFrame], verdict: Verdict) -> tuple[Frames, pl.DataFrame]:
    """The frames without what the verdict's critical failures hold back, and the rows held back (columns COLUMNS).

    Rows that follow another into quarantine carry its rule and say whom they follow. Nothing is lost: every row of
    ``frames`` is in one of the two, the evidence of a held fact as a part of it.
    """
    if any(failure.suite == "shape" for failure in verdict.failures):
        return dict(frames), _rows({}, _Held(), {})  # without its columns it cannot be divided, and it is refused whole
    numbered = {table: frame.with_row_index("_row") for table, frame in frames.items()}
    sentences = {result.rule: result.sentence for result in verdict.results}
    held = _Held()
    own = [f for f in verdict.failures if f.severity == "critical" and f.table_name in KEYS]
    for failure in own:
        held.add(failure.table_name, [failure.row], failure.rule, f"{sentences[failure.rule]}：{failure.detail}")
    for failure in own:
        if failure.table_name in ("reports", "sections") and failure.report_id is not None:
            _follow_report(numbered, held, failure)
    for failure in own:
        if failure.table_name == "quantities" and failure.row_id is not None:
            _follow_quantity(numbered, held, failure)
    within = _evidence(numbered, held)
    gone = {table: held.rows(table) for table in numbered}
    gone["fact_evidence"] += [row for rows in within.values() for row in rows]
    clean = {table: frame.filter(~pl.col("_row").is_in(gone[table])).drop("_row") for table, frame in numbered.items()}
    return clean, _rows(frames, held, within)


def _matching(frame: pl.DataFrame, column: str, values: Iterable[str]) -> list[int]:
    return frame.filter(pl.col(column).is_in(list(values)))["_row"].to_list()


def _follow_report(frames: Frames, held: _Held, cause: RowFailure) -> None:
    reason = f"随报告 {cause.report_id} 一起隔离：{cause.detail}"
    for table in ("reports", "sections", "quantities", "facts", "checks"):
        rows = _matching(frames[table], "report_id", [cause.report_id or ""])
        if table == cause.table_name:
            rows = [row for row in rows if row != cause.row]
        held.add(table, rows, cause.rule, reason)


def _follow_quantity(frames: Frames, held: _Held, cause: RowFailure) -> None:
    reason = f"所依据的数字 {cause.row_id} 被隔离：{cause.detail}"
    resting = frames["fact_evidence"].filter(pl.col("quantity_id") == cause.row_id)
    held.add("facts", _matching(frames["facts"], "fact_id", resting["fact_id"].drop_nulls()), cause.rule, reason)
    facts = frames["facts"]["fact_id"].drop_nulls()
    held.add(
        "fact_evidence", resting.filter(~pl.col("fact_id").is_in(facts.to_list()))["_row"].to_list(), cause.rule, reason
    )
    named = frames["checks"].filter(pl.col("figures").str.split(",").list.contains(cause.row_id))
    held.add("checks", named["_row"].to_list(), cause.rule, reason)


def _evidence(frames: Frames, held: _Held) -> dict[int, list[int]]:
    """Held facts by row, each with the rows of its evidence, which are no longer held for themselves; of a double fact
    id only where no row of that id remains."""
    facts = frames["facts"].with_columns(pl.col("_row").is_in(held.rows("facts")).alias("held"))
    gone = facts.group_by("fact_id").agg(pl.col("held").all(), pl.col("_row").first()).filter("held")
    within: dict[int, list[int]] = {}
    for fact, row in frames["fact_evidence"].join(gone, on="fact_id").sort("_row").select("_row_right", "_row").rows():
        within.setdefault(fact, []).append(row)
        held.move("fact_evidence", row, "facts", fact)
    return within


def _rows(frames: Mapping[str, pl.DataFrame], held: _Held, within: Mapping[int, list[int]]) -> pl.DataFrame:
    """The held rows as they are kept. A row's id depends on its content alone (and which of its doubles it is), so that
    the same row held by another run has the same id, and what a person decided of it holds."""
    rows = []
    seen: Counter[tuple[str, str]] = Counter()
    for table, reasons in held.reasons.items():
        for row, why in sorted(reasons.items()):
            record = frames[table].row(row, named=True)
            if table == "facts" and row in within:
                record |= {EVIDENCE: frames["fact_evidence"]["quantity_id"].gather(within[row]).to_list()}
            content = json.dumps(record, ensure_ascii=False, default=str)
            seen[table, content] += 1
            which = f"{table} {seen[table, content]} {content}"
            rows.append(
                {
                    "quarantine_id": hashlib.sha256(which.encode()).hexdigest()[:12],
                    "table_name": table,
                    "row_id": record[KEYS[table]] or f"第 {row + 1} 行",  # its own key may be what it lacks
                    "report_id": record.get("report_id") or (record.get("fact_id") or "").rpartition("-")[0] or None,
                    "rules": ",".join(dict.fromkeys(why.values())),
                    "reasons": "\n".join(why),
                    "content": content,
                }
            )
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


@dataclass(frozen=True)
class Recheck:
    """The outcome of putting held rows back: ``frames`` to load (the released rows only), the quarantine ids released,
    the ids that stay with the reasons that still hold, the verdict behind it, and whether some stay only for rules that
    a person may overrule."""

    frames: Frames
    released: tuple[str, ...]
    staying: Mapping[str, str]
    verdict: Verdict
    arguable: bool


def recheck(
    held: pl.DataFrame,
    kept: Mapping[str, pl.DataFrame],
    *,
    overruled: str | None = None,
    history: pl.DataFrame | None = None,
    limits: Limits | None = None,
    vocabulary: Vocabulary | None = None,
    state: Path | None = None,
) -> Recheck:
    """Whether held rows may re-enter: they are put back beside what is loaded of their reports, and checked anew.

    ``held`` are rows of quality.quarantine (at least COLUMNS), ``kept`` the frames of the same reports as they are
    loaded (empty frames with the right columns where nothing is). ``overruled`` is a person's reason for letting a row
    in although a rule that a person may overrule (``Rule.arguable``) speaks against it; it never overrules structure:
    keys, spans, printed words, units. Only rows of ``held`` are released; rows already loaded are not judged again.
    """
    from expectations.gate import check_batch, rules

    restored = {table: _restore(held, table, frame) for table, frame in kept.items()}
    frames = {table: pl.concat([frame, restored[table]], how="vertical") for table, frame in kept.items()}
    verdict = check_batch(frames, history=history, limits=limits, vocabulary=vocabulary, state=state, name="recheck")
    arguable = {rule.id for rule in rules(limits).values() if rule.arguable}
    if overruled:
        failures = tuple(f for f in verdict.failures if f.rule not in arguable)
        verdict = Verdict(verdict.results, failures, verdict.refused, verdict.started_at, verdict.finished_at)
    _, still = split(frames, verdict)
    failing = {(row["table_name"], row["content"]): row for row in still.iter_rows(named=True)}
    released, staying, persuadable = [], {}, False
    for row in held.iter_rows(named=True):
        again = failing.get((row["table_name"], _canonical(row, kept)))
        if again is None:
            released.append(row["quarantine_id"])
        else:
            staying[row["quarantine_id"]] = again["reasons"]
            persuadable |= arguable >= set(again["rules"].split(","))
    free = held.filter(pl.col("quarantine_id").is_in(released))
    back = {t: _restore(free, t, frame) for t, frame in kept.items()}
    return Recheck(back, tuple(released), staying, verdict, persuadable)


def _restore(held: pl.DataFrame, table: str, like: pl.DataFrame) -> pl.DataFrame:
    """The rows of ``table`` out of their JSON, with the columns and types of ``like``; the evidence that lies within
    facts included."""

    def records_of(name: str) -> list[dict[str, Any]]:
        return [json.loads(content) for content in held.filter(pl.col("table_name") == name)["content"]]

    records = records_of(table)
    if table == "fact_evidence":
        records += [
            {"fact_id": fact["fact_id"], "quantity_id": quantity}
            for fact in records_of("facts")
            for quantity in fact.get(EVIDENCE, ())
        ]
    days = [column for column, kind in like.schema.items() if kind == pl.Date]
    for record in records:
        record |= {day: date.fromisoformat(record[day]) for day in days if record.get(day)}
    return pl.DataFrame([{c: r.get(c) for c in like.columns} for r in records], schema=like.schema)


def _canonical(row: Mapping[str, Any], kept: Mapping[str, pl.DataFrame]) -> str:
    """The row's content as ``split`` writes it for these frames."""
    like = kept[row["table_name"]]
    record = _restore(pl.DataFrame([row]), row["table_name"], like).row(0, named=True)
    said = json.loads(row["content"])
    if EVIDENCE in said:
        record |= {EVIDENCE: said[EVIDENCE]}
    return json.dumps(record, ensure_ascii=False, default=str)
