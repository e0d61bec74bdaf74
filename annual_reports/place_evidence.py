"""What a report's text says about where its issuer lies, and how much that is worth.

Knows the kinds of evidence (domain: addressee, 「在X县委、县政府的…」, coined names such as 法治襄垣, titles of plans,
the publishing site, schools and law firms, signs of a province, the kind of the superior, places named) and their
weights. Leaves out who reports and when the evidence is enough (places.py).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from annual_reports import issuers
from annual_reports.catalogue import Catalogue
from annual_reports.divisions import Divisions, Unit, short_names
from annual_reports.text import Text

_ADDRESSEE = re.compile(r"^(?:中共)?([\u4e00-\u9fa5、]{2,24})[：:]$", re.MULTILINE)
_LED = re.compile(r"在(?=[\u4e00-\u9fa5]{2,14}(?:委|政府|司法局|党组))")
_COINED = re.compile(r"(?:法治|平安|美丽|幸福|和谐|清廉|清风|诚信|活力|数字|文明)(?=[\u4e00-\u9fa5]{2})")
_PLAN = re.compile(r"《(?:中共)?(?=[\u4e00-\u9fa5]{2})")
_BODY_OF_PLACE = re.compile(
    "中学|小学|幼儿园|高中|中心校|职校|律师|律所|人民法院|法院|检察院|公安局|司法局|水利局"
    "|人民检察院|人民医院|县委|区委|市委|县政府|区政府|市政府|综合执法|执法大队"
)
_WHICH_SCHOOL = re.compile("第?[一二三四五六七八]$|第$")
_SITE = re.compile(r"来源[ \u3000]*[：:][ \u3000]*(?=[\u4e00-\u9fa5]{2})")
_IN_BRACKETS = re.compile(r"[（(]([\u4e00-\u9fa5]{2,5})[)）](?=律|分所|事务所)")
_PARENT = re.compile(
    r"(?:在|向|对|由|报|经|、|照|实)(?:中共)?([县区市旗])(?:委|政府|人民政府|司法局|里)|全([县区市旗])(?!域)|依法治([县区市旗])"
)

# What each kind of evidence is worth. The order is the domain's, the figures a convention; a place is taken as told
# only from ENOUGH on and with a clear lead over the next.
_WORTH = {
    "收文机关": 60,
    "领导机关": 50,
    "所称": 30,
    "文件标题": 25,
    "本地机构": 18,
    "发布网站": 18,
    "文件名": 30,
    "省级标志": 14,
    "正文地名": 8,
    "上级类别": 8,
}
ENOUGH = 10
LEAD = 8


@dataclass(slots=True)
class Score:
    """The points of one candidate, and what gave them."""

    points: float = 0.0
    evidence: list[tuple[float, str]] = field(default_factory=list)

    def add(self, kind: str, words: str, times: float = 1.0) -> None:
        worth = _WORTH[kind] * times
        self.points += worth
        if worth > 0:
            self.evidence.append((worth, f"{kind}：{words}"))

    def told(self) -> tuple[str, ...]:
        """The evidence in Chinese, strongest first."""
        return tuple(dict.fromkeys(words for _, words in sorted(self.evidence, key=lambda e: -e[0])))


def mentions(text: str, divisions: Divisions) -> list[tuple[str, str, list[Unit]]]:
    """Every place above the township that stands where evidence stands: (kind, words, units)."""
    out: list[tuple[str, str, list[Unit]]] = []
    for kind, pattern, ahead in (
        ("收文机关", _ADDRESSEE, 0),
        ("领导机关", _LED, 1),
        ("所称", _COINED, 1),
        ("文件标题", _PLAN, 1),
        ("发布网站", _SITE, 1),
    ):
        for match in pattern.finditer(text[:1500] if kind == "收文机关" else text):
            words = match[1] if not ahead else text[match.end() : match.end() + 16]
            name, units = issuers.longest(words, divisions)
            if units and not units[0].township:
                out.append((kind, f"{match[0]}{name if ahead else ''}", units))
    for match in _BODY_OF_PLACE.finditer(text):
        numbered = _WHICH_SCHOOL.search(text, max(0, match.start() - 2), match.start())
        start = numbered.start() if numbered else match.start()
        before = text[max(0, start - 8) : start]
        name = next((before[i:] for i in range(len(before) - 1) if _is_upper(divisions, before[i:])), "")
        if name:
            out.append(("本地机构", name + text[start : start + 3], divisions.named(name)))
    for match in _IN_BRACKETS.finditer(text):
        if _is_upper(divisions, match[1]):
            out.append(("本地机构", match[0], divisions.named(match[1])))
    return out


def _is_upper(divisions: Divisions, name: str) -> bool:
    units = divisions.named(name)
    return bool(units) and not units[0].township


@lru_cache(maxsize=4)
def _signs(catalogue: Catalogue) -> tuple[tuple[str, re.Pattern[str]], ...]:
    table: dict[str, list[str]] = catalogue["place_signs"]
    return tuple((province, re.compile("|".join(map(re.escape, words)))) for province, words in table.items())


def scores(
    candidates: list[Unit], text: Text, catalogue: Catalogue, divisions: Divisions, names: str
) -> dict[tuple[str, str, str, str], Score]:
    """What the text says for each candidate, by its path. ``names`` are the names of the file and of its site."""
    found = {unit.path: Score() for unit in candidates}
    seen: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for kind, words, units in mentions(text.text, divisions):
        for unit in candidates:
            share = max((_shared(unit, place) for place in units), default=0.0)
            seen[kind, unit.path] += 1
            if share and seen[kind, unit.path] <= 3:
                found[unit.path].add(kind, words, share)
    provinces = {unit.province for unit in candidates}
    signs = [
        (province, m[0])
        for province, words in _signs(catalogue)
        if province in provinces and (m := words.search(text.text))
    ]
    parents = Counter(next(filter(None, groups)) for groups in _PARENT.findall(text.text))
    for unit in candidates:
        score = found[unit.path]
        for province, sign in signs:
            if unit.province == province:
                score.add("省级标志", sign)
        _add_names(score, unit, text.text, names)
        if parents and (unit.county or unit.city):
            kind, times = parents.most_common(1)[0]
            if times >= 2:
                fits = (unit.county or unit.city)[-1] == kind
                score.add("上级类别", f"{kind}委、{kind}政府", 1 if fits else -1)
    _without_what_all_have(found)
    return found


def _without_what_all_have(found: dict[tuple[str, str, str, str], Score]) -> None:
    """What says as much for every candidate (their own common name, above all) tells none of them."""
    if len(found) > 1 and (common := min(score.points for score in found.values())) > 0:
        for score in found.values():
            score.points -= common


def _shared(unit: Unit, place: Unit) -> float:
    """How much evidence for ``place`` says for ``unit``: all where it is the unit or its county, less above that."""
    if unit.path[:3] == place.path[:3]:
        return 1.0
    if not place.county and place.city and unit.path[:2] == place.path[:2]:
        return 0.5
    if not place.city and not place.county and unit.province == place.province:
        return 0.3
    return 0.0


def _add_names(score: Score, unit: Unit, text: str, names: str) -> None:
    for name, times in ((unit.county, 1.0), (unit.city, 0.65), (unit.province, 0.65)):
        if name and (count := text.count(name) or (_times_called(name, text) if name != unit.name else 0)):
            score.add("正文地名", f"{name}（{count} 处）", times * min(count, 3))
        if name and name in names:
            score.add("文件名", name, times)


def _times_called(name: str, text: str) -> int:
    """How often the text has a short form of ``name``; most texts have none, which a plain search tells sooner."""
    return len(_called(name).findall(text)) if any(short in text for short in short_names(name)) else 0


@lru_cache(maxsize=1024)
def _called(name: str) -> re.Pattern[str]:
    """The short name of a province, city or county where it means the place, and the report's own: not a road (南京路),
    not what is learnt from elsewhere (赴浙江考察, 浙江“千万工程”经验), not 长治久安."""
    short = "|".join(map(re.escape, short_names(name))) or "(?!)"
    other = "久安|[东西南北中]?路|大道|街|[“‘]?(?:千万|枫桥)|[^，。；]{0,6}经验"
    return re.compile(f"(?<![赴往去])(?:{short})(?!{other})")
