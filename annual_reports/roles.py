"""What a figure is in its report: achieved, a target, a quota, another year's level, a change, or none of them.

Knows how the rules of ``roles.yml`` are tried and which year governs a figure. Leaves out the words themselves (data)
and what kind of number it is (``quantities`` tells dates, ordinals and names apart before this module is asked).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from annual_reports import periods
from annual_reports.catalogue import Catalogue, CatalogueError
from annual_reports.openings import opening_letters
from annual_reports.report import Role, SectionKind

# Opens with all its first letters, and looks back which of them it was: a search skips to these.
_YEARISH = re.compile(
    r"[2２二去上前明来次往今本当下历年五以](?:(?<=[2２二])[0０〇○零][0-9０-９〇○零一二三四五六七八九]{2}|(?<=[去上前明来次往今本当])年"
    r"|(?<=[上下前])[一二]?年|(?<=历)年来|(?<=[年以])来|(?<=五)(?:期间|以来))"
)
_NAMED = re.compile(
    r"结转(?:至|到|下)*(?:下|明|次|来)?一?年|《[^》]*》|〔\d+〕|[“\"][^”\"]*[”\"]|[（(][^）)]*[）)]|历年(?!来)"
)
_OTHER_YEAR = r"(?:[2２二][0０〇○零].{2}|上一?|[去前])年"
_NOT_GOVERNING = re.compile(
    rf"{_OTHER_YEAR}(?:度|版)?[^，。；]{{0,8}}?"
    r"(?:基础上|第[一二三四五六]批|反馈|(?:制定|制发|印发|出台|发布|颁布)(?!(?:了|的|各类|相关|有关|行政|规范性|文件|政策|制度)*$)|修订|修正"
    r"|结转(?!的?(?:案件)?$)|施行|实施的|新修|版|述法|考核|评议|报告|成立的|计划|工作要点|遗留|未结|留存)"
    # 「对2023年办结的案卷开展评查」: the files are of that year, their review is of this one
    rf"|(?:对|就|抽[查取调]|调取|检查|评查|清理)(?:了)?{_OTHER_YEAR}[^，。；\d]{{0,14}}?"
    r"(?:案卷|卷宗|规范性文件|(?:制定|制发|印发|出台|发布)的|(?<=年)以来的)"
)
_SEVERAL_YEARS = re.compile(r"[一二三四]五[”\"]?(?:规划)?(?:期间|以来)")
_COMPARED = re.compile(r"(?:较|比|与|同)(?:上一?年|去年|前年|往年|[2２二][0０〇○零].{2}年)")
_FIGURE = re.compile(r"\d")
_CLOSED = re.compile(r"[（(][^（）()]*[）)]")  # 「（上年：902件）」 says nothing of what follows
_THIS_YEAR = re.compile("[今本当]年")
_BY_NOW = re.compile("已|目前|当前|现有|截[至止]")  # the year of a plan does not reach it
# 「同比分别下降8件和1.7个百分点」: the words before the first figure of such a list hold for the others too
_SHARED = re.compile(r"(分别[^，。；：\d]{0,8})(?:[\d.,]+[^，。；、\d]{0,5}[、和与及])+$")
_MARK = re.compile("[，；：,;:]")
_TO_LAST_MARK = re.compile(f".*{_MARK.pattern}", re.DOTALL)
_BEHIND, _AHEAD = 120, 40  # characters on either side of a figure that may say what it is
_YEAR_REACHES = 300  # characters that a year reaches inside its sentence


class Place(NamedTuple):
    """Where a figure stands: its sentence (and whether that names a year), its span, its unit, and the kind of its
    section."""

    sentence: tuple[int, int]
    dated: bool
    start: int
    end: int
    unit: str
    section: SectionKind | None


class Reading(NamedTuple):
    """The role of a figure, the year it speaks of (None: several together), and the rule that said so."""

    role: Role
    year: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    role: Role
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    printed: re.Pattern[str] | None
    clause: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    units: frozenset[str]
    sections: frozenset[str]


class _Choice(NamedTuple):
    """Rules that a figure's unit, section and words before it leave, and what must be ``printed`` or come ``after`` it
    for any of them to apply; both None where one may apply whatever that is."""

    rules: tuple[_Rule, ...]
    printed: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """``roles.yml`` compiled: the rules in order, and all their ``before`` patterns as one, which most figures fail:
    ``any_before``, a match of which begins with one of the ``letters``, and the few that may begin with any letter."""

    rules: tuple[_Rule, ...]
    letters: re.Pattern[str]
    any_before: re.Pattern[str]
    others_before: re.Pattern[str]
    _chosen: dict[tuple[str, SectionKind | None, bool], _Choice] = field(default_factory=dict, compare=False)

    def of(self, place: Place, before: str, printed: str, after: str) -> tuple[_Rule, ...]:
        """The rules that can apply to the figure at ``place``, with these words before it, its own, and after it."""
        first = self.letters.search(before)
        has_before = (
            first is not None and self.any_before.search(before, first.start()) is not None
        ) or self.others_before.search(before) is not None
        key = (place.unit, place.section, has_before)
        choice = self._chosen.get(key)
        if choice is None:
            choice = self._chosen[key] = self._choice(*key)
        if choice.printed and choice.after and not (choice.printed.fullmatch(printed) or choice.after.match(after)):
            return ()
        return choice.rules

    def _choice(self, unit: str, section: SectionKind | None, has_before: bool) -> _Choice:
        rules = tuple(
            rule
            for rule in self.rules
            if (has_before or not rule.before)
            and (not rule.units or unit in rule.units)
            and (not rule.sections or section in rule.sections)
        )
        printed = [rule.printed for rule in rules if rule.printed]
        after = [rule.after for rule in rules if rule.after and not rule.printed]
        if has_before or len(printed) + len(after) < len(rules) or not all(map(_is_plain, (*printed, *after))):
            return _Choice(rules)
        return _Choice(rules, _any(printed), _any(after))


def _any(patterns: Iterable[re.Pattern[str]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern.pattern})" for pattern in patterns) or "(?!)")


def _is_plain(pattern: re.Pattern[str]) -> bool:
    """Whether it means the same as a part of another: it has no groups, which would be counted on, and no flags."""
    return not pattern.groups and pattern.flags == re.UNICODE


@lru_cache(maxsize=8)
def compile_rules(catalogue: Catalogue) -> Rules:
    """The rules of ``roles.yml`` in order. Raises CatalogueError for a pattern that is none."""

    def pattern(name: str, entry: dict[str, str], key: str) -> re.Pattern[str] | None:
        try:
            return re.compile(entry[key]) if key in entry else None
        except re.error as error:
            raise CatalogueError(f"roles.yml 的「{name}」：{key} 不是合法的正则（{error}）") from None

    rules = tuple(
        _Rule(
            name=name,
            role=entry["role"],
            before=pattern(name, entry, "before"),
            after=pattern(name, entry, "after"),
            printed=pattern(name, entry, "printed"),
            clause=pattern(name, entry, "clause"),
            unless=pattern(name, entry, "unless"),
            units=frozenset(entry.get("units", ())),
            sections=frozenset(entry.get("sections", ())),
        )
        for name, entry in catalogue["roles"].items()
    )
    letters: set[str] = set()
    known: list[re.Pattern[str]] = []
    others: list[re.Pattern[str]] = []
    befores = [rule.before for rule in rules if rule.before]
    if not all(map(_is_plain, befores)):
        befores = [re.compile("")]  # found before every figure: each rule is then tried by itself
    for before in befores:
        opening = opening_letters(before.pattern)
        letters.update(opening or ())
        (others if opening is None else known).append(before)
    any_letter = f"[{re.escape(''.join(sorted(letters)))}]" if letters else "(?!)"
    return Rules(
        rules,
        re.compile(any_letter),
        re.compile(f"(?={any_letter})(?:{_any(known).pattern})"),
        _any(others),
    )


def assign(text: str, place: Place, report_year: int, rules: Rules) -> Reading:
    """The role of the figure at ``place``, the year it speaks of, and the rule that decided."""
    start, end = place.start, place.end
    first, last = max(place.sentence[0], start - _BEHIND), min(place.sentence[1], end + _AHEAD)
    begin = clause_start(text, first, start)
    mark = _MARK.search(text, end, last)
    close = mark.start() if mark else last
    before, printed, after = text[begin:start], text[start:end], text[end:last]
    if "分别" in before:
        before = _SHARED.sub(r"\1", before)
    for rule in rules.of(place, before, printed, after):
        if (
            (not rule.printed or rule.printed.fullmatch(printed))
            and (not rule.before or rule.before.search(before))
            and (not rule.after or rule.after.match(after))
            and (not rule.clause or rule.clause.search(text, begin, close))
            and not (rule.unless and rule.unless.search(text, begin, start if rule.before else close))
        ):
            return Reading(rule.role, _year_of_role(rule.role, before, report_year), rule.name)
    year_from = max(place.sentence[0], start - _YEAR_REACHES)
    year = governing_year(text, year_from, begin, start, report_year) if place.dated else report_year
    if year == report_year:
        return Reading("achieved", year, "")
    if year is None:
        return Reading("other", None, "跨年累计")
    return Reading("comparative" if year < report_year else "target", year, "别的年份")


def clause_start(text: str, first: int, at: int) -> int:
    """Where the clause of ``text[at]`` begins, not before ``first``."""
    opening = _TO_LAST_MARK.match(text, first, at)
    return opening.end() if opening else first


def names_year(text: str, sentence: tuple[int, int]) -> bool:
    """Whether any word of the sentence may put a figure into another year."""
    return _YEARISH.search(text, *sentence) is not None


def governing_year(text: str, first: int, clause: int, figure: int, report_year: int) -> int | None:
    """The year that the words before a figure put it in (offsets: of its sentence, its clause, itself): those of its
    clause, else of the nearest clause before it that names one, else the report year.

    Years inside names (《…》) and 「2021年制定的」 govern nothing; a year that is only compared with (较2023年) governs
    its own clause alone, and so does an aside with a figure of its own (「办结365件，上年为412件，满意率100%」).
    """
    if not _YEARISH.search(text, first, figure):
        return report_year
    clauses = [text[clause:figure], *reversed(_MARK.split(_CLOSED.sub("", text[first:clause])))]
    for position, words in enumerate(clauses):
        if _SEVERAL_YEARS.search(words):
            return None
        bare = _NOT_GOVERNING.sub("", _NAMED.sub("", words))
        if not _YEARISH.search(bare) or _COMPARED.search(bare):
            continue
        if position and _THIS_YEAR.search(bare):
            return report_year
        if 0 < position < len(clauses) - 1 and _FIGURE.search(_YEARISH.sub("", bare)):
            continue
        year = periods.year_of(bare, report_year)
        if position and year is not None and year > report_year and _BY_NOW.search(clauses[0]):
            return report_year
        return year
    return report_year


def _year_of_role(role: Role, before: str, report_year: int) -> int | None:
    year = periods.year_of(before, report_year)
    if role == "target":
        return year if year is not None and year > report_year else report_year + 1
    if role == "comparative":
        return year if year is not None and year < report_year else report_year - 1
    return report_year
