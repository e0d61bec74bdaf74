"""From a figure in its sentence to the catalogue's code and scope.

A small general matcher over the rules of ``phrasings.yml``. It knows where the words that say what is counted may
stand: before the number (审查合同30份), behind it (30份合同), earlier in the sentence where the figure's own words are
empty (化解148件), or in the sentence before and the heading for what only narrows. It leaves out which words those are:
they are data. A figure that no rule claims has no code; better none than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from annual_reports.clauses import clause_marks
from annual_reports.lexicon import NOTHING, Token
from annual_reports.phrasings import COMPANION, Phrasing, Phrasings
from annual_reports.windows import JOINT, Window, windows, words

# 「近两年调解520件，其中今年263件」 names no part of another kind
_PART = re.compile(r"其中(?!今年|本年|当年|年内|20\d\d年)|另有|还有|其余|剩余|分别")
_EACH = re.compile(r"均|都|皆")

# How much a piece of evidence counts. A head longer by one character outweighs one that is nearer by twelve; a word
# that had to be fetched from further away counts less than any beside the number.
_PER_HEAD_CHARACTER = 4
_PER_DISTANCE = 1 / 3
_BEHIND = 3  # 「开展9期行政执法培训」: what stands right behind a number is counted by it
_IN_CLAUSE, _IN_NEXT, _IN_SENTENCE, _IN_BACKGROUND = 1, 3, 3, 5
_CARRIED = -14
_ROUNDING = 1e-6  # scores are sums of thirds
_FOLLOWING = 22
_EXAMPLE = -12  # 「解决信访积案等问题」: what only illustrates is seldom what is counted
# With more characters of its own that the catalogue does not know, a figure is about something of its own, and words
# further away say nothing about it.
_MOST_FOREIGN_FOR_FOLLOWING = 6
_MOST_FOREIGN_FOR_SENTENCE = 4
_MOST_FOREIGN_FOR_BACKGROUND = 3
_MOST_FOREIGN_FOR_CARRY = 1

_NO_RULES: dict[str, tuple[Phrasing, ...]] = {}
Background = Callable[[], frozenset[str]]


class Figure(NamedTuple):
    """A number to be matched: its span and its canonical unit."""

    start: int
    end: int
    unit: str


class Match(NamedTuple):
    """The indicator ``code`` with ``scope`` ("" = the whole), by the rule of that name."""

    code: str
    scope: str
    rule: str


class _Found(NamedTuple):
    score: float
    phrasing: Phrasing
    leaning: bool  # its subject was taken from the figure before or from earlier words


def match_sentence(
    text: str,
    sentence: tuple[int, int],
    figures: Sequence[Figure],
    phrasings: Phrasings,
    background: Background,
) -> tuple[list[tuple[Match, ...]], list[Token]]:
    """For each figure of ``text[slice(*sentence)]`` the indicators it states: none, one, or several where one number
    stands for several nouns (办结率、满意率均为100%); and the sentence's tokens. ``background`` gives the words of the
    sentence before and of the headings; it is asked only where they may count."""
    spans = [(start, end) for start, end, _ in figures]
    around, tokens = windows(text, sentence, spans, phrasings.lexicon, clause_marks(text, *sentence, spans))
    matches: list[tuple[Match, ...]] = []
    before: Window | None = None
    for figure, window in zip(figures, around, strict=True):
        previous = matches[-1] if matches else ()
        finder = _Finder(text, phrasings, figure, window, previous, background)
        matches.append(tuple(_with_scope(found, figure.unit, phrasings, (window, before)) for found in finder.claims()))
        before = window
    return matches, tokens


@dataclass(slots=True)
class _Finder:
    """The rules that claim one figure."""

    text: str
    phrasings: Phrasings
    figure: Figure
    window: Window
    previous: tuple[Match, ...]
    background: Background
    _listed: frozenset[str] = NOTHING  # words that only stand among the examples

    def __post_init__(self) -> None:
        window = self.window
        left, right = window.examples
        if left < right:
            outside = [token for token in window.before if not left <= token.start < right]
            self._listed = window.said - words(outside) - words(window.behind)

    def claims(self) -> list[_Found]:
        """The best rule, or one for each of several nouns, or none."""
        if several := self._of_each_noun():
            return several
        best = self._best(self.window.before, self.window.behind, self.figure.start, self.window.said)
        return [best] if best else []

    def _of_each_noun(self) -> list[_Found]:
        """One rule per noun where the number stands for several: rates in a row, or nouns under 均."""
        left, right = self.window.own
        share = _EACH.search(self.text, left, right)
        if not share and self.figure.unit != "%":
            return []
        cuts = [left, *(joint.end() for joint in JOINT.finditer(self.text, left, right)), right]
        found: dict[str, _Found] = {}
        for start, end in pairwise(cuts) if len(cuts) > 2 else ():
            noun = [token for token in self.window.before if start <= token.start < end]
            best = self._best(noun, [], end, words(noun))
            if best and not best.leaning and (share or _names_rate(noun)):
                found.setdefault(best.phrasing.code, best)
        return list(found.values()) if len(found) > 1 else []

    def _best(self, before: list[Token], behind: list[Token], at: int, own: frozenset[str]) -> _Found | None:
        """The best rule for a number at ``at`` with these words of its own."""
        rules, end = self.phrasings.by_head.get(self.figure.unit, _NO_RULES), self.figure.end
        heads: dict[Phrasing, float] = {}
        left, right = self.window.examples
        places = [
            (inner, (last - at) * _PER_DISTANCE + (_EXAMPLE if left <= first < right else 0))
            for first, last, inner, _ in before
            if inner
        ]
        places += [(inner, (end - first) * _PER_DISTANCE + _BEHIND) for first, _, inner, _ in behind if inner]
        for inner, nearness in places:
            for word in inner:
                if found := rules.get(word):
                    value = _PER_HEAD_CHARACTER * len(word) + nearness
                    for rule in found:
                        if value > heads.get(rule, -99):
                            heads[rule] = value
        best: _Found | None = None
        bare = self.window.foreign <= _MOST_FOREIGN_FOR_CARRY and all(token.filler for token in (*before, *behind))
        if self.previous and self.window.foreign <= _MOST_FOREIGN_FOR_FOLLOWING:
            best = self._after_previous(own, bare)
        for rule, value in sorted(heads.items(), key=_most_first):
            if not _may_win(best, rule, value):
                break  # most rules need not be tried
            if (score := self._fits(rule, own)) is not None:
                best = _better(best, _Found(value + score, rule, False))
        if bare and not _PART.search(self.text, *self.window.own):
            best = self._carried(best, own)
        return best

    def _after_previous(self, own: frozenset[str], bare: bool) -> _Found | None:
        """By the figure before: the figure's own words are among the head's (调解120件，达成协议98件), or say nothing
        where the rule has no head (培训9期，41人次)."""
        best: _Found | None = None
        for match in self.previous:
            for rule in self.phrasings.by_code_before.get((match.code, self.figure.unit), ()):
                fits = not rule.head.isdisjoint(own) if rule.head else bare
                if fits and (score := self._fits(rule, own)) is not None:
                    best = _better(best, _Found(_FOLLOWING + score, rule, True))
        return best

    def _carried(self, best: _Found | None, own: frozenset[str]) -> _Found | None:
        """By earlier words, for a figure with no words of its own: 「开展法治宣传活动，共12场」; else ``best``."""
        rules = self.phrasings.by_head.get(self.figure.unit, _NO_RULES)
        for token in self.window.said_before():
            far = (self.figure.start - token.end) * _PER_DISTANCE
            for word in token.words:
                value = _PER_HEAD_CHARACTER * len(word)
                for rule in rules.get(word, ()):
                    if not rule.carry or not _may_win(best, rule, value - far + _CARRIED):
                        continue
                    if (score := self._fits(rule, own)) is not None:
                        best = _better(best, _Found(value + score - far + _CARRIED, rule, True))
        return best

    def _fits(self, rule: Phrasing, own: frozenset[str]) -> float | None:
        """What the rule's other words add to its score, or None where one is missing or a refused one stands there."""
        if not rule.refused.isdisjoint(own - self._listed if self._listed else own):
            return None
        score = float(rule.weight)
        for group in rule.near:
            value = _longest(group, own) or _longest(group, self.window.clause) - _IN_CLAUSE
            if value <= 0:
                return None
            score += COMPANION + value
        for group in rule.next:
            beside = self.window.following() if self.window.plain else NOTHING
            value = max(_longest(group, own), _longest(group, self.window.clause) - 1, _longest(group, beside) - 1)
            if value <= 0:
                return None
            score += COMPANION + value
        for group in rule.wide:
            value = _longest(group, own) or _longest(group, self.window.clause) - _IN_CLAUSE
            if value <= 0 and not (value := self._reach(group)):
                return None
            score += COMPANION + value
        return score

    def _reach(self, group: frozenset[str]) -> int:
        """The longest word of ``group`` beyond the clause, less what its distance takes off; 0 where there is none."""
        foreign = self.window.foreign
        if foreign > _MOST_FOREIGN_FOR_SENTENCE:
            return 0
        if value := _longest(group, self.window.earlier()):
            return value - _IN_SENTENCE or -1
        if value := _longest(group, self.window.following()):
            return value - _IN_NEXT or -1
        if foreign <= _MOST_FOREIGN_FOR_BACKGROUND and (value := _longest(group, self.background())):
            return value - _IN_BACKGROUND or -1
        return 0


def _most_first(head: tuple[Phrasing, float]) -> float:
    rule, value = head
    return -value - rule.most


def _may_win(best: _Found | None, rule: Phrasing, value: float) -> bool:
    """Whether ``rule`` could be as good as ``best`` if all the words stood there that it wants beside its head."""
    return best is None or value + rule.most >= best.score - _ROUNDING


def _better(best: _Found | None, found: _Found) -> _Found:
    if best is None or (found.score, found.phrasing.rank) > (best.score, best.phrasing.rank):
        return found
    return best


def _longest(group: frozenset[str], present: frozenset[str]) -> int:
    return 0 if group.isdisjoint(present) else max(map(len, group & present))


def _names_rate(noun: Sequence[Token]) -> bool:
    return any(word[-1] in "率度" for token in noun for word in token.words)


def _with_scope(found: _Found, unit: str, phrasings: Phrasings, place: tuple[Window, Window | None]) -> Match:
    """The match with the scope that its unit implies or the words around it name."""
    window, before = place
    rule, scopes = found.phrasing, phrasings.scopes[found.phrasing.code]
    scope = scopes.by_unit.get(unit, "")
    if not scope and scopes.by_word:
        where = [window.said, window.clause]
        if found.leaning and before is not None and all(token.filler for token in (*window.before, *window.behind)):
            where.append(before.said)
        scope = _named(scopes.by_word, where) or "".join(scopes.defaults)
    return Match(rule.code, scope, rule.name)


def _named(tables: Iterable[dict[str, str]], places: Sequence[frozenset[str]]) -> str:
    """The one scope that the words name, the nearest place first; none where they name several."""
    for table in tables:
        for place in places:
            named = {table[word] for word in table.keys() & place}
            if len(named) == 1:
                return named.pop()
            if named:
                break
    return ""
