"""What a release says of itself: its counts and hashes, and how it differs from the one before.

Knows ``versions.json``, ``difference.md`` and ``difference.csv``. Leaves out how a release is built and swapped in
(``publish``).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from warehouse.schema import literal

LISTED = 100  # how many rows of each kind difference.md shows; difference.csv has every changed figure


@dataclass(frozen=True)
class Difference:
    """New and gone reports (report_id, issuer, year, title), counts of figures, coverage by year (before, after)."""

    new_reports: list[tuple[Any, ...]] = field(default_factory=list)
    gone_reports: list[tuple[Any, ...]] = field(default_factory=list)
    figures_added: int = 0
    figures_removed: int = 0
    figures_changed: int = 0
    changed: list[tuple[Any, ...]] = field(default_factory=list)
    coverage: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "new_reports": len(self.new_reports),
            "gone_reports": len(self.gone_reports),
            "figures_added": self.figures_added,
            "figures_removed": self.figures_removed,
            "figures_changed": self.figures_changed,
            "coverage": {
                str(year): {"reported_before": a, "expected_before": b, "reported": c, "expected": d}
                for year, (a, b, c, d) in self.coverage.items()
            },
        }


REPORTS = """
SELECT report_id, coalesce(issuer_name, issuer_id), report_year, title FROM {a}.core.reports
WHERE report_id NOT IN (SELECT report_id FROM {b}.core.reports) ORDER BY report_year, issuer_id, report_id
"""
FIGURES = """
CREATE OR REPLACE TEMP TABLE figure_changes AS
SELECT
    coalesce(new.issuer_id, old.issuer_id) AS issuer_id,
    coalesce(new.report_year, old.report_year) AS report_year,
    coalesce(new.indicator, old.indicator) AS indicator,
    coalesce(new.scope, old.scope) AS scope,
    CASE WHEN old.fact_id IS NULL THEN 'added' WHEN new.fact_id IS NULL THEN 'removed' ELSE 'changed' END AS change,
    old.value AS old_value, old.bound AS old_bound, new.value AS new_value, new.bound AS new_bound,
    coalesce(new.unit, old.unit) AS unit, old.fact_id AS old_fact_id, new.fact_id AS new_fact_id
FROM {old}.marts.indicator_year AS old
FULL OUTER JOIN {new}.marts.indicator_year AS new USING (issuer_id, report_year, indicator, scope)
WHERE (old.value, old.low, old.high, old.bound, old.unit)
    IS DISTINCT FROM (new.value, new.low, new.high, new.bound, new.unit)
"""
COVERAGE = """
SELECT report_year,
    coalesce(sum(old.reported), 0), coalesce(sum(old.expected), 0),
    coalesce(sum(new.reported), 0), coalesce(sum(new.expected), 0)
FROM {old}.marts.coverage AS old
FULL OUTER JOIN {new}.marts.coverage AS new USING (division_id, reporting_level, report_year)
GROUP BY report_year ORDER BY report_year
"""


def compare(con: duckdb.DuckDBPyConnection, old: Path, new: str, csv: Path) -> Difference:
    """How the attached database ``new`` differs from the release in the file ``old``; every figure goes to ``csv``."""
    con.execute(f"ATTACH {literal(str(old))} AS previous (READ_ONLY)")
    try:
        con.execute(FIGURES.format(old="previous", new=new))
        counts = dict(con.execute("SELECT change, count(*) FROM figure_changes GROUP BY change").fetchall())
        con.execute(f"COPY (FROM figure_changes ORDER BY ALL) TO {literal(str(csv))} (HEADER)")
        changed = con.execute(f"""
            SELECT issuer_id, report_year, indicator, scope, old_value, new_value, unit FROM figure_changes
            WHERE change = 'changed' ORDER BY ALL LIMIT {LISTED}
        """).fetchall()
        coverage = con.execute(COVERAGE.format(old="previous", new=new)).fetchall()
        return Difference(
            con.execute(REPORTS.format(a=new, b="previous")).fetchall(),
            con.execute(REPORTS.format(a="previous", b=new)).fetchall(),
            counts.get("added", 0),
            counts.get("removed", 0),
            counts.get("changed", 0),
            changed,
            {year: (int(a), int(b), int(c), int(d)) for year, a, b, c, d in coverage if (a, b) != (c, d)},
        )
    finally:
        con.execute("DROP TABLE IF EXISTS figure_changes")
        con.execute("DETACH previous")


def markdown(difference: Difference | None, previous: str | None, release: str) -> str:
    """The difference for people, in Chinese."""
    lines = [f"# 发布 {release}", ""]
    if difference is None:
        return "\n".join([*lines, "这是第一次发布，没有上一版可比。", ""])
    lines += [f"与上一版 {previous} 相比：", ""]
    lines += [
        f"- 新增报告 {len(difference.new_reports)} 份，减少 {len(difference.gone_reports)} 份",
        f"- 数值新增 {difference.figures_added} 个，减少 {difference.figures_removed} 个，"
        f"改变 {difference.figures_changed} 个（全部见 difference.csv）",
    ]
    for title, rows in (("新增的报告", difference.new_reports), ("减少的报告", difference.gone_reports)):
        if rows:
            lines += ["", f"## {title}", "", "| 编号 | 机关 | 年度 | 标题 |", "|---|---|---|---|"]
            lines += [_row(row) for row in rows[:LISTED]]
            lines += ["", f"……共 {len(rows)} 份"] if len(rows) > LISTED else []
    if difference.changed:
        head = "| 机关 | 年度 | 指标 | 范围 | 原值 | 新值 | 单位 |"
        lines += ["", "## 改变的数值", "", head, "|---|---|---|---|---|---|---|", *map(_row, difference.changed)]
        lines += ["", f"……共 {difference.figures_changed} 个"] if difference.figures_changed > LISTED else []
    if difference.coverage:
        lines += ["", "## 报送情况的变化", "", "| 年度 | 原已报/应报 | 现已报/应报 |", "|---|---|---|"]
        lines += [f"| {y} | {a}/{b} | {c}/{d} |" for y, (a, b, c, d) in difference.coverage.items()]
    return "\n".join(lines) + "\n"


def _row(values: tuple[Any, ...]) -> str:
    cells = ("" if v is None else f"{v:g}" if isinstance(v, float) else str(v).replace("|", "\\|") for v in values)
    return f"| {' | '.join(cells)} |"


def read(folder: Path) -> dict[str, Any] | None:
    """The ``versions.json`` of a published folder; None where nothing whole is published."""
    try:
        found: dict[str, Any] = json.loads((folder / "versions.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found


def sha256(path: Path) -> str:
    """The content hash of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
