"""Zeros that are stated without a digit: 未发生行政复议案件, 无一起行政诉讼败诉, 零复议.

Knows how a negation and what it denies stand together, and that the denied thing must be the head of its phrase
(「未制定规范性文件清理制度」 denies no document). Leaves out the words (``zeros.yml``) and a zero with a digit (0件),
which is a figure like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from annual_reports.catalogue import Catalogue, CatalogueError

_CLAUSE = re.compile(r"[，。；：！？\n,;:（(]")
_JOINT = re.compile(r"、|以及|和|及|与|或者|或")
_TAIL = re.compile(
    r"(?:等|的|被|案件|案例|案|件|情况|情形|事件|现象|问题|申请|事项|发生|出现|产生|提起|立案|记录|及|和|类|行为|需要|备案|审查|”|\")*"
)
_NARROWED = re.compile(
    r"(?:由于|因|由|针对|涉及|与)[^，。；]{2,24}?(?:引发|引起|导致|产生|造成|有关|相关|所致|提起)(?=的)|[^，。；]{1,16}?(?=类(?:的)?$)"
)
_REFUSED = re.compile(
    r"正当|理由|无?证|障碍|法定|效力|关系|条件|权限|资质|不(?!当|服)|需要|须|应当|规定|依据|制度|标准|时限|手续|许可(?!案)"
)
_LONGEST = 60
_LOSSES = "litigation_losses"
_CUE = re.compile("[未没无零]")
_ADVERBS = ("均", "都", "皆", "也", "从", "尚", "暂", "并", "全年", "实现", "保持", "为", "达到", "“", '"', "‘")


class Zero(NamedTuple):
    """``text[start:end]`` says that there was none of what ``code`` counts, within ``scope`` ("" = at all)."""

    start: int
    end: int
    code: str | None
    scope: str


@dataclass(frozen=True, slots=True)
class _Zeros:
    negation: re.Pattern[str]
    behind: re.Pattern[str]
    unless: re.Pattern[str]
    noun: re.Pattern[str]
    codes: dict[str, str | None]
    scoped: frozenset[str]  # nouns that are themselves the scope: 非访 of petitions
    shared: dict[str, str]  # what a noun becomes by sharing the head of the last: 行政复议、行政诉讼败诉


@lru_cache(maxsize=8)
def _compiled(catalogue: Catalogue) -> _Zeros:
    ahead: list[str] = []
    behind: list[str] = []
    unless: list[str] = []
    codes: dict[str, str | None] = {}
    scoped: set[str] = set()
    shared: dict[str, str] = {}
    for name, entry in catalogue["zeros"].items():
        if "negation" in entry:
            (behind if entry.get("behind") else ahead).append(entry["negation"])
        elif "unless" in entry:
            unless.append(entry["unless"])
        else:
            if entry["code"] is not None and entry["code"] not in catalogue["indicators"]:
                raise CatalogueError(f"zeros.yml 的「{name}」：indicators.yml 里没有指标 {entry['code']}")
            codes.update(dict.fromkeys(entry["nouns"], entry["code"]))
            scoped |= set(entry["nouns"]) if entry.get("scoped") else set()
            shared.update(dict.fromkeys(entry.get("sharing", ()), entry["code"]))
    nouns = "|".join(map(re.escape, sorted(codes, key=len, reverse=True)))
    return _Zeros(
        negation=_either(ahead),
        behind=_either(behind),
        unless=_either(unless),
        noun=re.compile(nouns),
        codes=codes,
        scoped=frozenset(scoped),
        shared=shared,
    )


def _either(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or "(?!)")


def find(text: str, catalogue: Catalogue) -> list[Zero]:
    """Every zero that ``text`` states in words, in order; several with one span where one negation denies several
    things. Which section it stands in is the caller's matter: a plan states none."""
    zeros = _compiled(catalogue)
    found: list[Zero] = []
    done = 0
    for cue in _CUE.finditer(text):
        at = cue.start()
        if at < done:
            continue
        if negation := zeros.negation.match(text, at):
            first = _with_adverb(text, at)
            here = list(_denied(text, first, negation.end(), _clause_end(text, negation.end()), zeros))
        elif negation := zeros.behind.match(text, at):
            first = _with_adverb(text, at)
            here = list(_denied_before(text, _clause_start(text, first), first, negation.end(), zeros))
        else:
            continue
        if here and not zeros.unless.search(text, _clause_start(text, first), first):
            found += here
            done = here[-1].end
    return sorted(set(found), key=lambda zero: (zero.start, zero.end, zero.code or ""))


def _with_adverb(text: str, at: int) -> int:
    """Where the negation at ``at`` begins with the adverbs and quotation mark in front of it (均未, 实现“零)."""
    while adverb := next((word for word in _ADVERBS if text.endswith(word, max(0, at - 3), at)), ""):
        at -= len(adverb)
    return at


def _clause_end(text: str, start: int) -> int:
    mark = _CLAUSE.search(text, start, start + _LONGEST)
    return mark.start() if mark else min(len(text), start + _LONGEST)


def _clause_start(text: str, end: int) -> int:
    start = max(0, end - _LONGEST)
    return max((mark.end() for mark in _CLAUSE.finditer(text, start, end)), default=start)


def _denied(text: str, start: int, first: int, end: int, zeros: _Zeros) -> Iterator[Zero]:
    nouns = list(_heads(text, first, end, zeros))
    if not nouns or (
        _REFUSED.search(text, first, nouns[0].start()) and not _NARROWED.search(text, first, nouns[0].start())
    ):
        return
    narrowed = _NARROWED.match(text, first, nouns[0].start())
    scope = narrowed[0] if narrowed else ""
    tail = _TAIL.match(text, nouns[-1].end(), end)
    last = tail.end() if tail else nouns[-1].end()
    for code, own_scope in _meant(nouns, zeros):
        yield Zero(start, last, code, scope or own_scope)


def _denied_before(text: str, start: int, end: int, last: int, zeros: _Zeros) -> Iterator[Zero]:
    nouns = list(_heads(text, start, end, zeros))
    for code, scope in _meant(nouns, zeros):
        yield Zero(nouns[0].start(), last, code, scope)


def _meant(nouns: list[re.Match[str]], zeros: _Zeros) -> Iterator[tuple[str | None, str]]:
    """Code and scope of each denied noun. In 「行政复议、行政诉讼败诉案件」 the last noun's head holds for the first:
    no decision was corrected and no case lost."""
    lost = bool(nouns) and zeros.codes[nouns[-1][0]] == _LOSSES
    meant = [
        (zeros.shared.get(noun[0], zeros.codes[noun[0]]) if lost else zeros.codes[noun[0]],
         noun[0] if noun[0] in zeros.scoped else "")
        for noun in nouns
    ]  # fmt: skip
    yield from dict.fromkeys(meant)


def _heads(text: str, start: int, end: int, zeros: _Zeros) -> Iterator[re.Match[str]]:
    """The denied nouns of ``text[start:end]``: those that another noun does not follow as its head (行政诉讼败诉 is
    败诉), up to the first that is itself only part of a longer name."""
    nouns = list(zeros.noun.finditer(text, start, end))
    for index, noun in enumerate(nouns):
        following = nouns[index + 1].start() if index + 1 < len(nouns) else end
        rest = text[noun.end() : following]
        joint = _JOINT.search(rest)
        if index + 1 < len(nouns) and not joint:
            continue
        if not (_TAIL.fullmatch(rest) or (joint and _TAIL.fullmatch(rest[: joint.start()]))):
            return
        yield noun
