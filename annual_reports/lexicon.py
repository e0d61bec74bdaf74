"""The words of the catalogue and where they stand in a piece of text.

Knows how the catalogue's word groups are spelt out (「@纠纷」) and finds all its words in one pass, however
many indicators there are. Leaves out what the words mean: that is ``phrasings`` and
``indicators``. A longer word of one indicator never hides a shorter one of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from operator import add
from typing import NamedTuple

FILLER = "虚词"  # words that do not say what is counted
OPAQUE = "整体词"  # words whose inner words do not count
NO_SCOPE = "非口径"  # words that are no part of a scope
VERBS = "领起词"  # verbs that open a list of examples


class Token(NamedTuple):
    """A word of the catalogue at ``text[start:end]``. ``words`` are it and the catalogue's words it begins with (those
    inside it are tokens of their own); ``filler`` where it says nothing of its own (虚词)."""

    start: int
    end: int
    words: frozenset[str]
    filler: bool


class _Entry(NamedTuple):
    """A word by its third letter on: ``tail`` is what stands behind that."""

    length: int
    tail: str
    inner: frozenset[str]
    filler: bool
    opaque: bool


class _Letters(dict[str, bool]):
    """Whether a character is a letter that says something, by the character; told when it is first met."""

    def __init__(self, fillers: frozenset[str]) -> None:
        self.fillers = fillers

    def __missing__(self, one: str) -> bool:
        says = self[one] = one.isalpha() and not one.isascii() and one not in self.fillers
        return says


NOTHING: frozenset[str] = frozenset()


class Lexicon:
    """Finds ``words`` in text, the longest at each place, and the shorter ones inside it (法治宣传活动 is also 宣传).

    Two words may overlap by two characters or more (法治宣传 and 宣传单 in 法治宣传单); where they share only one, the
    first stands (其中 in 其中学法, not 中学). Inside ``opaque`` words nothing is looked for.
    """

    def __init__(
        self, words: Iterable[str], fillers: Iterable[str], opaque: Iterable[str], verbs: Iterable[str] = ()
    ) -> None:
        self.verbs = frozenset(verbs)
        words = {*words, *self.verbs}
        meaning, fillers, closed = set(words), frozenset(fillers), frozenset(opaque)
        self._bare = frozenset(word for word in fillers if len(word) == 1)
        self._says = _Letters(self._bare)
        entries: dict[str, dict[str, list[_Entry]]] = {}  # first two letters → third ("": none needed) → words
        for word in sorted((meaning | fillers | closed) - self._bare, key=len, reverse=True):
            inner = frozenset({word}) & meaning if word in closed else _beginnings(word, meaning)
            entry = _Entry(len(word), word[3:], inner, word in fillers, word in closed)
            entries.setdefault(word[:2], {"": []}).setdefault(word[2:3], []).append(entry)
        self._entries = {
            pair: {third: tuple(found if third == "" else found + thirds[""]) for third, found in thirds.items()}
            for pair, thirds in entries.items()
        }

    def scan(self, text: str, start: int, end: int) -> list[Token]:
        """The tokens of ``text[start:end]`` by where they begin; fillers of one character are left to ``unknown``.

        A look-up per pair of characters, and one for the third where a word may begin: measured three times as fast as
        one regular expression over all the words.
        """
        tokens: list[Token] = []
        append, new = tokens.append, tuple.__new__
        covered = closed = start
        stretch = text[start:end]
        thirds = map(self._entries.get, map(add, stretch, stretch[1:]))
        for first, entries in enumerate(thirds, start):
            if entries is None or first < closed:
                continue
            for length, tail, inner, filler, shuts in entries.get(text[first + 2 : first + 3]) or entries[""]:
                last = first + length
                if last > end or (tail and not text.startswith(tail, first + 3)):
                    continue
                if first >= covered or (inner and (last <= covered or first + 1 != covered)):
                    append(new(Token, (first, last, inner, filler)))  # Token(…) takes four times as long
                    if last > covered:  # noqa: PLR1730 (max() takes a tenth of the scan)
                        covered = last
                    if shuts:
                        closed = last
                break
        return tokens

    def unknown(self, text: str, start: int, end: int, tokens: Sequence[Token]) -> int:
        """How many letters of ``text[start:end]`` are neither in a token (of that stretch) nor a filler."""
        gaps = ""
        for first, last, _, _ in tokens:
            if first > start:
                gaps += text[start:first]
            if last > start:  # noqa: PLR1730 (asked for every token)
                start = last
        if start < end:
            gaps += text[start:end]
        return sum(map(self._says.__getitem__, gaps)) if gaps else 0

    def unknown_words(self, gap: str) -> str:
        """The letters of a stretch between tokens, without the fillers of one character."""
        return "".join(compress(gap, map(self._says.__getitem__, gap)))

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
