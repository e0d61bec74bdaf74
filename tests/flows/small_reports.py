"""Small true reports to run the pipeline on, written for these tests about an invented county of Hebei's making."""

import os
import time
from datetime import datetime
from pathlib import Path

from warehouse.home import Home

DIVISIONS = """\
province,city,county,township,code,code_system,as_of,valid_from,valid_to
示例省,,,,99,示例代码,2022-01-01,,
示例省,泽岚市,,,9901,示例代码,2022-01-01,,
示例省,泽岚市,青湾县,,990188,示例代码,2022-01-01,,
""" + "".join(
    f"示例省,泽岚市,青湾县,{name}镇,9901880{n:02},示例代码,2022-01-01,,\n"
    for n, name in enumerate(["柏溪", "槐渡", "枫桥口", "竹垭", "桑园", "榆林铺", "杏坪", "柳湾"])
)
TOWNS = ["柏溪", "槐渡", "枫桥口", "竹垭", "桑园", "榆林铺", "杏坪", "柳湾"]

TEXT = """\
青湾县{town}镇人民政府{year}年法治政府建设情况报告
{year}年，{town}镇在县委、县政府的领导下推进各项法治工作，现将情况报告如下。
一、主要举措和成效
（一）化解矛盾。全年排查矛盾纠纷{found}件，化解{solved}件。
（二）普法宣传。开展法治宣传活动{events}场次，发放宣传资料{leaflets}余份。
二、存在的不足
少数干部学法不够经常，执法力量仍显薄弱。
三、党政主要负责人履行推进法治建设第一责任人职责情况
主要负责人带头讲授法治课2次。
四、下一年度工作安排
力争开展法治宣传活动{target}场次。
"""


def text(town: str = "柏溪", year: int = 2024, solved: int = 40) -> str:
    """A report of which is known: disputes found (solved + 3), disputes mediated, events (12), leaflets (at least 800)."""
    return TEXT.format(town=town, year=year, solved=solved, found=solved + 3, events=12, leaflets=800, target=20)


def write(folder: Path, name: str, content: str | bytes, age: float = 60) -> Path:
    """A file that has held still for ``age`` seconds."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def fill(folder: Path, count: int, first: int = 0) -> list[Path]:
    """``count`` reports, every one of another issuer and year and with other figures."""
    return [
        write(folder, f"{n:03}.txt", text(TOWNS[n % 8], 2010 + n // 8 % 15, 10 + n))
        for n in range(first, first + count)
    ]


def rows(home: Home, query: str) -> list[tuple]:
    """The rows of a query on the working file."""
    from warehouse import database

    con = database.open(home, read_only=True)
    try:
        return con.execute(query).fetchall()
    finally:
        con.close()


def passing(*_, **__):
    """A gate that lets everything pass."""
    from expectations.verdict import Verdict

    now = datetime.now()
    return Verdict((), (), None, now, now)
