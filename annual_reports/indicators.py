"""From a figure in its sentence to the catalogue's code and scope.

A small general matcher over the rules of ``phrasings.yml``. It knows where the words that say what is counted may stand:
before the number (审查合同30份), behind it (30份合同), earlier in the sentence where the figure's own words are empty
(化解148件), or in the sentence before and the heading for what only narrows. It leaves out which words those are: they
are data. A figure that no rule claims has no code; better none than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from annual_reports.clauses import clause_marks
from annual_reports.lexicon import Token
from annual_reports.phrasings import Phrasing, Phrasings
from annual_reports.windows import JOINT, Window, windows, words

_PART = re.compile(r"其中|另有|还有|其余|剩余|分别")
_EACH = re.compile(r"均|都|皆")

# How much a piece of evidence counts. A head longer by one character outweighs one that is nearer by twelve; a word
# that had to be fetched from further away counts less than any beside the number.
_PER_HEAD_CHARACTER = 4
_COMPANION = 6
_PER_DISTANCE = 1 / 3
_BEHIND = 3  # 「开展9期行政执法培训」: what stands right behind a number is counted by it
_IN_CLAUSE, _IN_NEXT, _IN_SENTENCE, _IN_BACKGROUND = 1, 3, 3, 5
_CARRIED = 14
_FOLLOWING = 22
# With more characters of its own that the catalogue does not know, a figure is about something of its own, and words
# further away say nothing about it.
_OWN_FOR_FOLLOWING = 6
_OWN_FOR_SENTENCE, _OWN_FOR_BACKGROUND, _OWN_FOR_CARRY = 4, 3, 1


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
    background: Callable[[], frozenset[str]],
) -> list[tuple[Match, ...]]:
    """For each figure of ``text[slice(*sentence)]`` the indicators it states: none, one, or several where one number
    stands for several nouns (办结率、满意率均为100%). ``background`` gives the words of the sentence before and of the
    headings; it is asked only where they may count."""
    spans = [(figure.start, figure.end) for figure in figures]
    tokens = phrasings.lexicon.scan(text, *sentence)
    marks = clause_marks(text, *sentence, spans)
    around = windows(text, sentence, spans, tokens, marks)
    matches: list[tuple[Match, ...]] = []
    for index, figure in enumerate(figures):
        window, previous = around[index], matches[-1] if matches else ()
        finder = _Finder(text, phrasings, figure, window, previous, background)
        found = finder.of_each_noun() or finder.whole()
        before = around[index - 1] if index else None
        matches.append(tuple(_with_scope(one, figure, phrasings, window, before, previous) for one in found))
    return matches


class _Finder:
    """The rules that claim one figure."""

    def __init__(
        self,
        text: str,
        phrasings: Phrasings,
        figure: Figure,
        window: Window,
        previous: tuple[Match, ...],
        background: Callable[[], frozenset[str]],
    ) -> None:
        self.text, self.phrasings, self.figure, self.window = text, phrasings, figure, window
        self.previous, self.background = previous, background

    def whole(self) -> list[_Found]:
        """The best rule over all of the figure's own words."""
        window = self.window
        best = self._best(window.before, window.behind, words(window.before) | words(window.behind))
        return [best] if best else []

    def of_each_noun(self) -> list[_Found]:
        """One rule per noun where the number stands for several: rates in a row, or nouns under 均."""
        left, right = self.window.own
        share = _EACH.search(self.text, left, right)
        if not share and self.figure.unit != "%":
            return []
        cuts = [left, *(joint.end() for joint in JOINT.finditer(self.text, left, right)), right]
        if len(cuts) < 3:
            return []
        found: dict[str, _Found] = {}
        for start, end in zip(cuts[:-1], cuts[1:], strict=True):
            nouns = [token for token in self.window.before if start <= token.start < end]
            best = self._best(nouns, [], words(nouns), end)
            if best and not best.leaning and (share or _names_rate(best, nouns)):
                found.setdefault(best.phrasing.code, best)
        return list(found.values()) if len(found) > 1 else []

    def _best(
        self, before: list[Token], behind: list[Token], own: frozenset[str], at: int | None = None
    ) -> _Found | None:
        figure, unit, by_head = self.figure, self.figure.unit, self.phrasings.by_head
        at = figure.start if at is None else at
        nearest: dict[Phrasing, float] = {}
        for token in before:
            for word in token.words:
                for rule in by_head.get((word, unit), ()):
                    value = _PER_HEAD_CHARACTER * len(word) - (at - token.end) * _PER_DISTANCE
                    if value > nearest.get(rule, -99):
                        nearest[rule] = value
        for token in behind:
            for word in token.words:
                for rule in by_head.get((word, unit), ()):
                    value = _PER_HEAD_CHARACTER * len(word) - (token.start - figure.end) * _PER_DISTANCE + _BEHIND
                    if value > nearest.get(rule, -99):
                        nearest[rule] = value
        found = [_Found(value + score, rule, False) for rule, value in nearest.items() if (score := self._fits(rule, own)) is not None]
        found += self._following(own)
        if self.window.foreign <= _OWN_FOR_CARRY and all(token.filler for token in (*before, *behind)):
            found += self._leaning(own)
        return max(found, key=lambda one: one.score, default=None)

    def _following(self, own: frozenset[str]) -> list[_Found]:
        """Rules by the figure before: 「培训9期，41人次参与」. The figure's own words say nothing, or are among the head's."""
        if not self.previous or self.window.foreign > _OWN_FOR_FOLLOWING:
            return []
        bare = all(token.filler for token in (*self.window.before, *self.window.behind))
        return [
            _Found(_FOLLOWING + score, rule, True)
            for match in self.previous
            for rule in self.phrasings.by_code_before.get((match.code, self.figure.unit), ())
            if (bare and self.window.foreign <= _OWN_FOR_CARRY or not rule.head.isdisjoint(own))
            and (score := self._fits(rule, own)) is not None
        ]

    def _leaning(self, own: frozenset[str]) -> list[_Found]:
        """Rules whose subject stands in earlier words, for a figure with no words of its own: 「开展宣传活动，共12场」."""
        unit, window = self.figure.unit, self.window
        found: list[_Found] = []
        if _PART.search(self.text, *window.own):
            return found
        for token in (*window.earlier, *window.clause):
            for word in token.words:
                for rule in self.phrasings.by_head.get((word, unit), ()):
                    if rule.carry and (score := self._fits(rule, own)) is not None:
                        far = (self.figure.start - token.end) * _PER_DISTANCE
                        found.append(_Found(_PER_HEAD_CHARACTER * len(word) + score - far - _CARRIED, rule, True))
        return found

    def _fits(self, rule: Phrasing, own: frozenset[str]) -> float | None:
        """What the rule's other words add to its score, or None where one is missing or a refused one stands there."""
        if not rule.refused.isdisjoint(own):
            return None
        clause = words(self.window.clause)
        score = float(rule.weight)
        for group in rule.near:
            if value := _longest(group, own):
                score += _COMPANION + value
            elif value := _longest(group, clause):
                score += _COMPANION + value - _IN_CLAUSE
            else:
                return None
        for group in rule.wide:
            value = self._reach(group, own, clause)
            if value is None:
                return None
            score += value
        return score

    def _reach(self, group: frozenset[str], own: frozenset[str], clause: frozenset[str]) -> float | None:
        if value := _longest(group, own):
            return _COMPANION + value
        if value := _longest(group, clause):
            return _COMPANION + value - _IN_CLAUSE
        foreign = self.window.foreign
        if foreign > _OWN_FOR_SENTENCE:
            return None
        if value := _longest(group, words(self.window.earlier)):
            return _COMPANION + value - _IN_SENTENCE
        if value := _longest(group, words(self.window.following)):
            return _COMPANION + value - _IN_NEXT
        if foreign <= _OWN_FOR_BACKGROUND and (value := _longest(group, self.background())):
            return _COMPANION + value - _IN_BACKGROUND
        return None


def _longest(group: frozenset[str], present: frozenset[str]) -> int:
    common = group & present
    return max(map(len, common)) if common else 0


def _names_rate(found: _Found, nouns: list[Token]) -> bool:
    return bool(nouns) and any(word[-1] in "率度" for word in nouns[-1].words or nouns[0].words)


def _with_scope(
    found: _Found,
    figure: Figure,
    phrasings: Phrasings,
    window: Window,
    before: Window | None,
    previous: tuple[Match, ...],
) -> Match:
    rule = found.phrasing
    scopes = phrasings.scopes[rule.code]
    scope = scopes.by_unit.get(figure.unit, "")
    if not scope and scopes.by_word:
        places = [words(window.before) | words(window.behind), words(window.clause)]
        if found.leaning and before is not None and previous:
            places.append(words(before.before) | words(before.behind))
        scope = _named(scopes.by_word, places) or "".join(scopes.defaults)
    return Match(rule.code, scope, rule.name)


def _named(tables: Iterable[dict[str, str]], places: Sequence[frozenset[str]]) -> str:
    """The one scope that the words name, the nearest place first; none where they name several."""
    for table in tables:
        for place in places:
            named = {table[word] for word in place if word in table}
            if len(named) == 1:
                return named.pop()
            if named:
                break
    return ""
