"""The quality report for people: static pages in Chinese that open offline in any browser.

``render`` makes them from an open DuckDB connection. Here stands which pages there are and what each is told;
``questions`` asks the warehouse, ``report_pages`` writes reports with their marked text, ``charts`` draws, ``site``
writes files. Pages of reports that did not change since they were last made are left as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from expectations import audit, gate
from expectations.clock import when
from expectations.limits import Limits
from expectations.pages import charts, data_docs, questions, rejects
from expectations.pages.questions import Row
from expectations.pages.report_pages import Batch, Renderers
from expectations.pages.site import HERE, Site
from expectations.rules import SEVERITIES, Rule

RUNS = 30  # how many checks and loads back the charts go
LISTED = 2000  # how many rows a list shows at most; the warehouse has them all
FETCHED = 4000  # reports fetched at a time: every fetch looks through the whole tables
BATCH = 500  # of those, what one process writes at a time: as rows they take five times the memory
MANY = 2000  # report pages that are worth a process: a second's work, where it takes half of one to come up
TOLD = {"R13", "W27"}  # told on the overview in words of their own: unresolved issuers, held rows
MADE = ".made.json"  # which state of each report its page shows

# The warehouse's tables that belong to the suites of the gate and the audit, in the order of the rules page.
STAGES = (("batch", "入库前：每一批都查"), ("warehouse", "入库后：全库一起查"))


def render(
    con: duckdb.DuckDBPyConnection,
    target: Path,
    *,
    changed_reports: Collection[str] | None = None,
    docs: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    processes: int = 0,
) -> int:
    """Make the pages in ``target`` and return how many were written.

    ``con``: the working file or the published copy; only temporary tables are made in it. The lists are made anew each
    time; of the report pages those of ``changed_reports``, or, where that is None, those whose report changed since its
    page was made. ``docs``: Great Expectations' Data Docs, to be put beside them (``target/gx``), offline.
    ``progress(done, total)`` counts report pages; ``processes`` write them where they are many (0: this one does). A
    killed run leaves whole pages only.
    """
    if docs is not None:
        data_docs.publish(docs, target / "gx")
    questions.prepare(con)
    try:
        return _render(con, target, changed_reports, progress or (lambda done, total: None), processes)
    finally:
        questions.finish(con)


def _render(
    con: duckdb.DuckDBPyConnection,
    target: Path,
    changed_reports: Collection[str] | None,
    progress: Callable[[int, int], None],
    processes: int,
) -> int:
    totals = questions.totals(con)
    docs = (target / "gx" / "index.html").is_file()
    site = Site(target, made_at=when(datetime.now(UTC).replace(tzinfo=None)), docs=docs, totals=totals)
    checks = _checks(con)
    listed = questions.reports(con)
    _overview(site, con, checks)
    _rules(site, con, checks)
    _lists(site, con, listed)
    site.sweep()
    site.sweep("rules")
    _reports(site, con, listed, changed_reports, progress, processes)
    return site.written


# ---- rules -----------------------------------------------------------------------------------------------------------


def known_rules() -> dict[str, Rule]:
    """Every rule of the gate and the audit by its id."""
    return gate.rules(Limits()) | audit.rules(Limits())


def _checks(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Every rule with its latest result, its history and how many rows fail it now; the worst first."""
    history: dict[str, list[Row]] = defaultdict(list)
    for result in questions.results(con):
        history[result["rule"]].append(result)
    latest = {stage: max((r["started_at"] for h in history.values() for r in h if r["stage"] == stage), default=None)
              for stage, _ in STAGES}  # fmt: skip
    standing, known = questions.standing_counts(con), known_rules()
    checks = []
    for rule_id, results in history.items():
        last, rule = results[-1], known.get(rule_id)
        checks.append(
            {
                **last,
                "because": rule.because if rule else "这条规则已经取消，只留有过去的结果",
                "severity": "critical" if last["error"] else last["severity"],
                "standing": standing.get(rule_id, 0),
                "current": last["started_at"] == latest[last["stage"]],
                "spark": _spark(rule_id, [_share(r) for r in results[-RUNS:]]),
                "history": results[-RUNS:],
            }
        )
    return sorted(checks, key=lambda c: (not c["error"], not c["standing"], SEVERITIES.index(c["severity"]), c["rule"]))


def _spark(rule_id: str, shares: list[float | None]) -> Any:
    often = sum(bool(share) for share in shares)
    return charts.spark(f"{rule_id} 最近 {len(shares)} 次检验中，有 {often} 次有不合格的行", shares)


def _share(result: Row) -> float | None:
    """The share of rows that failed; None where nothing was checked."""
    return result["failed"] / result["checked"] if result["checked"] else None


def _rules(site: Site, con: duckdb.DuckDBPyConnection, checks: list[Row]) -> None:
    groups = [(title, [c for c in checks if c["stage"] == stage]) for stage, title in STAGES]
    site.write("rules.html", "rules.html", groups=groups)
    for check in checks:
        labels = _days([r["started_at"] for r in check["history"]])
        points = list(zip(labels, map(_share, check["history"]), strict=True))
        chart = charts.line(
            f"{check['rule']} 每次检验的不合格比例",
            f"最近 {len(points)} 次检验，最新一次 {check['failed'] or 0} 行不合格",
            points,
        )
        rows = questions.failing_rows(con, check["rule"], LISTED) if check["standing"] else []
        site.write_list(f"rules/{check['rule']}", "rule.html", rows, check=check, chart=chart, most=LISTED)


# ---- overview and lists ----------------------------------------------------------------------------------------------


def _overview(site: Site, con: duckdb.DuckDBPyConnection, checks: list[Row]) -> None:
    failing = [c for c in checks if c["standing"] or c["error"]]
    loads = questions.loads(con, RUNS)
    in_time = loads[::-1]
    load_chart = charts.bars(
        "每次入库的文件",
        f"最近 {len(loads)} 次入库；最新一次入库 {loads[0]['loaded'] or 0} 份" if loads else "",
        (("已入库", "b-good"), ("重复件", "b-copy"), ("拒收", "b-bad")),
        list(zip(_days([x["started_at"] for x in in_time]), map(_brought, in_time), strict=True)),
    )
    by_year = questions.coverage_by_year(con)
    coverage_chart = charts.bars(
        "各年度已报与缺报的机关",
        "；".join(f"{y['report_year']} 年已报 {y['reported']}、缺 {y['missing']}" for y in by_year),
        (("已报", "b-good"), ("缺报", "b-none")),
        [(str(y["report_year"]), [y["reported"], y["missing"]]) for y in by_year],
    )
    site.write(
        "index.html",
        "index.html",
        loads=loads[:10],
        load_chart=load_chart,
        coverage_chart=coverage_chart,
        pass_chart=_pass_chart(checks),
        refusals=questions.refusals(con),
        failing=failing,
        todo=[c for c in failing if c["severity"] == "warning" and c["rule"] not in TOLD],
        checks=checks,
        years=questions.years(con),
    )


def _brought(load: Row) -> list[int]:
    return [load["loaded"] or 0, load["copies"] or 0, load["rejected"] or 0]


def _days(moments: Sequence[datetime]) -> list[str]:
    """Labels along the ground of a chart: days; hours and minutes where all lie on one day."""
    words = [when(moment) for moment in moments]
    part = slice(11, 16) if len({w[:10] for w in words}) == 1 else slice(5, 10)
    return [w[part] for w in words]


def _pass_chart(checks: list[Row]) -> Any:
    """The share of rules that did not pass, check by check."""
    passed: dict[tuple[Any, str], list[bool]] = defaultdict(list)
    for check in checks:
        for result in check["history"]:
            passed[result["started_at"], result["stage"]].append(result["passed"])
    latest = sorted(passed.items())[-RUNS:]
    shares = [1 - sum(p) / len(p) for _, p in latest]
    points = list(zip(_days([at for (at, _), _ in latest]), shares, strict=True))
    return charts.line("每次检验中未通过的规则比例", f"最近 {len(points)} 次检验，入库前与入库后都在内", points)


def _lists(site: Site, con: duckdb.DuckDBPyConnection, listed: pl.DataFrame) -> None:
    totals = site.common["totals"]
    site.write_list("reports", "reports.html", listed)
    files = questions.rejected(con, LISTED)
    for file in files:
        file["way_out"] = rejects.way_out(file["reason_code"])
    site.write_list("rejected", "rejected.html", files, most=LISTED, total=totals["rejected"])
    site.write_list("unmatched", "unmatched.html", questions.unmatched(con, LISTED), most=LISTED)
    site.write_list("unresolved", "unresolved.html", questions.unresolved(con, LISTED), most=LISTED)
    site.write_list("quarantine", "quarantine.html", questions.quarantine(con, LISTED), most=LISTED)
    site.write_list("coverage", "coverage.html", questions.coverage(con, LISTED), most=LISTED)


# ---- reports ---------------------------------------------------------------------------------------------------------


def _reports(  # noqa: PLR0917
    site: Site,
    con: duckdb.DuckDBPyConnection,
    listed: pl.DataFrame,
    changed: Collection[str] | None,
    progress: Callable[[int, int], None],
    processes: int,
) -> None:
    """The pages of the reports that changed; the pages of reports that are gone are removed."""
    manifest = site.target / MADE
    made = _read(manifest)
    look = _look(con)
    # in the order in which they lie in the warehouse, see ``questions.page_parts``
    state = {key: f"{now} {look}" for key, now in listed.sort("place").select("report_id", "state").iter_rows()}
    if changed is None:
        wanted = [key for key, now in state.items() if made.get(key) != now or not _page(site, key).is_file()]
    else:
        wanted = [key for key in state if key in set(changed)]
    for key in made.keys() - state.keys():
        for path in (site.target / "reports").glob(f"{key}*.html"):
            path.unlink()
    kept = {key: now for key, now in made.items() if key in state}
    progress(0, len(wanted))
    done = 0
    with Renderers(site, min(processes, len(wanted) // MANY)) as renderers:
        for keys in renderers.write(_batches(con, wanted)):
            kept |= {key: state[key] for key in keys}
            done += len(keys)
            progress(done, len(wanted))
    manifest.write_text(json.dumps(kept), "utf-8")


def _batches(con: duckdb.DuckDBPyConnection, wanted: Sequence[str]) -> Iterator[Batch]:
    """What the pages of ``wanted`` show, in portions to be written."""
    for n in range(0, len(wanted), FETCHED):
        ids = wanted[n : n + FETCHED]
        fetched = questions.page_parts(con, ids)
        for m in range(0, len(ids), BATCH):
            few = ids[m : m + BATCH]
            chosen = pl.Series(few).implode()
            yield few, {part: frame.filter(pl.col("report_id").is_in(chosen)) for part, frame in fetched.items()}


def _page(site: Site, report_id: str) -> Path:
    return site.target / "reports" / f"{report_id}.html"


def _read(manifest: Path) -> dict[str, str]:
    try:
        made: dict[str, str] = json.loads(manifest.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return made


def _look(con: duckdb.DuckDBPyConnection) -> str:
    """A hash of all that shapes a report page beside the report: this code, its templates, the indicators' names."""
    digest = hashlib.sha256()
    for path in sorted((*HERE.glob("*.py"), *HERE.glob("templates/*.html"))):
        digest.update(path.read_bytes())
    for row in con.execute("SELECT indicator, name_zh FROM core.indicators ORDER BY ALL").fetchall():
        digest.update(repr(row).encode())
    return digest.hexdigest()[:12]
