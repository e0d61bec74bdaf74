"""What a printed name of an issuer says: the places it names in order, the body behind them, whether it is joint.

Knows how bodies are called (襄垣县王村镇人民政府, 鲤城区人民政府金龙街道办事处, 中共X县委员会 X县人民政府, X县司法局,
X经济开发区管理委员会) and how a body is called in full. Leaves out which of several places of one name is meant
(places.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from annual_reports.divisions import Divisions, Unit
from annual_reports.report import Level

_LONGEST_NAME = 16
_PARTY = re.compile(r"^(?:中共|中国共产党)")
# What may stand before the place without being one of the table: 国家税务总局襄垣县税务局, 雄安新区容城县
_ABOVE_ALL = re.compile(r"^(?:国家税务总局|河北雄安新区|雄安新区|关于)")
_GOVERNMENT = re.compile(
    r"^(?:(?:人民)?政府|(?:街道)?办事处|街道办|行政公署|党委(?:[、和及]?(?:人民)?政府)?|党工委(?:[、和及]?(?:街道)?办事处)?|委(?:[、和及].{0,3}(?:人民)?政府)?"
    r"|委员会)?(?:党组|党委)?$"
)
_JOINT = re.compile(r"^(?:委员会|委|党委|党工委|工作委员会|工委)[、和及]?.{0,24}?(?:政府|办事处)$")
_GOVERNMENT_OF_A_PART = re.compile(r"^(?:人民政府|政府|委员会|党委)(?=.)")
_PARK = re.compile(
    r"管委会|管理委员会|开发区|园区|示范区|高新区|产业园|度假区|风景区|风景名胜区|保税区|试验区|新区$|工业园|管理区"
)
_BODY = re.compile(
    r"(?:局|委|厅|部|办|办公室|委员会|队|中心|院|处|公司|站|所|社|分局|银行|税务|公安|集团|联合会|总工会|馆|协会|园|校|学院|大学|医院|党组)$"
)
# A place that no table knows: 「澄堰县望篱镇」, 「澄堰县」市场监督管理局; never a word such as 开发区, 文化市场
_NAME = r"(?:(?![委府局办和与及])[\u4e00-\u9fa5])"
_UPPER = rf"{_NAME}{{2,7}}?(?:自治州|地区|[省县旗]|(?<![园新发示社景城辖])区(?!域)|(?<!城)市(?![场政容民]))"
_UNKNOWN = re.compile(rf"(?:{_UPPER}){{0,3}}{_NAME}{{1,7}}?(?:镇|(?<!城)乡|街道|苏木)|(?:{_UPPER}){{1,4}}")
# Names so general that being the only one in the table says nothing: 街道 (皮山县), 经济开发区管委会 (蚌埠市)
_GENERAL = re.compile(
    "(?:街道|(?:经济|技术|高新|产业|工业|农业|现代|综合|旅游|生态|自由贸易)*(?:开发区|园区?|高新区|度假区|风景区|保税区|示范区|试验区)(?:管委会|管理委员会)?)$"
)
_BRANCH = re.compile(r"(?<=局)([\u4e00-\u9fa5]{2,7}?)分局$")
_PARTY_OF_A_BODY = re.compile(r"(?<=..)(?:党组|党委|党总支)$")


@dataclass(frozen=True, slots=True)
class Named:
    """A printed issuer: ``units`` are the places it may mean, ``above`` the name of the place printed before it (None:
    none printed), ``body`` what follows the places ("" for the government itself), ``missing`` a name that no table
    knows: a township's within the places before it, or, with no units, all that is printed of the place."""

    printed: str
    units: tuple[Unit, ...]
    above: str | None
    body: str
    joint: bool = False
    park: bool = False
    missing: str | None = None
    note: str | None = None


def parse(phrase: str, divisions: Divisions) -> Named | None:
    """The issuer that ``phrase`` names; None where it names neither a place nor a body."""
    phrase = re.sub(r"[\s　]", "", phrase).strip("：:，,、《》（）()")
    rest, party = _PARTY.subn("", _ABOVE_ALL.sub("", phrase))
    units: list[Unit] = []
    above: str | None = None
    last = ""
    while rest:
        name, found = longest(rest, divisions)
        if not units and _GENERAL.match(name):
            break
        inside = _inside(found, units, divisions) if units else found
        if not inside:
            break
        above, last = last or None, name
        units, rest = inside, rest[len(name) :]
        if following := _GOVERNMENT_OF_A_PART.match(rest):
            part = _PARTY.sub("", rest[following.end() :])
            _, more = longest(part, divisions)
            if more and _inside(more, units, divisions):
                rest = part
    if not units:
        return _placeless(phrase, rest, bool(party))
    if last and rest[:1] == last[-1]:  # 浚县|县委
        rest = re.sub("^.(?=委|(?:人民)?政府)", "", rest)
    joint = bool(_JOINT.match(rest))
    note = missing = None
    if not joint and (township := re.match(r"([\u4e00-\u9fa5]{1,7}?(?:镇|(?<!城)乡|街道|苏木))(.*)$", rest)):
        units, rest, note, missing = _other_kind(units, township[1], township[2], divisions)
        above, last = last, township[1]
    if joint or _GOVERNMENT.match(rest):
        return Named(
            phrase, tuple(units), above, "", joint or bool(party and "政府" in rest), missing=missing, note=note
        )
    park = bool(_PARK.search(rest))
    if not park and not _BODY.search(rest):
        return None
    if (branch := _BRANCH.search(rest)) and len(seats := _inside(divisions.named(branch[1]), units, divisions)) == 1:
        units = seats  # 湘西州生态环境局凤凰分局 sits in 凤凰县
    return Named(phrase, tuple(units), above, rest, park=park, missing=missing, note=note)


def _placeless(phrase: str, words: str, party: bool) -> Named | None:
    """An issuer whose words name no place of the table: one that it does not know, or a body alone (县司法局)."""
    unknown = _UNKNOWN.match(words)
    place = unknown[0] if unknown and not _PARK.search(unknown[0]) else ""
    rest = words[len(place) :]
    if place and rest[:1] == place[-1]:
        rest = re.sub("^.(?=委|(?:人民)?政府)", "", rest)
    joint = bool(place and _JOINT.match(rest))
    if place and (joint or _GOVERNMENT.match(rest)):
        return Named(phrase, (), None, "", joint or (party and "政府" in rest), missing=place)
    park = bool(_PARK.search(words))
    if not park and not _BODY.search(words):
        return None
    if place and len(rest) >= 2:
        return Named(phrase, (), None, rest, park=park, missing=place)
    # 县司法局: whose county is to be told by other evidence
    return Named(phrase, (), None, re.sub("^[县区市旗州省](?=..)", "", words), park=park)


def longest(words: str, divisions: Divisions) -> tuple[str, list[Unit]]:
    """The longest place name that ``words`` begin with, and the units of that name; ("", []) where there is none."""
    if words[:2] not in divisions.openings:
        return "", []
    for length in range(min(len(words), _LONGEST_NAME), 1, -1):
        name = words[:length]
        if found := divisions.named(name):
            return name, found
        if name[-1] == "街" and (found := divisions.named(name + "道") or divisions.named(name + "街道")):
            return name, found  # 黄石街 for 黄石街道, the usual form in Guangdong
    return "", []


def _inside(found: list[Unit], above: list[Unit], divisions: Divisions) -> list[Unit]:
    return [unit for place in above for unit in divisions.within(found, place)]


def _other_kind(
    units: list[Unit], township: str, rest: str, divisions: Divisions
) -> tuple[list[Unit], str, str | None, str | None]:
    """A township that the table lists under the same name with another kind: 乡 that became 镇, 镇 that became 街道."""
    stem = re.sub(r"(?:镇|乡|街道|苏木)$", "", township)
    others = [
        unit
        for kind in ("镇", "乡", "街道", "街街道", "苏木")
        for unit in _inside(divisions.by_name.get(stem + kind, []), units, divisions)
        if unit.township
    ]
    if len(others) == 1:
        return others, rest, f"名录中没有{township}，同县有且仅有{others[0].township}，视为同一地方", None
    return units, rest, None, township


def level(unit: Unit, body: str, park: bool) -> Level:
    """The level of an issuer: of its place, unless it is a department or a park's administration."""
    if park or (not body and _is_park(unit)):
        return "园区"
    if body:
        return "部门"
    return unit.rank  # type: ignore[return-value]


def _is_park(unit: Unit) -> bool:
    """A development zone that only the statistical list has; 浦东新区 is a district like any other."""
    return unit.code_system == "统计用区划代码" and bool(_PARK.search(unit.name))


def full_name(unit: Unit, body: str, joint: bool) -> str:
    """How the body is called in full: 襄垣县王村镇人民政府, 天心区坡子街街道办事处, 襄垣县司法局."""
    place = f"{unit.county or unit.city}{unit.township}" if unit.township else unit.name
    if _is_park(unit) and not body:
        return f"{place}管理委员会"
    if _BRANCH.search(body) and unit.county:
        place = unit.city or unit.province
    return name_in_full(place, body, joint)


def name_in_full(place: str, body: str, joint: bool) -> str:
    """The name of a place's government, or of its ``body``: 望篱镇 → 望篱镇人民政府, 东沚街道 → 东沚街道办事处."""
    if body:
        return place + body
    if place.endswith("街道"):
        return f"中共{place}工作委员会、{place}办事处" if joint else f"{place}办事处"
    if not re.search("[省市县区旗州盟镇乡木]$", place):
        return place
    government = f"{place}行政公署" if place.endswith("地区") else f"{place}人民政府"
    return f"中共{place}委员会、{government}" if joint else government


def level_of_name(place: str) -> Level | None:
    """The level that a place's name tells without a table; None for 市, which is of a prefecture or of a county."""
    return "乡镇" if re.search("(?:镇|乡|街道|苏木)$", place) else "县" if place[-1] in "县区旗" else None


def key(unit: Unit, body: str) -> str:
    """The issuer's key: its name path, a department's own name behind it."""
    return "/".join(part for part in (*unit.path, body) if part)


def body_in_full(body: str, table: Mapping[str, str]) -> str:
    """A department by its full name: 卫健局, 卫生健康局党组 → 卫生健康局 (catalogue/bodies.yml)."""
    body = _PARTY_OF_A_BODY.sub("", body)
    return table.get(body, body)
