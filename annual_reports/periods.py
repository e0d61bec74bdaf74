"""The year a report describes, the days its figures cover, and the year that the words beside a figure speak of.

Knows how years are written (2024年, ２０２４年, 二〇二三年), in which order their places are to be believed (title,
statement 「现将…如下」, opening, headings, file name, publication, at last a body that names one year only), and what
is no report year: 〔2026〕 in a document number, 2021—2025 in a plan's name, the year of a heading that the author
forgot to change. Leaves out which figure a word belongs to (roles.py).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from annual_reports.report import Period, Section
from annual_reports.text import Text

FIRST, LAST = 2004, 2099  # 《全面推进依法行政实施纲要》 asked for the first such reports in 2004

_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九０１２３４５６７８９Ｏ", "00012345678901234567890")
_NUMERAL = r"(?:[2２][0０][0-9０-９]{2}|二[〇○零Ｏ0][〇○零一二三四五六七八九]{2})"
# Opens with its first digit and looks back only then: the other way round a search takes seven times as long.
_YEAR = re.compile(
    r"(?P<year>[2２二](?<![0-9０-９〇○零一二三四五六七八九—\-－~～到].)(?<![0-9０-９年〇○零一二三四五六七八九]至.)"
    r"(?:(?<!二)[0０][0-9０-９]{2}|(?<=二)[〇○零Ｏ0][〇○零一二三四五六七八九]{2}))"
    r"\s?(?:年|(?=[—\-－~～至到]\s?[12]?\d\s?月))"
    rf"(?!\s?[—\-－~～至到]\s?{_NUMERAL}\s?年)"
)
_BRACKETED = re.compile(rf"[（(〔【]\s?(?P<year>{_NUMERAL})\s?(?:年?度?)[)）〕】](?!\s*第?\d+\s*号)")
_IN_NAME = re.compile(rf"(?<!\d)(?P<year>{_NUMERAL})(?!\d|\s?[-—－~～至到]\s?{_NUMERAL})")
_FIRST_PART = re.compile(r"^\s*(?:一\s?[、.．]|[（(]一[)）]|第一部分|1[、.．])", re.MULTILINE)
_STATED = r"[^。\n]{0,80}?(?:如下|报告|汇报)"
_STATEMENT = re.compile(rf"(?:现将|现就|将){_STATED}")
_USUAL_STATEMENT = re.compile(f"将{_STATED}")  # found several times as fast, and mostly there is no other
_OPENING = 300  # characters after the title in which a report says which year it speaks of

_UNTIL = re.compile(
    rf"截[至止](?:到)?\s?(?:(?P<year>{_NUMERAL})年|今年|目前)?\s?(?P<month>\d{{1,2}})月(?:(?P<day>\d{{1,2}})日|底|末|份)?"
)
_MONTHS = re.compile(
    rf"(?:(?P<year>{_NUMERAL})年|今年)?\s?1\s?月?份?\s?[—–\-－~～至到]{{1,2}}\s?(?P<month>1[0-2]|[2-9])\s?月"
)
_FROM_TO = re.compile(
    rf"{_NUMERAL}年\s?\d{{1,2}}\s?月(?:\s?\d{{1,2}}\s?日)?\s?[—–\-－~～至到]{{1,2}}\s?"
    rf"(?P<year>{_NUMERAL})年\s?(?P<month>\d{{1,2}})\s?月(?:\s?(?P<day>\d{{1,2}})\s?日)?"
)
_HALF = re.compile(
    r"上半年|第?[一1][至到、—\-～~]第?[二三23]季度|第一、二季度|前三季度|前(?P<n>[二三])个?季度|第一季度|一季度"
)


@dataclass(frozen=True, slots=True)
class YearReading:
    """The report year, or None. ``evidence`` says in Chinese where it was read; ``notes`` which places contradict."""

    year: int | None
    evidence: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def years(words: str) -> list[int]:
    """Every year that stands in ``words`` as 20xx年 or in Chinese digits, in order; spans of years are left out."""
    return [year for m in _YEAR.finditer(words) if FIRST <= (year := _number(m["year"])) <= LAST]


def _number(printed: str) -> int:
    return int(printed.translate(_CHINESE_DIGITS))


def report_year(
    title: str, text: Text, file_name: str, headings: Sequence[Section], published: date | None = None
) -> YearReading:
    """The year that the report describes. Where places contradict each other the order of the module's docstring
    decides, and a note says so; the title alone against statement and plan heading together does not."""
    body = text.text
    printed = re.search(re.escape(title[-8:]) + r"(?:[（(].*[)）])?$", body[:600], re.MULTILINE) if title else None
    start = printed.end() if printed else 0
    first_heading = headings[0].start if headings else len(body)
    named = [
        ("标题", _of_title(title)),
        ("「现将……如下」一句", _of_statement(body[: start + 3000])),
        ("开头", _first(years(body[start : min(start + _OPENING, first_heading)]))),
        *_of_headings(headings),
        ("文件名", _first(_in_name(file_name))),
        ("发布日期", _of_publication(published)),
    ]
    told = [(place, year) for place, year in named if year]
    if not told and (year := _only_one(body, headings)):
        told = [("正文里唯一的年份", year)]
    if not told:
        return YearReading(None, (), ("标题、正文、文件名和发布日期都没有说明是哪一年",))
    place, year = told[0]
    said = dict(told)
    if place == "标题" and said.get("「现将……如下」一句") == year - 1 == said.get("开头") == said.get("下年安排的标题"):
        place, year = "「现将……如下」一句", year - 1
    notes = tuple(
        f"{other}写的是 {differing} 年，按{place}定为 {year} 年"
        for other, differing in told
        if differing != year and other not in ("发布日期", "开头")
    )
    return YearReading(year, tuple(f"{p}：{y} 年" for p, y in told if y == year), notes)


def _first(found: Iterable[int]) -> int | None:
    return next(iter(found), None)


def _of_title(title: str) -> int | None:
    """The year of the title; 「2023年工作总结和2024年工作计划」 is of 2023."""
    title = re.sub(r"\s", "", title)
    return (
        _first(years(title))
        or _first(_number(m["year"]) for m in _BRACKETED.finditer(title))
        or _first(_in_name(title))
    )


def _only_one(body: str, headings: Sequence[Section]) -> int | None:
    """The one year that the body speaks of, what it plans for the next left out; None where it names several."""
    plans = next((h.start for h in headings if h.level == 1 and h.canonical == "plan"), len(body))
    named = set(years(body[:plans]))
    return named.pop() if len(named) == 1 else None


def _in_name(name: str) -> list[int]:
    without_numbers = re.sub(r"[〔\[【]\d{4}[〕\]】]\s*第?\d+\s*号|(?<!\d)20\d{6,}|20\d\d[-.]\d\d?[-.]\d\d?", "", name)
    return [year for m in _IN_NAME.finditer(without_numbers) if FIRST <= (year := _number(m["year"])) <= LAST]


def _of_statement(text: str) -> int | None:
    for sentence in _statements(text):
        if re.search("法治|依法行政|工作|情况", sentence) and (found := years(sentence)):
            return found[0]
    return None


def _statements(text: str) -> list[str]:
    """Every 「现将……如下」, from its 将 on."""
    return (_STATEMENT if "现就" in text else _USUAL_STATEMENT).findall(text)


def _of_headings(headings: Sequence[Section]) -> list[tuple[str, int | None]]:
    """Years in level-1 headings: of the measures as they stand, of the plan less one."""
    measures = _first(y for h in headings if h.level == 1 and h.canonical == "measures" for y in years(h.title))
    plan = _first(y - 1 for h in headings if h.level == 1 and h.canonical == "plan" for y in years(h.title))
    return [("举措成效的标题", measures), ("下年安排的标题", plan)]


def _of_publication(published: date | None) -> int | None:
    """Published from November on, a report is of the same year; before, of the year before (due by 1 April)."""
    year = published.year - (published.month < 11) if published else 0
    return year if FIRST <= year <= LAST else None


def period(year: int, text: Text, title: str = "", published: date | None = None) -> Period:
    """The days that the report's figures cover: the whole year, or up to where the report says it ends.

    A cut-off counts where title, statement or opening name it, or where the report was published inside its year.
    """
    body = text.text
    start = _FIRST_PART.search(body, len(title))
    before = min(len(title) + _OPENING, start.start() if start else len(body))
    opening = f"{title}\n{body[:before]}\n{''.join(_statements(body[:4000]))}"
    inside = published is not None and published.year == year
    end = _cut_off(year, opening) or (_cut_off(year, body) if inside else None)
    if end is None and inside:
        end = published
    if end is None or end >= date(year, 12, 31):
        return Period(date(year, 1, 1), date(year, 12, 31), False)
    return Period(date(year, 1, 1), end, True)


def _cut_off(year: int, words: str) -> date | None:
    ends: list[date] = []
    for found in (
        (*_UNTIL.finditer(words), *_MONTHS.finditer(words), *_FROM_TO.finditer(words)) if "月" in words else ()
    ):  # most name no month
        named = found["year"]
        month = int(found["month"])
        if (named and _number(named) != year) or not 1 <= month <= 12:
            continue
        last = calendar.monthrange(year, month)[1]
        day = int(found["day"]) if found.re is not _MONTHS and found["day"] else last
        ends.append(date(year, month, min(max(day, 1), last)))
    if not ends and (half := _HALF.search(words)):
        month = 9 if re.search("[三3]季度", half[0]) else 3 if "一季度" in half[0] else 6
        ends.append(date(year, month, calendar.monthrange(year, month)[1]))
    return max(ends, default=None)


_SEVERAL = re.compile(
    rf"近[两二三四五六七八九十几2-9]年|[两二三四五六七八九十2-9]年来|历年|累计[^，。]{{0,6}}年来|(?:自|从)?{_NUMERAL}年(?:以来|起|至今)|十[二三四五]五[”\"]?(?:期间|以来)"
    rf"|{_NUMERAL}年?\s?[—\-－~～至到]\s?{_NUMERAL}\s?年|建[镇县区局]以来|改革开放"
)
_RELATIVE = re.compile("(?P<two>前年)|(?P<last>去年|上一?年|前一年|往年)|(?P<next>明年|来年|下一?年|次年)|[今本当]年")
_SHIFT = {"two": -2, "last": -1, "next": 1}


def year_of(words: str, report_year: int) -> int | None:
    """The year that the words beside a figure speak of; the report's where they name none.

    None where they speak of several years together (近三年, 自2021年以来, 五年来, "十四五"期间): the figure is then
    none of the report year. 「2024年以来」 in the report of 2024 is the report year. 「上一年度」 is what the template
    of these reports calls the report year itself, so it is never taken for the year before.
    """
    named = years(words)
    if named and set(named) == {report_year}:
        return report_year
    if _SEVERAL.search(words):
        return None
    if named:
        return named[-1]
    relative = words.replace("上一年度", "")
    *_, said = (None, *_RELATIVE.finditer(relative))  # 上年结转12件、当年新收219件: the last one
    return report_year + (_SHIFT.get(said.lastgroup or "", 0) if said else 0)
