"""Every number of a text that counts or measures something, with what its words allow and its unit.

``find`` walks from one digit to the next: a trap (date, name, ordinal, idiom; module ``traps``) is stepped over,
anything else is read as number + 余/多 + unit + 以上 (``amounts``), with the bound word before it (``bounds``).
Whether Chinese digits count at all is ``counting``. The words of all of them are data of the catalogue.

Leaves out what a number speaks of (role, year, indicator) and zeros that are stated without a digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from annual_reports import amounts, traps
from annual_reports import catalogue as catalogues
from annual_reports.amounts import Amounts
from annual_reports.bounds import BoundWords, Found
from annual_reports.catalogue import Catalogue
from annual_reports.counting import ENDS, Counting
from annual_reports.report import Bound
from annual_reports.traps import CAPITALS, DIGITS, HAN_DIGITS, Kind, Traps
from annual_reports.units import compile_units


class Mention(NamedTuple):
    """A number of the text. ``text[start:end]`` is ``printed``: bound words, number and unit.

    ``value`` is the number named, in ``unit`` (9000余 → 9000, 几十 → 10, 12.5万元 → 125000 元; of a range the
    lower end); ``low``/``high`` what the words allow, inclusive, None where open. ``unit_printed`` is as printed,
    without white space; 13万件 has the unit 件, as 万 is part of the number; only 万元 and 亿元 are
    units. A mention
    that is no quantity has no bounds, and a value only where it is a plain number.
    """

    start: int
    end: int
    printed: str
    value: int | float | None
    low: int | float | None
    high: int | float | None
    bound: Bound
    unit_printed: str
    unit: str
    kind: Kind


def find(text: str, everything: bool = False, catalogue: Catalogue | None = None) -> list[Mention]:
    """The quantities of ``text`` in order, without overlap; with ``everything`` also the numbers that
    are none, by kind.

    One number for two nouns is one mention. Never raises for any text. ``catalogue`` is the shipped one unless given.
    """
    grammar = _grammar(catalogue if catalogue is not None else catalogues.load())
    mentions = _Reader(text, grammar, everything).read()
    return mentions if everything else [m for m in mentions if m.kind == "quantity"]


def valued(text: str, catalogue: Catalogue) -> list[Mention]:
    """The quantities of ``text`` and, by kind, what else is a plain number (a year, a code): see ``find``."""
    return _Reader(text, _grammar(catalogue), everything=False).read()


@dataclass(frozen=True, slots=True)
class _Grammar:
    bounds: BoundWords
    amounts: Amounts
    traps: Traps
    counting: Counting


@lru_cache(maxsize=8)
def _grammar(tables: Catalogue) -> _Grammar:
    words, known = BoundWords(tables["bounds"]), compile_units(tables["units"])
    return _Grammar(words, Amounts(words, known), Traps(tables["names"]), Counting(tables["counting"], known))


# Where a number, or something that may hold one, begins: 数百 and 好几, not 数字 and 良好. One set of signs, which a
# search skips to; what it leaves out is looked at behind it.
_BEGIN = re.compile(
    rf"[{DIGITS}{HAN_DIGITS}{CAPITALS}数几半第双好《〈“‘「『\"【〔［\[](?<!几(?=近))(?<!好(?!几))(?<!数(?![十百千万亿]))"
)
_OPENING = frozenset('《〈“‘「『"【')
_YEAR_BRACKET = frozenset("〔［[")
_ARABIC = frozenset("0123456789０１２３４５６７８９")
_FROM = ("由", "从", "自")  # 由10件到20件: both ends are figures of their own

_CODE_BEFORE = re.compile(r"[0-9A-Za-zＡ-Ｚａ-ｚ.．+＋*×/_#@&=%-]")
_RATE_BEFORE = re.compile(r"[率度](?:均)?(?:达到|达|为|是|实现|保持在?|维持)?$")
_AND_NUMBER = re.compile(rf"和[{DIGITS}]")
_STEPS = frozenset("十百千万亿")
_MINUS = frozenset("-－−﹣")
_SIGNED = ("%", "百分点", "℃")  # units below zero
# Digits and a sign with which no date, code, ratio, heading mark or document number goes on: most figures are such, and
# need not be tried for each of these.
_SHAPELESS = re.compile(
    rf"[{DIGITS}]{{1,8}}[^{DIGITS}0-9A-Za-zＡ-Ｚａ-ｚ\s年月日号时点学全以至到和及与"
    r".．·・•‧∙⋅﹒,，、:：∶/／_\-－‐–—―─~～〜)）〕］\]】﹞]"
)


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str, grammar: _Grammar, everything: bool) -> None:
        self.text = text
        self.everything = everything  # whether the numbers that have no value are wanted as well
        self.bounds, self.amounts = grammar.bounds, grammar.amounts
        self.traps, self.counting = grammar.traps, grammar.counting
        self.mentions: list[Mention] = []
        self.done = 0  # everything before is taken

    def read(self) -> list[Mention]:
        text = self.text
        while begin := _BEGIN.search(text, self.done):
            start = begin.start()
            letter = text[start]
            if letter in _ARABIC:
                self._arabic(start)
            elif letter in _OPENING:
                self._quoted(start)
            elif letter in _YEAR_BRACKET:
                self._shape(traps.DOCUMENT_NUMBER, start, "name")
            elif letter == "第":
                self._shape(traps.ORDINAL, start, "ordinal")
            elif letter in _STEPS and text[start - 1 : start].isdecimal():
                self._leave(start, start + 1, "other")  # what is left of a number that something else has taken
            elif letter == "双":
                self._leave(start, start + 1, "name")
            else:
                self._han(start)
            self.done = max(self.done, begin.end())
        return self.mentions

    def _leave(self, start: int, end: int, kind: Kind, value: int | float | None = None) -> None:
        """A number that is no quantity."""
        self.done = max(self.done, end)
        if self.everything or value is not None:
            self.mentions.append(Mention(start, end, self.text[start:end], value, None, None, "exact", "", "", kind))

    def _shape(self, pattern: re.Pattern[str], start: int, kind: Kind) -> bool:
        match = pattern.match(self.text, start)
        if match is not None:
            self._leave(start, match.end(), kind)
        return match is not None

    def _quoted(self, start: int) -> None:
        """Numbers in a short quotation or a title are names."""
        if quoted := traps.QUOTED.match(self.text, start):
            for digits in traps.INSIDE.finditer(self.text, start, quoted.end()):
                self._leave(digits.start(), digits.end(), "name")
            self.done = quoted.end()

    # ---- Arabic digits: quantities unless something speaks against it ----

    def _arabic(self, start: int) -> None:
        word = self.bounds.before(self.text, start, self.done)
        if not _SHAPELESS.match(self.text, start) and self._shaped(start, word):
            return
        if trap := self.traps.pattern(self.text, start):
            self._leave(start, *trap)
        else:
            self._measured(start, word)

    def _shaped(self, start: int, word: Found | None) -> bool:
        """Whether the digits at ``start`` are a heading mark, a document number, a date, a code or a ratio."""
        if word is None:
            if end := traps.heading_at(self.text, start):
                self._leave(start, end, "heading")
                return True
            if end := traps.bracketed_document_number(self.text, start):
                self._leave(start, end, "name")
                return True
        if end := traps.date_at(self.text, start, word is not None):
            self._leave(start, end, "date")
            return True
        return self._shape(traps.CODE, start, "name") or self._shape(traps.RATIO, start, "other")

    def _measured(self, start: int, word: Found | None) -> None:
        """An Arabic number that no trap claims."""
        match = self.amounts.match(self.text, start)
        if match is None:
            return
        upper = self._upper_end(match)
        if upper is None and not (match["unit"] or match["tight"] or match["parts"]):
            kind, end = self._bare_kind(match, word)
            if kind != "quantity":
                return self._leave(start, end, kind, amounts.plain(match["number"]))
        self._take(match, word, upper)

    def _bare_kind(self, match: re.Match[str], word: Found | None) -> tuple[Kind, int]:
        """What a number without unit is, and its end: a quantity only at the end of its clause (共计152，)."""
        text, start, end = self.text, match.start(), match.end("number")
        if text[end - 1] in "万亿":  # 人口3.6万: no code has such a step
            return "quantity", end
        if shape := self._bare_shape(start, end, word):
            return shape
        before, behind = text[start - 1 : start], text[match.end() : match.end() + 1]
        listed = before in ("、", "和") and text[start - 2] in _ARABIC
        closed = behind in ENDS or match["after"] is not None or _AND_NUMBER.match(text, end) is not None
        if word is not None or (closed and (listed or before not in "“‘（(、，,")):
            return "quantity", end
        return "other", end

    def _bare_shape(self, start: int, end: int, word: Found | None) -> tuple[Kind, int] | None:
        """A day of the year (3·15), a year, a code, a number alone on its line (a page number, a cell)."""
        text = self.text
        before, behind = text[start - 1 : start] or "\n", text[end : end + 1]
        festival, shared = traps.FESTIVAL.match(text, start), _AND_NUMBER.match(text, end)  # 1.3和2.6个百分点
        if festival and not (festival["point"] and (text[festival.end() : festival.end() + 1] in ENDS or shared)):
            return "name", festival.end()
        if word is None and before not in "计共达" and traps.BARE_YEAR.fullmatch(text, start, end):
            return "date", end
        if _CODE_BEFORE.match(before) or (behind.isascii() and behind.isalnum()):
            return "name", end
        return ("other", end) if traps.begins_line(text, start) else None

    # ---- Chinese digits: names and idioms unless a unit and its place say otherwise ----

    def _han(self, start: int) -> None:
        text = self.text
        if trap := self.traps.word(text, start):
            if text.startswith("百分百", start) and _RATE_BEFORE.search(text[max(0, start - 6) : start]):
                return self._hundred_percent(start)
            if not (text[start] in "百千万亿十" and self._is_bounded(start)):
                return self._leave(start, *trap)
        if text[start] in "一二" and self._shape(traps.CHINESE_YEAR, start, "date"):
            return None
        if alone := self.amounts.alone(text, start):
            return self._han_left(start, alone.end(), "other")
        return self._han_amount(start)

    def _han_amount(self, start: int) -> None:
        """A Chinese number that no fixed word claims and that a unit or the like may follow."""
        text = self.text
        match = self.amounts.match(text, start)
        if match is None:
            return None
        word = self.bounds.before(text, start, self.done) or self.bounds.apart(text, start, self.done)
        upper = self._upper_end(match)
        kind = self.counting.kind(text, match, upper, word)
        if kind == "quantity" and not self.traps.pattern(text, start):
            return self._take(match, word, upper)
        end = match.end("number") if match["number"] else match.end()
        return self._han_left(start, end, kind if kind != "quantity" else "name")

    def _is_bounded(self, start: int) -> bool:
        """近百, 百余名, 百件以上: a round number of an idiom that its words make a count."""
        if self.bounds.before(self.text, start, self.done):
            return True
        match = self.amounts.match(self.text, start)
        return match is not None and bool(match["tight"] or match["after"])

    def _han_left(self, start: int, end: int, kind: Kind) -> None:
        """The Chinese number ``text[start:end]`` that is no quantity; more shapes and names may begin with it."""
        if heading := traps.heading_at(self.text, start):
            self._leave(start, heading, "heading")
        elif not self._shape(traps.ENUMERATION, start, "ordinal"):
            self._leave(start, *(self.traps.pattern(self.text, start) or (end, kind)))

    def _hundred_percent(self, start: int) -> None:
        """「满意率达百分百」 is a rate; 百分百 anywhere else an idiom."""
        self.done = start + 3
        self.mentions.append(Mention(start, start + 3, "百分百", 100, 100, 100, "exact", "%", "%", "quantity"))

    # ---- putting a quantity together ----

    def _upper_end(self, match: re.Match[str]) -> re.Match[str] | None:
        upper = None if match["parts"] else self.amounts.upper_end(self.text, match)
        return None if upper and self.text.endswith(_FROM, 0, match.start()) else upper

    def _take(self, match: re.Match[str], word: Found | None, upper: re.Match[str] | None) -> None:
        word = word or self.bounds.apart(self.text, match.start(), self.done)
        amount = self.amounts.read(match, word, upper)
        if amount is None:  # a heap of digits that is no numeral
            return self._leave(match.start(), match.end("number") if match["number"] else match.end(), "other")
        start = word.start if word else match.start()
        if word is None and self._is_negative(start, amount):
            start -= 1
            amount = amount.negative()
        end = (upper or match).end()
        self.done = end
        mention = Mention(start, end, self.text[start:end], *amount, "quantity")
        if mention.unit and amount.unit_printed not in ("万元", "亿元"):
            self._share_unit(mention)
        self.mentions.append(mention)
        return None

    def _is_negative(self, start: int, amount: amounts.Amount) -> bool:
        """「增长-3.2%」; a dash between two numbers or after a letter is none."""
        text = self.text
        if (
            amount.unit not in _SIGNED
            or amount.bound != "exact"
            or start - 1 < self.done
            or text[start - 1] not in _MINUS
        ):
            return False
        before = text[start - 2 : start - 1]
        return not before.isascii() and before not in _ARABIC and before != "％"

    def _share_unit(self, last: Mention) -> None:
        """分别为53、38、57件: the unit of the last belongs to each number without one right before it."""
        start = last.start
        for place in range(len(self.mentions) - 1, -1, -1):
            one = self.mentions[place]
            if one.kind != "quantity" or one.unit or self.text[one.end : start] not in ("、", "和"):
                return
            self.mentions[place] = one._replace(unit_printed=last.unit_printed, unit=last.unit)
            start = one.start
