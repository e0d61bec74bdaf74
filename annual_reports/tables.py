"""Tables: what a cell with a number says together with its row's label, its column's head and the unit beside it.

Knows rows and columns by the place that each line of the text carries (表1第2行第3列). A cell is read as the phrase a
sentence would have (「罚没金额223.6万元」), so that the rules for sentences hold for tables too. Leaves out tables that
only lay text out: a cell with more than a number is a sentence of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from annual_reports.text import Line

_PLACE = re.compile(r"表(\d+)第(\d+)行第(\d+)列")
_FIGURE = re.compile(
    r"[约近超逾]?[\d０-９][\d０-９,，.．]*(?:[万亿])?[余多]?(?P<unit>[^\d\W年月日度]{0,3}|%|％)(?:以上)?"
)
_UNIT = re.compile(
    r"(?:万|亿)?[元件次份个项起宗场人名家户条期处卷篇封位]|场次|人次|件次|批次|户次|家次|%|万人次|万件|小时"
)
_BRACKETED_UNIT = re.compile(r"[（(](?:单位[:：])?(?P<unit>[^（()）]{1,4})[)）]")
_SERIAL = re.compile(r"序号|编号|排名|No\.?")
_SAYS_NOTHING = re.compile(
    r"(?:指标|项目|内容|类别|名称)?(?:数量|数值|数据|完成(?:数|情况)|合计|总数|总量|小计|单位|值|情况|全年|本年|备注)?"
)


class TableFigure(NamedTuple):
    """A cell ``text[start:end]`` that holds a number. ``phrase`` says it in words, ``phrase[:label]`` what is counted;
    ``head`` is its column's head; ``row`` the span of its row."""

    start: int
    end: int
    phrase: str
    label: int
    head: str
    row: tuple[int, int]


class Tables(NamedTuple):
    """All figures of a text's tables, and the spans of the rows and of the cells that are read here."""

    figures: list[TableFigure]
    cells: list[tuple[int, int]]


class _Cell(NamedTuple):
    start: int
    end: int
    words: str


def read(text: str, lines: Sequence[Line]) -> Tables:
    """The figures in the tables of ``text``; empty where there are none."""
    tables: dict[str, dict[int, dict[int, _Cell]]] = defaultdict(lambda: defaultdict(dict))
    for line in lines:
        if line.kind == "cell" and (place := _PLACE.fullmatch(line.place)):
            words = re.sub(r"\s", "", text[line.start : line.end])
            tables[place[1]][int(place[2])][int(place[3])] = _Cell(line.start, line.end, words)
    figures: list[TableFigure] = []
    cells: list[tuple[int, int]] = []
    for rows in tables.values():
        first = min(rows)
        heads = {column: cell.words for column, cell in rows[first].items()}
        if any(_FIGURE.fullmatch(words) for words in heads.values()):
            heads, first = {}, first - 1  # a table without a head
        for number, row in rows.items():
            if number > first:
                _read_row(row, heads, figures, cells)
    return Tables(figures, cells)


def _read_row(
    row: dict[int, _Cell], heads: dict[int, str], figures: list[TableFigure], cells: list[tuple[int, int]]
) -> None:
    span = (min(cell.start for cell in row.values()), max(cell.end for cell in row.values()))
    label: list[str] = []
    unit = next((cell.words for cell in row.values() if _UNIT.fullmatch(cell.words)), "")
    for column, cell in sorted(row.items()):
        head = heads.get(column, "")
        figure = _FIGURE.fullmatch(cell.words)
        if _UNIT.fullmatch(cell.words) or (figure and _SERIAL.fullmatch(head)):
            cells.append((cell.start, cell.end))
        elif not figure:
            label.append(cell.words)
        else:
            cells.append((cell.start, cell.end))
            said = [*label, "" if _SAYS_NOTHING.fullmatch(head) else head]
            named = next((found["unit"] for words in said[::-1] if (found := _BRACKETED_UNIT.search(words))), "")
            what = _BRACKETED_UNIT.sub("", "".join(said))
            phrase = what + cell.words + ("" if figure["unit"] else unit or named)
            figures.append(TableFigure(cell.start, cell.end, phrase, len(what), head, span))
