"""How the catalogue can grow and where it is at odds with itself.

``unmatched`` lists what the reports count and no indicator claims; ``check`` finds relations to unknown codes, unknown
scopes, names that two indicators share, word groups nobody uses, rules that say the same for two indicators, and, on
given reports, rules that never fire. What makes a catalogue unusable (a broken file, an unknown word group) raises
CatalogueError on loading and is not repeated here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from annual_reports import phrases
from annual_reports.catalogue import SHIPPED, Catalogue, line_of, load
from annual_reports.lexicon import FILLER, NO_SCOPE, OPAQUE, VERBS
from annual_reports.phrasings import Phrasing, compile_phrasings
from annual_reports.report import Quantity, Report

_STOP = re.compile(r"[，。；：、！？（）“”\n,;:]")


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A phrase (N for its number) with its unit that counts something no indicator claims: how often, in how many
    reports, and where first (file and sentence)."""

    phrase: str
    unit: str
    count: int
    reports: int
    file: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong or doubtful, in Chinese, with the file and line of the entry. ``kind`` ∈ unknown_code,
    unknown_scope, shared_name, unused_words, overlap, never_fires."""

    kind: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}：{self.message}"


def unmatched(reports: Iterable[Report], catalogue: Catalogue | None = None) -> list[Unmatched]:
    """The achieved figures without a code by phrase and unit, the most frequent first.

    Figures are grouped by what the rules see of a phrase; it is shown as it is most often printed.
    """
    phrasings = compile_phrasings(catalogue or load())
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for report in reports:
        for index, quantity in enumerate(report.quantities):
            if quantity.role == "achieved" and quantity.indicator is None:
                phrase = phrases.own(report.text, report.quantities, index, phrasings).phrase or quantity.printed
                found[phrase, quantity.unit].append((_clause(quantity), report.file, quantity.sentence))
    groups = []
    for (_, unit), places in found.items():
        [(clause, _)] = Counter(clause for clause, _, _ in places).most_common(1)
        groups.append(Unmatched(clause, unit, len(places), len({file for _, file, _ in places}), *places[0][1:]))
    return sorted(groups, key=lambda group: (-group.count, -group.reports, group.phrase))


def _clause(quantity: Quantity) -> str:
    """The words around a figure up to the stops, N in its place (其余N件已引导当事人依法起诉), as on the page."""
    at = quantity.start - quantity.sentence_start
    if not quantity.sentence.startswith(quantity.printed, max(at, 0)):  # broken by a line end in the source
        at = max(quantity.sentence.find(quantity.printed), 0)
    end = at + len(quantity.printed)
    before = _STOP.split(quantity.sentence[:at])[-1]
    after = _STOP.split(quantity.sentence[end:], maxsplit=1)[0]
    figure = quantity.printed if quantity.printed[:1] in "未无零没" else f"N{quantity.unit_printed}"
    return f"{before[-14:]}{figure}{after[:10]}"


def check(overlay: Path | None = None, reports: Sequence[Report] = ()) -> list[Finding]:
    """Everything doubtful in the shipped catalogue with ``overlay`` (a folder) over it; with ``reports`` also the
    rules that none of them needed. Raises CatalogueError where the catalogue cannot be used at all."""
    catalogue = load(overlay)
    where = _Places(overlay)
    findings = [*_indicators(catalogue, where), *_words(catalogue, where)]
    if any(finding.kind.startswith("unknown") for finding in findings):
        return findings  # the rules cannot be compiled
    rules = compile_phrasings(catalogue).rules
    findings += _overlaps(rules, where)
    if reports:
        fired = {name for report in reports for quantity in report.quantities for name in quantity.rule.split()}
        findings += [
            Finding(
                "never_fires", where.of("phrasings", rule.code), f"第 {rule.name.split('#')[1]} 条说法一次也没有用上"
            )
            for rule in rules
            if rule.name not in fired
        ]
    return findings


class _Places:
    """Where an entry stands: the user's file if it has it, else the shipped one."""

    def __init__(self, overlay: Path | None) -> None:
        self._folders = [folder for folder in (overlay, SHIPPED) if folder is not None]
        self._nodes: dict[Path, yaml.Node | None] = {}

    def of(self, table: str, key: str) -> str:
        for folder in self._folders:
            path = folder / f"{table}.yml"
            if path.is_file() and (line := self._line(path, key)):
                return f"{path.name if folder == SHIPPED else path} 第 {line} 行 {key}"
        return f"{table}.yml {key}"

    def _line(self, path: Path, key: str) -> int:
        if path not in self._nodes:
            self._nodes[path] = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        node = self._nodes[path]
        has = isinstance(node, yaml.MappingNode) and any(name.value == key for name, _ in node.value)
        return line_of(node, [key]) if has else 0


def _indicators(catalogue: Catalogue, where: _Places) -> Iterator[Finding]:
    indicators: dict[str, Any] = catalogue["indicators"]
    names: dict[str, str] = {}
    for code, entry in indicators.items():
        place = where.of("indicators", code)
        for relation, other in entry.get("relations", {}).items():
            for target in other if isinstance(other, list) else [other]:
                if target not in indicators:
                    yield Finding("unknown_code", place, f"{relation} 写了没有登记的指标「{target}」")
        for scope in entry.get("scopes", ()):
            if scope not in catalogue["scopes"]:
                yield Finding("unknown_scope", place, f"scopes.yml 里没有词表「{scope}」")
        for name in {entry["name_zh"], entry.get("short_name", ""), *entry.get("aliases", ())} - {""}:
            if names.setdefault(name, code) != code:
                yield Finding("shared_name", place, f"「{name}」也是 {names[name]} 的名称")
        if code not in catalogue["phrasings"]:
            yield Finding("never_fires", place, "phrasings.yml 里没有它的说法")
    for code in catalogue["phrasings"].keys() - indicators.keys():
        yield Finding("unknown_code", where.of("phrasings", code), "indicators.yml 里没有这个指标")
    for name, entry in catalogue["zeros"].items():
        if entry.get("code") and entry["code"] not in indicators:
            yield Finding("unknown_code", where.of("zeros", name), f"indicators.yml 里没有指标「{entry['code']}」")


def _words(catalogue: Catalogue, where: _Places) -> Iterator[Finding]:
    used = {FILLER, NO_SCOPE, OPAQUE, VERBS}
    for entries in catalogue["phrasings"].values():
        for entry in entries:
            groups = [entry.get("head", []), entry.get("not", [])]
            groups += [group for key in ("near", "with", "next") for group in entry.get(key, [])]
            used |= {word[1:] for group in groups for word in group if word.startswith("@")}
    for name in catalogue["words"].keys() - used:
        yield Finding("unused_words", where.of("words", name), "没有一条说法用到这个词组")


def _overlaps(rules: Sequence[Phrasing], where: _Places) -> Iterator[Finding]:
    """Rules of two indicators that a figure can satisfy alike: same head word and unit, same company, same weight."""
    alike: dict[tuple[Any, ...], list[Phrasing]] = defaultdict(list)
    for rule in rules:
        company = frozenset(rule.companions)
        for word in rule.head if not rule.after else ():
            for unit in rule.units:
                alike[word, unit, company, rule.weight].append(rule)
    told: set[tuple[str, str]] = set()
    for (word, unit, _, _), group in alike.items():
        for one, other in combinations(group, 2):
            pair = (one.name, other.name)
            apart = word in one.refused or word in other.refused
            if one.code != other.code and pair not in told and not apart:
                told.add(pair)
                yield Finding(
                    "overlap",
                    where.of("phrasings", one.code),
                    f"「{word}」（{unit or '无单位'}）与 {other.code} 的说法分不开（{one.name}、{other.name}）",
                )
