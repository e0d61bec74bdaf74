"""How well readings agree with reports labelled by hand: the measures, per report and in total, and every miss.

Knows the form of the labels (docs/gold.md) and what counts as found. Leaves out reading itself and printing: the
command line shows what ``evaluate`` returns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annual_reports.report import Quantity, Report, Section

MEASURES = {
    "recall": "查全率",
    "precision": "查准率",
    "code": "指标代码",
    "zero": "零的陈述",
    "head": "标题",
    "kind": "部分类别",
    "meta": "报告信息",
}
TITLE_LENGTH = 12  # characters of a heading's title that must agree
_META = {"report_year": "报告年度", "province": "省", "county": "县", "township": "乡镇", "issuer": "报告机关"}
_ZERO_DIGIT = re.compile(r"(?<!\d)[0０](?!\d)")
_SPACE = re.compile(r"\s+")


class GoldError(ValueError):
    """A file of labels that cannot be used; the message says where and why, in Chinese."""


@dataclass(slots=True)
class Score:
    """``hits`` of ``of``; a share of nothing is 1 (nothing was to be found and nothing was invented)."""

    hits: int = 0
    of: int = 0

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else 1.0

    def add(self, hit: bool) -> None:
        self.hits += hit
        self.of += 1


@dataclass(slots=True)
class Result:
    """The scores of one report, or of all together, by the names in MEASURES, and what was missed, in Chinese."""

    name: str
    scores: dict[str, Score] = field(default_factory=lambda: {measure: Score() for measure in MEASURES})
    misses: list[str] = field(default_factory=list)

    def miss(self, measure: str, words: str) -> None:
        self.misses.append(f"{MEASURES[measure]}：{words}")


@dataclass(slots=True)
class Evaluation:
    """One Result per labelled report, in the order of the labels, and their total."""

    reports: list[Result]
    total: Result


def load_gold(path: Path) -> dict[str, Any]:
    """The labels in ``path``: file name → label. Raises GoldError where the file is no such thing."""
    try:
        gold = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise GoldError(f"{path}：读不了（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise GoldError(f"{path}：不是 UTF-8 编码的文字，请另存为 UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"第 {error.lineno} 行第 {error.colno} 列"
        raise GoldError(f"{path} {place}：不是合法的 JSON；多半是少了或多了逗号、引号、括号") from error
    if not isinstance(gold, dict):
        raise GoldError(f"{path}：最外层应为「文件名: 标注」的对象，见 docs/gold.md")
    for name, label in gold.items():
        if missing := [key for key in ("meta", "headings", "numbers", "zeros") if key not in label]:
            raise GoldError(f"{path}：{name} 的标注里缺少 {'、'.join(missing)}，见 docs/gold.md")
    return gold


def evaluate(gold: Mapping[str, Any], readings: Mapping[str, Report]) -> Evaluation:
    """The measures of ``readings`` (file name → Report) against ``gold`` (file name → label).

    A labelled report without a reading, or with a rejected one, has missed everything.
    """
    results = [_one(name, label, readings.get(name)) for name, label in gold.items()]
    total = Result("合计")
    for result in results:
        for measure, score in result.scores.items():
            total.scores[measure].hits += score.hits
            total.scores[measure].of += score.of
        total.misses += [f"{result.name}：{miss}" for miss in result.misses]
    return Evaluation(results, total)


def _one(name: str, label: Mapping[str, Any], report: Report | None) -> Result:
    result = Result(name)
    if report is None or not report.accepted:
        reason = report.reason if report else "没有读到这个文件"
        result.misses.append(f"未能读出：{reason}")
    quantities = report.quantities if report else ()
    _figures(label["numbers"], quantities, result)
    _zeros(label["zeros"], quantities, result)
    _headings(label["headings"], report.sections if report else (), result)
    _meta(label["meta"], report, result)
    return result


def _bare(words: str | None) -> str:
    return _SPACE.sub("", words or "")


def states_zero(quantity: Quantity) -> bool:
    """A zero in words (未发生…, also 未发生1起); a printed 0件 is a figure like any other."""
    return quantity.value == 0 and not _ZERO_DIGIT.search(quantity.printed) and quantity.role == "achieved"


def _same_place(quantity: Quantity, quote: str) -> bool:
    sentence, quote = _bare(quantity.sentence), _bare(quote)
    return quote in sentence or sentence in quote


def _figures(numbers: Sequence[Mapping[str, Any]], quantities: Sequence[Quantity], result: Result) -> None:
    spans: dict[tuple[int, int], list[Quantity]] = {}
    for quantity in quantities:
        if quantity.role == "achieved" and not states_zero(quantity):
            spans.setdefault((quantity.start, quantity.end), []).append(quantity)
    free = dict(spans)
    found = 0
    for number in (entry for entry in numbers if entry["kind"] == "indicator"):
        span = next((span for span, same in free.items() if _is_figure(same[0], number)), None)
        if span is None:
            if not number.get("optional"):
                result.scores["recall"].add(False)
                result.miss("recall", f"没有找到「{number['quote']}」的 {number['number_text']}{number['unit'] or ''}")
            continue
        same = free.pop(span)
        if number.get("optional"):
            continue
        found += 1
        result.scores["recall"].add(True)
        _code(number, same, result)
    extra = [same[0] for same in free.values()]
    result.scores["precision"] = Score(found, found + len(extra))
    for quantity in extra:
        result.miss("precision", f"多出「{_bare(quantity.printed)}」（{_around(quantity)}）")


def _is_figure(quantity: Quantity, number: Mapping[str, Any]) -> bool:
    return (
        quantity.value == number["value"]
        and quantity.bound == number["bound"]
        and _bare(quantity.unit_printed) == _bare(number["unit"])
        and _same_place(quantity, number["quote"])
    )


def _code(number: Mapping[str, Any], same: Sequence[Quantity], result: Result) -> None:
    codes = number.get("codes", [None])
    if not any(codes):
        return
    read = [quantity.indicator for quantity in same]
    hit = any(code in codes for code in read)
    result.scores["code"].add(hit)
    if not hit:
        wanted = "或".join(code or "无" for code in codes)
        result.miss("code", f"「{number['quote']}」应为 {wanted}，读成 {'、'.join(code or '无' for code in read)}")


def _around(quantity: Quantity) -> str:
    at = quantity.start - quantity.sentence_start
    return _bare(quantity.sentence[max(0, at - 16) : at + 24])


def _zeros(labelled: Sequence[Mapping[str, Any]], quantities: Sequence[Quantity], result: Result) -> None:
    """Pairs of statement and code; a statement that no code is wanted for may be found or not. Invented is a zero where
    the labels have none, or with a code that they do not have there."""
    read = [quantity for quantity in quantities if states_zero(quantity)]
    served: set[int] = set()
    explained: set[int] = set()
    for zero in labelled:
        here = [n for n, quantity in enumerate(read) if _same_place(quantity, zero["quote"])]
        explained.update(n for n in here if read[n].indicator in (None, *zero["codes"]))
        for code in zero["codes"]:
            hits = [n for n in here if read[n].indicator == code and n not in served]
            served.update(hits[:1])
            if code is not None and not zero.get("optional"):
                result.scores["zero"].add(bool(hits))
                if not hits:
                    result.miss("zero", f"没有读出「{zero['quote']}」的零：{code}")
    for n, quantity in enumerate(read):
        if n not in explained:
            result.scores["zero"].add(False)
            result.miss("zero", f"多出「{_bare(quantity.printed)}」：{quantity.indicator or '无代码'}")


def _headings(labelled: Sequence[Mapping[str, Any]], sections: Sequence[Section], result: Result) -> None:
    free = list(sections)
    for heading in labelled:
        title = _bare(heading["title"])[:TITLE_LENGTH]
        hit = next(
            (
                section
                for section in free
                if (section.level, section.ordinal, _bare(section.title)[:TITLE_LENGTH])
                == (heading["level"], heading["ordinal"], title)
            ),
            None,
        )
        if hit:
            free.remove(hit)
        if heading.get("optional"):
            continue
        result.scores["head"].add(hit is not None)
        if hit is None:
            result.miss("head", f"没有读出第{heading['level']}级第{heading['ordinal']}个标题「{heading['title']}」")
        if heading["level"] == 1 and "canonical" in heading:
            right = hit is not None and hit.canonical == heading["canonical"]
            result.scores["kind"].add(right)
            if not right:
                read = hit.canonical if hit else "无"
                result.miss("kind", f"「{heading['title']}」应为 {heading['canonical']}，读成 {read}")
    for section in free:
        result.scores["head"].add(False)
        result.miss("head", f"多出第{section.level}级第{section.ordinal}个标题「{section.title}」")


def _meta(labelled: Mapping[str, Any], report: Report | None, result: Result) -> None:
    for key, name in _META.items():
        if key not in labelled:
            continue
        read = _read_meta(report, key)
        hit = report is not None and report.accepted and read == labelled[key]
        if key == "issuer" and not hit and isinstance(read, str) and labelled[key]:
            hit = _own_name(read, report) == _own_name(labelled[key], report)
        result.scores["meta"].add(hit)
        if not hit:
            result.miss("meta", f"{name}应为 {labelled[key]}，读成 {read}")


def _own_name(issuer: str, report: Report | None) -> str:
    """An issuer's name without the places above its own (杭州市西湖区人民政府, 西湖区人民政府): these are scored by
    themselves, and how many of them a title prints is chance."""
    if report is not None and report.issuer is not None:
        division = report.issuer.division
        places = [place for place in (division.province, division.city, division.county, division.township) if place]
        for place in places[:-1]:
            issuer = issuer.replace(place, "")
    return issuer


def _read_meta(report: Report | None, key: str) -> Any:
    if report is None or not report.accepted:
        return None
    if key == "report_year":
        return report.report_year
    if report.issuer is None:
        return None
    return report.issuer.name if key == "issuer" else getattr(report.issuer.division, key)
