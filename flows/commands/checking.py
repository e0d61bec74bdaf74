"""Commands about quality: quality, quarantine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.commands.asking import ask, live_option, warehouse
from flows.options import DONE, WITH_REJECTS, existing, home_option, json_option, put_json, say, told

if TYPE_CHECKING:
    import duckdb


@click.command()
@home_option
@live_option
@json_option
@told
def quality(home: Path, live: bool, as_json: bool) -> None:
    """质量概况：最近的检查、没通过的规则、拒收与隔离的数目，以及质量页在哪里。"""
    from warehouse.home import Home

    with warehouse(home, live) as con:
        if as_json:
            put_json(quality_facts(con))
        else:
            for line in quality_lines(con):
                click.echo(line)
    page = Home.at(home).published / "quality" / "index.html"
    if page.is_file():
        say(f"质量页：{page}")


def quality_facts(con: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    """The state of quality: counts of files by status and reason, of held rows, and the rules that failed last."""
    counts = {
        "files": "SELECT status, reason_code, count(*) AS n FROM raw.files GROUP BY ALL ORDER BY ALL",
        "reports": "SELECT resolution, count(*) AS n FROM core.reports GROUP BY ALL ORDER BY ALL",
        "held": "SELECT status, count(*) AS n FROM quality.quarantine GROUP BY ALL ORDER BY ALL",
        "unmatched": "SELECT count(*) AS n FROM core.unmatched_quantities",
        "runs": "SELECT stage, count(*) AS n, max(started_at) AS latest, count_if(refused) AS refused"
        " FROM quality.runs GROUP BY ALL ORDER BY ALL",
        "rules": LATEST,
    }
    return {name: ask(con, query).to_dicts() for name, query in counts.items()}


LATEST = """
-- The rules that failed in the latest check of the warehouse, and over the batches of the latest load.
WITH latest AS (
    SELECT run_id FROM quality.runs
    WHERE stage = 'warehouse' QUALIFY row_number() OVER (ORDER BY started_at DESC) = 1
    UNION ALL
    SELECT run_id FROM quality.runs
    WHERE stage = 'batch' AND load_id = (
        SELECT arg_max(load_id, started_at) FROM quality.runs WHERE stage = 'batch'
    )
)
SELECT rule, severity, sentence, sum(failed)::BIGINT AS failed, sum(checked)::BIGINT AS checked
FROM quality.results SEMI JOIN latest USING (run_id)
GROUP BY ALL HAVING NOT bool_and(passed) ORDER BY severity, rule
"""


def quality_lines(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The same for people, in Chinese."""
    from expectations.clock import when
    from expectations.labels import say as word

    facts = quality_facts(con)

    def listed(name: str, *columns: str) -> str:
        return "，".join(f"{'·'.join(word(r[c]) for c in columns if r[c])} {r['n']}" for r in facts[name]) or "无"

    lines = ["质量概况"]
    lines.append(f"  文件：{listed('files', 'status', 'reason_code')}")
    lines.append(f"  报告（机关）：{listed('reports', 'resolution')}")
    lines.append(f"  隔离的行：{listed('held', 'status')}；未归入指标的完成数：{facts['unmatched'][0]['n']} 个")
    for run in facts["runs"]:
        refused = f"，拒绝 {run['refused']} 批" if run["refused"] else ""
        lines.append(f"  {word(run['stage'])}检查 {run['n']} 次，最近 {when(run['latest'])}（北京时间）{refused}")
    lines.append(f"  最近没通过的规则：{len(facts['rules']) or '无'}")
    for rule in facts["rules"]:
        share = f"{rule['failed']} / {rule['checked']}"
        lines.append(f"    {word(rule['severity'])} {rule['rule']} {rule['sentence']}：{share}")
    return lines


@click.group()
def quarantine() -> None:
    """查看、放行或丢弃被隔离的行。"""


@quarantine.command("list")
@click.option("--all", "everything", is_flag=True, help="已放行、已舍弃的也列出。")
@home_option
@json_option
@told
def quarantine_list(everything: bool, home: Path, as_json: bool) -> None:
    """列出被隔离的行：编号、所在的表、报告、原因。"""
    from flows import decisions
    from flows.output import put_table

    with warehouse(home, live=True) as con:
        held = decisions.rows(con, status=None if everything else "held")
    columns = ["quarantine_id", "status", "table_name", "row_id", "report_id", "reasons"]
    put_table(held if as_json else held.select(columns), "json" if as_json else "table")


@quarantine.command("show")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@home_option
@json_option
@told
def quarantine_show(ids: tuple[str, ...], home: Path, as_json: bool) -> None:
    """显示被隔离的行的全部内容与原因；ID 是隔离编号，或报告编号（该报告的全部）。"""
    import json

    from expectations.clock import when
    from expectations.labels import say as word
    from flows import decisions

    with warehouse(home, live=True) as con:
        held = decisions.rows(con, ids, status=None)
    if as_json:
        put_json(held.to_dicts())
        return
    for row in held.iter_rows(named=True):
        click.echo(f"{row['quarantine_id']} {word(row['status'])} {word(row['table_name'])} {row['row_id']}")
        for reason in row["reasons"].split("\n"):
            click.echo(f"  原因 {reason}")
        if row["decided_at"]:
            click.echo(f"  {when(row['decided_at'])} {row['decided_by']}：{row['note'] or '（没有写理由）'}")
        for name, value in json.loads(row["content"]).items():
            shown = "、".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
            click.echo(f"  {word(name)}（{name}） {shown[:200]}".rstrip())


@quarantine.command("release")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--note", help="放行的理由；有了它，可由人判断的规则不再阻拦。")
@home_option
@told
def quarantine_release(ids: tuple[str, ...], note: str | None, home: Path) -> None:
    """放行：重新过一遍检查，通过的进入仓库；仍不通过的说明原因，退出码为 3。"""
    from flows import decisions, pipeline

    here = existing(home)
    with pipeline.opened(here, patience=10) as con:
        outcome = decisions.release(con, here, ids, note)
    for quarantine_id, reasons in outcome.staying.items():
        say(f"{quarantine_id} 没有放行：{reasons}")
    if outcome.arguable and not note:
        say('核对过原件、确实无误的，写明理由再放行一次：--note "理由"')
    say(f"放行 {len(outcome.released)} 行；运行 fazhi publish 使之发布")
    sys.exit(WITH_REJECTS if outcome.staying else DONE)


@quarantine.command("drop")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--note", required=True, help="舍弃的理由。")
@home_option
@told
def quarantine_drop(ids: tuple[str, ...], note: str, home: Path) -> None:
    """舍弃：这些行不再等待处理，记录与理由仍然保留。"""
    from flows import decisions, pipeline

    here = existing(home)
    with pipeline.opened(here, patience=10) as con:
        dropped = decisions.drop(con, here, ids, note)
    say(f"舍弃 {dropped} 行")
