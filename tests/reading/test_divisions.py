"""The table of divisions: what it holds, how quickly it loads, how the user's own rows overlay it."""

import subprocess
import sys
import time

import pytest

from annual_reports import divisions
from annual_reports.catalogue import CatalogueError

TABLE = divisions.load()


def test_the_table_is_whole_down_to_the_township():
    townships = [unit for unit in TABLE.units if unit.township]
    assert len(townships) > 42_000
    assert len({unit.path for unit in TABLE.units}) == len(TABLE.units)
    assert len({unit.province for unit in TABLE.units}) == 34
    assert (
        sum(unit.rank == "县" and not unit.valid_to and unit.code_system == "国家地名信息库" for unit in TABLE.units)
        > 2_840
    )


def test_municipalities_and_counties_under_a_province_have_no_city():
    assert TABLE.named("宁河镇")[0].division().city is None
    (unit,) = (u for u in TABLE.named("济源市") if u.county)
    assert (unit.province, unit.city) == ("河南省", "")
    assert not any(
        unit.city in ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划") for unit in TABLE.units
    )


def test_a_city_without_counties_holds_its_towns_itself():
    (unit,) = (u for u in TABLE.named("虎门镇") if u.city == "东莞市")
    assert (unit.county, unit.rank) == ("", "乡镇")
    assert TABLE.above(unit).path == ("广东省", "东莞市", "", "")


def test_bare_names_are_ambiguous():
    assert len(TABLE.named("太平镇")) > 30
    assert len(TABLE.named("鼓楼区")) == 4


def test_every_row_says_where_its_code_is_from_and_of_when():
    assert {(u.code_system, u.as_of) for u in TABLE.units} == {
        ("国家地名信息库", "2026-09-11"),
        ("统计用区划代码", "2023-06-30"),
    }
    assert all(unit.code.isdigit() for unit in TABLE.units)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("屏边苗族自治县", ("屏边县", "屏边自治县", "屏边")),
        ("宁河区", ("宁河",)),
        ("新疆维吾尔自治区", ("新疆",)),
        ("内蒙古自治区", ("内蒙古",)),
        ("恩施土家族苗族自治州", ("恩施州", "恩施自治州", "恩施")),
        ("双江拉祜族佤族布朗族傣族自治县", ("双江县", "双江自治县", "双江")),
        ("鄂温克族自治旗", ("鄂温克旗", "鄂温克自治旗")),
        ("塔城地区", ("塔城",)),
        ("代县", ()),
        ("城区", ()),
    ],
)
def test_short_names(name, short):
    assert divisions.short_names(name) == short


def test_former_names_lead_to_the_place_of_today():
    assert [u.path for u in TABLE.named("宁河县")] == [("天津市", "", "宁河区", "")]
    assert [u.path for u in TABLE.named("上虞市")] == [("浙江省", "绍兴市", "上虞区", "")]


def test_it_loads_in_a_fifth_of_a_second():
    """CPU seconds in a process of its own, best of three: the machine may be busy."""
    code = "import time; from annual_reports import divisions; t = time.process_time(); divisions.load(); print(time.process_time() - t)"
    runs = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(runs) <= 0.2
    start = time.perf_counter()
    divisions.load()
    assert time.perf_counter() - start < 0.01


def test_the_users_rows_add_end_and_correct(tmp_path):
    (tmp_path / "divisions.csv").write_text(
        "province,city,county,township,code,valid_from,valid_to\n"
        "山西省,长治市,襄垣县,新设镇,,2026-01-01,\n"
        "山西省,长治市,襄垣县,王村镇,140423106,,2026-12-31\n",
        "utf-8",
    )
    table = divisions.load(tmp_path)
    assert [(u.code_system, u.valid_from) for u in table.named("新设镇")] == [("用户补充", "2026-01-01")]
    assert [u.valid_to for u in table.named("王村镇") if u.county == "襄垣县"] == ["2026-12-31"]
    assert table.version != TABLE.version
    assert len(table.units) == len(TABLE.units) + 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("province,city,county\n山西省,,\n", "第 1 行：缺少列 township"),
        ("province,city,county,township,代码\n", "第 1 行：不认识的列「代码」"),
        ("province,city,county,township\n,长治市,襄垣县,某镇\n", "第 2 行：province 为空"),
        ("province,city,county,township\n山西省,,,某镇\n", "第 2 行：「某镇」没有写明所在的县或市"),
        (
            "province,city,county,township,valid_to\n山西省,长治市,襄垣县,甲镇,\n山西省,长治市,襄垣县,乙镇,2024年\n",
            "第 3 行：valid_to 的值「2024年」",
        ),
        (
            "province,city,county,township,valid_from,valid_to\n山西省,长治市,襄垣县,甲镇,2025-01-01,2024-01-01\n",
            "第 2 行：valid_from 2025-01-01 晚于",
        ),
        ("province,city,county,township,code\n山西省,长治市,襄垣县,甲镇,14x\n", "第 2 行：code 的值「14x」不是数字"),
        ("province,city,county,township\n山西省,长治市,襄垣县,甲镇,多余\n", "第 2 行：多出一列"),
    ],
)
def test_a_bad_row_is_named_with_file_and_line(tmp_path, content, message):
    file = tmp_path / "divisions.csv"
    file.write_text(content, "utf-8")
    with pytest.raises(CatalogueError) as error:
        divisions.load(tmp_path)
    assert str(error.value).startswith(str(file))
    assert message in str(error.value)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "divisions.csv").write_bytes("province,city,county,township\n山西省,,,\n".encode("gbk"))
    with pytest.raises(CatalogueError, match="UTF-8"):
        divisions.load(tmp_path)
