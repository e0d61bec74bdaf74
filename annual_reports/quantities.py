"""Every number of a text that counts or measures something, with what its words allow and its unit.

``find`` walks from one digit to the next: a trap (date, name, ordinal, idiom; module ``traps``) is stepped over, anything
else is read as number + 余/多 + unit + 以上, with the bound word before it. Bounds come from ``bounds``, units from
``units``, numerals from ``numerals``; the words of all of them are data of the catalogue.

Leaves out what a number speaks of (role, year, indicator) and zeros that are stated without a digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from annual_reports import amounts, traps
from annual_reports import catalogue as catalogues
from annual_reports.amounts import Amounts
from annual_reports.bounds import BoundWord, BoundWords, compile_bounds
from annual_reports.catalogue import Catalogue
from annual_reports.report import Bound
from annual_reports.traps import CAPITALS, DIGITS, HAN_DIGITS, Traps
from annual_reports.units import Unit, compile_units

Kind = Literal["quantity", "date", "ordinal", "name", "idiom", "frequency", "heading", "other"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A number of the text. ``text[start:end]`` is ``printed``: bound words, number and unit.

    ``value`` is the number named, in ``unit`` (design §3: 9000余 → 9000, 几十 → 10, 12.5万元 → 125000 元, a range → its
    lower end); ``low``/``high`` what the words allow, inclusive, None where open. ``unit_printed`` is as printed without
    white space; 13万件 has the unit 件, since 万 is part of the number; only 万元 and 亿元 are units. A mention that is no
    quantity has no bounds, and a value only where it is a plain number.
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
    """The quantities of ``text`` in order, without overlap; with ``everything`` also the numbers that are none, by kind.

    One number for two nouns is one mention. Never raises for any text. ``catalogue`` is the shipped one unless given.
    """
    grammar = _grammar(catalogue if catalogue is not None else catalogues.load())
    mentions = list(_Reader(text, grammar).mentions())
    return mentions if everything else [m for m in mentions if m.kind == "quantity"]


@dataclass(frozen=True, slots=True)
class _Grammar:
    bounds: BoundWords
    amounts: Amounts
    traps: Traps


@lru_cache(maxsize=8)
def _grammar(tables: Catalogue) -> _Grammar:
    words, known = compile_bounds(tables["bounds"]), compile_units(tables["units"])
    return _Grammar(words, Amounts(words, known), traps.compile_traps(tables["names"]))


# Where a number, or something that may hold one, begins.
_BEGIN = re.compile(rf"[{DIGITS}{HAN_DIGITS}{CAPITALS}几数半第双《〈“‘「『\"【〔［\[]")
_OPENING = frozenset('《〈“‘「『"【')
_YEAR_BRACKET = frozenset("〔［[")
_ARABIC = frozenset("0123456789０１２３４５６７８９")

_ENDS = frozenset({"", *'，。；、,;:：！!？?）)\n ”"\t　\xa0'})
_CODE_BEFORE = re.compile(r"[0-9A-Za-zＡ-Ｚａ-ｚ.．+＋*×/_#@&=%-]")
_NONE_BEFORE = re.compile(r"(?:无|未|没有|不发生|不出现|杜绝|零|不漏|不落)[^，。；\n]{0,5}$")
_EVERY_BEFORE = re.compile(
    r"(?:每(?:半年|季度|个季度|年|月|个月|周|日|天|学期|人|村|户|镇|名)|全年|年内|至少|各)[^，。；\n]{0,2}$"
)
_EVENT_BEFORE = re.compile(
    r"(?:召开|举办|开展|组织|进行|举行|聘请|聘用|配备|选派|选聘|新增|增设|制定|制发|印发|出台|受理|办理|办结|审理|审结|查处|查办|"
    r"发生|调解|化解|收到|接到|处理|处置|讲授|讲|上|参加|旁听|安排|明确|确定|落实|共|有|仅|为|了|计|达|受到)了?$"
)
_CASE_BEFORE = re.compile(r"(?:案件?|诉讼|复议|事故|纠纷|事件|信访件?|违法)$")
_RATE_BEFORE = re.compile(r"[率度](?:均)?(?:达到|达|为|是|实现|保持在?|维持)?$")


_PLACE = re.compile(
    rf"[{HAN_DIGITS}]+(?:棵|台|家|户|间|座|道|条|里|门|面|站|层|块|处|株|口|段|片|户|渡|合|所|架|堂)[^个名，。；、\s]{{0,3}}?"
    r"(?:镇|乡|县|市|区|村|街道|社区|街|路|屯|庄)(?![级属直管域内外辖民委居企规务务校医])"
)


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str, grammar: _Grammar) -> None:
        self.text = text
        self.grammar = grammar
        self.done = 0  # everything before is taken

    def mentions(self) -> Iterator[Mention]:
        waiting: list[Mention] = []  # 53、38、57件: numbers that wait for the unit of the last
        while begin := _BEGIN.search(self.text, self.done):
            for mention in self._at(begin.start()):
                if waiting and (mention.start - waiting[-1].end != 1 or mention.kind != "quantity"):
                    yield from waiting
                    waiting = []
                if self._waits(mention):
                    waiting.append(mention)
                    continue
                yield from (_with_unit_of(w, mention) for w in waiting)
                waiting = []
                yield mention
            self.done = max(self.done, begin.end())
        yield from waiting

    def _waits(self, mention: Mention) -> bool:
        return (
            mention.kind == "quantity" and not mention.unit and self.text[mention.end : mention.end + 1] in ("、", "和")
        )

    def _at(self, start: int) -> Iterator[Mention]:
        """The mentions that begin at one place (several in a quotation); moves ``done`` behind them."""
        text, letter = self.text, self.text[start]
        if letter in _OPENING:
            if quoted := traps.QUOTED.match(text, start):
                yield from self._quoted(quoted)
        elif letter in _YEAR_BRACKET:
            if number := traps.DOCUMENT_NUMBER.match(text, start):
                yield self._trap(start, number.end(), "name")
        elif letter == "第":
            if ordinal := traps.ORDINAL.match(text, start):
                yield self._trap(start, ordinal.end(), "ordinal")
        elif letter == "双":
            yield self._trap(start, start + 1, "name")
        elif letter in _ARABIC:
            yield from self._arabic(start)
        else:
            yield from self._han(start)

    def _quoted(self, quoted: re.Match[str]) -> Iterator[Mention]:
        """Numbers in a short quotation or a title are names."""
        for digits in traps.INSIDE.finditer(self.text, quoted.start(), quoted.end()):
            yield self._trap(digits.start(), digits.end(), "name")
        self.done = quoted.end()

    def _trap(self, start: int, end: int, kind: str, value: int | float | None = None) -> Mention:
        self.done = max(self.done, end)
        printed = self.text[start:end]
        return Mention(start, end, printed, value, None, None, "exact", "", "", kind)  # type: ignore[arg-type]

    # ---- Arabic digits: quantities unless something speaks against it ----

    def _arabic(self, start: int) -> Iterator[Mention]:
        text = self.text
        before = text[start - 1] if start else "\n"
        word = self.grammar.bounds.before_number(text, start, self.done)
        if word is None:
            if end := traps.heading_at(text, start):
                yield self._trap(start, end, "heading")
                return
            if before in "（(【" and (number := traps.DOCUMENT_NUMBER.match(text, start - 1)):
                yield self._trap(start - 1 if start > self.done else start, number.end(), "name")
                return
        if end := traps.date_at(text, start, word is not None):
            yield self._trap(start, end, "date")
            return
        if code := traps.CODE.match(text, start):
            yield self._trap(start, code.end(), "name")
            return
        if trap := self.grammar.traps.pattern(text, start):
            yield self._trap(start, *trap)
            return
        yield from self._measured(start, word)

    def _measured(self, start: int, word: BoundWord | None) -> Iterator[Mention]:
        """An Arabic number that no trap claims."""
        match = self.grammar.amounts.match(self.text, start)
        if match is None or match["number"] is None:
            return
        upper = self._range(match)
        if upper is None and match["unit"] is None and not match["tight"]:
            kind, end = self._bare_kind(match, word)
            if kind != "quantity":
                yield self._trap(start, end, kind, amounts.plain(match["number"]))
                return
        yield self._quantity(match, word, upper)

    def _bare_kind(self, match: re.Match[str], word: BoundWord | None) -> tuple[str, int]:
        """What a number without unit is, and its end: a quantity only at the end of its clause (共计152，)."""
        text, start, end = self.text, match.start(), match.end("number")
        before, behind = text[start - 1 : start] or "\n", text[match.end() : match.end() + 1]
        if (festival := traps.FESTIVAL.match(text, start)) and (
            not festival["point"] or text[festival.end() : festival.end() + 1] not in _ENDS
        ):
            return "name", festival.end()
        if word is None and before not in "计共达" and traps.BARE_YEAR.fullmatch(text, start, end):
            return "date", end
        if _CODE_BEFORE.match(before) or (behind.isascii() and behind.isalnum()):
            return "name", end
        if not text[text.rfind("\n", 0, start) + 1 : start].strip():
            return "other", end  # alone on its line: a page number, a cell
        listed = before == "、" and text[start - 2] in _ARABIC
        closed = behind in _ENDS or match["after"] is not None
        if word is not None or (closed and (listed or before not in "“‘（(、，,")):
            return "quantity", end
        return "other", end

    def _range(self, match: re.Match[str]) -> re.Match[str] | None:
        """The second number of 3-5次, 15%至20%; not of 由10件到20件, where both ends are figures of their own."""
        if self.text[match.start() - 1 : match.start()] in ("由", "从", "自"):
            return None
        return self.grammar.amounts.upper_end(self.text, match)

    # ---- Chinese digits: names and idioms unless a unit and its place say otherwise ----

    def _han(self, start: int) -> Iterator[Mention]:
        text, grammar = self.text, self.grammar
        if trap := grammar.traps.word(text, start):
            if (
                trap[1] == "idiom"
                and text.startswith("百分百", start)
                and _RATE_BEFORE.search(text[max(0, start - 6) : start])
            ):
                yield self._hundred_percent(start)
            elif not self._bounded_round_number(start):
                yield self._trap(start, *trap)
                return
        if end := traps.date_at(text, start, False):
            yield self._trap(start, end, "date")
            return
        match = grammar.amounts.match(text, start)
        if match is None or (match["number"] is None and match["head"] is None and match["parts"] is None):
            return
        word = grammar.bounds.before_number(text, start, self.done)
        kind = self._han_kind(match, word)
        if kind == "quantity":
            yield self._quantity(match, word, self._range(match))
        else:
            end = match.end("number") if match["number"] else match.end()
            trap = grammar.traps.pattern(text, start)
            if heading := traps.heading_at(text, start):
                trap = heading, "heading"
            elif listed := traps.ENUMERATION.match(text, start):
                trap = listed.end(), "ordinal"
            yield self._trap(start, *(trap or (max(end, start + 1), kind)))

    def _bounded_round_number(self, start: int) -> bool:
        """近百名, 上千人次, 百余件: a round number that the catalogue lists as an idiom, made a count by its words."""
        text = self.text
        if text[start] not in "百千万亿十":
            return False
        return text[start + 1 : start + 2] in ("余", "多") or bool(
            self.grammar.bounds.before_number(text, start, self.done)
        )

    def _hundred_percent(self, start: int) -> Mention:
        self.done = start + 3
        return Mention(start, start + 3, "百分百", 100, 100, 100, "exact", "%", "%", "quantity")

    def _han_kind(self, match: re.Match[str], word: BoundWord | None) -> str:
        """Whether Chinese digits count: they need a unit (or parts, or 余), and no pattern may claim them."""
        if match["parts"]:
            return "quantity"
        number, printed = match["number"], match["unit"]
        if number and number[0] in CAPITALS:
            return "quantity" if printed else "other"
        if printed is None:
            vague = match["tight"] and (len(number or "") > 1 or (number or "")[0] in "百千万")
            return "quantity" if vague and self.text[match.end() : match.end() + 1] in _ENDS else "idiom"
        unit = self.grammar.amounts.unit(printed)
        if not unit.chinese or self.grammar.traps.pattern(self.text, match.start()) or _is_place(self.text, match):
            return "other"
        if number == "一" and not match["tight"]:
            return self._one(match, unit, word)
        if number in ("百", "千", "万", "亿") and not (word or match["tight"] or match["head"]):
            return "idiom"
        if number == "半":
            before = self.text[match.start() - 1 : match.start()]
            return "quantity" if unit.kind == "duration" and before not in "上下前后每大近过" else "date"
        if number in {"零", "〇"}:
            return "other"
        return "quantity"

    def _one(self, match: re.Match[str], unit: Unit, word: BoundWord | None) -> str:
        """Whether 一 counts. Behind its noun it does (示范村一个); before it, only of events and people that a verb
        of counting brings (召开一次会议): 一个平台, 一支队伍, 一批 are articles."""
        text, start, end = self.text, match.start(), match.end()
        if unit.one == "never":
            return "idiom"
        if word is not None:
            return "quantity"
        before = text[max(0, start - 9) : start]
        if _NONE_BEFORE.search(before):
            return "idiom"
        if _EVERY_BEFORE.search(before):
            return "quantity"
        if unit.one == "case" and not _CASE_BEFORE.search(before):
            return "quantity" if _EVENT_BEFORE.search(before) and text[end : end + 1] not in _ENDS else "idiom"
        behind = text[end : end + 1] in _ENDS or end == len(text) or match["after"] is not None
        if behind or text[end : end + 1] in ("和", "及", "与"):
            counted = before and before[-1] not in "的这那同统另某每任唯之第进逐单万了" and not before[-1].isspace()
            return "quantity" if counted and before[-1] not in _ENDS else "idiom"
        return "quantity" if unit.one == "before" and _EVENT_BEFORE.search(before) else "idiom"

    def _quantity(self, match: re.Match[str], word: BoundWord | None, upper: re.Match[str] | None = None) -> Mention:
        start = self.text.rindex(word.word, self.done, match.start()) if word else match.start()
        end = (upper or match).end()
        amount = self.grammar.amounts.read(match, word, upper)
        self.done = end
        return Mention(start, end, self.text[start:end], *amount, "quantity")


def _is_place(text: str, match: re.Match[str]) -> bool:
    """五台县, 四棵树镇: a measure word of things that ends up in a place's name."""
    return match["tight"] is None and _PLACE.match(text, match.start("number")) is not None


def _with_unit_of(waiting: Mention, last: Mention) -> Mention:
    """分别为53、38、57件: the unit of the last belongs to each."""
    if last.kind != "quantity" or last.unit_printed in ("", "万元", "亿元"):
        return waiting
    return replace(waiting, unit_printed=last.unit_printed, unit=last.unit)
