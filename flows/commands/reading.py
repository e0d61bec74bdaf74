"""Commands that read files without a warehouse: extract, show, evaluate, catalogue."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.options import DONE, FAILED, WITH_REJECTS, fail, home_option, json_option, put_json, say, told

if TYPE_CHECKING:
    from annual_reports.evaluate import Result, Score
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
@click.option(
    "--files",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="被标注的文件所在的文件夹，默认与 GOLD.json 相同。",
)
@click.option("--misses", is_flag=True, help="逐条列出没读到、读多了和读错了的。")
@home_option
@json_option
@told
def evaluate(*, gold: Path, files: Path | None, misses: bool, home: Path, as_json: bool) -> None:
    """拿人工标注的答案衡量读取的准确程度；标注的格式见 docs/gold.md。"""
    from annual_reports import evaluate as measuring
    from flows.output import table

    labelled = measuring.load_gold(gold)
    folder = files or gold.parent
    found = measuring.evaluate(labelled, {name: _labelled(folder / name, home) for name in labelled})
    results = [*found.reports, found.total]
    if as_json:
        put_json([_measured(result, misses) for result in results])
        return
    columns = ["报告", *measuring.MEASURES.values()]
    rows = [[r.name, *(_share(r.scores[name]) for name in measuring.MEASURES)] for r in results]
    click.echo(table(columns, rows))
    for miss in found.total.misses if misses else ():
        click.echo(miss)


def _share(score: Score) -> str:
    return f"{score.share:.3f}（{score.hits}/{score.of}）" if score.of else "—"


def _measured(result: Result, misses: bool) -> dict[str, Any]:
    scores = {name: {"share": s.share, "hits": s.hits, "of": s.of} for name, s in result.scores.items()}
    return {"report": result.name, "scores": scores} | ({"misses": result.misses} if misses else {})


def _labelled(file: Path, home: Path) -> Report:
    if not file.is_file():
        raise FileNotFoundError(f"标注里的文件不存在：{file}；用 --files 指明它们所在的文件夹")
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
@click.argument("files", nargs=-1, type=FILE, metavar="[FILE]...")
@home_option
@json_option
@told
def catalogue_check(files: tuple[Path, ...], home: Path, as_json: bool) -> None:
    """检查目录：重叠的说法、重名、没人用的词、指向不存在的指标或口径的条目；给出 FILE 时，还有用不上的说法。"""
    from annual_reports.catalogue_check import check
    from warehouse.home import Home

    found = check(Home.at(home).catalogue, [read_file(file, home) for file in files])
    if as_json:
        put_json([{"kind": f.kind, "place": f.place, "message": f.message} for f in found])
    for finding in found if not as_json else ():
        click.echo(finding)
    say(f"{len(found)} 处" if found else "目录没有问题")
    sys.exit(FAILED if any(f.kind.startswith("unknown") for f in found) else DONE)


@catalogue.command("unmatched")
@click.argument("files", nargs=-1, type=FILE, metavar="[FILE]...")
@click.option("--limit", default=50, show_default=True, help="最多列几条。")
@home_option
@json_option
@told
def catalogue_unmatched(*, files: tuple[Path, ...], limit: int, home: Path, as_json: bool) -> None:
    """列出还没有指标认领的数：说法、单位、次数和一个例句，供扩充目录；不给 FILE 时看已发布的仓库。"""
    from annual_reports import catalogue as tables
    from annual_reports.catalogue_check import unmatched
    from flows.output import table
    from warehouse.home import Home

    reports = (read_file(file, home) for file in files) if files else _published_reports(home)
    found = unmatched(reports, tables.load(Home.at(home).catalogue))[:limit]
    if as_json:
        put_json([{name: getattr(f, name) for name in f.__slots__} for f in found])
    else:
        rows = [(f.phrase, f.unit, f.count, f.reports, f.sentence) for f in found]
        click.echo(table(["说法", "单位", "次数", "报告数", "例句"], rows))


def _published_reports(home: Path) -> Iterator[Report]:
    """The published reports that have figures without an indicator, as far as ``unmatched`` looks at a report."""
    from annual_reports.report import Quantity, Report
    from warehouse.home import Home
    from warehouse.query import published

    columns = "span_start, span_end, printed, value, low, high, bound, unit_printed, unit, role, year, indicator, scope"
    with published(Home.at(home)) as con:
        ids = con.execute("SELECT DISTINCT report_id FROM core.unmatched_quantities ORDER BY ALL").fetchall()
        for (report_id,) in ids:
            [(text, sha256, title)] = con.execute(
                "SELECT text, sha256, title FROM core.reports WHERE report_id = ?", [report_id]
            ).fetchall()
            rows = con.execute(
                f"SELECT {columns}, NULL, sentence, sentence_start, rule FROM core.quantities WHERE report_id = ?"
                " ORDER BY span_start, span_end",
                [report_id],
            ).fetchall()
            quantities = tuple(Quantity(*row) for row in rows)
            yield Report(title or report_id, sha256, len(text), True, text=text, quantities=quantities)
