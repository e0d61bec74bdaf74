"""Small warehouses from readings made by hand: what went in is known figure by figure.

``make_report`` builds what a reading would be: every figure stands in a sentence of the text, at the place its span
says, under a section; nothing here needs the reader.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from annual_reports.report import Division, Fact, Issuer, Period, Quantity, Report, Section
from warehouse import load
from warehouse.frames import files, frames
from warehouse.home import Home

PROVINCE, CITY, COUNTY = "云岭省", "澄江市", "平川县"
T0 = datetime(2026, 1, 5, 8, 0, 0)


@dataclass(frozen=True)
class Figure:
    """One printed figure: ``F("disputes_mediated", 148, unit="件")``; ``low``/``high`` default to the value itself."""

    indicator: str | None
    value: float
    unit: str = "件"
    bound: str = "exact"
    low: float | None = None
    high: float | None = None
    scope: str = ""
    role: str = "achieved"
    year: int | None = None
    before: str = "本年办理"
    after: str = "。"
    flags: tuple[str, ...] = ()
    printed: str | None = None

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        return (self.value, self.value) if self.bound == "exact" else (self.low, self.high)

    @property
    def words(self) -> str:
        return self.printed or f"{self.value:g}"


def F(indicator: str | None, value: float, **more: object) -> Figure:
    return Figure(indicator, value, **more)  # type: ignore[arg-type]


def more_than(indicator: str, value: float, high: float, **more: object) -> Figure:
    """9000余: at least one more than the number, at most ``high``."""
    return F(indicator, value, bound="at_least", low=value + 1, high=high, printed=f"{value:g}余", **more)


def place(township: str | None = "青石镇", county: str | None = COUNTY) -> Division:
    return Division(PROVINCE, CITY, county, township, None, None, None)


def issuer(township: str = "青石镇", body: str = "人民政府", resolution: str = "resolved") -> Issuer:
    division = place(township)
    key = "/".join(filter(None, (division.province, division.city, division.county, township)))
    return Issuer(
        f"{COUNTY}{township}{body}", "乡镇", division, resolution, ("题目",), key if resolution == "resolved" else None
    )


def make_report(
    year: int,
    *figures: Figure,
    town: str = "青石镇",
    name: str | None = None,
    resolution: str = "resolved",
    published: date | None = None,
    part_year: bool = False,
    salt: str = "",
    opening: str = "一年来的工作如下。",
) -> Report:
    """A reading whose text states ``figures`` one sentence each. ``salt`` changes the bytes, not the text."""
    title = f"{COUNTY}{town}{year}年法治政府建设情况报告"
    heading = "一、主要举措和成效"
    text = f"{title}\n{heading}\n{opening}"
    quantities: list[Quantity] = []
    facts: dict[tuple, Fact] = {}
    for figure in figures:
        start_of_sentence = len(text)
        start = start_of_sentence + len(figure.before)
        sentence = f"{figure.before}{figure.words}{figure.unit}{figure.after}"
        low, high = figure.bounds
        text += sentence
        quantities.append(
            Quantity(
                start, start + len(figure.words), figure.words, figure.value, low, high, figure.bound, figure.unit,
                figure.unit, figure.role, figure.year or year, figure.indicator, figure.scope, 0, sentence,
                start_of_sentence, "by_hand",
            )
        )  # fmt: skip
        if figure.role == "achieved" and figure.indicator:
            key = (figure.indicator, figure.scope, figure.value, figure.bound)
            here = len(quantities) - 1
            if key in facts:
                facts[key] = replace(facts[key], quantities=(*facts[key].quantities, here))
            else:
                facts[key] = Fact(
                    figure.indicator, figure.scope, year, figure.value, low, high, figure.bound, figure.unit, (here,),
                    figure.flags,
                )  # fmt: skip
    section_start = len(title) + 1
    section = Section(
        1, 1, "一、", "一、", False, heading[2:], "measures", section_start, len(text), section_start + len(heading)
    )
    end = date(year, 11, 30) if part_year else date(year, 12, 31)
    content = (text + salt).encode()
    return Report(
        file=name or f"{town}{year}.txt",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        accepted=True,
        media_type="text/plain",
        encoding="utf-8",
        document_kind="annual_report",
        title=title,
        issuer=issuer(town, resolution=resolution),
        report_year=year,
        period=Period(date(year, 1, 1), end, part_year),
        published=published,
        text=text,
        sections=(section,),
        quantities=tuple(quantities),
        facts=tuple(facts.values()),
    )


def reject(name: str, code: str = "empty", reason: str = "文件是空的") -> Report:
    content = name.encode()
    return Report(name, hashlib.sha256(content).hexdigest(), len(content), False, reason_code=code, reason=reason)


@dataclass
class Warehouse:
    """A home with an open warehouse and the few steps that the flows take."""

    home: Home
    con: object = None
    clock: datetime = T0
    loads: list[str] = field(default_factory=list)

    def load(
        self, *reports: Report, path: str = "inbox/{}", seen_at: datetime | None = None, version: str = "1"
    ) -> load.Loaded:
        seen = load.locations([(r.sha256, path.format(r.file), None, r.size) for r in reports], seen_at or self.clock)
        load_id = load.begin(self.con, version, "c1")
        done = load.load_chunk(
            self.con, frames(reports), files(reports), seen,
            load_id=load_id, reader_version=version, catalogue_version="c1", cache=self.home.temporary,
        )  # fmt: skip
        load.finish(self.con, load_id, "completed", "", loaded=done.reports)
        self.loads.append(load_id)
        return done

    def rows(self, sql: str, *values: object) -> list[tuple]:
        return self.con.execute(sql, list(values)).fetchall()

    def row(self, sql: str, *values: object) -> tuple:
        (found,) = self.rows(sql, *values)
        return found

    def dicts(self, sql: str) -> list[dict]:
        return self.con.sql(sql).pl().to_dicts()
