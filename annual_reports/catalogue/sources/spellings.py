"""Which names of the two lists are one township spelled in two ways. Used by ``build_divisions.py`` only.

Knows how the lists were seen to differ within one county: 塔布勒合特蒙古民族乡 and …蒙古族乡, 满族镇 and 镇,
西城区街道 and 西城街道, 北街办事处街道 and 北街街道, 坝镇镇 and 坝镇, a county's name printed before, and characters
that stand for each other (``variant_characters.txt``). Leaves out what is a change rather than a spelling: 沙河乡 that
became 沙河镇 keeps both rows with their dates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

Path4 = tuple[str, str, str, str]

KIND = re.compile(r"(?:镇|乡|街道|苏木)$")
_OFFICE = re.compile(r"(?:街道)?(?:办事处)?街?道?办事处$")  # 东山办事处, 北街街道办事处
_ASIDE = re.compile(r"^（[^）]*）")
# 民族 before 乡 says no more than the people's name; several peoples stand in any order
_PEOPLES = re.compile(
    r"(?:民族|(?:维吾尔|哈萨克|蒙古|柯尔克孜|锡伯|塔吉克|达斡尔|鄂温克|鄂伦春|乌孜别克|塔塔尔|俄罗斯)族?|(?:朝鲜|土家|布依|傈僳|仡佬|东乡|拉祜"
    r"|纳西|赫哲|仫佬|景颇|毛南|撒拉|布朗|哈尼|保安|裕固|壮|满|回|苗|彝|藏|蔵|侗|瑶|白|黎|傣|畲|水|佤|羌|土|怒|独龙|普米)族)+$"
)
_OF_A_STREET = re.compile(r"(?<=.)(?:街|路|(?<=..)区)?(?:(?<=..)(?:办事处|办|片区))?$")


@lru_cache(maxsize=1)
def _variants() -> list[tuple[str, str]]:
    """(variant, first of its line) for every word of ``variant_characters.txt``."""
    lines = (Path(__file__).parent / "variant_characters.txt").read_text("utf-8").splitlines()
    groups = [line.split("#")[0].split() for line in lines]
    return [(variant, group[0]) for group in groups for variant in group[1:]]


@cache
def normal(path: Path4) -> tuple[str, str]:
    """(stem, kind) under which the spellings of one township are equal; no kind for farms, parks and the like."""
    name = _ASIDE.sub("", path[3])
    for upper in path[:3]:
        if upper and len(name.removeprefix(upper)) > 2:  # 四平市铁东区平东街道
            name = name.removeprefix(upper)
    name = _OFFICE.sub("街道", name)
    if not (found := KIND.search(name)):
        return name, ""
    stem, kind = name[: found.start()], found[0]
    if kind == "街道":
        stem = _OF_A_STREET.sub("", stem)
    else:
        stem = re.sub("(?<=.)镇$", "", stem) if kind == "镇" else stem  # 坝镇镇
        stem = shorter if len(shorter := _PEOPLES.sub("", stem)) >= 2 else stem
    for variant, usual in _variants():
        stem = stem.replace(variant, usual)
    return stem, kind


def same_places(stat: dict[Path4, str], names: dict[Path4, str]) -> dict[Path4, Path4]:
    """Path of the statistical list → path of the place-name list, of one township under two spellings.

    Both map paths to codes. A pair is taken where its normal form is the only one of its county in either list; else
    where both lists give it one code and kind and the stems are nearly the same.
    """
    found: dict[Path4, Path4] = {}
    names_of = _by_county(names)
    for county, there in _by_county(stat).items():
        theirs = names_of.get(county, [])
        forms, their_forms = Counter(map(normal, there)), Counter(map(normal, theirs))
        single = {normal(path): path for path in theirs if path not in stat and their_forms[normal(path)] == 1}
        by_code = {names[path][:9]: path for path in theirs if path not in stat}
        ours = [path for path in there if path not in names and normal(path)[1]]
        pairs = {path: single[form] for path in ours if forms[form := normal(path)] == 1 and form in single}
        for path in ours:
            other = by_code.get(stat[path][:9])
            if path not in pairs and other and other not in pairs.values() and _nearly(normal(path), normal(other)):
                pairs[path] = other
        found |= pairs
    return found


def _by_county(paths: Iterable[Path4]) -> dict[tuple[str, str, str], list[Path4]]:
    out: dict[tuple[str, str, str], list[Path4]] = {}
    for path in paths:
        if path[3]:
            out.setdefault(path[:3], []).append(path)
    return out


def _nearly(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Stems of one kind and two characters or more: one other character (让河, 瀼河), or the shorter one's characters
    in the longer one's order (冶头, 东冶头; 锡林北路, 锡林郭勒北路)."""
    (a, kind), (b, other_kind) = sorted((one, other), key=lambda form: len(form[0]))
    if kind != other_kind or len(a) < 2:
        return False
    rest = iter(b)
    return all(char in rest for char in a) or (len(a) == len(b) and sum(map(str.__ne__, a, b)) == 1)
