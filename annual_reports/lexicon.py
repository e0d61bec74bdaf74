"""The words of the catalogue and where they stand in a piece of text.

Knows how the catalogue's word groups are spelt out (「@纠纷」) and cuts text into the longest of its words, in one
pass of one regular expression however many indicators there are. Leaves out what the words mean: that is
``phrasings`` and ``indicators``. A word carries the words it contains (法治宣传活动 is also 法治宣传, 宣传, 法治), so
that a longer word of one indicator never hides a shorter one of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

FILLER = "虚词"  # words that do not say what is counted
OPAQUE = "整体词"  # words whose inner words do not count


class Token(NamedTuple):
    """A word of the catalogue at ``text[start:end]``. ``words`` are it and the catalogue's words inside it, fillers
    left out: empty for a filler and for a run of marks and digits."""

    start: int
    end: int
    words: frozenset[str]


NOTHING: frozenset[str] = frozenset()


class Lexicon:
    """Cuts text into the longest words of ``words``; whatever is none of them stays between the tokens."""

    def __init__(self, words: Iterable[str], fillers: Iterable[str], opaque: Iterable[str]) -> None:
        meaning = set(words)
        known = meaning | set(fillers)
        self._words = {word: _inside(word, meaning) for word in known}
        self._words.update({word: frozenset({word}) & meaning for word in opaque})
        self._find = re.compile(_trie(self._words) + r"|[^\w]+|\d+|[_a-zA-Z]+").finditer

    def scan(self, text: str, start: int, end: int) -> list[Token]:
        """The tokens of ``text[start:end]`` in order."""
        words = self._words
        return [
            Token(found.start(), found.end(), words.get(found.group(), NOTHING))
            for found in self._find(text, start, end)
        ]

    def words_of(self, text: str, start: int = 0, end: int | None = None) -> frozenset[str]:
        """Every word that stands in ``text[start:end]``."""
        tokens = self.scan(text, start, len(text) if end is None else end)
        return frozenset().union(*(token.words for token in tokens))


def expand(words: Sequence[str], groups: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """``words`` with every 「@词组」 spelt out, each word once. Raises KeyError with the name of an unknown group."""
    spelt: dict[str, None] = {}
    for word in words:
        spelt.update(dict.fromkeys(groups[word[1:]] if word.startswith("@") else (word,)))
    return tuple(spelt)


def _inside(word: str, meaning: set[str]) -> frozenset[str]:
    return frozenset(
        word[i:j] for i in range(len(word)) for j in range(i + 1, len(word) + 1) if word[i:j] in meaning
    )


def _trie(words: Iterable[str]) -> str:
    """One pattern that matches the longest of ``words``; shared beginnings are tried once."""
    root: dict[str, dict] = {}  # type: ignore[type-arg]
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _pattern(root)


def _pattern(node: dict[str, dict]) -> str:  # type: ignore[type-arg]
    optional = "" in node
    branches = [re.escape(character) + _pattern(child) for character, child in node.items() if character]
    if not branches:
        return ""
    joined = branches[0] if len(branches) == 1 and not optional else f"(?:{'|'.join(branches)})"
    return joined + "?" if optional else joined
