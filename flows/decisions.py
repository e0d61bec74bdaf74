"""What people decide about quarantined rows: let one in, drop it; and every such decision as a file of the home.

A decision is kept by the content of its row, not by a run's id, so that it holds again after a reread or a rebuild.
A row is let in the way it would have come: with what is loaded of its report it passes the gate once more, and the
report is loaded anew in one transaction. What may not be overruled is known by ``expectations.quarantine``.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from annual_reports import catalogue
from expectations import quarantine
from expectations.clock import beijing, when
from expectations.labels import say
from expectations.limits import Vocabulary
from expectations.quarantine import Recheck
from warehouse import database, load, query, schema
from warehouse.home import Home

KEPT = ("quarantine_id", "table_name", "row_id", "report_id", "content")  # of a decided row, in its file
WITHIN = "report_id = ?"
EVIDENCE = "fact_id IN (SELECT fact_id FROM core.facts WHERE report_id = ?)"


@dataclass(frozen=True)
class Decided:
    """What came of asking to release rows: the ids let in, and the ids that stay with the reasons that still hold;
    ``arguable``: whether some of them stay only for rules that a person's note may overrule."""

    released: tuple[str, ...]
    staying: dict[str, str]
    arguable: bool = False


def rows(con: duckdb.DuckDBPyConnection, ids: Sequence[str] = (), status: str | None = "held") -> pl.DataFrame:
    """The rows of quality.quarantine; with ``ids`` only those (quarantine ids or report ids).

    Raises ValueError (Chinese) for an id that is none, or that has no row of that status any more.
    """
    everything = con.sql("FROM quality.quarantine ORDER BY report_id, table_name, row_id").pl()
    found = everything.filter(pl.col("status") == status) if status else everything
    if wrong := [_about(everything, i) for i in ids if not _named(found, i).height]:
        raise ValueError("；".join(wrong) + "。全部的见 fazhi quarantine list --all")
    return found.filter(pl.col("quarantine_id").is_in(ids) | pl.col("report_id").is_in(ids)) if ids else found


def _named(rows: pl.DataFrame, wanted: str) -> pl.DataFrame:
    return rows.filter((pl.col("quarantine_id") == wanted) | (pl.col("report_id") == wanted).fill_null(False))


def _about(everything: pl.DataFrame, wanted: str) -> str:
    """Why there is nothing to decide about an id: it is none, or when and by whom it was decided."""
    for row in _named(everything, wanted).sort("decided_at", descending=True).head(1).iter_rows(named=True):
        note = f"，理由是「{row['note']}」" if row["note"] else ""
        return f"{wanted} {say(row['status'])}：{when(row['decided_at'])} 由 {row['decided_by']} 决定{note}"
    return f"没有这样的隔离编号或报告编号：{wanted}"


def release(con: duckdb.DuckDBPyConnection, home: Home, ids: Sequence[str], note: str | None) -> Decided:
    """Let the held rows ``ids`` in, where they pass the gate now; ``note`` overrules what a person may overrule."""
    return _release(con, home, rows(con, ids), note)


def _release(con: duckdb.DuckDBPyConnection, home: Home, wanted: pl.DataFrame, note: str | None) -> Decided:
    released: list[str] = []
    staying: dict[str, str] = {}
    arguable = False
    for (report_id,), some in wanted.group_by("report_id", maintain_order=True):
        if report_id is None:
            staying |= dict.fromkeys(some["quarantine_id"], "这一行没有说它属于哪份报告，放不进去；请改正读取后重读")
            continue
        outcome = _recheck(con, home, str(report_id), some, note=note)
        staying |= outcome.staying
        arguable |= outcome.arguable
        if outcome.released:
            free = some.filter(pl.col("quarantine_id").is_in(outcome.released))
            _decide(home, free, "released", note)
            _let_in(con, home, str(report_id), free, outcome)
            _mark(con, free["quarantine_id"].to_list(), "released", note)
            released += outcome.released
    return Decided(tuple(released), staying, arguable)


def drop(con: duckdb.DuckDBPyConnection, home: Home, ids: Sequence[str], note: str | None) -> int:
    """Give up the held rows ``ids`` for good; returns how many. They stay on record with the reason."""
    wanted = rows(con, ids)
    _decide(home, wanted, "dropped", note)
    _mark(con, wanted["quarantine_id"].to_list(), "dropped", note)
    return wanted.height


def apply(con: duckdb.DuckDBPyConnection, home: Home) -> set[str]:
    """Carry out again what was decided, where a reread or a rebuild has held the same row back once more.

    Returns the quarantine ids of all rows that nobody need decide on any more.
    """
    decided = {(d["table_name"], d["content"]): d for d in _files(home)}
    if not decided:
        return set()
    again: dict[str | None, list[str]] = {}
    waiting = rows(con, status=None)
    for row in waiting.iter_rows(named=True):
        decision = decided.get((row["table_name"], row["content"]))
        if decision is None:
            continue
        if decision["decision"] == "released" and not _loaded(con, row):
            again.setdefault(decision["note"], []).append(row["quarantine_id"])
        elif decision["decision"] == "dropped" and row["status"] == "held":
            _mark(con, [row["quarantine_id"]], "dropped", decision["note"], decision["by"])
    for note, ids in again.items():
        _release(con, home, waiting.filter(pl.col("quarantine_id").is_in(ids)), note)
    return set(rows(con, status=None)["quarantine_id"]) - set(rows(con)["quarantine_id"])


def _loaded(con: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> bool:
    """Whether the core table has the row of a quarantined one."""
    key = quarantine.KEYS[row["table_name"]]
    columns = (key, "quantity_id") if row["table_name"] == "fact_evidence" else (key,)
    where = " AND ".join(f"{column} = ?" for column in columns)
    content = json.loads(row["content"])
    found = con.execute(
        f"SELECT count(*) FROM core.{row['table_name']} WHERE {where}", [content[column] for column in columns]
    ).fetchall()
    return bool(found[0][0])


def _recheck(
    con: duckdb.DuckDBPyConnection, home: Home, report_id: str, held: pl.DataFrame, *, note: str | None
) -> Recheck:
    kept = _kept(con, report_id)
    issuers = kept["reports"]["issuer_id"].to_list() + [
        json.loads(content)["issuer_id"] for content in held.filter(pl.col("table_name") == "reports")["content"]
    ]
    return quarantine.recheck(
        held.select(quarantine.COLUMNS),
        kept,
        overruled=note,
        history=query.history(con, issuers),
        vocabulary=Vocabulary.of(catalogue.load(home.catalogue)),
    )


def _kept(con: duckdb.DuckDBPyConnection, report_id: str) -> dict[str, pl.DataFrame]:
    """What is loaded of a report, as the frames it came in."""
    frames = {}
    for name in load.CORE:
        columns = ", ".join(schema.frame_columns(f"core.{name}"))
        where = EVIDENCE if name == "fact_evidence" else WITHIN
        frames[name] = con.sql(f"SELECT {columns} FROM core.{name} WHERE {where}", params=[report_id]).pl()
    return frames


def _let_in(con: duckdb.DuckDBPyConnection, home: Home, report_id: str, free: pl.DataFrame, outcome: Recheck) -> None:
    """Load the report anew with the rows ``free``; what else is held of it stays held."""
    kept = _kept(con, report_id)
    frames = {name: pl.concat([kept[name], outcome.frames[name]]) for name in kept}
    leading = ", ".join(schema.frame_columns("raw.files"))
    file = con.sql(f"SELECT {leading} FROM raw.files WHERE left(sha256, 16) = ?", params=[report_id]).pl()
    file = file.with_columns(
        status=pl.lit("loaded"), reason=pl.lit(None, pl.String), reason_code=pl.lit(None, pl.String),
        report_id=pl.lit(report_id),
    )  # fmt: skip
    seen = con.sql("FROM raw.file_locations WHERE left(sha256, 16) = ?", params=[report_id]).pl()
    [(load_id, reader, version)] = con.execute(
        "SELECT load_id, reader_version, catalogue_version FROM raw.files WHERE left(sha256, 16) = ?", [report_id]
    ).fetchall()
    others = rows(con).filter(pl.col("report_id") == report_id, ~pl.col("quarantine_id").is_in(outcome.released))
    load.load_chunk(
        con,
        frames,
        file,
        seen,
        load_id=load_id,
        reader_version=reader,
        catalogue_version=version,
        held=others.select(quarantine.COLUMNS),
        cache=home.temporary,
    )
    con.register("free", free.to_arrow())
    con.execute("INSERT INTO quality.quarantine SELECT * FROM free ANTI JOIN quality.quarantine USING (quarantine_id)")
    con.unregister("free")


def _mark(con: duckdb.DuckDBPyConnection, ids: list[str], status: str, note: str | None, by: str | None = None) -> None:
    con.execute(
        "UPDATE quality.quarantine SET status = ?, decided_at = ?, decided_by = ?, note = ?"
        " WHERE list_contains(?, quarantine_id)",
        [status, database.now(), by or _who(), note, ids],
    )


def _decide(home: Home, decided: pl.DataFrame, decision: str, note: str | None) -> None:
    """The decision as a file, before anything is changed: a run that is killed now is healed by ``apply``."""
    home.decisions.mkdir(parents=True, exist_ok=True)
    for row in decided.iter_rows(named=True):
        said: dict[str, Any] = {name: row[name] for name in KEPT}
        said |= {"decision": decision, "note": note, "by": _who(), "at": _now()}
        target = home.decisions / f"{row['quarantine_id']}.json"
        aside = target.with_suffix(".part")
        aside.write_text(json.dumps(said, ensure_ascii=False, indent=1), "utf-8")
        aside.replace(target)


def _files(home: Home) -> list[dict[str, Any]]:
    """Every decision that lies in the home. Raises ValueError (Chinese) for a file that is none."""
    found = []
    for path in sorted(home.decisions.glob("*.json")):
        try:
            said = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise ValueError(f"{path}：不是合格的决定（读不出 JSON）；从备份取回，或删去后重新决定") from error
        wanted = ("table_name", "content", "decision", "note", "by")
        if not isinstance(said, dict) or (missing := [key for key in wanted if key not in said]):
            lacking = f"缺少 {'、'.join(missing)}" if isinstance(said, dict) else "最外层应为对象"
            raise ValueError(f"{path}：不是合格的决定（{lacking}）；从备份取回，或删去后重新决定")
        if said["decision"] not in ("released", "dropped"):
            raise ValueError(f"{path}：decision 的值「{said['decision']}」不认识，应为 released 或 dropped")
        found.append({key: said[key] for key in wanted})
    return found


def _now() -> str:
    return beijing(database.now()).isoformat(timespec="seconds")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a name for its user
        return "未具名"
