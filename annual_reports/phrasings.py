"""The catalogue's phrasings compiled into rules that the matcher can look up by word and unit.

Knows the form of ``phrasings.yml``, ``words.yml`` and ``scopes.yml`` and refuses what does not fit together (an unknown
code, word group or scope), naming file, entry and the way out. Leaves out where in a sentence the words must stand:
that is ``indicators``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from annual_reports.catalogue import Catalogue, CatalogueError
from annual_reports.lexicon import FILLER, NO_SCOPE, OPAQUE, VERBS, Lexicon, expand

COMPANION = 6  # what a word that a rule wants beside its head adds to the rule's score, with its length


@dataclass(frozen=True, slots=True, eq=False)
class Phrasing:
    """One rule of ``phrasings.yml``. ``name`` is what a reading says it went by: 「disputes_mediated#2」."""

    name: str
    code: str
    head: frozenset[str]
    near: tuple[frozenset[str], ...]
    wide: tuple[frozenset[str], ...]  # the entry's ``with``
    next: tuple[frozenset[str], ...]
    refused: frozenset[str]  # the entry's ``not``
    after: frozenset[str]
    units: frozenset[str]
    carry: bool
    weight: int
    rank: tuple[int, int]  # of two rules with one score: fewer words needed beside the head, then the earlier one
    most: int  # what the weight and the companions can add to a score at best

    @property
    def companions(self) -> tuple[frozenset[str], ...]:
        """The groups of which a word must stand beside the head."""
        return (*self.near, *self.wide, *self.next)


@dataclass(frozen=True, slots=True, eq=False)
class Scopes:
    """One indicator's ways of being broken down: the unit that implies a scope, the words that name one."""

    by_unit: dict[str, str]
    by_word: tuple[dict[str, str], ...]
    defaults: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Phrasings:
    """Everything the matcher needs of one catalogue."""

    lexicon: Lexicon
    rules: tuple[Phrasing, ...]
    by_head: dict[str, dict[str, tuple[Phrasing, ...]]]  # unit → head word
    by_code_before: dict[tuple[str, str], tuple[Phrasing, ...]]  # (code of the figure before, unit)
    scopes: dict[str, Scopes]
    factors: dict[str, dict[str, float]]  # code → unit → how many of the indicator's unit
    units: dict[str, str]  # code → the indicator's unit
    no_scope: tuple[str, ...]  # verbs and other words that name no breakdown, the longest first
    no_scope_ahead: re.Pattern[str]  # any number of them, where a phrase begins
    no_scope_verbs: tuple[str, ...]  # those of more than one character: one may be part of a noun (公共)
    vocabulary: dict[str, frozenset[str]]  # code → the words of its rules, which do not narrow it


@lru_cache(maxsize=8)
def compile_phrasings(catalogue: Catalogue) -> Phrasings:
    """``catalogue`` made ready for matching. Raises CatalogueError where its tables do not fit together."""
    indicators, vocabularies = catalogue["indicators"], catalogue["scopes"]
    groups = catalogue["words"]
    no_scope = tuple(sorted(groups[NO_SCOPE], key=len, reverse=True))
    numbered = (
        (code, number, entry)
        for code, entries in catalogue["phrasings"].items()
        for number, entry in enumerate(entries, 1)
    )
    rules = [_phrasing(place, one, indicators, groups) for place, one in enumerate(numbered)]
    scopes = {code: _scopes(code, indicator, vocabularies) for code, indicator in indicators.items()}
    words = {word for rule in rules for group in (rule.head, rule.refused, *rule.companions) for word in group}
    words |= {word for scope in scopes.values() for table in scope.by_word for word in table}
    heads: dict[str, dict[str, list[Phrasing]]] = defaultdict(lambda: defaultdict(list))
    followers: dict[tuple[str, str], list[Phrasing]] = defaultdict(list)
    for rule in rules:
        for unit in rule.units:
            for word in rule.head if not rule.after else ():
                heads[unit][word].append(rule)
            for code in rule.after:
                followers[code, unit].append(rule)
    return Phrasings(
        lexicon=Lexicon(words, groups[FILLER], groups[OPAQUE], groups[VERBS]),
        rules=tuple(rules),
        by_head={unit: {word: tuple(found) for word, found in table.items()} for unit, table in heads.items()},
        by_code_before={key: tuple(found) for key, found in followers.items()},
        scopes=scopes,
        factors={code: _factors(indicator) for code, indicator in indicators.items()},
        units={code: indicator["unit"] for code, indicator in indicators.items()},
        no_scope=no_scope,
        no_scope_ahead=re.compile(f"(?:{'|'.join(map(re.escape, no_scope))})*"),
        no_scope_verbs=tuple(word for word in no_scope if len(word) > 1),
        vocabulary={code: _vocabulary(rule for rule in rules if rule.code == code) for code in indicators},
    )


def _phrasing(
    place: int, one: tuple[str, int, dict[str, Any]], indicators: dict[str, Any], groups: dict[str, list[str]]
) -> Phrasing:
    code, number, entry = one
    where = f"phrasings.yml 的 {code} 第 {number} 条"
    if code not in indicators:
        raise CatalogueError(f"{where}：indicators.yml 里没有这个指标，请先在那里登记")
    if unknown := [other for other in entry.get("after", ()) if other not in indicators]:
        raise CatalogueError(f"{where}：after 写了没有登记的指标 {'、'.join(unknown)}")

    def spelt(words: list[str]) -> frozenset[str]:
        try:
            return frozenset(expand(words, groups))
        except KeyError as error:
            raise CatalogueError(f"{where}：words.yml 里没有词组「{error.args[0]}」") from None

    units = entry.get("units") or [indicators[code]["unit"], *indicators[code].get("other_units", {})]
    if units == ["%"]:
        units = ["%", ""]  # 败诉率为0
    near, wide, beside = (tuple(spelt(group) for group in entry.get(key, [])) for key in ("near", "with", "next"))
    weight = entry.get("weight", 0)
    return Phrasing(
        name=f"{code}#{number}",
        code=code,
        head=spelt(entry.get("head", [])),
        near=near,
        wide=wide,
        next=beside,
        refused=spelt(entry.get("not", [])),
        after=frozenset(entry.get("after", ())),
        units=frozenset(units),
        carry=entry.get("carry", True),
        weight=weight,
        rank=(-sum(len(entry.get(key, ())) for key in ("near", "with", "next")), -place),
        most=weight + sum(COMPANION + max(map(len, group), default=0) for group in (*near, *wide, *beside)),
    )


def _vocabulary(rules: Iterable[Phrasing]) -> frozenset[str]:
    return frozenset[str]().union(*(group for rule in rules for group in (rule.head, *rule.companions)))


def _scopes(code: str, indicator: dict[str, Any], vocabularies: dict[str, Any]) -> Scopes:
    by_word: list[dict[str, str]] = []
    defaults: list[str] = []
    for name in indicator.get("scopes", ()):
        if name not in vocabularies:
            raise CatalogueError(f"indicators.yml 的 {code}：scopes.yml 里没有词表「{name}」")
        values = vocabularies[name]["values"]
        by_word.append({word: value for value, words in values.items() for word in words})
        defaults.append(vocabularies[name].get("default", ""))
    other = indicator.get("other_units", {})
    by_unit = {unit: way["scope"] for unit, way in other.items() if isinstance(way, dict) and "scope" in way}
    return Scopes(by_unit, tuple(by_word), tuple(defaults))


def _factors(indicator: dict[str, Any]) -> dict[str, float]:
    other = indicator.get("other_units", {})
    return {
        indicator["unit"]: 1,
        **{unit: way.get("factor", 1) if isinstance(way, dict) else way for unit, way in other.items()},
    }
