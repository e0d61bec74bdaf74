"""A report's text with every recognised figure marked and its label beside it, for the terminal.

Knows colours by role and how a label reads; the same for a file just read and for a report of the warehouse. The pages
have their own form (``expectations.pages``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import click

COLOURS = {"achieved": "green", "target": "yellow", "quota": "yellow", "comparative": "cyan", "change": "magenta"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure: where it stands, its role, and the indicator with its scope (None: no indicator claims it)."""

    start: int
    end: int
    role: str
    bound: str
    value: float
    unit: str
    indicator: str | None
    scope: str


def label(mark: Mark, names: Mapping[str, str]) -> str:
    """What is written beside a figure: 矛盾纠纷化解·人民调解=53件, or its role where no indicator claims it."""
    from expectations.labels import say

    what = names.get(mark.indicator or "", mark.indicator or "")
    if what and mark.scope:
        what += f"·{mark.scope}"
    if not what:
        what = "未归入指标" if mark.role == "achieved" else say(mark.role)
    elif mark.role != "achieved":
        what = f"{say(mark.role)}·{what}"
    bound = "" if mark.bound == "exact" else f"（{say(mark.bound)}）"
    return f"{what}={mark.value:.12g}{mark.unit}{bound}"


def marked(text: str, marks: Iterable[Mark], names: Mapping[str, str]) -> str:
    """``text`` with each figure coloured by its role and followed by 〔label〕; a shared span shares brackets."""
    together: dict[tuple[int, int], list[Mark]] = {}
    for mark in marks:
        together.setdefault((mark.start, mark.end), []).append(mark)
    out, at = [], 0
    for (start, end), here in sorted(together.items()):
        if start < at:  # inside a figure already marked: its label alone
            out.append(click.style("〔" + "；".join(label(m, names) for m in here) + "〕", dim=True))
            continue
        colour = COLOURS.get(here[0].role, "blue")
        out += [text[at:start], click.style(text[start:end], fg=colour, bold=True)]
        out.append(click.style("〔" + "；".join(label(m, names) for m in here) + "〕", fg=colour))
        at = end
    return "".join([*out, text[at:]])
