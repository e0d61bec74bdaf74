"""Quantities: what each kind of word, unit and trap makes of a number, by hand-checked values; then the properties."""

from __future__ import annotations

import csv
import gzip
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annual_reports import catalogue
from annual_reports.catalogue import CatalogueError
from annual_reports.quantities import Mention, find

SHARED = Path(__file__).parents[3] / "shared" / "reports"


def one(text: str) -> Mention:
    (mention,) = find(text)
    return mention


def figures(text: str) -> list[tuple[object, ...]]:
    return [(m.value, m.low, m.high, m.bound, m.unit) for m in find(text)]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(m.printed, m.kind) for m in find(text, everything=True)]


# The table of design §3 and a second wording for each rule.
BOUNDS = {
    "走访30余户": (30, 31, 39, "at_least"),
    "走访9000余户": (9000, 9001, 9999, "at_least"),
    "发放3.5万余份": (35_000, 35_001, 35_999, "at_least"),
    "走访102余户": (102, 103, 109, "at_least"),
    "走访20多万人次": (200_000, 200_001, 299_999, "at_least"),
    "罚款100余万元": (1_000_000, 1_000_001, 1_999_999, "at_least"),
    "罚款12.5余万元": (125_000, 125_001, 125_999, "at_least"),
    "参加者百余人": (100, 101, 199, "at_least"),
    "参加者三千余人": (3000, 3001, 3999, "at_least"),
    "参加者十几人": (10, 11, 19, "at_least"),
    "参加者二十几人": (20, 21, 29, "at_least"),
    "参加者十几万人": (100_000, 110_000, 199_999, "at_least"),
    "参加者几十人": (10, 20, 99, "at_least"),
    "参加者数百人": (100, 200, 999, "at_least"),
    "参加者好几千人": (1000, 2000, 9999, "at_least"),
    "参加者上千人": (1000, 1000, None, "at_least"),
    "参加者上百人": (100, 100, None, "at_least"),
    "参加者过百人": (100, 101, None, "at_least"),
    "不少于40学时": (40, 40, None, "at_least"),
    "不低于40学时": (40, 40, None, "at_least"),
    "至少召开4次": (4, 4, None, "at_least"),
    "达到40学时以上": (40, 40, None, "at_least"),
    "超过30人": (30, 31, None, "at_least"),
    "突破了3万件": (30_000, 30_001, None, "at_least"),
    "逾200人": (200, 201, None, "at_least"),
    "近百人": (100, 90, 99, "approx"),
    "将近300人": (300, 270, 299, "approx"),
    "接近2万人": (20_000, 18_000, 19_999, "approx"),
    "约300人": (300, 270, 330, "approx"),
    "300人左右": (300, 270, 330, "approx"),
    "50人上下": (50, 45, 55, "approx"),
    "用时两个多小时": (2, 2.1, 2.9, "at_least"),
    "历时三年多": (3, 3.1, 3.9, "at_least"),
    "占九成多": (90, 90.01, 99.99, "at_least"),
    "占98%多": (98, 98.01, 98.99, "at_least"),
    "约合300元": (300, 270, 330, "approx"),
    "约有300人": (300, 270, 330, "approx"),
    "三十来人": (30, 27, 33, "approx"),
    "不到10件": (10, None, 9, "at_most"),
    "不足10件": (10, None, 9, "at_most"),
    "10件以内": (10, None, 10, "at_most"),
    "不超过10件": (10, None, 10, "at_most"),
    "10件以下": (10, None, 10, "at_most"),
    "最高5000元": (5000, None, 5000, "at_most"),
    "至多10件": (10, None, 10, "at_most"),
    "办理3-5件": (3, 3, 5, "range"),
    "办理三至五件": (3, 3, 5, "range"),
    "办理三五件": (3, 3, 5, "range"),
    "办理二三十件": (20, 20, 30, "range"),
    "走访十几二十户": (11, 11, 20, "range"),
    "补助1 000—1 500元": (1000, 1000, 1500, "range"),
    "参加人不得少于7人": (7, 7, None, "at_least"),
    "满意率≥95%": (95, 95, None, "at_least"),
    "差错率＜2%": (2, None, 1.99, "at_most"),
    "受众破千人": (1000, 1001, None, "at_least"),
    "拨付1亿2千余万元": (120_000_000, 120_000_001, 129_999_999, "at_least"),
    "巡河近两千公里": (2000, 1800, 1999, "approx"),
    "拨付3千5百万元": (35_000_000, 35_000_000, 35_000_000, "exact"),
    "盘活2.3个亿": (230_000_000, 230_000_000, 230_000_000, "exact"),
    "气温低至-26℃": (-26, -26, -26, "exact"),
    "来了二十几三十人": (21, 21, 30, "range"),
    "占15%至20%": (15, 15, 20, "range"),
    "投入3—5万元": (30_000, 30_000, 50_000, "range"),
    "办理10件": (10, 10, 10, "exact"),
}


@pytest.mark.parametrize(("text", "reading"), BOUNDS.items())
def test_bounds(text: str, reading: tuple[object, ...]) -> None:
    mention = one(text)
    assert (mention.value, mention.low, mention.high, mention.bound) == reading


def test_words_that_only_look_like_bounds() -> None:
    for text in (
        "节约30万元",
        "签约30家",
        "预约30人",
        "违约30起",
        "附近30户",
        "就近30户",
        "通过30项",
        "经过30天",
        "其余30人",
        "网上百件",
    ):
        assert [m.bound for m in find(text)] in ([], ["exact"]), text
    assert one("上下联动开展6轮").bound == "exact"
    assert one("检查5个县级以上部门").bound == "exact"


@pytest.mark.parametrize("text", ["追缴4,56万元", "补助12,3456元", "发放资料3,2份"])
def test_a_number_with_a_misplaced_separator_is_left_alone(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(("text", "value"), [("追缴4,560万元", 45_600_000), ("追缴12,345,678元", 12_345_678)])
def test_separators_of_thousands(text: str, value: int) -> None:
    assert one(text).value == value


UNITS = {
    "受教育9000余人\n次": ("人次", "人次"),
    "办理 5 件 次": ("件次", "件次"),
    "举办12期(次)": ("期(次)", "期(次)"),
    "举办12期（次）": ("期（次）", "期(次)"),
    "举办12场/次": ("场/次", "场(次)"),
    "罚款5900元": ("元", "元"),
    "罚款12.5万元": ("万元", "元"),
    "罚款1.2亿元": ("亿元", "元"),
    "罚款3万余元": ("万元", "元"),
    "办理13万余件": ("件", "件"),
    "提高3个百分点": ("个百分点", "百分点"),
    "提高3百分点": ("百分点", "百分点"),
    "满意率98％": ("％", "%"),
    "满意率百分之九十八": ("%", "%"),
    "占比九成": ("成", "%"),
    "每案缩短3个工作日": ("个工作日", "工作日"),
    "历时2个小时": ("个小时", "小时"),
    "年满60周岁": ("周岁", "周岁"),
    "出动600台次": ("台次", "台次"),
    "共计152，": ("", ""),
}


@pytest.mark.parametrize(("text", "unit"), UNITS.items())
def test_units(text: str, unit: tuple[str, str]) -> None:
    mention = one(text)
    assert (mention.unit_printed, mention.unit) == unit


def test_money_is_multiplied_out() -> None:
    assert [one(t).value for t in ("罚款12.5万元", "罚款1.2亿元", "罚款三万五千元", "罚款伍仟元整")] == [
        125_000, 120_000_000, 35_000, 5_000,
    ]  # fmt: skip


def test_a_unit_that_begins_another_word_is_none() -> None:
    assert one("修订5条例规定外的12条意见").printed == "12条"
    assert one("设置3台账管理员岗，购置2台设备").printed == "2台"
    assert one("覆盖12所学校").unit == "所"
    assert one("处理12起诉讼").unit == "起"


def test_one_number_for_two_nouns_is_one_mention() -> None:
    assert figures("办结率、满意率均为100%") == [(100, 100, 100, "exact", "%")]


def test_listed_numbers_share_the_last_unit() -> None:
    assert [(m.value, m.unit) for m in find("分别为53、38、57件")] == [(53, "件"), (38, "件"), (57, "件")]
    assert [(m.value, m.unit) for m in find("分别为12和9场")] == [(12, "场"), (9, "场")]


def test_from_to_pairs_are_two_figures() -> None:
    assert [m.value for m in find("由164个精简至70个")] == [164, 70]
    assert [m.value for m in find("从10件到16件")] == [10, 16]


def test_negative_rates() -> None:
    assert one("同比增长-3.2%").value == -3.2
    assert one("同比增长—3.2%").value == 3.2
    assert one("占比15%-20%").bound == "range"


def test_one_counts_behind_its_noun_and_after_a_verb_of_counting() -> None:
    for text in ("示范村一个", "召开专题会议一次，", "聘请一名律师", "每季度一次", "开展讲座一场", "查处案件一起"):
        assert figures(text) == [(1, 1, 1, "exact", find(text)[0].unit)], text
    for text in (
        "搭建一个平台", "一批骨干", "一系列活动", "一支队伍", "一些地区", "这一做法", "进一步", "统一", "与群众一起学法", "无一起败诉", "未发生一起事故", "作为一名干部",
        "发现一起、查处一起",
    ):  # fmt: skip
        assert find(text) == [], text


TRAPS = {
    "2024年3月15日": "date", "二〇二四年": "date", "截至11月底": "date", "1—10月": "date", "8:30": "date", "２０２４年度": "date", "2021—2025年": "date",
    "近三年": "date", "五年来": "date", "上半年": "date", "三季度": "date", "每周三例会": "date", "20世纪80年代": "date", "15日上午": "date",
    "第36次会议": "ordinal", "第三十二条": "ordinal", "第（三）项": "ordinal", "一是加强领导": "ordinal", "名列前三": "ordinal", "二等奖": "ordinal",
    "“三项制度”": "name", "三项制度": "name", "3·15": "name", "12·4": "name", "6.26国际禁毒日": "name", "二十届": "name", "三中全会": "name", "十九大": "name",
    "“八五”普法": "name", "141体系": "name", "省委1310部署": "name", "1+6+N": "name", "12345热线": "name", "〔2024〕12号": "name", "（2024）12号": "name", "0571-88886666": "name",
    "13800001111": "name", "《第5号决定》": "name", "10分钟法律服务圈": "name", "双组长": "name", "3.0版": "name", "A4纸": "name", "八项规定": "name", "三年行动": "name",
    "四棵树镇": "name", "三台县": "other", "五台县": "other", "两级调解组织": "other", "三个环节": "other", "2.12:1": "other", "零复议": "other",
    "一致": "idiom", "统一": "idiom", "进一步": "idiom", "万众一心": "idiom", "百分百投入": "idiom", "千方百计": "idiom", "百名律师": "idiom", "一村一法律顾问": "idiom",
    "每3个月": "frequency", "每两周学法": "frequency",
    "一、总体情况": "heading", "（一）总体情况": "heading", "2.强化监督": "heading",
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), TRAPS.items())
def test_traps(text: str, kind: str) -> None:
    assert find(text) == []
    assert kind in {k for _, k in kinds(text)}


def test_counts_before_a_place_are_quantities() -> None:
    for text in (
        "新建三座水库", "腾出两间房", "覆盖三条街道", "走访五所乡镇卫生院", "检查两家子公司", "约谈三家市场主体", "三户社区居民", "两家镇属企业", "三家村级合作社", "四支镇级队伍",
        "两所镇中心校", "三台市政车", "六个乡镇", "九个街道", "十二个村", "三十户村民",
    ):  # fmt: skip
        assert one(text).bound == "exact", text


def test_places_named_with_a_number_are_no_quantities() -> None:
    """Of the 2,084 places of the shipped divisions with a number in their name at most 5 are read as a count."""
    with gzip.open(Path(catalogue.__file__).with_name("divisions.csv.gz"), "rt", encoding="utf-8") as file:
        names = {
            cell for row in csv.reader(file) for cell in row[:4] if set(cell) & set("一二两三四五六七八九十百千万")
        }
    read = {name for name in names if find(f"经验在{name}推广") or find(f"{name}人民政府")}
    assert len(names) > 1500
    assert len(read) <= 5, read


def test_spans_of_time_and_ages_are_quantities() -> None:
    for text, unit in (
        ("5个工作日", "工作日"), ("2小时", "小时"), ("18至60周岁", "周岁"), ("公示30日", "日"), ("20日内答复", "日"), ("有效期一年", "年"), ("连续3年", "年"), ("半年内", "年"),
        ("两年半", "年"), ("三天", "天"),
    ):  # fmt: skip
        assert one(text).unit == unit


def test_a_number_alone_on_its_line_is_no_quantity() -> None:
    assert kinds("正文\n12\n正文") == [("12", "other")]


def test_heap_of_digits_is_no_quantity() -> None:
    for text in ("十百件", "百千万件", "亿亿元", "万万件"):
        assert find(text) == [], text


# ---- gold of the real reports ----


@pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled real reports (../shared/reports) are not here")
def test_every_gold_figure_is_found_and_no_gold_trap() -> None:
    gold = json.loads((SHARED / "gold.json").read_text("utf-8"))
    for name, report in gold.items():
        text = (SHARED / name).read_text("utf-8")
        found = find(text)
        free = list(found)
        for number in report["numbers"]:
            same = [
                m
                for m in free
                if (m.value, m.bound, m.unit_printed) == (number["value"], number["bound"], number["unit"])
            ]
            if number["kind"] == "indicator":
                assert same, (name, number)
                free.remove(same[0])
        assert free == [], name


# ---- properties ----

LETTERS = "0123456789０５〇零一二两三四五六七八九十百千万亿半几数第双余多来近约上下以内外不少于超过%％.．,，、。；：:-—~至到年月日个次件人场元（）()“”《》〔〕\n 　abN+·/每的了是会成分之点壹佰"  # fmt: skip


def check(text: str) -> None:
    at = 0
    for mention in find(text, everything=True):
        assert at <= mention.start < mention.end <= len(text)
        at = mention.end
        assert re.sub(r"\s", "", mention.printed) == re.sub(r"\s", "", text[mention.start : mention.end])
        if mention.kind == "quantity":
            assert mention.value is not None
            assert mention.low is None or mention.high is None or mention.low <= mention.high
            assert mention.bound != "exact" or mention.low == mention.value == mention.high
            assert not re.search(r"\s", mention.unit_printed)


@settings(max_examples=400)
@given(st.text(alphabet=LETTERS, max_size=60))
def test_any_heap_of_number_words(text: str) -> None:
    check(text)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(text)


@given(
    st.integers(1, 99_999_999),
    st.sampled_from(["件", "人次", "场（次）", "元", "万元", "%", "个工作日"]),
    st.booleans(),
)
def test_any_arabic_figure_is_found_whole(number: int, unit: str, grouped: bool) -> None:
    mention = one(f"全年共办理有关事项{f'{number:,}' if grouped else number}{unit}。")
    assert mention.value == number * (10_000 if unit == "万元" else 1)
    assert (mention.bound, mention.unit_printed) == ("exact", unit)


@given(
    st.sampled_from(list(BOUNDS)),
    st.sampled_from(["，", "\n", "。其中", "；"]),
    st.sampled_from(list(UNITS)),
)
def test_neighbours_do_not_disturb(left: str, sign: str, right: str) -> None:
    assert figures(left + sign + "另" + right) == figures(left) + figures(right)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "一",
        "1,",
        "1 ",
        "1、",
        "(",
        "（",
        "“",
        "《",
        "第",
        "2024年",
        "1-",
        "十",
        "百分之",
        "1件",
        "\n1.",
        "，1",
        "一、",
        "每",
        "1.1.",
        "约",
        " ",
    ],
)
def test_long_repetitions_take_no_longer_than_their_length(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    start = time.process_time()
    find(text, everything=True)
    assert time.process_time() - start < 2


# ---- the catalogue ----


def test_the_users_catalogue_adds_units_and_names(tmp_path: Path) -> None:
    (tmp_path / "units.yml").write_text("趟次: {kind: count}\n", "utf-8")
    (tmp_path / "names.yml").write_text("本地口号: {kind: name, words: [八个一线], reason: 本地口号}\n", "utf-8")
    own = catalogue.load(tmp_path)
    assert [m.unit for m in find("出车5趟次", catalogue=own)] == ["趟次"]
    assert [m.unit for m in find("出车5趟次")] == ["趟"]
    assert [m.kind for m in find("落实八个一线机制", everything=True, catalogue=own)] == ["name"]


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("units.yml", "件: {kind: counting}"),
        ("bounds.yml", "余: {side: tight, rule: more, reason: x}"),
        ("names.yml", "口号: {kind: name, reason: x}"),
        ("counting.yml", "verbs: {words: [x], reason: x}"),
    ],
)
def test_a_wrong_entry_is_refused_with_file_and_line(tmp_path: Path, table: str, line: str) -> None:
    (tmp_path / table).write_text(f"# 注释\n{line}\n", "utf-8")
    with pytest.raises(CatalogueError, match=rf"{table} 第 [12] 行"):
        catalogue.load(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "讲座第3、4、5期",
        "第一、二、三轮",
        "值班电话139 1234 5678",
        "三轮车",
        "四轮电动车",
        "由三位数降至两位数",
        "村一组、二组的水源",
        "五支渠沿线",
    ],
)
def test_lists_of_ordinals_and_names_with_numbers(text: str) -> None:
    assert find(text) == []
