"""Numbers that measure nothing: names, slogans, idioms, dates, ordinals, codes, heading marks.

The general shapes stand here (a date, an ordinal, a document number, a heading mark, what stands in quotation marks);
the words and the particular patterns in ``catalogue/names.yml``. ``quantities`` asks before it reads a number as one.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from annual_reports.catalogue import CatalogueError
from annual_reports.openings import opening_letters
from annual_reports.units import SPACE as S

Kind = Literal["quantity", "date", "ordinal", "name", "idiom", "frequency", "heading", "other"]
"""What a number of the text is; every kind but ``quantity`` is a trap."""

DIGITS = "0-9０-９"
HAN_DIGITS = "〇○零一二两三四五六七八九十百千万亿廿卅兩"
CAPITALS = "壹贰叁肆伍陆柒捌玖拾佰仟"
_DASH = r"[-－‐–—―─~～〜/、]{1,2}|[至到和及与]"

# A short phrase in quotation marks is a name (“三项制度”, “12·4”); a long one or one with a clause in it is text.
QUOTED = re.compile(
    r"《[^》\n]{1,120}》|〈[^〉\n]{1,60}〉|“[^“”\n，。；：]{1,18}”|‘[^‘’\n，。；：]{1,18}’"
    r"|「[^」\n，。；：]{1,18}」|『[^』\n，。；：]{1,18}』"
    r'|"[^"\n，。；：]{1,18}"|【[^】\n]{1,18}】'
)
INSIDE = re.compile(f"[{DIGITS}]+|[{HAN_DIGITS}]+")

DOCUMENT_NUMBER = re.compile(rf"[〔［\[(（【﹝]{S}(?:19|20)[0-9]{{2}}{S}[〕］\])）】﹞]{S}第?{S}[0-9]{{1,5}}{S}号?")

ORDINAL = re.compile(
    rf"第{S}(?:[{HAN_DIGITS}]+|[{DIGITS}]+)(?:[、,，和及至]{S}(?:[{HAN_DIGITS}]+|[{DIGITS}]+)){{1,8}}"
    r"(?:[届次批期号条款项章节名位轮类编卷辑版]|个?季度)|"
    rf"第{S}[（(]?(?:[{HAN_DIGITS}]+|[{DIGITS}]+)[）)]?(?:{S}(?:[-－‐–—―─~～〜]{{1,2}}|至|到)第?{S}(?:[{HAN_DIGITS}]+|[{DIGITS}]+))?"
    r"(?:[届次批期号条款项章节名位个轮季度类编卷辑版]|责任人|书记|一)?"
)

_YEAR = rf"(?:19|20|１９|２０)[{DIGITS}]{{2}}"
_CHINESE_YEAR = rf"[一二]{S}[九〇零○Oo０0]{S}[{HAN_DIGITS}Oo０0]{S}[{HAN_DIGITS}Oo０0]{S}年(?:度|底|初|末)?"
CHINESE_YEAR = re.compile(_CHINESE_YEAR, re.ASCII)  # all of DATE that begins with a Chinese digit
_CLOCK = rf"(?:{S}[{DIGITS}]{{1,2}}{S}分)?"
DATE = re.compile(
    rf"{_YEAR}(?:{S}(?:{_DASH}){S}(?:19|20|１９|２０)?[{DIGITS}]{{2}}){{0,9}}{S}(?:学年度?|年(?:度|底|初|末|版)?)"
    rf"|{_YEAR}年?(?:[-－‐–—―─~～〜]{{1,2}}|至){_YEAR}(?:学?年度?)?"
    rf"|{_YEAR}(?:[-./]\d{{1,2}}[-./]\d{{1,2}}|[-/](?:0?[1-9]|1[0-2]))(?![{DIGITS}])"
    # 2024.5 alone; 「罚没2035.6万元」 is money
    rf"|{_YEAR}\.(?:0?[1-9]|1[0-2])(?![{DIGITS}]|\s?(?:[万亿千百十元余多来%％‰亩吨米人件个户]|公[里顷斤]|平方|立方|小时))"
    rf"|[{DIGITS}]{{1,2}}(?:{S}(?:{_DASH}){S}[{DIGITS}]{{1,2}}){{0,11}}{S}月(?:份|底|初|末|中旬|上旬|下旬)?"
    rf"|[{DIGITS}]{{1,2}}[:：][{DIGITS}]{{2}}(?:[:：][{DIGITS}]{{2}})?"
    rf"|[{DIGITS}]{{1,2}}{S}时{_CLOCK}(?:许|整|半)?(?![间代效长段候刻政尚节任限差空速辰评])"
    rf"|[{DIGITS}]{{1,2}}{S}点(?:钟|整|半)?{_CLOCK}(?!建议|意见|要求|措施|做法|体会|[{DIGITS}以])"
    rf"|{_YEAR}(?=全年|以来)"
    rf"|{_CHINESE_YEAR}",
    re.ASCII,
)
DAY = re.compile(rf"[{DIGITS}]{{1,2}}{S}[日号]")
_DAY_IS_SPAN = re.compile(
    rf"(?<![月至到—-])[{DIGITS}]+{S}日(?:内|之内|以内|以上|以下|前|期|会商|办结|结案|审结|法定|时限|制度)"
)
_SPAN_BEFORE = re.compile(
    r"(?:公示期?|公告期?|拘留|为期|期限|期满|提前|满|时限|延长|缩短|压缩|平均|法定的?|期)(?:为|是|至|到)?$"
)

BARE_YEAR = re.compile(r"(?:19|20)\d\d(?![\d.．,，])", re.ASCII)

RATIO = re.compile(rf"[{DIGITS}]+(?:[.．][{DIGITS}]+)?(?:{S}[:：∶]{S}[{DIGITS}]+(?:[.．][{DIGITS}]+)?)+(?![{DIGITS}])")
FESTIVAL = re.compile(rf"[{DIGITS}]{{1,2}}{S}(?:[·・•‧∙⋅﹒]|(?P<point>[．.])){S}[{DIGITS}]{{1,2}}(?![{DIGITS}])")
CODE = re.compile(
    rf"[{DIGITS}]{{3,4}}[-—－][{DIGITS}]{{7,8}}|1[3-9][0-9](?:[ -][0-9]{{4}}){{2}}(?![0-9])"
    rf"|0[0-9]{{2,3}}-[0-9]{{3,4}} [0-9]{{4}}(?![0-9])|[{DIGITS}]{{9,}}[Xx]?"
    rf"|400[-—][{DIGITS}-]+|[{DIGITS}]+(?:[-—./_][0-9A-Za-z]+){{2,}}"
)
HEADING = re.compile(
    rf"(?:[{DIGITS}]{{1,2}}(?:[.．][{DIGITS}]{{1,2}})*{S}[.．、)）](?![{DIGITS}]{{1,3}}(?![{DIGITS}年])))|[{HAN_DIGITS}]{{1,3}}{S}[、.．)）]"
)
_IN_BRACKETS = re.compile(rf"[{DIGITS}{HAN_DIGITS}]{{1,3}}{S}[）)]")
ENUMERATION = re.compile(r"[一二三四五六七八九十]{1,3}(?:是|则|要)(?!一|否)")
_MARK_BEFORE = frozenset("\n。；：;:！!？?（(")


class Traps:
    """The words and patterns of ``catalogue["names"]``, ready for matching."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._words: dict[str, list[tuple[str, int, Kind]]] = {}
        self._kinds: list[Kind] = []
        patterns: list[str] = []
        for name, entry in table.items():
            for word in entry.get("words", ()):
                if word[0].isdecimal():
                    patterns.append(f"{word}(?![{DIGITS}万亿.%％余多件次人份户家起条元亩吨])")
                    self._kinds.append(entry["kind"])
                else:
                    self._add_word(name, word, entry["kind"])
            for pattern in entry.get("patterns", ()):
                patterns.append(_checked(name, pattern))
                self._kinds.append(entry["kind"])
        self._arabic = _beginning_with(f"[{DIGITS}]++", "0123456789", patterns)
        self._han = _beginning_with(f"[{HAN_DIGITS}]++", HAN_DIGITS + "半", patterns)

    def _add_word(self, name: str, word: str, kind: Kind) -> None:
        """A word is looked up by two of its letters: its digit with the one behind, or the one before."""
        if not any(letter in HAN_DIGITS or letter == "半" for letter in word):
            raise CatalogueError(
                f"names.yml 的「{name}」：words 里的「{word}」没有中文数字，也不以数字开头，不会被找到；"
                "请改写成 patterns，从数字写起"
            )
        offset = next((i for i, letter in enumerate(word) if letter in HAN_DIGITS), 0)
        group = self._words.setdefault(word[:2] if offset == 0 else word[offset - 1 : offset + 1], [])
        group.append((word, offset, kind))
        group.sort(key=lambda known: -len(known[0]))

    def word(self, text: str, digit: int) -> tuple[int, Kind] | None:
        """(end, kind) of a fixed word round the Chinese digit at ``digit``."""
        for pair in (text[digit : digit + 2], text[digit - 1 : digit + 1] if digit else ""):
            for word, offset, kind in self._words.get(pair, ()):
                if offset <= digit and text.startswith(word, digit - offset):
                    return digit - offset + len(word), kind
        return None

    def pattern(self, text: str, digit: int) -> tuple[int, Kind] | None:
        """(end, kind) of a pattern that begins at the digit or number ``text[digit]``."""
        match = (self._arabic if text[digit].isdecimal() else self._han).match(text, digit)
        return (match.end(), self._kinds[int(match.lastgroup[1:])]) if match and match.lastgroup else None


_NUMBER = f"(?:[{HAN_DIGITS}]++|[{DIGITS}]++)"


def _beginning_with(number: str, digits: str, patterns: list[str]) -> re.Pattern[str]:
    """The patterns that can begin with a number of these ``digits``, as one expression. What opens with ``#`` stands
    behind a single number: trying the number again for each of them took most of the time of a reading. The group that
    tells which it was is empty and stands at the end, so that the first letter is enough to pass a pattern over."""
    behind_number, anywhere, others = [], [], []
    letters: set[str] = set()
    for place, pattern in enumerate(patterns):
        whole = pattern.replace("#", _NUMBER)
        if pattern.startswith("#") and "|" not in _outside_groups(pattern):
            rest = whole.removeprefix(_NUMBER)
            behind_number.append(f"(?:{rest})(?P<k{place}>)")
            if opening := opening_letters(rest):
                letters |= opening
            else:
                anywhere.append(f"(?:{rest})(?P<K{place}>)")
        elif "#" in pattern or any(digit in pattern for digit in digits):
            others.append(f"(?:{whole})(?P<k{place}>)")
    # most numbers are followed by none of the letters: only what may go on with any other is tried then
    told = f"(?=[{re.escape(''.join(sorted(letters)))}])(?:{'|'.join(behind_number)})" if letters else "(?!)"
    return re.compile("|".join([f"{number}(?:{'|'.join([told, *anywhere])})", *others]))


def _outside_groups(pattern: str) -> str:
    """The pattern without what stands in brackets."""
    while (bare := re.sub(r"\([^()]*\)|\[[^\]]*\]", "", pattern)) != pattern:
        pattern = bare
    return pattern


def _checked(name: str, pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise CatalogueError(f"names.yml 的「{name}」：patterns 里的「{pattern}」不是合法的正则（{error}）") from error
    return pattern


def begins_line(text: str, start: int) -> bool:
    """Whether only white space (less than a line's width of it) stands between ``start`` and its line's beginning."""
    before = text[max(0, start - 60) : start]
    line = before.rpartition("\n")[2]
    return not line.strip() and (len(line) < len(before) or start < 60)


def heading_at(text: str, start: int) -> int:
    """The end of a heading mark (一、 （一） 1. 1、) that begins at ``start``, or 0."""
    before = text[start - 1] if start else "\n"
    if before in "（(":
        match = _IN_BRACKETS.match(text, start)
        return match.end() if match else 0
    if before in " \t\u3000\xa0" and begins_line(text, start):
        before = "\n"
    if before in _MARK_BEFORE:
        match = HEADING.match(text, start)
        return match.end() if match else 0
    return 0


def date_at(text: str, start: int, bounded: bool) -> int:
    """The end of a point in time in Arabic or Chinese digits that begins at ``start``, or 0.

    ``bounded`` says that a bound word stands before it: 「不少于30日」 is a span of days, 「30日」 alone a date.
    """
    if match := DATE.match(text, start):
        return match.end()
    if not bounded and (match := DAY.match(text, start)):
        if text[match.end() - 1] == "号":
            return match.end()
        before = text[max(0, start - 4) : start]
        is_span = _DAY_IS_SPAN.match(text, start) or _SPAN_BEFORE.search(before) is not None
        return 0 if is_span else match.end()
    return 0


def bracketed_document_number(text: str, start: int) -> int:
    """The end of 「（2024）12号」 whose year begins at ``start``, or 0."""
    match = DOCUMENT_NUMBER.match(text, start - 1) if start else None
    return match.end() if match else 0
