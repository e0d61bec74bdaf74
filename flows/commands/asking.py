"""Commands that ask the warehouse: sql, yoy, evidence, analyses, analyse. They read the published copy."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.options import fail, home_option, json_option, put_json, say, told
from flows.output import Format, format_option, put_table

if TYPE_CHECKING:
    import duckdb
    import polars as pl

live_option = click.option("--live", is_flag=True, help="查询正在使用的工作库，而不是已发布的副本。")


@contextmanager
def warehouse(home: Path, live: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A reading connection to the published copy (its age goes to stderr) or to the working file."""
    from warehouse import database
    from warehouse.home import Home

    here = Home.at(home)
    if live:
        con = database.open(here, read_only=True)
    elif here.published_database.is_file():
        say(f"已发布的副本，{age(time.time() - here.published_database.stat().st_mtime)}前生成")
        con = database.connect(here.published_database, read_only=True)
    else:
        fail(f"{here.published_database}：还没有发布过；先运行 fazhi ingest 或 fazhi publish")
    try:
        yield con
    finally:
        con.close()


def age(seconds: float) -> str:
    """How long ago, in the largest unit that fits: 3 分钟."""
    for unit, length in (("天", 86400), ("小时", 3600), ("分钟", 60)):
        if seconds >= length:
            return f"{seconds // length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} 秒"


def ask(con: duckdb.DuckDBPyConnection, query: str, **values: Any) -> pl.DataFrame:
    """The rows of one query as a Polars frame; what is wrong with the query is told in Chinese with DuckDB's words."""
    import duckdb

    try:
        con.execute("SET enable_progress_bar = false")
        rows = con.sql(query, params=values or None)
        return rows.pl() if rows is not None else pl_empty()
    except duckdb.Error as error:
        raise ValueError(f"查询没有成功：{error}") from error


def pl_empty() -> pl.DataFrame:
    """What a statement gives that is no query."""
    import polars as pl

    return pl.DataFrame()


@click.command()
@click.argument("query")
@home_option
@live_option
@format_option
@told
def sql(query: str, home: Path, live: bool, form: Format) -> None:
    """用 SQL 查询已发布的仓库；QUERY 为 - 时从标准输入读。

    表见 docs/dictionary.md；可用 FROM yoy('矛盾纠纷化解') 这样的现成查询。
    """
    text = sys.stdin.read() if query == "-" else query
    with warehouse(home, live) as con:
        put_table(ask(con, text), form)


@click.command()
@click.argument("indicator")
@home_option
@live_option
@format_option
@told
def yoy(indicator: str, home: Path, live: bool, form: Format) -> None:
    """某个指标逐年的变化；INDICATOR 可写代码、中文名、简称或别名，如 矛盾纠纷化解。

    「方向」为「不定」时，两年的界限有重叠（如 9000余 与 10000余），说不准升降。
    """
    from warehouse import query

    with warehouse(home, live) as con:
        query.indicator_codes(con, indicator)  # an unknown name is told with the nearest ones
        rows = ask(con, "FROM yoy($words)", words=indicator)
    if form != "table":
        put_table(rows, form)
        return
    shown = _for_people(rows)
    corrected = (shown["更正"] != "").any()
    put_table(shown if corrected else shown.drop("更正"))
    if corrected:
        say("* 经人工更正的数（「上年*」为上年的数）；原读作几何、为何更正见 fazhi evidence 机关 年度 指标")


def _for_people(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of ``yoy`` that a person reads, under Chinese names; what was corrected carries an asterisk."""
    import polars as pl

    from expectations.labels import say as word

    corrected = pl.col("flags").str.contains("corrected", literal=True)
    before = pl.col("previous_fact_id").is_in(rows.filter(corrected)["fact_id"].implode())
    directions = {"up": "升", "down": "降", "flat": "平", "uncertain": "不定"}
    return rows.sort("issuer_id", "scope", "report_year").select(
        pl.col("issuer_name").alias("机关"),
        pl.col("scope").alias("范围"),
        pl.col("report_year").cast(pl.String).alias("年度"),
        pl.col("value").alias("数值"),
        pl.col("bound").map_elements(lambda b: "" if b == "exact" else word(b), pl.String).alias("界限"),
        pl.col("unit").alias("单位"),
        pl.concat_str(
            pl.when(corrected).then(pl.lit("*")).otherwise(pl.lit("")),
            pl.when(before.fill_null(False)).then(pl.lit("上年*")).otherwise(pl.lit("")),
            separator="",
        ).alias("更正"),
        pl.col("previous_value").alias("上年"),
        pl.col("change").alias("变化"),
        pl.col("change_pct").round(1).alias("变化%"),
        pl.col("direction").replace(directions).alias("方向"),
        pl.col("reason_zh").alias("不可比的原因"),
    )


@click.command()
@click.argument("issuer")
@click.argument("year", type=int)
@click.argument("indicator")
@home_option
@live_option
@json_option
@told
def evidence(*, issuer: str, year: int, indicator: str, home: Path, live: bool, as_json: bool) -> None:
    """一个数的出处：原句、章节、位置、文件。ISSUER 可写全称、县加乡或名称路径。"""
    from warehouse import query

    with warehouse(home, live) as con:
        query.issuer_ids(con, issuer)  # an unknown name is told with the nearest ones
        query.indicator_codes(con, indicator)
        rows = ask(con, "FROM evidence_of($issuer, $year, $words)", issuer=issuer, year=year, words=indicator)
        if "corrected_indicator" not in rows.columns:
            fail("已发布的副本由旧版程序生成，没有更正一栏；先运行 fazhi publish 重新发布，或加 --live 查工作库")
        missing = None if rows.height else query.no_evidence(con, issuer, year, indicator)
    if as_json:
        put_json(rows.to_dicts())
    elif rows.height:
        click.echo("\n".join("\n  ".join(_evidence(row)) for row in rows.iter_rows(named=True)))
    if missing:
        fail(f"没有找到：{missing}")


def _evidence(row: dict[str, Any]) -> Iterator[str]:
    """One place of evidence for people: what the figure is, how it is printed, what was corrected, where it stands."""
    corrected = "corrected_" if row["corrected_indicator"] else ""
    name, scope = row[f"{corrected}indicator_name"], row[f"{corrected}scope"]
    version = "现行" if row["is_current"] else f"旧版：第 {row['version']} 版，共 {row['versions']} 版"
    yield f"{row['issuer_name']} {row['report_year']} 年 {name}{_scope(scope)}（{version}）"
    read = _figure(row["printed_value"], row["low"], row["high"], row["bound"], row["value_unit"])
    converted = f"，记作 {row['value']:.12g}{row['unit']}" if row["unit"] != row["value_unit"] else ""
    yield f"所印 {row['printed']}（读作 {read}{converted}）"
    if row["correction"]:
        yield f"更正 {_correction(row)}"
    yield f"原句 {row['sentence']}"
    section = f"{row['section_marker'] or ''}{row['section_title'] or '—'}"
    yield f"章节 {section}，第 {row['span_start']}–{row['span_end']} 字"
    yield f"文件 {(row['paths'] or '').replace(chr(10), '；')}"
    yield f"原件 {row['snapshot']}"


def _figure(value: float, low: float | None, high: float | None, bound: str, unit: str) -> str:
    """A figure with what its words allow: 至少120件，即 121–129."""
    if bound == "exact":
        return f"{value:.12g}{unit}"
    words = {"at_least": "至少", "at_most": "不超过", "approx": "约", "range": "区间 "}.get(bound, f"{bound} ")
    if low is None or high is None:
        allowed = "不限" if low is high else f"{high:.12g} 以下" if low is None else f"{low:.12g} 以上"
    else:
        allowed = f"{low:.12g}–{high:.12g}"
    return f"{words}{value:.12g}{unit}，即 {allowed}"


def _correction(row: dict[str, Any]) -> str:
    """What a person decided about the fact: its new value or label, the old one, why, who and when."""
    by = f"（{row['correction_id']}：{row['correction_reason']}；{row['correction_author']}，{row['correction_date']}）"
    if row["correction"] == "drop":
        return f"不采用这个数{by}"
    to = _figure(*(row[f"corrected_{key}"] for key in ("value", "low", "high", "bound", "unit")))
    if row["correction"] == "relabel":
        label = f"{row['corrected_indicator_name']}{_scope(row['corrected_scope'])}"
        return f"改归「{label}」，{to}；原读作「{row['indicator_name']}{_scope(row['scope'])}」{by}"
    return f"改为 {to}；原读作 {row['value']:.12g}{row['unit']}{by}"


def _scope(scope: str) -> str:
    return f"·{scope}" if scope else ""


@click.command()
@json_option
@told
def analyses(as_json: bool) -> None:
    """列出自带的分析：名字、它回答的问题、参数。"""
    from warehouse import query

    known = query.analyses().values()
    if as_json:
        rows = [{"name": a.name, "question": a.question, "parameters": [vars(p) for p in a.parameters]} for a in known]
        put_json(rows)
        return
    for analysis in known:
        click.echo(f"{analysis.name}\n    {analysis.question}")
        for parameter in analysis.parameters:
            default = f"（默认 {parameter.default}）" if parameter.default else "（必给）"
            click.echo(f"    --{parameter.name} {parameter.meaning}{default}")


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("name")
@home_option
@live_option
@format_option
@click.pass_context
@told
def analyse(context: click.Context, *, name: str, home: Path, live: bool, form: Format) -> None:
    """运行一个自带的分析；它的参数写作 --参数 值，见 fazhi analyses。"""
    from warehouse import query

    given = _parameters(context.args)
    with warehouse(home, live) as con:
        try:
            rows = query.analyse(con, name, given)
        except query.QuestionError as error:
            raise click.UsageError(str(error)) from error
    put_table(rows, form)


def _parameters(words: list[str]) -> dict[str, str]:
    """``--year 2024 --county=襄垣县`` as a mapping."""
    given: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--"):
            raise click.UsageError(f"多出了「{word}」；分析的参数写作 --参数 值")
        value = value if equals else next(rest, "")
        if not value:
            raise click.UsageError(f"参数 --{name} 后面要跟一个值")
        given[name] = value
    return given
