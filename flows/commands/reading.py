"""Commands that read files without a warehouse: extract, show, evaluate, catalogue."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.options import DONE, FAILED, WITH_REJECTS, fail, home_option, json_option, put_json, say, told

if TYPE_CHECKING:
    from annual_reports.report import Report

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def read_file(file: Path, home: Path) -> Report:
    """The reading of one file with the home's own catalogue and divisions."""
    from annual_reports import catalogue, places
    from annual_reports.reading import read
    from warehouse.home import Home

    here = Home.at(home)
    return read(
        file.read_bytes(), file.name, catalogue=catalogue.load(here.catalogue), divisions=places.load(here.divisions)
    )


@click.command()
@click.argument("file", type=FILE)
@home_option
@json_option
@told
def extract(file: Path, home: Path, as_json: bool) -> None:
    """读一个文件，给出读到的全部内容：标题、机关、年度、章节、数字、事实、勾稽。

    不是年报或读不成的文件，退出码为 3，并说明原因。
    """
    from annual_reports.json_form import to_json

    report = read_file(file, home)
    if as_json:
        put_json(to_json(report))
    elif report.accepted:
        _tell(report, home)
    if not report.accepted:
        say(f"{file.name}：未读成。{report.reason}")
        sys.exit(WITH_REJECTS)


def _tell(report: Report, home: Path) -> None:
    """The reading as an outline and a table of facts."""
    from expectations.labels import say as word

    names = indicator_names(home)
    assert report.issuer
    assert report.period
    place = "/".join(
        p for p in (getattr(report.issuer.division, n) for n in ("province", "city", "county", "township")) if p
    )
    click.echo(f"标题  {report.title}")
    click.echo(f"机关  {report.issuer.name}（{word(report.issuer.resolution)}：{place or '—'}）")
    click.echo(f"年度  {report.report_year}（{report.period.start} 至 {report.period.end}）")
    for note in report.notes:
        click.echo(f"存疑  {note}")
    click.echo("章节")
    for section in report.sections:
        repaired = f"（原文作 {section.printed_marker}）" if section.repaired else ""
        click.echo(f"{'  ' * section.level}{section.marker}{section.title}{repaired}")
    click.echo(f"事实  {len(report.facts)} 项（数字 {len(report.quantities)} 个）")
    for fact in report.facts:
        scope = f"·{fact.scope}" if fact.scope else ""
        bound = "" if fact.bound == "exact" else f"（{word(fact.bound)}）"
        printed = report.quantities[fact.quantities[0]].printed
        click.echo(
            f"  {names.get(fact.indicator, fact.indicator)}{scope}  {fact.value:.12g} {fact.unit}{bound}  「{printed}」"
        )
    for check in report.checks:
        if not check.holds:
            click.echo(f"勾稽  {check.statement}：{word(check.verdict)}")


def indicator_names(home: Path) -> dict[str, str]:
    """Indicator code → the short Chinese name of the catalogue, else its full one."""
    from annual_reports import catalogue
    from warehouse.home import Home

    indicators = catalogue.load(Home.at(home).catalogue)["indicators"]
    return {code: entry.get("short_name") or entry["name_zh"] for code, entry in indicators.items()}


@click.command()
@click.argument("what", metavar="FILE|REPORT")
@home_option
@told
def show(what: str, home: Path) -> None:
    """在终端显示原文，标出读到的每个数和它的含义；FILE 是文件，REPORT 是仓库里的报告编号。"""
    from flows.marked import marked

    text, marks = _from_file(Path(what), home) if Path(what).is_file() else _from_warehouse(what, home)
    click.echo(marked(text, marks, indicator_names(home)))


def _from_file(file: Path, home: Path) -> tuple[str, list[Any]]:
    from flows.marked import Mark

    report = read_file(file, home)
    if not report.accepted:
        fail(f"{file.name}：未读成。{report.reason}", WITH_REJECTS)
    return report.text, [
        Mark(q.start, q.end, q.role, q.bound, q.value, q.unit, q.indicator, q.scope) for q in report.quantities
    ]


def _from_warehouse(report_id: str, home: Path) -> tuple[str, list[Any]]:
    from flows.marked import Mark
    from warehouse.home import Home
    from warehouse.query import published

    with published(Home.at(home)) as con:
        found = con.execute("SELECT text FROM core.reports WHERE report_id = ?", [report_id]).fetchone()
        if found is None:
            fail(f"没有名为 {report_id} 的文件，仓库里也没有这个编号的报告；编号可查 core.reports")
        rows = con.execute(
            "SELECT span_start, span_end, role, bound, value, unit, indicator, scope"
            " FROM core.quantities WHERE report_id = ? ORDER BY ALL",
            [report_id],
        ).fetchall()
    return found[0], [Mark(*row) for row in rows]


@click.command()
@click.argument("gold", type=FILE, metavar="GOLD.json")
@click.option("--misses", is_flag=True, help="逐条列出没读到、读多了和读错了的。")
@home_option
@json_option
@told
def evaluate(gold: Path, misses: bool, home: Path, as_json: bool) -> None:
    """拿人工标注的答案衡量读取的准确程度；被标注的文件与 GOLD.json 放在同一个文件夹。"""
    from annual_reports import evaluate as measure

    labelled = json.loads(gold.read_text("utf-8"))
    result = measure.evaluate(labelled, {name: _labelled(gold.parent / name, home) for name in labelled})
    if as_json:
        put_json(measure.to_json(result))
    else:
        click.echo(measure.table(result, misses=misses))


def _labelled(file: Path, home: Path) -> Report:
    if not file.is_file():
        raise FileNotFoundError(f"标注里的文件不存在：{file}")
    return read_file(file, home)


@click.group()
def catalogue() -> None:
    """查看、检查指标目录，列出还没有指标认领的说法。"""


@catalogue.command("list")
@click.argument("word", required=False)
@home_option
@json_option
@told
def catalogue_list(word: str | None, home: Path, as_json: bool) -> None:
    """列出指标；给出 WORD 时只列代码、名称或主题里含有它的。"""
    from annual_reports import catalogue as tables
    from warehouse.home import Home

    entries = tables.load(Home.at(home).catalogue)["indicators"]
    chosen = {c: e for c, e in entries.items() if not word or any(word in str(v) for v in (c, *e.values()))}
    if as_json:
        put_json(chosen)
    for code, entry in chosen.items() if not as_json else ():
        click.echo(f"{code}\t{entry['name_zh']}\t{entry['unit']}\t{entry.get('theme', '')}")


@catalogue.command("check")
@home_option
@told
def catalogue_check(home: Path) -> None:
    """检查目录：重叠或永远用不上的说法、指向不存在的指标或口径的条目。"""
    from annual_reports import catalogue as tables
    from annual_reports.indicators import problems
    from warehouse.home import Home

    found = problems(tables.load(Home.at(home).catalogue))
    for problem in found:
        click.echo(problem)
    say(f"{len(found)} 处问题" if found else "目录没有问题")
    sys.exit(FAILED if found else DONE)


@catalogue.command("unmatched")
@click.option("--limit", default=50, show_default=True, help="最多列几条。")
@home_option
@json_option
@told
def catalogue_unmatched(limit: int, home: Path, as_json: bool) -> None:
    """列出还没有指标认领的数：说法、次数和一个例句，供扩充目录。"""
    from flows.output import put_table
    from warehouse.home import Home
    from warehouse.query import published

    with published(Home.at(home)) as con:
        table = con.sql("FROM core.unmatched_quantities")
        put_table(table.limit(limit).pl(), "json" if as_json else "table")
