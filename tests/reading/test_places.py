"""Issuers and their places. The sentences are written for the tests; the places are real."""

import json
from pathlib import Path

import pytest

from annual_reports import catalogue, files, headings, periods, places, text, titles
from annual_reports.report import Division
from annual_reports.text import Line, Text

CATALOGUE = catalogue.load()
TABLE = places.load()
SHARED = Path(__file__).resolve().parents[3] / "shared" / "reports"


def plain(source: str) -> Text:
    lines, position = [], 0
    words = source.split("\n")
    for number, word in enumerate(words):
        lines.append(Line(position, position + len(word), "paragraph", None, False, f"第{number + 1}行"))
        position += len(word) + 1
    return Text("\n".join(words), tuple(lines))


def issuer(title: str, body: str = "一年来扎实推进各项工作。", **names):
    return places.resolve(plain(f"{title}\n{body}"), title, TABLE, CATALOGUE, **names)


@pytest.mark.parametrize(
    ("title", "name", "level", "key"),
    [
        ("襄垣县王村镇关于2024年法治政府建设情况的报告", "襄垣县王村镇人民政府", "乡镇", "山西省/长治市/襄垣县/王村镇"),
        (
            "襄垣县王村镇人民政府2024年法治政府建设情况报告",
            "襄垣县王村镇人民政府",
            "乡镇",
            "山西省/长治市/襄垣县/王村镇",
        ),
        (
            "山西省长治市襄垣县王村镇2024年法治政府建设情况报告",
            "襄垣县王村镇人民政府",
            "乡镇",
            "山西省/长治市/襄垣县/王村镇",
        ),
        (
            "2024年度乌苏市四棵树镇法治政府建设报告",
            "乌苏市四棵树镇人民政府",
            "乡镇",
            "新疆维吾尔自治区/塔城地区/乌苏市/四棵树镇",
        ),
        ("宁河镇2024年度法治政府建设情况报告", "宁河区宁河镇人民政府", "乡镇", "天津市/宁河区/宁河镇"),
        ("关于宁河镇2024年度法治政府建设情况的报告", "宁河区宁河镇人民政府", "乡镇", "天津市/宁河区/宁河镇"),
        (
            "天心区坡子街街道办事处2022年法治政府建设年度报告",
            "天心区坡子街街道办事处",
            "乡镇",
            "湖南省/长沙市/天心区/坡子街街道",
        ),
        (
            "鲤城区人民政府金龙街道办事处关于2022年度法治政府建设情况的报告",
            "鲤城区金龙街道办事处",
            "乡镇",
            "福建省/泉州市/鲤城区/金龙街道",
        ),
        ("东莞市虎门镇2023年度法治政府建设情况报告", "东莞市虎门镇人民政府", "乡镇", "广东省/东莞市/虎门镇"),
        (
            "屏边县2023年度法治政府建设情况报告",
            "屏边苗族自治县人民政府",
            "县",
            "云南省/红河哈尼族彝族自治州/屏边苗族自治县",
        ),
        ("济源市2023年法治政府建设情况报告", "济源市人民政府", "县", "河南省/济源市"),
        ("宁河县2014年依法行政工作报告", "宁河区人民政府", "县", "天津市/宁河区"),
        ("长治市人民政府关于2023年法治政府建设情况的报告", "长治市人民政府", "市", "山西省/长治市"),
        ("恩施州2023年法治政府建设情况报告", "恩施土家族苗族自治州人民政府", "市", "湖北省/恩施土家族苗族自治州"),
        ("塔城地区行政公署2023年法治政府建设情况报告", "塔城地区行政公署", "市", "新疆维吾尔自治区/塔城地区"),
        ("贵州省2023年法治政府建设情况报告", "贵州省人民政府", "省", "贵州省"),
        ("天津市2023年法治政府建设情况报告", "天津市人民政府", "省", "天津市"),
        ("襄垣县司法局2023年度法治政府建设情况报告", "襄垣县司法局", "部门", "山西省/长治市/襄垣县/司法局"),
        (
            "襄垣县市场监督管理局关于2023年法治政府建设情况的报告",
            "襄垣县市场监督管理局",
            "部门",
            "山西省/长治市/襄垣县/市场监督管理局",
        ),
        ("中共襄垣县水利局党组关于2023年法治政府建设情况的报告", "襄垣县水利局", "部门", "山西省/长治市/襄垣县/水利局"),
        ("山西省财政厅2023年度法治政府建设报告", "山西省财政厅", "部门", "山西省/财政厅"),
        (
            "襄垣县人民政府办公室2023年度法治政府建设报告",
            "襄垣县人民政府办公室",
            "部门",
            "山西省/长治市/襄垣县/人民政府办公室",
        ),
        (
            "襄垣县经济开发区管委会2023年度法治政府建设报告",
            "襄垣县经济开发区管委会",
            "园区",
            "山西省/长治市/襄垣县/经济开发区管委会",
        ),
        (
            "中共襄垣县委 襄垣县人民政府关于2023年法治政府建设情况的报告",
            "中共襄垣县委员会、襄垣县人民政府",
            "县",
            "山西省/长治市/襄垣县",
        ),
        ("襄垣县卫健局2023年度法治政府建设情况报告", "襄垣县卫生健康局", "部门", "山西省/长治市/襄垣县/卫生健康局"),
        ("国家税务总局襄垣县税务局2023年法治政府建设情况报告", "襄垣县税务局", "部门", "山西省/长治市/襄垣县/税务局"),
        ("2024年度法治政府建设情况报告（襄垣县王村镇）", "襄垣县王村镇人民政府", "乡镇", "山西省/长治市/襄垣县/王村镇"),
        ("东乌旗2023年度法治政府建设情况报告", "东乌珠穆沁旗人民政府", "县", "内蒙古自治区/锡林郭勒盟/东乌珠穆沁旗"),
        ("苏州工业园区2023年度法治政府建设情况报告", "苏州工业园区管理委员会", "园区", "江苏省/苏州市/苏州工业园区"),
        ("浦东新区2023年度法治政府建设情况报告", "浦东新区人民政府", "县", "上海市/浦东新区"),
        (
            "中共襄垣县王村镇委员会 襄垣县王村镇人民政府关于2023年法治政府建设情况的报告",
            "中共襄垣县王村镇委员会、襄垣县王村镇人民政府",
            "乡镇",
            "山西省/长治市/襄垣县/王村镇",
        ),
    ],
)
def test_issuer_named_in_the_title(title, name, level, key):
    found = issuer(title)
    assert (found.name, found.level, found.key, found.resolution) == (name, level, key, "resolved")


def test_division_with_code_system_and_date():
    assert issuer("宁河镇2024年度法治政府建设情况报告").division == Division(
        "天津市", None, "宁河区", "宁河镇", "120117101", "国家地名信息库", "2026-09-11"
    )


@pytest.mark.parametrize(
    ("body", "evidence"),
    [
        ("襄垣县委、县政府：\n我镇认真落实各项任务。", "收文机关"),
        ("中共襄垣县委员会、襄垣县人民政府：\n我镇认真落实各项任务。", "收文机关"),
        ("2024年，在襄垣县委、县政府的正确领导下，我镇认真落实各项任务。", "领导机关"),
        ("我镇将继续努力，为建设法治襄垣作出贡献。", "所称"),
        ("我镇认真落实《襄垣县2024年法治建设工作要点》，任务全部完成。", "文件标题"),
        ("我镇邀请襄垣二中学生旁听庭审，并与襄垣县司法局联合普法。", "本地机构"),
        ("我镇地处襄垣县东部，紧邻长治市城区，襄垣县交通便利，山西省内客商众多。", "正文地名"),
    ],
)
def test_a_bare_name_is_told_apart_by_evidence(body, evidence):
    """There are more than ten 王村镇."""
    found = issuer("王村镇2024年法治政府建设情况报告", body)
    assert (found.key, found.resolution) == ("山西省/长治市/襄垣县/王村镇", "resolved")
    assert any(words.startswith(evidence) for words in found.evidence)


def test_without_evidence_a_bare_name_stays_ambiguous_with_its_candidates():
    found = issuer("王村镇2024年法治政府建设情况报告")
    assert (found.resolution, found.key, found.level) == ("ambiguous", None, "乡镇")
    assert found.division == Division(township="王村镇")
    assert any("襄垣县王村镇" in words and "处" in words for words in found.evidence)


def test_evidence_for_two_places_is_no_evidence():
    body = "我镇赴淄博市周村区考察，与襄垣县签订协议。"
    assert issuer("王村镇2024年法治政府建设情况报告", body).resolution == "ambiguous"


def test_other_places_named_in_passing_do_not_outweigh_the_superior():
    body = "在襄垣县委、县政府的坚强领导下，我镇赴周村区、周村区王村镇学习。为建设法治襄垣而努力。"
    assert issuer("王村镇2024年法治政府建设情况报告", body).key == "山西省/长治市/襄垣县/王村镇"


@pytest.mark.parametrize(
    ("superior", "county"), [("在县委、县政府的坚强领导下", "云阳县"), ("在区委、区政府的坚强领导下", "武隆区")]
)
def test_a_sign_of_the_province_and_the_kind_of_the_superior_together(superior, county):
    """Two of the twelve 江口镇 lie in 重庆, one in a 县, one in a 区."""
    found = issuer("江口镇2025年法治政府建设情况报告", f"{superior}，我镇推广渝快办。")
    assert (found.division.county, found.resolution) == (county, "resolved")
    assert issuer("江口镇2025年法治政府建设情况报告", "我镇推广渝快办。").resolution == "ambiguous"


def test_the_superiors_kind_excludes_the_others():
    """太平镇 in a 区 or a 县: the addressee 「区委、区政府」 alone cannot choose among several districts."""
    assert (
        issuer("太平镇2024年法治政府建设情况报告", "在区委、区政府的领导下，向区委报告，对区政府负责。").resolution
        == "ambiguous"
    )


@pytest.mark.parametrize("title", ["县司法局2023年度法治政府建设情况报告", "司法局2023年度法治政府建设情况报告"])
def test_a_bureau_without_a_place_takes_it_from_the_evidence(title):
    found = issuer(title, "襄垣县委依法治县办：\n2023年，在襄垣县委、县政府的领导下，我局扎实工作。")
    assert (found.name, found.key) == ("襄垣县司法局", "山西省/长治市/襄垣县/司法局")
    assert issuer(title).resolution == "unresolved"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("现将襄垣县王村镇2024年法治政府建设情况报告如下：", "「现将……如下」一句"),
        ("一年来工作扎实。\n学习扎实。\n执法扎实。\n普法扎实。\n襄垣县王村镇人民政府\n2025年1月3日", "落款"),
        ("襄垣县王村镇\n一年来工作扎实。\n学习扎实。\n执法扎实。\n普法扎实。", "文首"),
        ("2024年，襄垣县王村镇坚持依法行政。", "正文开头"),
    ],
)
def test_where_the_title_names_nobody(body, where):
    found = issuer("2024年法治政府建设情况报告", body)
    assert found.name == "襄垣县王村镇人民政府"
    assert found.evidence[0].startswith(where)


def test_the_file_name_is_a_last_resort():
    assert (
        issuer("2024年法治政府建设情况报告", file_name="12 襄垣县王村镇2024年报告.docx").name == "襄垣县王村镇人民政府"
    )
    assert (
        issuer("王村镇2024年法治政府建设情况报告", file_name="襄垣县/王村镇.docx").key == "山西省/长治市/襄垣县/王村镇"
    )
    assert (
        issuer("2024年法治政府建设情况报告", hint="襄垣县王村镇2024年法治政府建设情况报告").name
        == "襄垣县王村镇人民政府"
    )


def test_the_addressee_is_not_the_issuer():
    found = issuer("2024年法治政府建设情况报告", "襄垣县委、县政府：\n2024年，我镇扎实工作。王村镇执法人员全部持证。")
    assert found.name == "襄垣县王村镇人民政府"


def test_a_township_that_changed_its_kind_is_taken_only_where_it_is_unique_in_its_county():
    found = issuer("襄垣县王村乡2016年法治政府建设情况报告")
    assert found.key == "山西省/长治市/襄垣县/王村镇"
    assert any("名录中没有王村乡" in words for words in found.evidence)


def test_a_township_that_the_table_does_not_know_is_unresolved_with_the_way_out():
    found = issuer("襄垣县不存在镇2024年法治政府建设情况报告")
    assert (found.resolution, found.key) == ("unresolved", None)
    assert found.division == Division("山西省", "长治市", "襄垣县", "不存在镇")
    assert "divisions.csv" in found.evidence[-1]


def test_counties_of_one_name_are_told_apart_by_their_city():
    assert issuer("鼓楼区2023年法治政府建设情况报告").resolution == "ambiguous"
    found = issuer(
        "鼓楼区2023年法治政府建设情况报告", "2023年，在福州市委、市政府的领导下，我区扎实工作，为建设法治福州贡献力量。"
    )
    assert found.key == "福建省/福州市/鼓楼区"


@pytest.mark.parametrize(
    "body",
    [
        "在鼓楼区委、区政府的领导下，鼓楼区各部门扎实工作。我区落实《河南省法治社会建设实施方案》，河南省考核优秀。",
        "鼓楼区司法局牵头，鼓楼区法院配合，为开封高质量发展、为中原和河南争光。",
    ],
)
def test_what_all_candidates_share_does_not_hide_what_tells_them_apart(body):
    """Their common name is worth as much for each of the four 鼓楼区, however often it is printed."""
    found = issuer("鼓楼区2023年法治政府建设情况报告", body)
    assert (found.key, found.resolution) == ("河南省/开封市/鼓楼区", "resolved")


@pytest.mark.parametrize(
    "body",
    [
        "我区赴南京学习江苏经验，并赴江苏考察。",
        "我区在南京路、南京西路设普法点，借鉴江苏等地先进经验。",
        "我区推广浙江“千万工程”经验和浙江枫桥经验。",
    ],
)
def test_places_that_are_visited_learnt_from_or_lent_to_a_road_are_no_evidence(body):
    assert issuer("鼓楼区2023年法治政府建设情况报告", body).resolution == "ambiguous"


def test_nothing_to_go_by_is_unresolved():
    found = issuer("2024年法治政府建设情况报告")
    assert (found.name, found.level, found.resolution, found.key) == (None, None, "unresolved", None)
    assert found.evidence


@pytest.mark.parametrize(
    ("title", "name", "level", "missing"),
    [
        ("澄堰县望篱镇2024年法治政府建设情况报告", "澄堰县望篱镇人民政府", "乡镇", "澄堰县、望篱镇"),
        ("澄堰县东沚街道办事处2024年法治政府建设情况报告", "澄堰县东沚街道办事处", "乡镇", "澄堰县、东沚街道"),
        ("望篱镇人民政府关于2024年法治政府建设情况的报告", "望篱镇人民政府", "乡镇", "望篱镇"),
        ("澄堰县城关镇2024年法治政府建设情况报告", "澄堰县城关镇人民政府", "乡镇", "澄堰县"),
        ("澄堰县人民政府2024年法治政府建设情况报告", "澄堰县人民政府", "县", "澄堰县"),
        ("澄堰县卫健局2024年法治政府建设情况报告", "澄堰县卫生健康局", "部门", "澄堰县"),
        (
            "中共澄堰县委 澄堰县人民政府关于2024年法治政府建设情况的报告",
            "中共澄堰县委员会、澄堰县人民政府",
            "县",
            "澄堰县",
        ),
    ],
)
def test_a_place_that_no_table_knows_keeps_its_printed_name(title, name, level, missing):
    found = issuer(title, "2024年，我们学习襄垣县王村镇的经验，襄垣县王村镇同志来访。")
    assert (found.name, found.level, found.resolution, found.key) == (name, level, "unresolved", None)
    assert found.division == Division()
    assert f"名录中没有{missing}；" in found.evidence[-1]


def test_an_unknown_place_in_a_known_city_lies_there():
    found = issuer("长治市澄堰县望篱镇2024年法治政府建设情况报告")
    assert (found.name, found.resolution) == ("澄堰县望篱镇人民政府", "unresolved")
    assert found.division == Division("山西省", "长治市")


@pytest.mark.parametrize("title", ["望篱镇2024年法治政府建设情况报告", "望篱镇关于2024年法治政府建设情况的报告"])
def test_an_unknown_name_is_taken_in_its_longer_form_from_the_signature(title):
    body = "一年来工作扎实。\n学习扎实。\n执法扎实。\n普法扎实。\n澄堰县望篱镇人民政府\n2025年1月3日"
    assert issuer(title, body).name == "澄堰县望篱镇人民政府"


@pytest.mark.parametrize(
    "title",
    ["文化市场执法局", "住房和城乡建设局", "城市管理局", "社区管理办公室", "经济开发区管委会", "产业园区管委会"],
)
def test_a_body_is_no_unknown_place(title):
    found = issuer(f"{title}2024年法治政府建设情况报告")
    assert (found.resolution, found.division) == ("unresolved", Division())
    assert "名录" not in "".join(found.evidence)


@pytest.mark.parametrize(
    ("title", "body", "key"),
    [
        ("市水务局2024年法治政府建设情况报告", "黄石市水务局网站改版上线。", "湖北省/黄石市/水务局"),
        ("县审计局2024年法治政府建设情况报告", "经查，襄垣县审计局执法人员全部持证。", "山西省/长治市/襄垣县/审计局"),
        ("2024年法治政府建设情况报告", "2024年，市水务局落实责任，天津市水务局窗口办件12件。", "天津市/水务局"),
    ],
)
def test_a_body_is_placed_where_the_text_prints_its_name_in_full(title, body, key):
    assert issuer(title, body).key == key
    both = issuer(title, f"{body}郑州市水务局、焦作市水务局、长子县审计局来访。")
    assert both.resolution != "resolved"


@pytest.mark.parametrize(
    ("title", "name", "county"),
    [
        ("湘西自治州生态环境局凤凰分局", "湘西土家族苗族自治州生态环境局凤凰分局", "凤凰县"),
        ("杭州市生态环境局桐庐分局", "杭州市生态环境局桐庐分局", "桐庐县"),
        ("杭州市生态环境局第三分局", "杭州市生态环境局第三分局", None),
    ],
)
def test_a_branch_office_lies_in_the_county_it_is_named_after(title, name, county):
    found = issuer(f"{title}2024年法治政府建设情况报告")
    assert (found.name, found.division.county, found.level) == (name, county, "部门")


@pytest.mark.parametrize("line", ["信息来源：襄垣县人民政府网 浏览次数：12", "2025-01-06 来源 : 襄垣在线"])
def test_the_publishing_site_is_evidence(line):
    found = issuer("王村镇2024年法治政府建设情况报告", f"{line}\n2024年，我镇扎实工作。")
    assert found.key == "山西省/长治市/襄垣县/王村镇"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("2024年，市政府落实《许昌市2024年法治工作要点》，任务完成。", "河南省/许昌市"),
        ("一年来，我县各级部门努力工作，为建设法治襄垣作出贡献。", "山西省/长治市/襄垣县"),
    ],
)
def test_a_government_that_calls_itself_by_its_kind_alone(body, key):
    assert issuer("2024年法治政府建设情况报告", body).key == key
    assert issuer("2024年法治政府建设情况报告", f"{body}我镇努力工作。").resolution == "unresolved"


def test_an_ambiguous_name_says_what_its_places_have_in_common():
    found = issuer("江口镇2025年法治政府建设情况报告", "我镇推广渝快办。")
    assert (found.name, found.division) == ("江口镇人民政府", Division(province="重庆市", township="江口镇"))
    assert issuer("江口镇2025年法治政府建设情况报告").division == Division(township="江口镇")
    assert issuer("鼓楼区2025年法治政府建设情况报告").division == Division(county="鼓楼区")


@pytest.mark.parametrize(
    ("above", "name"),
    [
        ("中共王村镇委员会 王村镇人民政府", "中共襄垣县王村镇委员会、襄垣县王村镇人民政府"),
        ("中共襄垣县王村镇委员会、襄垣县王村镇人民政府", "中共襄垣县王村镇委员会、襄垣县王村镇人民政府"),
        ("中共襄垣县委、襄垣县人民政府：", "襄垣县王村镇人民政府"),
    ],
)
def test_a_joint_issuer_in_a_line_of_its_own(above, name):
    title = "王村镇2024年法治政府建设情况报告"
    body = f"{above}\n{title}\n中共襄垣县委、襄垣县人民政府：\n2024年，我镇扎实工作。"
    assert places.resolve(plain(body), title, TABLE, CATALOGUE).name == name


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/reports 不在，无法对照人工标注")
@pytest.mark.parametrize("name", ["000_37d3b37060572fdb.txt", "002_a5995520fdea0c6b.txt", "004_f2f2c0b7cdbe11e1.txt"])
def test_title_year_and_issuer_of_real_reports_as_read_by_hand(name):
    gold = json.loads((SHARED / "gold.json").read_text("utf-8"))[name]["meta"]
    cleaned = text.clean(files.read((SHARED / name).read_bytes(), name))
    title = titles.find(cleaned, None, name, CATALOGUE)
    year = periods.report_year(title.title, cleaned, name, headings.find(cleaned, CATALOGUE)).year
    found = places.resolve(cleaned, title.title, TABLE, CATALOGUE, file_name=name, year=year)
    place = found.division
    assert title.accepted
    assert (title.title, year, found.name, found.level, place.province, place.city, place.county, place.township) == (
        tuple(
            gold[k]
            for k in ("title", "report_year", "issuer", "issuer_level", "province", "city", "county", "township")
        )
    )


@pytest.mark.parametrize("name", ["西城街道", "西城区街道", "西城街道办事处"])
def test_both_spellings_of_a_township_are_one_issuer(name):
    found = issuer(f"乌苏市{name}2024年法治政府建设情况报告")
    assert (found.resolution, found.name) == ("resolved", "乌苏市西城区街道办事处")
    assert found.key == "新疆维吾尔自治区/塔城地区/乌苏市/西城区街道"
