"""The words of the catalogue and where they stand in a piece of text.

Knows how the catalogue's word groups are spelt out (「@纠纷」) and finds all its words in one pass of one regular
expression, however many indicators there are. Leaves out what the words mean: that is ``phrasings`` and
``indicators``. A longer word of one indicator never hides a shorter one of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

FILLER = "虚词"  # words that do not say what is counted
OPAQUE = "整体词"  # words whose inner words do not count


class Token(NamedTuple):
    """A word of the catalogue at ``text[start:end]``. ``words`` are it and the catalogue's words it begins with (those
    inside it are tokens of their own); ``filler`` where it says nothing of its own (虚词)."""

    start: int
    end: int
    words: frozenset[str]
    filler: bool


NOTHING: frozenset[str] = frozenset()


class Lexicon:
    """Finds ``words`` in text, the longest at each place, and the shorter ones inside it (法治宣传活动 is also 宣传).

    Two words may overlap by two characters or more (法治宣传 and 宣传单 in 法治宣传单); where they share only one, the
    first stands (其中 in 其中学法, not 中学). Inside ``opaque`` words nothing is looked for.
    """

    def __init__(self, words: Iterable[str], fillers: Iterable[str], opaque: Iterable[str]) -> None:
        meaning, fillers, self._opaque = set(words), frozenset(fillers), frozenset(opaque)
        known = meaning | fillers | self._opaque
        self._words = {word: (_beginnings(word, meaning), word in fillers) for word in known}
        self._words |= {word: (frozenset({word}) & meaning, False) for word in self._opaque}
        first = "".join(sorted({word[0] for word in known}))
        # The class in front lets the search skip what begins no word; the trie is then tried at that very character.
        self._find = re.compile(f"[{re.escape(first)}](?<=(?=({_trie(known)})).)").finditer

    def scan(self, text: str, start: int, end: int) -> list[Token]:
        """The tokens of ``text[start:end]`` by where they begin."""
        tokens: list[Token] = []
        words, opaque, add = self._words, self._opaque, tokens.append
        covered = closed = start
        for found in self._find(text, start, end):
            first, word = found.start(), found[1]
            last = first + len(word)
            if first < closed or last > end or first + 1 == covered < last:
                continue
            inner, filler = words[word]
            if first < covered and (filler or not inner):
                continue
            add(Token(first, last, inner, filler))
            if last > covered:  # noqa: PLR1730 (the hottest line of a reading; max() costs a call)
                covered = last
            if word in opaque:
                closed = last
        return tokens

    def words_of(self, text: str, start: int = 0, end: int | None = None) -> frozenset[str]:
        """Every word that stands in ``text[start:end]``."""
        tokens = self.scan(text, start, len(text) if end is None else end)
        return NOTHING.union(*(token.words for token in tokens))


def expand(words: Sequence[str], groups: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """``words`` with every 「@词组」 spelt out, each word once. Raises KeyError with the name of an unknown group."""
    spelt: dict[str, None] = {}
    for word in words:
        spelt.update(dict.fromkeys(groups[word[1:]] if word.startswith("@") else (word,)))
    return tuple(spelt)


def _beginnings(word: str, meaning: set[str]) -> frozenset[str]:
    return frozenset(word[:end] for end in range(1, len(word) + 1) if word[:end] in meaning)


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
