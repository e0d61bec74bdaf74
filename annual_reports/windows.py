"""Around each figure of a sentence: which words are its own, and which may still say what it counts.

Knows how Chinese prose lays figures out: number behind or before its noun, lists parted by 、, 「A、B分别为3件、2件」.
It leaves out what the words mean.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from annual_reports.lexicon import NOTHING, Lexicon, Token

JOINT = re.compile(r"、|以及|和|及|与|或者|或")
_LIST_MARK = re.compile(r"、|和|及|与")
_WORDS_OF = itemgetter(2)  # of a Token
_OF_WHICH = "其中"
_RESPECTIVELY = "分别"
_SUCH_AS = re.compile(r"等(?!级|待|候|额|同|于|值|次)(?=[^\W\d_])")

Span = tuple[int, int]
_Place = tuple[int, Span, int, int]  # clause's start, own words before the figure, end of those behind, clause's end


@dataclass(slots=True)
class Window:
    """What stands around one figure.

    ``before`` and ``behind`` are its own words on either side, as tokens of the lexicon, ``said`` the same as words;
    ``own`` is where the former stand. ``clause`` adds the words earlier in its clause (another figure between), or
    later where the figure opens a list (对5个乡镇、4家单位督察). ``foreign`` counts the characters of its own words
    that the catalogue does not know. ``plain``: the next clause has no figure. ``examples`` is where a list stands that
    only illustrates what is counted: 「解决欠薪、用地等问题5个」 counts problems. What lies further off is asked for
    more seldom, but then by rule after rule: it is looked up once, when it is.
    """

    own: Span
    before: list[Token]
    behind: list[Token]
    said: frozenset[str]
    clause: frozenset[str]
    examples: Span
    foreign: int
    plain: bool
    _line: _Line
    _earlier: Span
    _next: Span
    _words_earlier: frozenset[str] | None = None
    _words_next: frozenset[str] | None = None

    def earlier(self) -> frozenset[str]:
        """Words of the sentence before its clause."""
        if self._words_earlier is None:
            self._words_earlier = words(self._line.between(*self._earlier))
        return self._words_earlier

    def following(self) -> frozenset[str]:
        """Words of the next clause, up to its first figure."""
        if self._words_next is None:
            self._words_next = words(self._line.between(*self._next))
        return self._words_next

    def said_before(self) -> list[Token]:
        """Everything in the sentence before its own words."""
        return self._line.between(self._earlier[0], self.own[0])


class _Line:
    """A sentence's tokens, to be cut out by offsets."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self._starts = [token[0] for token in tokens]

    def between(self, left: int, right: int) -> list[Token]:
        """The tokens that lie in ``left``…``right``."""
        if left >= right:
            return []
        part = self.tokens[bisect_left(self._starts, left) : bisect_left(self._starts, right)]
        while part and part[-1][1] > right:
            part.pop()
        return part


def windows(
    text: str, sentence: Span, figures: Sequence[Span], lexicon: Lexicon, marks: list[int]
) -> tuple[list[Window], list[Token]]:
    """One Window per figure, and the sentence's tokens. ``marks`` are where its clauses part; all in order."""
    line = _Line(lexicon.scan(text, *sentence))
    start, end = sentence
    starts = [first for first, _ in figures]
    found = []
    for index, (clause, own, right, close) in enumerate(_places(text, sentence, figures, marks)):
        last = figures[index][1]
        before, behind = line.between(*own), line.between(last, right)
        listed = _examples(text, own, before, lexicon)
        at = bisect_left(marks, close)
        ahead = marks[at + 1] if at + 1 < len(marks) else end
        after = bisect_left(starts, close, index + 1)
        later = starts[after] if after < len(starts) else end
        plain = later >= ahead  # 「党委会4次、办公会5次，专题研究法治」: other figures of its clause do not matter
        ahead = min(ahead, later)
        if text.startswith(_OF_WHICH, close + 1):
            ahead = close  # 「召开会议22次，其中专题研究法治4次」: what follows is about the 4
        said = words((*before, *behind))
        near = line.between(clause, own[0]) + line.between(*_predicate(text, last, (right, close), behind, figures))
        found.append(
            Window(
                own,
                before,
                behind,
                said,
                said.union(*map(_WORDS_OF, near)) if near else said,
                listed,
                foreign=_foreign(text, own, before, listed, lexicon) + lexicon.unknown(text, last, right, behind),
                plain=plain,
                _line=line,
                _earlier=(start, clause),
                _next=(close, ahead),
            )
        )
    return found, line.tokens


def _examples(text: str, own: Span, before: list[Token], lexicon: Lexicon) -> Span:
    """Where 「A、B」 stands in 「解决A、B等问题」: from the last verb before it up to 等; nowhere without a 等."""
    marks = list(_SUCH_AS.finditer(text, *own)) if text.find("等", *own) >= 0 else ()
    if not marks:
        return own[0], own[0]
    end = marks[-1].start()
    opened = JOINT.search(text, own[0], end)
    until = opened.start() if opened else end
    verbs = [token.end for token in before if token.end <= until and not token.words.isdisjoint(lexicon.verbs)]
    return max(verbs, default=own[0]), end


def _foreign(text: str, own: Span, before: list[Token], listed: Span, lexicon: Lexicon) -> int:
    """How many characters before the figure the catalogue does not know, the examples left out."""
    count = lexicon.unknown(text, *own, before)
    if listed[0] < listed[1]:
        count -= lexicon.unknown(text, *listed, [one for one in before if listed[0] <= one.start < listed[1]])
    return count


def _predicate(text: str, last: int, rest: Span, behind: list[Token], figures: Sequence[Span]) -> Span:
    """Where later in the clause something is said of the figure that ends at ``last``: all the rest where it opens a
    list of nouns, what follows the last figure where several are listed (党委会6次、班子会3次研究法治工作)."""
    right, close = rest
    if behind:
        return rest
    if not _LIST_MARK.match(text, last):
        return right, right
    return max(end for start, end in figures if start < close), close


def words(tokens: Sequence[Token]) -> frozenset[str]:
    """Every meaningful word of ``tokens``."""
    return NOTHING.union(*map(_WORDS_OF, tokens))


def _places(text: str, sentence: Span, figures: Sequence[Span], marks: list[int]) -> list[_Place]:
    """Where each figure stands."""
    places: list[_Place] = []
    group: list[int] = []  # figures of one clause
    for index, (first, last) in enumerate(figures):
        at = bisect_left(marks, first)
        clause = marks[at - 1] + 1 if at else sentence[0]
        close = marks[at] if at < len(marks) else sentence[1]
        left, right = clause, close
        if index and figures[index - 1][1] > clause:
            left = _after_list_mark(text, figures[index - 1][1], first)
        else:
            group = []
        group.append(index)
        if index + 1 < len(figures) and figures[index + 1][0] < close:
            right = _up_to_list_mark(text, last, figures[index + 1][0])
        places.append((clause, (left, first), right, close))
        _share_out(text, group, figures, places)
    return places


def _after_list_mark(text: str, left: int, right: int) -> int:
    mark = _LIST_MARK.search(text, left, right)
    return mark.end() if mark else left


def _up_to_list_mark(text: str, left: int, right: int) -> int:
    mark = _LIST_MARK.search(text, left, right)
    return mark.start() if mark else right


def _share_out(text: str, group: list[int], figures: Sequence[Span], places: list[_Place]) -> None:
    """「A、B分别为3件、2件」: the first figure is about A, the second about B."""
    clause, first = places[group[0]][0], figures[group[0]][0]
    word = text.rfind(_RESPECTIVELY, clause, first)
    if word < 0 or len(group) < 2:
        return
    cuts = [clause, *(joint.end() for joint in JOINT.finditer(text, clause, word)), word]
    nouns = list(itertools.pairwise(cuts))[-len(group) :]
    if len(nouns) < len(group):
        return
    for index, noun in zip(group, nouns, strict=True):
        start, _, right, close = places[index]
        places[index] = (start, noun, right, close)
