"""Which place a report is of, and which body of it reports.

Knows where reports name their issuer (title, statement, signature, head, opening, file name, the names used most) and
when the evidence tells places of one name apart. Two places that share a name are never merged by it: without evidence
the answer is ``ambiguous`` or ``unresolved``, with the candidates; a name that no table knows stays as it is printed.
Leaves the evidence to place_evidence.py, the table to divisions.py and the forms of names to issuers.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from annual_reports import issuers, place_evidence
from annual_reports.catalogue import Catalogue
from annual_reports.divisions import Divisions, Unit, load
from annual_reports.issuers import Named
from annual_reports.report import Division, Issuer, Level
from annual_reports.text import Text

__all__ = ["Divisions", "load", "resolve"]

_YEAR = r"(?:20\d\d|[2２][0０][０-９]{2}|二[〇○零Ｏ0][〇○零一二三四五六七八九]{2})\s?年?(?:度)?"
_LEADING_YEAR = re.compile(rf"^(?:{_YEAR}|关于|《)+")
_PHRASE_END = re.compile(
    rf"关于|{_YEAR}|上一?年度|年度|推进|法治|依法(?!治)|履行|落实|贯彻|党政主要|第一责任|本年|工作(?!部|委)|情况|报告|[（(]"
)
_IN_TITLE = re.compile(r"[（(——]([\u4e00-\u9fa5]{2,20})[)）]?$")
_STATEMENT = re.compile(
    r"(?:现将|现就)([\u4e00-\u9fa5]{2,24}?)(?:关于)?(?:20\d\d|二[〇○零]|本年|上一?年|法治|推进|依法|全年|年度)"
)
_HEAD_LINE = re.compile(
    r"^(?!.*[：:]$)(?:发布(?:机构|单位)|信息来源|来源|发文(?:机关|单位)|公开(?:单位|主体)|单位)?[：:]?\s?(\S{2,30})"
)
_OPENING = re.compile(
    r"(?:^|[，,。、\n])([\u4e00-\u9fa5]{2,14}?(?:镇|乡|街道?|苏木|县|区|市|旗|局|委员会|管委会))(?:党委|党工委|办事处|人民政府|政府|党组)?"
    r"(?:、政府|、办事处)?(?=坚持|始终|认真|深入|紧紧|积极|在|以|高度|切实|扎实|全面|严格|按照|围绕|立足|持续|牢固|聚焦|深学|结合|不断|依法|高举|坚定|着力|大力|积极|贯彻|将|把|全力|狠抓|落实|巩固|紧扣|推进|推动|学习|锚定|统筹|突出|完成|对标|紧盯|加强|强化|深化|践行|通过|根据|依照|服务"
    "|扎牢|有序|稳步|高标准|充分|着眼|坚决|努力|牢牢|健全|构建|聚力|主动|多措|对照|抓)"
)
_OWN_PLAN = re.compile(r"《(?:中共)?([\u4e00-\u9fa5]{2,14}?(?:镇|乡|街道))(?:党委|人民政府|办事处)?(?:20\d\d年|关于)")
_TOWNSHIP = re.compile(r"[\u4e00-\u9fa5]{1,8}?(?:镇|乡|街道)(?![村居])")

_OWN_KIND = re.compile(r"[我本全]([县区市旗州])(?!域|场)|(?<=[，。\n])([县区市旗州])政府(?=[\u4e00-\u9fa5])")
_OF_A_PART = re.compile("我[镇乡街局办委处]|[镇乡]党委|街道(?:党工委|办事处)|局党(?:组|委)")
_PARTS_OF_NAME = re.compile(r".{2,7}?(?:自治区|自治州|地区|街道|苏木|[省市县区旗镇乡])")


def resolve(
    text: Text,
    title: str,
    divisions: Divisions,
    catalogue: Catalogue,
    *,
    file_name: str = "",
    hint: str = "",
    year: int | None = None,
) -> Issuer:
    """The body that reports and its place. ``hint`` is the title that the file's format gives (a page's site name),
    ``year`` the report year: among places of one name those that existed then are preferred. Never raises."""
    named, where = _named(text, title, divisions, file_name, hint)
    if named is None:
        return Issuer(None, None, Division(), "unresolved", ("标题、落款和正文中没有找到报告机关的名称",))
    named = replace(named, body=issuers.body_in_full(named.body, catalogue["bodies"]))
    first = f"{where}：{named.printed}"
    if named.missing:
        return _missing(named, year, divisions, first)
    candidates = _existing(named.units, year) if named.units else _by_context(text.text, divisions, named)
    if not candidates:
        return Issuer(named.printed, _level(named), Division(), "unresolved", (first, "正文中没有说明是哪个地方的"))
    told: tuple[str, ...] = (first,) if not named.note else (first, named.note)
    if len(candidates) == 1 and named.units:
        if named.above is None and candidates[0].township:
            told = (*told, f"名录中只有一个{candidates[0].name}（{_path(candidates[0])}）")
        return _resolved(candidates[0], named, told)
    scores = place_evidence.scores(candidates, text, catalogue, divisions, f"{file_name} {hint}")
    ranked = sorted(candidates, key=lambda unit: -scores[unit.path].points)
    best = scores[ranked[0].path]
    second = scores[ranked[1].path].points if len(ranked) > 1 else 0.0
    if (
        best.points >= place_evidence.ENOUGH
        and best.points - second >= place_evidence.LEAD
        and best.points >= 1.5 * second
    ):
        return _resolved(ranked[0], named, (*told, *best.told()))
    possible = "、".join(_path(unit) for unit in ranked[:6]) + (f"等 {len(ranked)} 处" if len(ranked) > 6 else "")
    leading = [
        unit
        for unit in ranked
        if best.points >= place_evidence.ENOUGH and best.points - scores[unit.path].points < place_evidence.LEAD
    ]
    township = _as_printed(ranked, named)
    return Issuer(
        issuers.name_in_full(township, "", named.joint) if township else named.printed,
        _level(named),
        _common(leading or ranked, named),
        "ambiguous",
        (*told, f"同名的有：{possible}", *best.told()),
    )


def _common(units: list[Unit], named: Named) -> Division:
    """What all the places have in common that the issuer may be of: the name they share, often the province."""
    path: list[str | None] = [
        same.pop() if len(same := set(names)) == 1 else None for names in zip(*units, strict=True)
    ]
    own = 3 if units[0].township else 2
    path[3] = path[3] or _as_printed(units, named) or None
    differing = next((n for n, name in enumerate(path[:own]) if name is None), own)
    province, city, county, township = (
        (name or None) if n < differing or (n == own and not named.body) else None for n, name in enumerate(path[:4])
    )
    return Division(province, city, county, township)


def _as_printed(units: list[Unit], named: Named) -> str:
    """The township's name that is printed: among the many 江口镇 there is a 江口回族镇, which goes by it as well."""
    return next((unit.township for unit in units if unit.township in named.printed), units[0].township)


def _level(named: Named) -> Level | None:
    return issuers.level(named.units[0], named.body, named.park) if named.units else "园区" if named.park else "部门"


def _path(unit: Unit) -> str:
    return "".join(unit.path)


def _resolved(unit: Unit, named: Named, evidence: tuple[str, ...]) -> Issuer:
    return Issuer(
        issuers.full_name(unit, named.body, named.joint),
        issuers.level(unit, named.body, named.park),
        unit.division(),
        "resolved",
        evidence,
        issuers.key(unit, named.body),
    )


def _missing(named: Named, year: int | None, divisions: Divisions, first: str) -> Issuer:
    """A place that the table does not know: named as the text names it, never put anywhere by guess."""
    place = named.missing or ""
    above = candidates[0] if len(candidates := _existing(named.units, year)) == 1 else None
    parts = _PARTS_OF_NAME.findall(place) or [place]
    division = Division(above.province, above.city or None, above.county or None) if above else Division()
    if above and (above.county or above.city) and len(parts) == 1 and parts[0][-1] not in "县区市旗":
        division = replace(division, township=place)
    unknown = parts if above else [part for part in parts if not divisions.named(part)] or [place]
    reason = f"名录中{_path(above) if above else ''}没有{'、'.join(unknown)}；若确有此地，请补入 divisions.csv"
    upper = (above.county or above.city) if above and len(parts) == 1 else ""
    return Issuer(
        issuers.name_in_full(upper + "".join(parts[-2:]), named.body, named.joint),
        "园区" if named.park else "部门" if named.body else issuers.level_of_name(place),
        division,
        "unresolved",
        (first, reason),
    )


def _existing(units: tuple[Unit, ...], year: int | None) -> list[Unit]:
    """Of places of one name those that existed in the year, if any; a development zone's row gives way to the official
    county's row for the same township."""
    valid = [
        unit
        for unit in units
        if year is None
        or (
            (not unit.valid_from or unit.valid_from <= f"{year}-12-31")
            and (not unit.valid_to or unit.valid_to >= f"{year}-01-01")
        )
    ] or list(units)
    official = {(u.province, u.city, u.township) for u in valid if u.code_system != "统计用区划代码"}
    return [
        unit
        for unit in valid
        if unit.code_system != "统计用区划代码"
        or not unit.township
        or (unit.province, unit.city, unit.township) not in official
    ]


def _named(text: Text, title: str, divisions: Divisions, file_name: str, hint: str) -> tuple[Named | None, str]:
    """The issuer's printed name and where it stands, from the title down to the names the text uses most."""
    first: tuple[Named, str] | None = None
    for where, phrase in _phrases(text, title, file_name, hint):
        if len(phrase) < 2 or phrase[0] in "我本全各该":
            continue
        named = issuers.parse(phrase, divisions)
        if named and named.units:
            if first and where != "标题" and not (named.body and not first[0].missing):
                break  # 「区司法局2024年…」: the place is to be told by other evidence, the body is known
            return _joint_above(named, text, divisions), where
        if named is None or (named.missing and where not in _NAMED_THERE):
            continue
        if first is None or (first[0].missing and (named.missing or "").endswith(first[0].missing)):
            first = named, where
    if first and not first[0].missing:
        return _in_longer_name(first[0], text.text, divisions), first[1]
    if first:
        return first
    if most := _most_named(text.text, divisions):
        return most, "正文中最常出现的地名"
    if own := _own_place(text.text, divisions):
        return own, "正文自称"
    return None, ""


# Elsewhere words that no table knows are rather no place at all
_NAMED_THERE = ("标题", "「现将……如下」一句", "落款", "网页标题")


def _joint_above(named: Named, text: Text, divisions: Divisions) -> Named:
    """「中共石楹乡委员会 石楹乡人民政府」 in a line of its own above a title that names the place alone."""
    if named.joint or named.body:
        return named
    for line in text.lines[:5]:
        above = issuers.parse(words, divisions) if (words := text.text[line.start : line.end])[:2] == "中共" else None
        if words[-1:] not in "：:" and above and above.joint and above.units and set(above.units) <= set(named.units):
            return replace(named, joint=True, units=above.units, above=above.above)
    return named


def _in_longer_name(named: Named, text: str, divisions: Divisions) -> Named:
    """「市水务局」 with its place, where the text prints the same name in full elsewhere: 《泽岚市水务局权责清单》."""
    kind = named.printed.removesuffix(named.body)
    if not kind:
        return named
    counted: Counter[str] = Counter()
    for match in re.finditer(f"[\u4e00-\u9fa5]{{2,9}}(?={kind}{named.body})", text):
        for start in range(len(match[0]) - 1):
            if divisions.named(name := match[0][start:] + kind):
                counted[name] += 1
                break
    found = {unit.path: unit for name in counted for unit in divisions.named(name) if not unit.township}
    return replace(named, units=tuple(found.values()), above="") if len(found) == 1 else named


def _phrases(text: Text, title: str, file_name: str, hint: str) -> Iterator[tuple[str, str]]:
    """Where an issuer may be named, the most trustworthy first: (where, the words)."""
    yield "标题", _phrase(title)
    yield from (("标题", words) for words in _IN_TITLE.findall(title))
    yield from (("「现将……如下」一句", m[1]) for m in _STATEMENT.finditer(text.text[:3000]))
    short = [
        text.text[line.start : line.end]
        for line in (*text.lines[:5], *text.lines[5:][:-6:-1])
        if line.end - line.start <= 30
    ]
    first = sum(line.end - line.start <= 30 for line in text.lines[:5])
    yield from (("落款", words) for words in short[first:] if words[-1:] not in "：:。")
    yield from (("文首", m[1]) for words in short[:first] if (m := _HEAD_LINE.match(words)))
    yield from (("正文开头", m[1]) for m in _OPENING.finditer(text.text[:800]))
    yield from (("本镇文件的标题", words) for words in _OWN_PLAN.findall(text.text))
    yield "文件名", _phrase(re.sub(r"^[\d\s._-]+(?!\d*年)", "", file_name))
    yield "网页标题", _phrase(hint)


def _phrase(title: str) -> str:
    """What a title says before its subject: 「襄垣县王村镇」 of 「襄垣县王村镇关于2024年法治政府建设情况的报告」."""
    title = _LEADING_YEAR.sub("", re.sub(r"\s", "", title))
    end = _PHRASE_END.search(title)
    return title[: end.start()] if end else title[:30]


def _most_named(text: str, divisions: Divisions) -> Named | None:
    counted: Counter[str] = Counter()
    for found in _TOWNSHIP.findall(text):
        name = next((found[i:] for i in range(len(found) - 1) if found[i:] in divisions.by_name), None)
        if name:
            counted[name] += 1
    if not counted:
        return None
    name, times = counted.most_common(1)[0]
    named = issuers.parse(name, divisions)
    if times < 3 and named:  # too few to stand alone: only where the evidence around names its county
        around = {unit.path[:3] for unit in _by_context(text, divisions)}
        named = replace(named, units=tuple(unit for unit in named.units if unit.path[:3] in around))
    return named if named and named.units else None


def _own_place(text: str, divisions: Divisions) -> Named | None:
    """The government of a report that calls itself 「我县」, 「市政府」 alone, where the evidence names one of them."""
    if _OF_A_PART.search(text):
        return None
    kinds = Counter(next(filter(None, groups)) for groups in _OWN_KIND.findall(text))
    kind = next(iter(kinds.most_common(1)), ("",))[0]
    units = [unit for unit in _by_context(text, divisions) if kind and unit.name[-1] == kind]
    return Named(units[0].name, tuple(units), "", "") if len(units) == 1 else None


def _by_context(text: str, divisions: Divisions, named: Named | None = None) -> list[Unit]:
    """The places that the evidence around names, for a body that does not say of which place it is. 「市水务局」 is of
    a 市, so other kinds drop out."""
    found: dict[tuple[str, ...], Unit] = {}
    for _, _, units in place_evidence.mentions(text, divisions):
        found.update((unit.path, unit) for unit in units if not unit.township)
    kind = named.printed.removesuffix(named.body)[-1:] if named else ""
    return [unit for unit in found.values() if not kind or unit.name[-1] == kind]
