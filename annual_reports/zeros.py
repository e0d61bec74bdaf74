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
from typing import Any, NamedTuple

from annual_reports.catalogue import Catalogue, CatalogueError

# A short aside in brackets is part of its clause: 「未发生行政复议（诉讼）案件」.
_CLAUSE = re.compile(r"[，。；：！？\n,;:]|[（(](?![^（）()\d，。；]{1,10}[）)])")
_JOINT = re.compile(r"、|以及|和|及|与|或者|或|[（(]|[”\"][“\"]")
_TAIL = re.compile(
    r"(?:等|的|被|案件|案例|案|件|情况|情形|事件|现象|问题|申请|事项|事宜|发生|出现|产生|作出|做出|提起|立案|记录|及|和|类|行为|"
    r"数量|总数|数|量|程序|需要|备案|审查|(?:承办|办理)任务|(?:工作)?方面(?:，(?:全年|本年度?|年内|当年|今年)?)?|目录|人民政府|良好|目标|记录|纪录|成绩|局面|态势|[”’\"）)])*"
)
_BECAUSE = r"(?:由于|因为|因|由)[^，。；]{2,24}?(?:而)?(?:引发|引起|导致|产生|造成|所致|招致|提起|被)"
_NARROWED = re.compile(
    rf"{_BECAUSE}|(?:针对|涉及|与)[^，。；]{{2,24}}?(?:引发|引起|导致|产生|造成|有关|相关|所致|提起)(?=的)"
    r"|[^，。；]{1,16}?(?=类(?:的)?$)"
)
_DEGREE = re.compile("(重大|较大|特大|严重|恶性|敏感|突出)的?$")  # 无重大信访事件 leaves room for others
_PASSIVE = re.compile("(?:被|提起|而)+$")
_REFUSED = re.compile(
    r"正当|理由|障碍|法定|效力|关系|条件|权限|资质|不(?!当|服|作为|公|力|规范|文明)|须|应当|规定|依据|制度|标准|时限|手续"
    r"|许可(?!案)|[把将]|及时|认真|严格|充分|完全|按照?|真正|很好|全面|主动|彻底|深入|积极|落实|履行|建立|健全|人员|队伍|机构|经费"
    r"|能力|意识|渠道|重视|安排|配备|[证照](?:明|件|经营)|违反|违规制|抵触|未[公经按备]|受到|给予"
)
_CONDITION = re.compile("(?<=的)[，,]")  # 逾期未申请行政复议的，…
_LABEL = re.compile('[两三四五]无[”"]?(?:村|社区|小区|镇|乡|街道|单位|目标|创建)')  # 无诉讼、无上访的“三无”村
_OF = re.compile("的(?:行政)?")
_NEGATED = re.compile("[未不没无零]")
_LONGEST = 60
_LOSSES = "litigation_losses"
_ABREAST = ("reconsideration_cases", "litigation_cases")  # one behind the other they are two things
# Several searches, since one expression over all of them cannot skip ahead and takes five times as long.
_CUES = ("未", "没", "无", "零", "不存在", "不涉及", "不曾", "空白")
_FIGURES = tuple(re.compile(rf'{zero}(?<![\d.．].)(?=[”"，。；、）)\n])') for zero in "0０")
_ADVERBS = re.compile(
    r"(?:均|都|皆|也|从|尚|暂|并|且|仍|又|再|双|全年|全部|实现|保持|维持|继续|持续|连续(?:[一二两三四五六七八九十多\d]+年)?|依然|始终|达成|做到|了|在|为|是|呈|达到"
    r"|[一1][起件例宗次]|[“\"‘])*\Z"
)


class Zero(NamedTuple):
    """``text[start:end]`` says that there was none of what ``code`` counts, within ``scope`` ("" = at all)."""

    start: int
    end: int
    code: str | None
    scope: str


@dataclass(frozen=True, slots=True, eq=False)
class _Thing:
    """An entry of ``zeros.yml`` that names what may be denied."""

    nouns: re.Pattern[str]
    code: str | None
    sharing: frozenset[str]  # what it becomes by sharing the head of the last: 行政复议、行政诉讼败诉
    elsewhere: re.Pattern[str] | None  # with these words in its clause it is another matter and has no code


class _Noun(NamedTuple):
    start: int
    end: int
    words: str
    thing: _Thing


@dataclass(frozen=True, slots=True)
class _Zeros:
    negation: re.Pattern[str]
    adjacent: re.Pattern[str]
    behind: re.Pattern[str]
    unless: re.Pattern[str]
    noun: re.Pattern[str]
    things: tuple[_Thing, ...]
    shared: dict[str, str | None]


@lru_cache(maxsize=8)
def _compiled(catalogue: Catalogue) -> _Zeros:
    negations: dict[str, list[str]] = {"ahead": [], "adjacent": [], "behind": []}
    unless: list[str] = []
    things: list[_Thing] = []
    for name, entry in catalogue["zeros"].items():
        if "negation" in entry:
            place = "behind" if entry.get("behind") else "adjacent" if entry.get("adjacent") else "ahead"
            negations[place].append(entry["negation"])
        elif "unless" in entry:
            unless.append(entry["unless"])
        else:
            if entry["code"] is not None and entry["code"] not in catalogue["indicators"]:
                raise CatalogueError(f"zeros.yml 的「{name}」：indicators.yml 里没有指标 {entry['code']}")
            things.append(_thing(entry))
    return _Zeros(
        negation=_either(negations["ahead"]),
        adjacent=_either(negations["adjacent"]),
        behind=_either(negations["behind"]),
        unless=_either(unless),
        noun=_either([thing.nouns.pattern for thing in things]),
        things=tuple(things),
        shared={words: thing.code for thing in things for words in thing.sharing},
    )


def _thing(entry: dict[str, Any]) -> _Thing:
    return _Thing(
        nouns=_either(sorted(entry["nouns"], key=len, reverse=True)),
        code=entry["code"],
        sharing=frozenset(entry.get("sharing", ())),
        elsewhere=re.compile(entry["elsewhere"]) if "elsewhere" in entry else None,
    )


def _either(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or "(?!)")


def find(text: str, catalogue: Catalogue) -> list[Zero]:
    """Every zero that ``text`` states in words, in order; several with one span where one negation denies several
    things. Which section it stands in is the caller's matter: a plan states none."""
    zeros = _compiled(catalogue)
    found: list[Zero] = []
    done = 0
    for at in sorted(_cues(text)):
        if at < done:
            continue
        here: list[Zero] = []
        if negation := zeros.negation.match(text, at) or zeros.adjacent.match(text, at):
            here = list(_denied(text, at, negation.end(), negation.re is zeros.adjacent, zeros))
        if not here and (negation := zeros.behind.match(text, at)):
            here = list(_denied_before(text, _with_adverb(text, at), negation.end(), zeros))
        if here and not zeros.unless.search(text, _clause_start(text, at), at):
            found += here
            done = here[-1].end
    return sorted(set(found), key=lambda zero: (zero.start, zero.end, zero.code or "", zero.scope))


def _cues(text: str) -> Iterator[int]:
    """Where a negation may begin."""
    for cue in _CUES:
        at = text.find(cue)
        while at >= 0:
            yield at
            at = text.find(cue, at + 1)
    for zero in _FIGURES:
        yield from (found.start() for found in zero.finditer(text))


def _with_adverb(text: str, at: int) -> int:
    """Where the negation at ``at`` begins with the adverbs and quotation mark in front of it (均未, 实现“零)."""
    adverbs = _ADVERBS.search(text, max(0, at - 8), at)
    return adverbs.start() if adverbs else at


def _clause_end(text: str, start: int) -> int:
    mark = _CLAUSE.search(text, start, start + _LONGEST)
    return mark.start() if mark else min(len(text), start + _LONGEST)


def _clause_start(text: str, end: int) -> int:
    start = max(0, end - _LONGEST)
    return max((mark.end() for mark in _CLAUSE.finditer(text, start, end)), default=start)


def _denied(text: str, start: int, first: int, near: bool, zeros: _Zeros) -> Iterator[Zero]:
    """What the negation ``text[start:first]`` denies behind it; ``near``: right behind it."""
    nouns = list(_heads(text, first, _clause_end(text, first), zeros))
    if not nouns or (near and nouns[0].start > first):
        return
    narrowed = _NARROWED.search(text, first, nouns[0].start)
    if not narrowed and _REFUSED.search(text, first, nouns[0].start):
        return
    scope = _PASSIVE.sub("", narrowed[0]) if narrowed else ""
    tail = _TAIL.match(text, nouns[-1].end)
    last = min(tail.end() if tail else nouns[-1].end, _clause_end(text, nouns[-1].end))
    if _CONDITION.match(text, last) or _LABEL.search(text, last, _clause_end(text, last)):
        return
    start = _with_adverb(text, start)
    for code, own_scope in _meant(text, nouns, zeros):
        yield Zero(start, last, code, scope or own_scope)


def _denied_before(text: str, end: int, last: int, zeros: _Zeros) -> Iterator[Zero]:
    """What the negation ``text[end:last]`` denies in front of it; also across a colon: 「败诉案件：无」."""
    before = end - 1 if text[end - 1 : end] in ("：", ":") else end
    nouns: list[_Noun] = []
    start = _clause_start(text, before)
    if text.endswith("方面，", 0, start):  # 「行政应诉方面，全年无新发案件」
        start = _clause_start(text, start - 1)
    for noun in reversed(list(_nouns(text, start, before, zeros))):
        rest = text[noun.end : nouns[0].start if nouns else before]
        joint = _JOINT.search(rest) if nouns else None
        if (nouns and not joint) or not _TAIL.fullmatch(rest[: joint.start()] if joint else rest):
            break
        nouns.insert(0, noun)
    for code, scope in _meant(text, nouns, zeros):
        yield Zero(nouns[0].start, last, code, scope)


def _meant(text: str, nouns: list[_Noun], zeros: _Zeros) -> Iterator[tuple[str | None, str]]:
    """Code and scope of each denied noun. In 「行政复议、行政诉讼败诉案件」 the last noun's head holds for the first:
    no decision was corrected and no case lost."""
    lost = bool(nouns) and nouns[-1].thing.code == _LOSSES
    meant: dict[tuple[str | None, str], None] = {}
    for start, end, words, thing in nouns:
        shares = lost and not _NEGATED.search(text, end, nouns[-1].start)
        code = zeros.shared.get(words, thing.code) if shares else thing.code
        if thing.elsewhere and thing.elsewhere.search(text, _clause_start(text, start), end):
            code = None
        degree = _DEGREE.search(text, max(0, start - 3), start)
        meant[code, degree[1] if degree else ""] = None
    yield from meant


def _heads(text: str, start: int, end: int, zeros: _Zeros) -> Iterator[_Noun]:
    """The denied nouns of ``text[start:end]``: those that another noun does not follow as its head (行政诉讼败诉 is
    败诉), up to the first that is itself only part of a longer name."""
    nouns = list(_nouns(text, start, end, zeros))
    for index, noun in enumerate(nouns):
        following = nouns[index + 1].start if index + 1 < len(nouns) else end
        rest = text[noun.end : following]
        joint = _JOINT.search(rest)
        if not rest and index + 1 < len(nouns) and (noun.thing.code, nouns[index + 1].thing.code) == _ABREAST:
            yield noun  # 行政复议诉讼案件
            continue
        if index + 1 < len(nouns) and not joint:
            if _OF.fullmatch(rest) and noun.words.startswith("被"):  # 被撤销的处罚决定 is about what was corrected
                yield noun
                return
            if _NEGATED.search(rest):
                return
            continue
        if not (_TAIL.fullmatch(rest) or (joint and _TAIL.fullmatch(rest[: joint.start()]))):
            return
        yield noun


def _nouns(text: str, start: int, end: int, zeros: _Zeros) -> Iterator[_Noun]:
    """Every noun of ``text[start:end]``, the longest at each place."""
    while found := zeros.noun.search(text, start, end):
        at = found.start()
        named = ((match.end(), thing) for thing in zeros.things if (match := thing.nouns.match(text, at, end)))
        start, thing = max(named, key=lambda one: one[0])
        yield _Noun(at, start, text[at:start], thing)
