"""What a run is found to have done, and how it is told: on the terminal, in Prefect's markdown, as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flows.inbox import Left, shown
from flows.options import DONE, FAILED, WITH_REJECTS
from warehouse.home import Home

WORDS = {"completed": "完成", "quarantined": "完成，有拒收或隔离", "nothing_new": "没有新文件", "failed": "失败"}
EXITS = {"completed": DONE, "quarantined": WITH_REJECTS, "nothing_new": DONE, "failed": FAILED}


@dataclass(frozen=True, slots=True)
class Reject:
    """A file that was not read: where it lies, the code (report.REJECT_CODES) and the Chinese reason."""

    path: str
    code: str
    reason: str


@dataclass
class Summary:
    """One run of ``ingest`` (or ``reread``, ``rebuild``). Counts are of files, but ``held`` (rows) and ``facts``.

    Every file ``seen`` is counted once: ``known`` from an earlier run, ``loaded``, a copy (of what this or an earlier
    run loaded), rejected, or ``withheld`` (its whole report is in quarantine or was dropped from it).
    """

    outcome: str = "nothing_new"
    message: str = ""
    load_id: str | None = None
    seen: int = 0
    known: int = 0
    loaded: int = 0
    copies: int = 0
    withheld: int = 0
    facts: int = 0
    seconds: float = 0.0
    rejects: list[Reject] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    published: str | None = None

    @property
    def exit_code(self) -> int:
        return EXITS[self.outcome]

    def as_json(self) -> dict[str, Any]:
        """For programs; the paths are escaped where they are no printable text."""
        return {
            "outcome": self.outcome,
            "message": self.message,
            "load_id": self.load_id,
            "seen": self.seen,
            "known": self.known,
            "loaded": self.loaded,
            "copies": self.copies,
            "withheld": self.withheld,
            "facts": self.facts,
            "rejected": [{"path": shown(r.path), "code": r.code, "reason": r.reason} for r in self.rejects],
            "quarantined": self.held,
            "left": [{"path": shown(path), "why": why} for path, why in self.left],
            "published": self.published,
            "seconds": round(self.seconds, 1),
        }


def counts(summary: Summary) -> str:
    """The run in one line: how many files were seen, and what became of each."""
    whole = f"整份不入库 {summary.withheld}，" if summary.withheld else ""
    return (
        f"看到 {summary.seen} 个文件：新入库 {summary.loaded} 份报告（{summary.facts:,} 项事实），"
        f"副本 {summary.copies}，拒收 {len(summary.rejects)}，{whole}隔离 {len(summary.held)} 行，"
        f"原已处理 {summary.known}"
    )


def lines(summary: Summary, most: int = 20) -> list[str]:
    """The run for the terminal: outcome, counts, and up to ``most`` of the rejected, quarantined and left each."""
    out = [f"{WORDS[summary.outcome]}：{summary.message}"]
    sections = (
        ("拒收的文件", [f"{shown(r.path)}：{r.reason}" for r in summary.rejects]),
        ("隔离的行", [f"{row['table_name']} {row['row_id']}：{row['reasons']}" for row in summary.held]),
        ("没有理会的", [f"{shown(path)}：{why}" for path, why in summary.left]),
    )
    for title, rows in sections:
        if rows:
            out.append(f"{title}（{len(rows)}）")
            out += [f"  {row}" for row in rows[:most]]
            if len(rows) > most:
                out.append(f"  ……还有 {len(rows) - most} 条，见质量页或 raw.files")
    return out


def markdown(summary: Summary, home: Home) -> str:
    """The run for Prefect's page, with where to look further."""
    rows = [f"# 入库：{WORDS[summary.outcome]}", "", summary.message, ""]
    rows += ["| 看到 | 新入库 | 事实 | 副本 | 拒收 | 隔离的行 | 原已处理 | 用时 |", "|---|---|---|---|---|---|---|---|"]
    rows.append(
        f"| {summary.seen} | {summary.loaded} | {summary.facts} | {summary.copies} | {len(summary.rejects)}"
        f" | {len(summary.held)} | {summary.known} | {summary.seconds:.1f} 秒 |"
    )
    page = home.published / "quality" / "index.html"
    rows += ["", f"- 质量页：[{page}]({page.as_uri()})", f"- 已发布的数据库：`{home.published_database}`"]
    rows.append(f"- 批次：`{summary.load_id}`（表 `ops.loads`、`raw.files`）")
    if summary.left:
        rows += ["", f"没有理会的 {len(summary.left)} 项：", ""]
        rows += [f"- `{shown(path)}`：{why}" for path, why in summary.left[:50]]
    return "\n".join(rows)
