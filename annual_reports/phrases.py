"""The words of a figure's own clause: what it is said to count, and what of that the catalogue does not expect.

Used where words become data: the scope of a narrower figure, and the list of phrases that no indicator claims yet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from annual_reports.phrasings import Phrasings
from annual_reports.report import Quantity

_CLAUSE_MARK = re.compile(r"[，。；：！？,;:\n]")
_LIST_MARK = re.compile(r"、|和|及|与")
_PART = re.compile(r"其中|另有|还有|包括|其余")
_MARKS = re.compile(r"[\W\d_]+")
_TITLE = re.compile(r"《(?:中华人民共和国)?([^》\n]{2,40})》")
_BEHIND = 24  # characters behind a number that still belong to it


class Own(NamedTuple):
    """``narrowing``: the printed words that the indicator's rules do not know, "" where they are no noun phrase;
    ``phrase``: all but the fillers; ``printed``: the noun phrase as it stands before the number; ``part``: the clause
    calls the figure a part (其中…)."""

    narrowing: str
    phrase: str
    printed: str
    part: bool


def _neighbour(quantities: Sequence[Quantity], index: int, step: int) -> Quantity | None:
    """The next quantity on that side that does not overlap this one."""
    this = quantities[index]
    while 0 <= (index := index + step) < len(quantities):
        other = quantities[index]
        if other.end <= this.start or other.start >= this.end:
            return other
    return None


def own(text: str, quantities: Sequence[Quantity], index: int, phrasings: Phrasings) -> Own:
    """The own words of ``quantities[index]``: its clause without the words of the figures before and behind."""
    quantity = quantities[index]
    start = max(
        (mark.end() for mark in _CLAUSE_MARK.finditer(text, quantity.sentence_start, quantity.start)),
        default=quantity.sentence_start,
    )
    part = bool(_PART.search(text, start, quantity.start))
    if title := _TITLE.search(text, start, quantity.start):
        return Own(title[1], title[1], title[1], part)
    before = _neighbour(quantities, index, -1)
    if before is not None and before.end > start:
        start = before.end
        mark = _LIST_MARK.search(text, start, quantity.start)
        start = mark.end() if mark else start
    close = _CLAUSE_MARK.search(text, quantity.end)
    behind = min(close.start() if close else len(text), quantity.end + _BEHIND)
    if after := _neighbour(quantities, index, 1):
        behind = min(behind, after.start)
    if mark := _LIST_MARK.search(text, quantity.end, behind):
        behind = mark.start()
    known: list[tuple[int, int]] = []
    phrase: list[str] = []
    common = phrasings.vocabulary.get(quantity.indicator or "", frozenset())
    for first, last in ((start, quantity.start), (quantity.end, behind)):
        at = first
        for token in (*phrasings.lexicon.scan(text, first, last), None):
            unknown = phrasings.lexicon.unknown_words(text[at : token.start if token else last])
            phrase.append(unknown)
            if len(unknown) > 1:
                known.append((at, token.start if token else last))
            if token is None:
                break
            if not token.filler and token.end > at:
                phrase.append(text[max(at, token.start) : token.end])
                if token.words.isdisjoint(common):
                    known.append((max(at, token.start), token.end))
                elif first == quantity.end:
                    break  # behind a number, what narrows stands before the noun that is counted
            at = max(at, token.end)
    ahead = [span for span in known if span[0] < quantity.start] or known
    narrowing = _noun_phrase(text[ahead[0][0] : ahead[-1][1]], phrasings) if ahead else ""
    printed = _noun_phrase(text[start : quantity.start], phrasings)
    return Own("" if narrowing in common else narrowing, _MARKS.sub("", "".join(phrase)), printed, part)


def _noun_phrase(words: str, phrasings: Phrasings) -> str:
    """The last noun phrase of ``words``: what stands behind the last verb and list mark, without quotation marks;
    "" where nothing of a noun's length is left."""
    bare = _MARKS.sub("", _LIST_MARK.split(words)[-1])
    while bare.endswith(phrasings.no_scope):
        bare = bare.removesuffix(next(word for word in phrasings.no_scope if bare.endswith(word)))
    verbs = [verb for verb in phrasings.no_scope_verbs if verb in bare]
    bare = bare[max((bare.rfind(verb) + len(verb) for verb in verbs), default=0) :]
    bare = phrasings.no_scope_ahead.sub("", bare, count=1)
    return bare if len(bare) > 1 else ""
