"""A small warehouse with something of everything that the pages show: reports read from texts written here, a held
figure, a broken sum, an issuer that cannot be told, rejected files, and a report that tries to be a program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from annual_reports import divisions, reading
from expectations import audit, detail, gate, pages, quarantine, records
from expectations.limits import Limits
from warehouse import database, load, reference
from warehouse.frames import files, frames
from warehouse.home import Home

LIMITS = Limits(today=date(2026, 11, 22))
DIVISIONS = """province,city,county,township,code,code_system,as_of,valid_from,valid_to
云岭省,,,,98,示例代码,2022-01-01,,
云岭省,澄江市,,,9801,示例代码,2022-01-01,,
云岭省,澄江市,平川县,,980121,示例代码,2022-01-01,,
云岭省,澄江市,平川县,青石镇,980121001,示例代码,2022-01-01,,
云岭省,澄江市,平川县,白水乡,980121002,示例代码,2022-01-01,,
"""
HOSTILE = "<script>document.title='被改了'</script><img src=x onerror=alert(1)>"
TEXT = """平川县{town}人民政府关于{year}年法治政府建设情况的报告
{year}年，{town}在县委、县政府的正确领导下，扎实推进法治政府建设。{extra}现将有关情况报告如下：
一、主要举措和成效
（一）深化普法宣传
全年开展法治讲座{lectures}场，发放宣传资料{leaflets}余份。选派联络员驻点排班{odd}轮。
（二）化解矛盾纠纷
全年排查矛盾纠纷{found}件，化解{solved}件，化解率达{rate}%。全年未发生行政复议案件。
3、规范行政执法
办理行政处罚案件{cases}件，行政执法人员持证上岗率达100%。全年办理12345热线诉求365件，上年为412件，同比下降{claim}%。
二、存在的不足和原因
法治队伍力量仍显薄弱，个别工作人员运用法治方式解决问题的能力有待提升，普法的针对性还不够强。
三、下一年度工作安排
力争开展法治讲座{lectures}场以上，每季度至少召开1次专题会议，推动法治建设再上新台阶。
"""


def text(town="青石镇", year=2024, **more) -> bytes:
    figures = {"lectures": 12, "leaflets": 3000, "odd": 46, "found": 152, "solved": 148, "rate": "97.4", "cases": 21}
    return TEXT.format(town=town, year=year, **{**figures, "claim": "11.4", "extra": "", **more}).encode()


@dataclass
class Loaded:
    con: object
    home: Home
    ids: dict[str, str]
    held_figure: str


def bring(con, given, *, spoil=None):
    """Read, check and load ``given`` (name → bytes) as a run does; ``spoil`` plants faults between reading and gate."""
    places = divisions.load(Path(con.execute("SELECT path FROM duckdb_databases() WHERE NOT internal").fetchone()[0]).parent / "divisions.csv")  # fmt: skip
    readings = [reading.read(data, name, divisions=places) for name, data in given.items()]
    tables = frames(readings)
    if spoil:
        tables = spoil(tables, readings)
    load_id = load.begin(con, "1", "c1")
    verdict = gate.check_batch(tables, limits=LIMITS)
    records.keep(con, verdict, stage="batch", load_id=load_id)
    clean, held = quarantine.split(tables, verdict)
    seen = load.locations([(r.sha256, f"/数据/收件箱/{r.file}", None, r.size) for r in readings], datetime(2026, 11, 1))
    loaded = load.load_chunk(
        con, clean, files(readings), seen, load_id=load_id, reader_version="1", catalogue_version="c1", held=held
    )
    load.finish(
        con, load_id, "quarantined", f"新入库 {loaded.reports} 份", seen=len(given), loaded=loaded.reports,
        rejected=loaded.rejected, copies=loaded.copies, quarantined=held.height, facts=loaded.facts,
    )  # fmt: skip
    return {name: r.sha256[:16] for name, r in zip(given, readings, strict=True)}


def spoil_leaflets(tables, readings):
    """The figure of one report says something else than its place in the text."""
    [report] = [r.sha256[:16] for r in readings if r.file == "青石镇2024.txt"]
    wrong = (pl.col("report_id") == report) & pl.col("printed").str.starts_with("3000")
    changed = pl.when(wrong).then(pl.lit("3800余份")).otherwise("printed")
    return {**tables, "quantities": tables["quantities"].with_columns(printed=changed)}


@pytest.fixture(scope="session")
def loaded(tmp_path_factory):
    home = Home.at(tmp_path_factory.mktemp("pages") / "home").make()
    home.divisions.write_text(DIVISIONS, "utf-8")
    con = database.open(home)
    reference.refresh(con, home)
    ids = bring(con, {"青石镇2023.txt": text(year=2023, found=140, solved=131, rate="93.6")})
    ids |= bring(
        con,
        {
            "青石镇2024.txt": text(),
            "白水乡2024<b>.txt": text("白水乡", extra=HOSTILE, leaflets=900, claim="21.4"),
            "某地.txt": text().replace("平川县青石镇".encode(), b"").replace("青石镇".encode(), "我镇".encode()),
            "空.txt": b"",
            "<i>公开.txt": "平川县青石镇2024年政府信息公开工作年度报告\n一、总体情况\n主动公开信息120条。\n".encode()
            * 3,
        },
        spoil=spoil_leaflets,
    )
    records.keep(con, audit.check_warehouse(con, limits=LIMITS, state=home.quality), stage="warehouse")
    con.execute("UPDATE ops.loads SET finished_at = finished_at")  # a finished run
    yield Loaded(con, home, ids, "3800余份")
    con.close()


@pytest.fixture(scope="session")
def site(loaded, tmp_path_factory):
    """The folder of rendered pages."""
    target = tmp_path_factory.mktemp("site") / "quality"
    pages.render(loaded.con, target, docs=detail.build(loaded.home.quality))
    return target
