"""All figures of a report's text as Quantity records: what each says, its role, its year, its indicator.

Knows in which order the reading's steps meet: numbers, zeros in words, roles, indicators, sentence by sentence. Leaves
out how each of them decides.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from annual_reports import indicators, periods, quantities, roles, tables, zeros
from annual_reports.catalogue import Catalogue
from annual_reports.clauses import Sentences, sentences
from annual_reports.indicators import Figure, Match
from annual_reports.lexicon import Token
from annual_reports.phrasings import Phrasings, compile_phrasings
from annual_reports.quantities import Mention
from annual_reports.report import Quantity, Role, Section, SectionKind
from annual_reports.roles import Place, Reading
from annual_reports.tables import TableFigure
from annual_reports.text import Line
from annual_reports.windows import words

_ROLE_OF_KIND: dict[str, Role] = {
    "date": "date",
    "ordinal": "ordinal",
    "name": "name",
    "other": "other",
    "frequency": "quota",
}
_STATES_LEVEL: frozenset[Role] = frozenset({"achieved", "comparative", "target", "quota"})
_STATES_NOTHING: frozenset[SectionKind] = frozenset({"plan", "suggestions"})  # a zero there is a hope
_LONGEST_SENTENCE_BEFORE = 90
ZERO = "零"  # the rule that a zero in words goes by
_BARE_CHANGE = re.compile(
    r"[，；,;、（(](?:分别|均|平均|总体|其中)*(?:(?:同比|环比|同期|较|比|与|同)[^，；,;。]*|(?:增长|上升|下降|提高|提升|增加|减少|增|减|升|降)(?:了|约|近|达|幅度|分别|超过?)*)$"
)
_CHANGE_HEAD = re.compile(r"同比|增减|增长|增幅|变化")
_TARGET_HEAD = re.compile(r"目标|计划|任务")


def find(
    text: str, sections: Sequence[Section], report_year: int, catalogue: Catalogue, lines: Sequence[Line] = ()
) -> list[Quantity]:
    """Every figure of ``text`` in order, zeros in words included; one number for two indicators stands twice.

    ``lines`` are the text's, asked only for its tables.
    """
    return _Reader(text, sections, report_year, catalogue).quantities(lines)


class _Where(NamedTuple):
    """Where a figure stands: its sentence, where that begins, and the index of its section."""

    sentence: str
    start: int
    section: int | None


class _Reader:
    def __init__(self, text: str, sections: Sequence[Section], report_year: int, catalogue: Catalogue) -> None:
        self.text, self.sections, self.year, self.catalogue = text, sections, report_year, catalogue
        self.phrasings: Phrasings = compile_phrasings(catalogue)
        self.rules = roles.compile_rules(catalogue)
        self.sentences: Sentences = sentences(text)
        self._starts = [section.start for section in sections]
        self._titles: dict[int, frozenset[str]] = {}
        self._backgrounds: dict[int, frozenset[str]] = {}
        self._read_last: tuple[int, list[Token]] = (-1, [])  # where the sentence matched last ended, and its tokens

    def quantities(self, lines: Sequence[Line]) -> list[Quantity]:
        found = self._zeros()
        table = tables.read(self.text, lines)
        taken = sorted([*((zero.start, zero.end) for zero in found), *table.cells, *self._decimal_marks()])
        starts = [start for start, _ in taken]
        reach = [0, *accumulate((end for _, end in taken), max)]  # how far the first so many of them reach
        mentions = [
            mention
            for mention in quantities.valued(self.text, self.catalogue)
            if (mention.kind == "quantity" or mention.kind in _ROLE_OF_KIND)
            and mention.value is not None
            and reach[bisect_left(starts, mention.end)] <= mention.start
        ]
        for sentence, group in groupby(mentions, key=lambda mention: self.sentences.around(mention.start)):
            found += self._of_sentence(sentence, list(group))
        for figure in table.figures:
            found += self._of_table(figure)
        return sorted(found, key=lambda quantity: (quantity.start, quantity.end))

    def _decimal_marks(self) -> Iterator[tuple[int, int]]:
        """「2.1人员不足」 counts no people."""
        for section in self.sections:
            if "." in section.printed_marker[1:-1]:
                yield section.start, section.start + len(section.printed_marker)

    def _of_sentence(self, sentence: tuple[int, int], mentions: list[Mention]) -> list[Quantity]:
        counted = [mention for mention in mentions if mention.kind == "quantity"]
        section = self._section(mentions[0].start)
        kind = self.sections[section].canonical if section is not None else None
        dated = roles.names_year(self.text, sentence)
        readings = {
            id(m): roles.assign(self.text, Place(sentence, dated, m.start, m.end, m.unit, kind), self.year, self.rules)
            for m in counted
        }
        matches: dict[int, tuple[Match, ...]] = {}
        if any(reading.role != "other" for reading in readings.values()):
            matched, tokens = indicators.match_sentence(
                self.text,
                sentence,
                [Figure(m.start, m.end, _first_part(m.unit)) for m in counted],
                self.phrasings,
                lambda: self._background(sentence[0], section),
            )
            self._read_last = (sentence[1], tokens)
            matches = {id(m): match for m, match in zip(counted, matched, strict=True)}
        where = self._where(sentence, section)
        found: list[Quantity] = []
        before: tuple[Match, ...] = ()
        for mention in mentions:
            reading = readings.get(id(mention)) or Reading(_ROLE_OF_KIND[mention.kind], None, mention.kind)
            stated = matches.get(id(mention), ())
            if stated and reading.rule in _MAY_BE_CLAIMED:
                reading = Reading("achieved", self.year, "")
            if reading.role == "achieved":
                before = stated
            elif reading.role == "change":
                stated = before if self._says_only_the_change(sentence[0], mention.start) else ()
            elif reading.role not in _STATES_LEVEL:
                stated = ()
            found += [_quantity(mention, reading, match, where) for match in stated or (None,)]
        return found

    def _says_only_the_change(self, first: int, start: int) -> bool:
        """「罚款42件，同比下降8%」, not 「办结率100%，办理时限压缩68%」: the clause names nothing of its own."""
        return _BARE_CHANGE.search(self.text, max(first, start - 40), start) is not None

    def _where(self, sentence: tuple[int, int], section: int | None) -> _Where:
        return _Where(self.text[slice(*sentence)].strip(), sentence[0], section)

    def _of_table(self, figure: TableFigure) -> list[Quantity]:
        """A table's cell, read as the phrase that its row and column make of it."""
        mentions = quantities.find(figure.phrase, catalogue=self.catalogue)
        if not mentions or mentions[-1].value is None or mentions[-1].end <= figure.label:
            return []
        mention = mentions[-1]
        where = [Figure(mention.start, mention.end, _first_part(mention.unit))]
        section = self._section(figure.start)
        phrase = (0, len(figure.phrase))
        (matched,), _ = indicators.match_sentence(
            figure.phrase, phrase, where, self.phrasings, lambda: self._background(figure.row[0], section)
        )
        year = periods.year_of(figure.head, self.year)
        role: Role = "achieved" if year == self.year else "other" if year is None else "comparative"
        if mention.unit == "百分点" or _CHANGE_HEAD.search(figure.head):
            role = "change"
        elif _TARGET_HEAD.search(figure.head) or (year is not None and year > self.year):
            role = "target"
        placed = mention._replace(start=figure.start, end=figure.end, printed=self.text[figure.start : figure.end])
        reading = Reading(role, year, "表格")
        place = self._where(figure.row, section)
        return [_quantity(placed, reading, match, place) for match in matched or (None,)]

    def _zeros(self) -> list[Quantity]:
        found = []
        for zero in zeros.find(self.text, self.catalogue):
            section = self._section(zero.start)
            if section is not None and self.sections[section].canonical in _STATES_NOTHING:
                continue
            where = self._where(self.sentences.around(zero.start), section)
            clause = roles.clause_start(self.text, where.start, zero.start)
            year = roles.governing_year(self.text, where.start, clause, zero.start, self.year)
            found.append(
                Quantity(
                    start=zero.start,
                    end=zero.end,
                    printed=self.text[zero.start : zero.end],
                    value=0.0,
                    low=0.0,
                    high=0.0,
                    bound="exact",
                    unit_printed="",
                    unit=self.phrasings.units[zero.code] if zero.code else "",
                    role="achieved" if year == self.year else "comparative",
                    year=year,
                    indicator=zero.code,
                    scope=zero.scope,
                    section=where.section,
                    sentence=where.sentence,
                    sentence_start=where.start,
                    rule=ZERO,
                )
            )
        return found

    def _section(self, offset: int) -> int | None:
        """The deepest section in which ``offset`` stands."""
        at: int | None = bisect_right(self._starts, offset) - 1
        while at is not None and at >= 0 and self.sections[at].end <= offset:
            at = self.sections[at].parent
        return at if at is not None and at >= 0 else None

    def _words_before(self, start: int) -> frozenset[str]:
        """The words of the sentence that ends at ``start``."""
        if self._read_last[0] == start:
            return words(self._read_last[1])
        first, last = self.sentences.around(start - 1)
        return self.phrasings.lexicon.words_of(self.text, max(first, last - _LONGEST_SENTENCE_BEFORE), last)

    def _background(self, start: int, section: int | None) -> frozenset[str]:
        """The words of the sentence before, in the same paragraph, and of the headings above."""
        if start not in self._backgrounds:
            before = frozenset[str]()
            if start and self.text[start - 1] != "\n":
                before = self._words_before(start)
            while section is not None:
                if section not in self._titles:
                    self._titles[section] = self.phrasings.lexicon.words_of(self.sections[section].title)
                before |= self._titles[section]
                section = self.sections[section].parent
            self._backgrounds[start] = before
        return self._backgrounds[start]


def _quantity(mention: Mention, reading: Reading, match: Match | None, where: _Where) -> Quantity:
    code, scope, rule = match or (None, "", "")
    return Quantity(
        start=mention.start,
        end=mention.end,
        printed=mention.printed,
        value=float(mention.value or 0),
        low=None if mention.low is None else float(mention.low),
        high=None if mention.high is None else float(mention.high),
        bound=mention.bound,
        unit_printed=mention.unit_printed,
        unit=mention.unit,
        role=reading.role,
        year=reading.year,
        indicator=code,
        scope=scope,
        section=where.section,
        sentence=where.sentence,
        sentence_start=where.start,
        rule=f"{reading.rule} {rule}" if reading.rule and rule else reading.rule or rule,
    )


def _first_part(unit: str) -> str:
    """期 of 期(次): a unit in two parts counts what the first counts."""
    return unit.partition("(")[0]


_MAY_BE_CLAIMED = frozenset({"持续时间"})  # 「服务时长698小时」 is a figure where an indicator counts hours
