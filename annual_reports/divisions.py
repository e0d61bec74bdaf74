"""The table of China's administrative divisions down to the township, by name.

Knows how the shipped table (catalogue/divisions.csv.gz, origin in catalogue/sources/README.md) is overlaid by the
user's ``HOME/divisions.csv``, the names a place goes by (屏边县 for 屏边苗族自治县, 宁河 for 宁河区, 宁河县 until
2015, 西城街道 for 西城区街道), what lies in what, and which rows are units of statistics only, of which no report is
expected. Leaves out how a report is assigned to a place (places.py).
"""

from __future__ import annotations

import csv
import gc
import gzip
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from annual_reports.catalogue import SHIPPED, CatalogueError
from annual_reports.report import Division

COLUMNS = ("province", "city", "county", "township", "code", "code_system", "as_of", "valid_from", "valid_to")
STATISTICAL = "统计用区划代码"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_GOVERNED = re.compile(r"(?:[镇乡]|街道|苏木)$")
_ONLY_COUNTED = re.compile(r"兵团|管委会|开发区|片区|(?:特殊|直属)(?:乡镇|街道)$")  # 兵团一三七团乡, 两河片区街道
_ZONE = re.compile(r"\d{4}[57]")  # a county's code whose last two digits say development zone: 130171
_PEOPLES = re.compile(
    "(?<=[\u4e00-\u9fa5]{2})(?:各族|(?:维吾尔|哈萨克|蒙古|柯尔克孜|锡伯|塔吉克|达斡尔|鄂温克|鄂伦春|土家|布依|傈僳|仡佬|东乡|拉祜"
    "|纳西|仫佬|景颇|毛南|撒拉|布朗|哈尼|朝鲜|保安|裕固|壮|满|回|苗|彝|藏|侗|瑶|白|黎|傣|畲|水|佤|羌|土|怒|独龙|普米)族?)+(?=自治|区$)"
)
_STEM = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|林区|地区|新区|特区|[省市县区旗盟州])$")


class Unit(NamedTuple):
    """One row of the table; empty strings where a level does not apply."""

    province: str
    city: str
    county: str
    township: str
    code: str
    code_system: str
    as_of: str
    valid_from: str
    valid_to: str

    @property
    def path(self) -> tuple[str, str, str, str]:
        return self[:4]

    @property
    def name(self) -> str:
        return self.township or self.county or self.city or self.province

    @property
    def rank(self) -> str:
        """乡镇, 县, 市 or 省: the lowest level that the row names."""
        return "乡镇" if self.township else "县" if self.county else "市" if self.city else "省"

    def division(self) -> Division:
        values = [value or None for value in self[:7]]
        return Division(*values)


class Divisions:
    """The table with its indexes. Two tables with the same ``version`` hold the same rows.

    ``other_names`` are former and short names of counties, ``spellings`` other spellings of townships; a spelling
    counts as a name of its township like the official one, unless the user's table has a place of that very path.
    """

    def __init__(
        self,
        units: list[Unit],
        version: str,
        other_names: Iterable[dict[str, str]],
        spellings: Iterable[tuple[str, ...]] = (),
    ) -> None:
        self.units = units
        self.version = version
        self.by_name: dict[str, list[Unit]] = {}
        self.by_path: dict[tuple[str, str, str, str], Unit] = {}
        self.aliases: dict[str, list[Unit]] = {}
        by_name, by_path = self.by_name, self.by_path
        for unit in units:
            province, city, county, township = path = unit[:4]
            by_path[path] = unit
            name = township or county or city or province
            if name in by_name:
                by_name[name].append(unit)
            else:
                by_name[name] = [unit]
            if not township:
                for alias in short_names(name):
                    self.aliases.setdefault(alias, []).append(unit)
        for row in other_names:
            now = by_path.get((row["province"], row["city"], row["county"], ""))
            for alias in (row["alias"], *short_names(row["alias"])):
                if now and now not in self.aliases.setdefault(alias, []):
                    self.aliases[alias].append(now)
        self.spelled: dict[tuple[str, str, str, str], list[str]] = {}
        for spelling, province, city, county, township in spellings:
            path = province, city, county, township
            if path in by_path and (province, city, county, spelling) not in by_path:
                by_name.setdefault(spelling, []).append(by_path[path])
                self.spelled.setdefault(path, []).append(spelling)
        opening = itemgetter(slice(2))
        self.openings = {*map(opening, by_name), *map(opening, self.aliases)}  # what all names begin with

    def named(self, name: str) -> list[Unit]:
        """The units of this very name; where there is none, those known by it (short or former names)."""
        return self.by_name.get(name) or self.aliases.get(name) or []

    def within(self, units: Iterable[Unit], above: Unit) -> list[Unit]:
        """Those of ``units`` that lie in ``above``."""
        depth = 3 if above.county else 2 if above.city else 1
        return [unit for unit in units if unit[:depth] == above[:depth] and unit != above]

    def reports(self, unit: Unit) -> bool:
        """Whether a report is expected of the unit.

        Not of the rows that only the statistical list has and that no government answers for: 监狱, 农场, 林场, 园区,
        片区, 兵团 units, development zones counted as counties, and the townships of those that the official list
        keeps under their own county. Rows of the official list and of the user always count.
        """
        if unit.code_system != STATISTICAL:
            return True
        if not unit.township:
            return unit.name[-1] in "县市区旗省州盟" and not _ZONE.match(unit.code)
        if not _GOVERNED.search(unit.township) or _ONLY_COUNTED.search(unit.township):
            return False
        twins = (twin for twin in self.by_name[unit.township] if twin[:2] == unit[:2])
        return not _ZONE.match(unit.code) or all(twin.code_system == STATISTICAL for twin in twins)

    def above(self, unit: Unit) -> Unit | None:
        """The unit right above: of a township its county, or its city where there are no counties."""
        province, city, county, township = unit.path
        for path in (
            (province, city, county if township else "", ""),
            (province, city if county or township else "", "", ""),
            (province, "", "", ""),
        ):
            if path != unit.path and path in self.by_path:
                return self.by_path[path]
        return None


@lru_cache(maxsize=65536)
def short_names(name: str) -> tuple[str, ...]:
    """The shorter names a county, city or province goes by: 屏边苗族自治县 → 屏边县, 屏边; 宁河区 → 宁河.

    A stem of one character (代县) is no name: it stands in too many words.
    """
    names = []
    plain = _PEOPLES.sub("", name)
    stem = _STEM.sub("", plain)
    if "自治" in name and name[-1] != "区":  # 鄂温克旗, 东乡县, 恩施州; 湘西自治州, 屏边自治县
        names.append(stem.removesuffix("族") + name[-1])
        names.append(stem.removesuffix("族") + "自治" + name[-1])
    elif plain != name and plain[-1:] == "区" and "自治" not in name:  # 管城区
        names.append(plain)
    if len(stem) >= 2 and stem != name and stem[-1] != "族":
        names.append(stem)
    return tuple(dict.fromkeys(names))


def load(overlay: Path | None = None) -> Divisions:
    """The shipped table, overlaid by ``overlay``/divisions.csv (or that file itself) where it exists.

    A row of the overlay with a known name path replaces the shipped row (to end it: fill valid_to); any other is added.
    Raises CatalogueError naming file and line for a row that cannot be used.
    """
    path = overlay / "divisions.csv" if overlay and overlay.is_dir() else overlay
    if path is None or not path.is_file():
        return _load(None, None)
    return _load(path.resolve(), path.stat().st_mtime_ns)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage is looked for among 46,000 rows that all stay: it takes two fifths of their loading."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@lru_cache(maxsize=4)
@_uncollected()
def _load(overlay: Path | None, _stamp: int | None) -> Divisions:
    shipped = (SHIPPED / "divisions.csv.gz").read_bytes()
    other_names = [(SHIPPED / name).read_bytes() for name in ("division_aliases.csv", "division_short_names.csv")]
    spelled = (SHIPPED / "division_spellings.csv").read_bytes()
    digest = hashlib.sha256(shipped + b"".join(other_names) + spelled)
    rows, spellings = (
        csv.reader(io.StringIO(gzip.decompress(shipped).decode())),
        csv.reader(io.StringIO(spelled.decode())),
    )
    next(rows)
    next(spellings)
    units = list(map(Unit._make, rows))
    if overlay:
        content = overlay.read_bytes()
        digest.update(content)
        by_path = {unit[:4]: unit for unit in units}
        by_path.update((unit[:4], unit) for unit in _overlay(overlay, content))
        units = list(by_path.values())
    named = [row for content in other_names for row in csv.DictReader(io.StringIO(content.decode()))]
    return Divisions(units, digest.hexdigest()[:16], named, map(tuple, spellings))


def _overlay(path: Path, content: bytes) -> list[Unit]:
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        header = rows.fieldnames or ()
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path}：不是 UTF-8 编码，请另存为「CSV UTF-8」") from error
    missing = [name for name in ("province", "city", "county", "township") if name not in header]
    if missing:
        raise CatalogueError(f"{path} 第 1 行：缺少列 {'、'.join(missing)}；全部的列是 {','.join(COLUMNS)}")
    if unknown := [name for name in header if name not in COLUMNS]:
        raise CatalogueError(f"{path} 第 1 行：不认识的列「{unknown[0]}」；全部的列是 {','.join(COLUMNS)}")
    return [_unit(path, rows.line_num, row) for row in rows if any(row.values())]


def _unit(path: Path, line: int, row: dict[str, str | None]) -> Unit:
    if None in row:
        raise CatalogueError(f"{path} 第 {line} 行：多出一列，值为「{row[None]}」")  # type: ignore[index]
    unit = Unit(*((row.get(name) or "").strip() for name in COLUMNS))
    if not unit.province:
        raise CatalogueError(f"{path} 第 {line} 行：province 为空，至少要写明省级名称")
    if unit.township and not (unit.county or unit.city):
        raise CatalogueError(f"{path} 第 {line} 行：「{unit.township}」没有写明所在的县或市")
    for name in ("as_of", "valid_from", "valid_to"):
        if (value := getattr(unit, name)) and not _DATE.fullmatch(value):
            raise CatalogueError(f"{path} 第 {line} 行：{name} 的值「{value}」不是 2024-01-31 这样的日期")
    if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
        raise CatalogueError(f"{path} 第 {line} 行：valid_from {unit.valid_from} 晚于 valid_to {unit.valid_to}")
    if unit.code and not unit.code.isdigit():
        raise CatalogueError(f"{path} 第 {line} 行：code 的值「{unit.code}」不是数字")
    return unit._replace(code_system=unit.code_system or "用户补充")
