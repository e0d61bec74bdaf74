"""What stands around a report's text, as HTML: its head, the legend, and the tables beside it.

Like the marks in the text this is put together as plain strings, once for every report, for which a template would take
five times as long. Everything that is not a constant here goes through ``escape``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from itertools import starmap

from expectations.labels import say
from expectations.pages.marking import Row, number
from expectations.pages.site import quote, short, size

Kind = tuple[str, str, int]  # of figures: CSS class, words, how many there are


def issuer(report: Row) -> str:
    """Who reports, as far as is known."""
    return escape(report.issuer_name or "机关不明")


def head(report: Row) -> str:
    """The title, and in one line whose report of which year it is and what to be careful of."""
    remarks = [issuer(report), f"{report.report_year} 年度"]
    if report.part_year:
        remarks.append(f"只到 {report.period_end}")
    if report.is_current is False:
        remarks.append("已有新版")
    if report.resolution != "resolved":
        remarks.append(f"机关{escape(say(report.resolution))}，不参与同比")
    title = escape(short(report.title or "（没有标题）", 120))
    return f'<h1>{title}</h1>\n<p class="lead">{" · ".join(remarks)}</p>\n'


def about(report: Row, files: Iterable[Row]) -> str:
    """Where the report comes from: its key, issuer, period and files, and what the reader had doubts about."""
    notes = "<br>".join(map(escape, report.notes.split("\n"))) if report.notes else ""
    return (
        '<dl class="meta">\n'
        f"<dt>编号</dt><dd><code>{escape(report.report_id)}</code></dd>\n"
        f"<dt>机关</dt><dd>{escape(report.issuer_id)}（{escape(report.issuer_level or '层级不明')}）</dd>\n"
        f"<dt>时段</dt><dd>{report.period_start or ''} 至 {report.period_end or ''}</dd>\n"
        f"{''.join([_file(file, n == 0) for n, file in enumerate(files)])}"
        f"{f'<dt>疑点</dt><dd>{notes}</dd>' if notes else ''}</dl>\n"
    )


def _file(file: Row, first: bool) -> str:
    folder, _, name = file.path.rpartition("/")
    kind = say(file.media_type) if file.media_type else ""
    where = f"{escape(kind)}，{size(file.size)}，在 {escape(folder or '/')}"
    return f'<dt>{"文件" if first else ""}</dt><dd class="path">{escape(name)} <small>{where}</small></dd>\n'


def legend(kinds: Sequence[Kind]) -> str:
    """The kinds of figures that the page has, each with a box that hides its marks."""
    boxes = [
        f'<li><label><input type="checkbox" id="show-{css}" checked> <span class="{css}">{words}</span> {count}</label>'
        "</li>\n"
        for css, words, count in kinds
    ]
    return f'<ul class="legend" aria-label="图例：取消勾选可隐去标记">\n{"".join(boxes)}</ul>\n' if kinds else ""


def failures(rows: Sequence[Row]) -> str:
    """The rules that the report breaks."""
    lines = [
        f'<tr><th scope="row"><a href="../rules/{escape(row.rule)}.html">{escape(row.rule)}</a></th>'
        f'<td><span class="badge {escape(row.severity)}">{escape(say(row.severity))}</span><br>'
        f"{escape(short(row.detail, 200))}</td></tr>\n"
        for row in rows
    ]
    return f"<h2>不合格之处</h2>\n{_table(lines)}" if rows else ""


def facts(rows: Sequence[tuple[str | None, Row]]) -> str:
    """Indicators, linked to their place in the text (its anchor comes first), and values."""
    top = '<thead><tr><th scope="col">指标</th><th scope="col" class="n">数值</th></tr></thead>'
    table = _table(starmap(_fact, rows), f"\n{top}") if rows else '<p class="empty">没有读出事实。</p>\n'
    return f"<h2>事实（{len(rows)}）</h2>\n{table}"


def _fact(anchor: str | None, row: Row) -> str:
    name, remarks = _indicator(row.indicator_name or row.indicator, row.scope, row.flags)
    linked = f'<a href="#{escape(anchor)}">{name}</a>' if anchor else name
    corrected = " <small>已更正</small>" if row.correction_id else ""
    amount = _amount(row.value, row.unit, row.bound, row.printed)
    return f'<tr><td>{linked}{remarks}{corrected}</td>\n<td class="n">{amount}</td></tr>\n'


@lru_cache(maxsize=4096)
def _indicator(name: str, scope: str | None, flags: str | None) -> tuple[str, str]:
    """An indicator's name, and what is remarked about a fact of it."""
    remarks = [scope] * bool(scope) + [say(flags)] * bool(flags)
    return escape(name), "".join([f" <small>{escape(remark)}</small>" for remark in remarks])


@lru_cache(maxsize=4096)
def _amount(value: float | None, unit: str, bound: str, printed: str | None) -> str:
    meant = "" if bound == "exact" else f"<br><small>{escape(printed or say(bound))}</small>"
    return f"{number(value)} {escape(unit)}{meant}"


def unclaimed(rows: Sequence[tuple[str, Row]]) -> str:
    """Achieved figures without an indicator as printed, linked to their place in the text, and the words around."""
    lines = [
        f'<tr><td><a href="#{escape(anchor)}">{escape(short(row.printed, 30))}</a></td>'
        f"<td>{quote(row.sentence, row.printed, 24, row.span_start - row.sentence_start)}</td></tr>\n"
        for anchor, row in rows
    ]
    return f"<h2>没有指标认领的完成数（{len(rows)}）</h2>\n{_table(lines)}" if rows else ""


def checks(rows: Sequence[Row]) -> str:
    """Which of the report's figures should agree with each other, and whether they do."""
    held = {True: '<span class="state pass">✓</span>', False: '<span class="state fail">✘</span>'}
    lines = [
        f"<tr><td>{held[bool(row.holds)]}</td><td>{escape(short(row.statement, 160))}<br>"
        f"<small>{escape(say(row.kind, 'kind'))}，{escape(say(row.verdict, 'verdict'))}</small></td></tr>\n"
        for row in rows
    ]
    return f"<h2>勾稽（{len(rows)}）</h2>\n{_table(lines)}" if rows else ""


def _table(lines: Iterable[str], top: str = "") -> str:
    return f'<div class="wide"><table>{top}<tbody>\n{"".join(lines)}</tbody></table></div>\n'
