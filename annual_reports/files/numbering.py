"""Automatic numbering of WordprocessingML: which marker Word prints before a paragraph.

Knows numbering.xml (ECMA-376 Part 1 §17.9): abstract definitions, instances with overrides, numbering in styles and
restarts. Leaves the spelling of a number to markers.py and the walk through the document to docx.py. Counters belong to
the abstract definition: two w:num of one w:abstractNum count on together, and a startOverride begins anew where its
instance is first used, as Word does it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from annual_reports.files.markers import marker
from annual_reports.files.wordml import W, attribute, number, on

_LEVELS = 9
_PLACEHOLDER = re.compile("%([1-9])")
_CLOSING = "、，）)】〕」』》.．。:：;；"


@dataclass(frozen=True, slots=True)
class Level:
    """One w:lvl. ``restart``: the 1-based level after which it starts anew; 0 never; None after any level above it."""

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    legal: bool = False
    restart: int | None = None
    style: str | None = None
    hidden: bool = False


@dataclass(slots=True)
class Instance:
    """One w:num: its abstract definition's id, the levels it shows, and the counts it starts anew with."""

    abstract: str
    levels: dict[int, Level]
    start_overrides: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The counters of one document, to be asked paragraph by paragraph in document order."""

    def __init__(self, root: etree._Element | None, style_numbers: Mapping[str, str]) -> None:
        """``root`` is numbering.xml's; ``style_numbers`` the w:numId that each numbering style names."""
        self._instances: dict[str, Instance] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._used: set[tuple[str, int]] = set()
        if root is not None:
            self._instances = _instances(root, style_numbers)

    def level_of_style(self, number_id: str, style: str) -> int | None:
        """The level of ``number_id`` that ``style`` is linked to by w:pStyle (§17.9.23), or None."""
        instance = self._instances.get(number_id)
        found = (n for n, level in instance.levels.items() if level.style == style) if instance else iter(())
        return next(found, None)

    def next(self, number_id: str, level: int, words: str) -> str:
        """Counts one paragraph at ``level`` (0-based) of list ``number_id``; its marker with what separates it from the
        paragraph's ``words``, or "" for bullets, hidden markers and lists that are not defined."""
        instance = self._instances.get(number_id)
        shown = instance.levels.get(level) if instance else None
        if instance is None or shown is None:
            return ""
        counters = self._counters.setdefault(instance.abstract, {})
        self._count(number_id, instance, counters, level)
        if shown.number_format == "bullet" or shown.hidden:
            return ""
        text = _PLACEHOLDER.sub(lambda found: _print(instance, counters, int(found[1]) - 1, shown.legal), shown.text)
        return text.strip() and text + _separator(text, shown.suffix, words)

    def _count(self, number_id: str, instance: Instance, counters: dict[int, int], level: int) -> None:
        override = instance.start_overrides.get(level)
        if override is not None and (number_id, level) not in self._used:
            counters[level] = override
        elif level in counters:
            counters[level] += 1
        else:
            counters[level] = instance.levels[level].start
        self._used.add((number_id, level))
        for deeper in range(level + 1, _LEVELS):
            restart = instance.levels[deeper].restart if deeper in instance.levels else None
            if deeper in counters and (restart is None or (restart and level < restart)):
                del counters[deeper]
                self._used.discard((number_id, deeper))


def _print(instance: Instance, counters: Mapping[int, int], level: int, legal: bool) -> str:
    """One ``%n``: a level not yet counted shows its start; w:isLgl turns every level into decimals (§17.9.4)."""
    definition = instance.levels.get(level)
    if definition is None:
        return ""
    value = counters.get(level, instance.start_overrides.get(level, definition.start))
    return marker(value, "decimal" if legal and definition.number_format != "none" else definition.number_format)


def _separator(text: str, suffix: str, words: str) -> str:
    """What stands between marker and words. Word's tab becomes nothing after closing punctuation (（一）加强…), else a
    space; digits are always kept apart: ``1.`` before ``5个工作日`` is not 1.5, ``1`` before ``2024年`` not 12024.
    """
    if words[:1].isdigit() and (text[-1].isdigit() or text[-1] in ".．"):
        return " "
    if suffix == "nothing" or text[-1].isspace():
        return ""
    return "" if suffix == "tab" and text[-1] in _CLOSING else " "


def _instances(root: etree._Element, style_numbers: Mapping[str, str]) -> dict[str, Instance]:
    abstracts = {attribute(node, "abstractNumId") or "": node for node in root.findall(W + "abstractNum")}
    numbers = {attribute(node, "numId") or "": node for node in root.findall(W + "num")}

    def definition(abstract_id: str, seen: frozenset[str] = frozenset()) -> tuple[str, dict[int, Level]]:
        node = abstracts.get(abstract_id)
        if node is None:
            return abstract_id, {}
        link = attribute(node.find(W + "numStyleLink"), "val")
        linked = numbers.get(style_numbers.get(link, "")) if link and abstract_id not in seen else None
        if linked is not None:  # the definition stands where the numbering style's own list is (§17.9.21)
            return definition(attribute(linked.find(W + "abstractNumId"), "val") or "", seen | {abstract_id})
        return abstract_id, _levels(node)

    instances: dict[str, Instance] = {}
    for number_id, node in numbers.items():
        abstract_id, levels = definition(attribute(node.find(W + "abstractNumId"), "val") or "")
        instance = instances[number_id] = Instance(abstract_id, dict(levels))
        for override in node.findall(W + "lvlOverride"):
            level = number(attribute(override, "ilvl"), 0)
            replaced = override.find(W + "lvl")
            if replaced is not None:
                instance.levels[level] = _level(replaced)
            start = override.find(W + "startOverride")
            if start is not None:
                instance.start_overrides[level] = number(attribute(start, "val"), 0)
    return instances


def _levels(node: etree._Element) -> dict[int, Level]:
    return {number(attribute(level, "ilvl"), 0): _level(level) for level in node.findall(W + "lvl")}


def _level(node: etree._Element) -> Level:
    def value(name: str) -> str | None:
        return attribute(node.find(W + name), "val")

    number_format = value("numFmt") or "decimal"
    alternate = node.find(f"{{http://schemas.openxmlformats.org/markup-compatibility/2006}}AlternateContent//{W}numFmt")
    if alternate is not None and node.find(W + "numFmt") is None:
        number_format = attribute(alternate, "val") or "decimal"
    properties = node.find(W + "rPr")
    return Level(
        start=number(value("start"), 0),  # §17.9.25: absent means zero
        number_format=number_format,
        text=value("lvlText") or "",
        suffix=value("suff") or "tab",
        legal=on(node.find(W + "isLgl")),
        restart=None if value("lvlRestart") is None else number(value("lvlRestart"), 0),
        style=value("pStyle"),
        hidden=properties is not None and on(properties.find(W + "vanish")),
    )
