"""Headings: level, ordinal, title without body, kind. The texts are written for the tests; real ones are measured
against their gold where ../shared/reports is at hand."""

import json
from pathlib import Path

import pytest

from annual_reports import catalogue, files, headings, text
from annual_reports.text import Line, Text

SHARED = Path(__file__).resolve().parents[3] / "shared" / "reports"
CATALOGUE = catalogue.load()


def plain(source: str, kinds: dict[int, tuple[str, int]] | None = None) -> Text:
    """The lines of ``source`` as a cleaned text; ``kinds`` gives line numbers (from 0) another kind and level."""
    lines, position = [], 0
    words = [w.strip() for w in source.strip().split("\n")]
    for number, word in enumerate(words):
        kind, level = (kinds or {}).get(number, ("paragraph", None))
        lines.append(Line(position, position + len(word), kind, level, False, f"第{number + 1}行"))
        position += len(word) + 1
    return Text("\n".join(words), tuple(lines))


def outline_of(source: str, kinds: dict[int, tuple[str, int]] | None = None) -> list[tuple[int, int, str]]:
    return [(s.level, s.ordinal, s.title) for s in headings.find(plain(source, kinds), CATALOGUE)]


def test_regular_chain_with_every_usual_style():
    assert outline_of(
        """一、主要举措和成效
        （一）健全工作机制
        1.完善制度
        （1）修订规则
        ①明确分工
        (二)规范执法行为
        二、存在的不足"""
    ) == [
        (1, 1, "主要举措和成效"),
        (2, 1, "健全工作机制"),
        (3, 1, "完善制度"),
        (4, 1, "修订规则"),
        (5, 1, "明确分工"),
        (2, 2, "规范执法行为"),
        (1, 2, "存在的不足"),
    ]


@pytest.mark.parametrize("printed", ["（2）", "(2)", "2）", "（二）", "(二)", "二)", "㈡"])
def test_second_level_two_whatever_its_mark(printed):
    found = headings.find(
        plain(f"一、主要做法\n（一）抓好学法\n本镇组织学习。\n{printed} 抓好用法\n本镇依法办事。\n（三）抓好普法"),
        CATALOGUE,
    )
    assert [(s.level, s.ordinal) for s in found] == [(1, 1), (2, 1), (2, 2), (2, 3)]
    assert found[2].printed_marker == printed
    assert found[2].marker == "（二）"
    assert found[2].repaired is any(c.isdigit() for c in printed)


@pytest.mark.parametrize("printed", ["3、", "3.", "3．", "三、", "三．", "三："])
def test_level_one_printed_with_digits_between_its_siblings(printed):
    found = headings.find(
        plain(
            f"""一、主要举措
            （一）学法
            二、存在不足
            （一）力量薄弱
            （二）意识不强
            （三）经费不足
            {printed}党政主要负责人履职情况
            （一）带头学法
            四、明年打算"""
        ),
        CATALOGUE,
    )
    assert (found[6].level, found[6].ordinal, found[6].marker) == (1, 3, "三、")
    assert found[6].repaired is printed.startswith("3")
    assert (found[7].level, found[7].ordinal) == (2, 1)
    assert (found[8].level, found[8].ordinal) == (1, 4)


def test_digit_that_counts_on_from_another_list():
    """（3） where the place says （二）: Word went on counting."""
    found = headings.find(plain("三、履职情况\n（一）带头守法\n（3） 统筹部署\n（三）强化督导\n四、打算"), CATALOGUE)
    assert [(s.level, s.ordinal, s.marker, s.repaired) for s in found[1:4]] == [
        (2, 1, "（一）", False),
        (2, 2, "（二）", True),
        (2, 3, "（三）", False),
    ]


def test_level_one_mark_repeated_one_level_down():
    assert outline_of(
        """一、2022年主要措施
        一、压实领导责任
        本街道高度重视。
        二、规范行政执法
        本街道严格执法。
        三、化解矛盾纠纷
        二、存在的问题
        三、下一步打算"""
    ) == [
        (1, 1, "2022年主要措施"),
        (2, 1, "压实领导责任"),
        (2, 2, "规范行政执法"),
        (2, 3, "化解矛盾纠纷"),
        (1, 2, "存在的问题"),
        (1, 3, "下一步打算"),
    ]


def test_numbering_that_runs_on_under_the_next_parent():
    found = headings.find(
        plain("一、举措\n（一）甲项工作\n（二）乙项工作\n二、问题\n（三）丙项短板\n（四）丁项短板"), CATALOGUE
    )
    assert [(s.level, s.ordinal) for s in found] == [(1, 1), (2, 1), (2, 2), (1, 2), (2, 1), (2, 2)]
    assert [s.marker for s in found[4:]] == ["（一）", "（二）"]
    assert all(s.repaired for s in found[4:])


def test_digits_under_a_level_two_heading_are_level_three():
    assert outline_of("一、做法\n（一）主要做法。\n1、强化学习\n2、强化宣传\n（二）存在问题\n二、打算") == [
        (1, 1, "做法"),
        (2, 1, "主要做法"),
        (3, 1, "强化学习"),
        (3, 2, "强化宣传"),
        (2, 2, "存在问题"),
        (1, 2, "打算"),
    ]


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("一、做法\n1.学习\n2.宣传\n二、问题\n1.不足", [1, 3, 3, 1, 3]),
        ("一、做法\n1、学习宪法\n2、用好宪法\n3、宣传宪法\n二、问题\n三、打算", [1, 3, 3, 3, 1, 1]),
        ("一、做法\n（一）学法\n1.学习\n2.宣传\n二、问题\n1.不足之处", [1, 2, 3, 3, 1, 3]),
        ("一、做法\n1.学习\n（1）宪法\n（2）民法\n2.宣传\n二、打算", [1, 3, 4, 4, 3, 1]),
        ("第一部分 工作情况\n一、做法\n1.学习\n2.宣传\n第二部分 下步打算", [1, 2, 4, 4, 1]),
        ("1.做法\n（1）学习宪法\n（2）宣传宪法\n2.打算", [1, 2, 2, 1]),
    ],
)
def test_digits_right_under_a_main_part_skip_level_two(source, levels):
    found = headings.find(plain(source), CATALOGUE)
    assert [s.level for s in found] == levels
    assert not any(s.repaired for s in found)


def test_digits_in_brackets_right_under_a_main_part_are_level_two_from_a_converter():
    found = headings.find(plain("一、做法\n（1）学习宪法\n（2）宣传宪法\n二、打算\n（1）继续学习"), CATALOGUE)
    assert [(s.level, s.ordinal) for s in found] == [(1, 1), (2, 1), (2, 2), (1, 2), (2, 1)]


def test_parts_above_chinese_numerals():
    assert [h[0] for h in outline_of("第一部分 工作情况\n一、做法\n（一）学法\n第二部分 下步打算\n一、安排")] == [
        1,
        2,
        3,
        1,
        2,
    ]


def test_digits_are_level_one_where_nothing_stands_above():
    assert outline_of("1、主要做法\n本局认真开展工作。\n2、存在问题\n3、下步打算") == [
        (1, 1, "主要做法"),
        (1, 2, "存在问题"),
        (1, 3, "下步打算"),
    ]


def test_mark_without_its_punctuation_after_a_marked_sibling():
    assert outline_of("一、做法\n（一）学法\n1、加强队伍建设\n2规范执法程序\n3、强化监督") == [
        (1, 1, "做法"),
        (2, 1, "学法"),
        (3, 1, "加强队伍建设"),
        (3, 2, "规范执法程序"),
        (3, 3, "强化监督"),
    ]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("（一）压实领导责任。一是成立专班，二是明确分工，三是定期调度全镇各项工作。", "压实领导责任"),
        (
            "（一）压实领导责任：年初召开党委会研究部署，把法治建设列入全镇重点任务清单，逐项抓好落实，逐月调度通报。",
            "压实领导责任",
        ),
        (
            "（一）压实领导责任 年初召开党委会研究部署，把法治建设列入全镇重点任务清单，逐项抓好落实，逐月调度通报。",
            "压实领导责任",
        ),
        (
            "（一）压实领导责任一是年初召开党委会研究部署法治建设工作，把任务列入清单；二是按季度开展督导检查并且通报。",
            "压实领导责任",
        ),
        (
            "（一）压实领导责任我镇年初召开党委会研究部署法治建设工作，把法治建设列入全镇重点任务清单，逐项抓好落实。",
            "压实领导责任",
        ),
        (
            "（一）压实领导责任2023年以来，镇党委先后召开会议研究部署法治建设工作，列入全镇重点任务清单，逐项抓好落实。",
            "压实领导责任",
        ),
        ("（一）压实领导责任，健全工作机制。镇党委高度重视。", "压实领导责任，健全工作机制"),
        ("（一）压实领导责任；", "压实领导责任"),
        ("（一）压实责任一是开会。二是发文。", "压实责任"),
        ("（一）压实领导责任", "压实领导责任"),
    ],
)
def test_run_in_heading_is_cut_from_its_body(line, title):
    section = headings.find(plain(f"一、做法\n{line}\n（二）学法"), CATALOGUE)[1]
    assert section.title == title


@pytest.mark.parametrize(
    "body",
    [
        "我镇主要做法：一是抓学习；二是抓宣传；三是抓执法。",
        "一是部分干部意识不强。二是执法力量不足。",
        "抓好三项工作：（1）学习；（2）宣传；（3）执法。",
        "2024年共开展宣传12次。",
        "12次入企检查发现问题3个。",
        "3.15期间开展宣传2场。",
        "1.2亿元资金全部到位。",
        "一、二季度各开展检查1次。",
        "三是强化保障。",
    ],
)
def test_enumerations_and_figures_are_no_headings(body):
    assert outline_of(f"一、做法\n（一）学法\n{body}\n二、打算") == [(1, 1, "做法"), (2, 1, "学法"), (1, 2, "打算")]


def test_a_list_of_plain_sentences_with_figures_is_no_heading():
    assert (
        len(outline_of("一、做法\n（一）学法\n1.开展培训5次，参训200人次；\n2.开展考试1次，参考60人。\n二、打算")) == 3
    )


def test_heading_broken_over_two_lines():
    section = headings.find(
        plain("一、做法\n（一）健全工作机制，\n压实各方责任\n本镇高度重视法治工作，多次部署。"), CATALOGUE
    )[1]
    assert section.title == "健全工作机制，压实各方责任"


def test_mark_alone_on_its_line():
    assert outline_of("一、\n主要做法\n二、\n存在问题") == [(1, 1, "主要做法"), (1, 2, "存在问题")]


def test_headings_of_the_files_own_styles_without_marks():
    source = "某镇报告\n主要做法\n加强学习\n本镇组织学习。\n加强宣传\n存在问题\n力量不足。"
    kinds = {1: ("heading", 1), 2: ("heading", 2), 4: ("heading", 2), 5: ("heading", 1)}
    assert outline_of(source, kinds) == [
        (1, 1, "主要做法"),
        (2, 1, "加强学习"),
        (2, 2, "加强宣传"),
        (1, 2, "存在问题"),
    ]


def test_main_parts_without_marks_are_found_by_their_words():
    source = "2024年，我镇依法办事，成绩明显。\n存在的问题和不足\n执法力量还不够强。\n下一步工作打算\n我镇将继续努力。"
    assert outline_of(source) == [(1, 1, "存在的问题和不足"), (1, 2, "下一步工作打算")]


def test_a_text_that_lost_its_line_breaks():
    body = "我镇认真开展各项工作，取得一定成绩，干部群众的法治意识明显提高。" * 8
    source = f"现将情况报告如下：一、主要举措和成效（一）健全工作机制。{body}（二）规范执法行为。{body}依据第（三）项规定办理。二、存在的不足。{body}三、下一步打算：{body}"
    assert outline_of(source) == [
        (1, 1, "主要举措和成效"),
        (2, 1, "健全工作机制"),
        (2, 2, "规范执法行为"),
        (1, 2, "存在的不足"),
        (1, 3, "下一步打算"),
    ]


def test_a_text_without_any_mark_shows_its_headings_by_its_lines():
    source = """2021年，我镇依法办事。现将情况报告如下：
    党政主要负责人严格履行推进法治建设第一责任人职责
    镇党委政府高度重视，多次召开会议研究部署，将任务逐项分解到各办公室，按月调度。
    推进法治政府建设的主要举措和成效
    完善工作机制
    成立法治建设工作领导小组，明确各成员单位的职责，定期召开会议研究解决问题。
    规范行政执法
    落实行政执法三项制度，组织执法人员参加培训和考试，执法水平明显提高。
    存在的不足和原因
    执法力量不足，专业人员偏少，法治宣传的形式还比较单一，效果有待提高。"""
    assert outline_of(source) == [
        (1, 1, "党政主要负责人严格履行推进法治建设第一责任人职责"),
        (1, 2, "推进法治政府建设的主要举措和成效"),
        (2, 1, "完善工作机制"),
        (2, 2, "规范行政执法"),
        (1, 3, "存在的不足和原因"),
    ]


def test_a_numbered_title_with_a_figure_is_a_heading_where_it_does_not_end_like_a_sentence():
    source = (
        "一、做法\n（一）普法\n1.办好“12·4”宪法宣传活动\n本镇认真组织，群众踊跃参加。\n2.开展3·15宣传\n本镇认真组织。"
    )
    assert [h[2] for h in outline_of(source)][2:] == ["办好“12·4”宪法宣传活动", "开展3·15宣传"]


def test_main_parts_that_name_no_kind_follow_what_came_before():
    found = headings.find(
        plain("一、强化组织领导\n二、存在的问题\n三、加强执法监督\n四、下步打算\n五、夯实基层基础"), CATALOGUE
    )
    assert [s.canonical for s in found] == ["measures", "problems", "plan", "plan", "plan"]


def test_numbering_of_digits_that_runs_on_across_parents():
    found = headings.find(
        plain(
            "一、举措\n（一）组织领导\n1.党的领导。好。\n2.考核评价。好。\n（二）履行职能\n3.审批改革。好。\n4.放管服。好。\n二、问题"
        ),
        CATALOGUE,
    )
    assert [(s.level, s.ordinal, s.marker) for s in found if s.level == 3] == [
        (3, 1, "1."),
        (3, 2, "2."),
        (3, 1, "1."),
        (3, 2, "2."),
    ]


def test_table_cells_are_no_headings():
    assert outline_of("一、做法\n1、项目\n2、数量\n二、打算", {1: ("cell", None), 2: ("cell", None)}) == [
        (1, 1, "做法"),
        (1, 2, "打算"),
    ]


def test_brackets_without_a_first_level_are_level_two_unless_they_name_the_main_parts():
    """（一） means the same wherever it stands; only a report that numbers its main parts so begins with it."""
    extract = "（一）党建引领促落实\n1.班子带头学\n正文。\n2.全员跟进学\n正文。\n（二）依法决策\n正文。"
    assert outline_of(extract) == [
        (2, 1, "党建引领促落实"), (3, 1, "班子带头学"), (3, 2, "全员跟进学"), (2, 2, "依法决策")
    ]  # fmt: skip
    whole = "（一）主要举措和成效\n1.带头学\n正文。\n（二）存在的不足\n正文。\n（三）下一年度工作安排\n正文。"
    assert [level for level, _, _ in outline_of(whole)] == [1, 2, 1, 1]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("主要举措和成效", "measures"),
        ("2024年法治政府建设情况", "measures"),
        ("上一年度推进法治政府建设的主要做法", "measures"),
        ("主要做法与面临的挑战", "measures"),
        ("上年度存在问题整改情况", "measures"),
        ("强化组织领导，夯实法治根基", "measures"),
        # 谋划, 部署, 短板, 问题 in what was done: read as a plan, every figure below turned into a target
        ("强化顶层谋划，扛牢法治政府建设职责", "measures"),
        ("聚焦高位谋划，锚定政治引领", "measures"),
        ("精心谋划部署，压实工作责任", "measures"),
        ("聚焦短板弱项，提升执法水平", "measures"),
        ("着力解决突出问题，优化营商环境", "measures"),
        ("坚持问题导向，补齐治理短板", "measures"),
        ("问题与不足", "problems"),
        ("工作谋划和打算", "plan"),
        ("工作开展情况及存在问题", "measures"),
        ("存在的问题及下一步打算", "problems"),
        ("推进法治政府建设存在的不足和原因", "problems"),
        ("面临的困难", "problems"),
        ("党政主要负责人履行推进法治建设第一责任人职责情况", "first_responsible"),
        ("党委书记、乡长履行推进法治建设“第一责任”情况", "first_responsible"),
        ("落实法治建设第一责任人职责，强化组织领导", "first_responsible"),
        ("加强党的领导，扛牢法治建设“第一责任”", "measures"),
        ("压实第一责任，凝聚工作合力", "measures"),
        ("主要负责同志履行职责，加强法治政府建设有关情况", "first_responsible"),
        ("下一步工作打算及改进措施", "plan"),
        ("2025年重点工作展望", "plan"),
        ("2025年法治政府建设主要安排", "plan"),
        ("下一年度推进法治政府建设的主要安排", "plan"),
        ("明年工作思路", "plan"),
        ("意见建议", "suggestions"),
        ("对全县法治政府建设工作的建议", "suggestions"),
        ("其他需要报告的情况", "other"),
    ],
)
def test_kind_of_a_level_one_heading(title, kind):
    assert headings.find(plain(f"一、{title}\n（一）甲"), CATALOGUE)[0].canonical == kind


def test_a_subsection_leaves_its_parents_kind_only_by_words_of_its_own():
    found = headings.find(
        plain(
            "一、主要做法与不足\n（一）主要做法\n（二）着力解决突出问题\n（三）存在问题\n1.意识不强\n（四）下一步打算\n二、安排\n（一）强化问题整改"
        ),
        CATALOGUE,
    )
    assert [s.canonical for s in found] == [
        "measures",
        "measures",
        "measures",
        "problems",
        "problems",
        "plan",
        "plan",
        "plan",
    ]


def test_sections_span_their_subtree_and_title_end_says_where_the_heading_ends():
    source = plain("开头的话。\n一、做法\n（一）学法。本镇学法。\n1.学习宪法\n好。\n（二）用法\n二、打算\n努力。")
    found = headings.find(source, CATALOGUE)
    spans = [source.text[s.start : s.end] for s in found]
    assert spans[0] == "一、做法\n（一）学法。本镇学法。\n1.学习宪法\n好。\n（二）用法\n"
    assert spans[1] == "（一）学法。本镇学法。\n1.学习宪法\n好。\n"
    assert spans[-1] == "二、打算\n努力。"
    assert source.text[found[1].start : found[1].title_end] == "（一）学法"
    assert [s.parent for s in found] == [None, 0, 1, 0, None]


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/reports 不在，无法对照人工标注")
@pytest.mark.parametrize("name", ["000_37d3b37060572fdb.txt", "002_a5995520fdea0c6b.txt", "004_f2f2c0b7cdbe11e1.txt"])
def test_headings_of_real_reports_as_read_by_hand(name):
    gold = json.loads((SHARED / "gold.json").read_text("utf-8"))[name]["headings"]
    document = files.read((SHARED / name).read_bytes(), name)
    found = headings.find(text.clean(document), CATALOGUE)
    assert [(s.level, s.ordinal, s.title, s.repaired) for s in found] == [
        (h["level"], h["ordinal"], h["title"], h["misnumbered"]) for h in gold
    ]
    assert [s.canonical for s in found if s.level == 1] == [h["canonical"] for h in gold if h["level"] == 1]


def test_decimal_marks() -> None:
    """1.1 under 一、 or 1.; what only looks like one (a length, a day, a number out of turn) is no heading."""
    report = """一、主要工作
1.1 加强党的领导。召开会议5次。
1.2 推进依法行政
1.2.1 健全机制
1.2.2 完善制度
1.5公里道路完成改造。
12.4宪法宣传日活动照常开展。
二、存在问题
2.1人员不足
三、下一步打算
3.2公里道路待修。"""
    assert [(s.level, s.ordinal, s.printed_marker, s.title) for s in headings.find(plain(report), CATALOGUE)] == [
        (1, 1, "一、", "主要工作"),
        (2, 1, "1.1", "加强党的领导"),
        (2, 2, "1.2", "推进依法行政"),
        (3, 1, "1.2.1", "健全机制"),
        (3, 2, "1.2.2", "完善制度"),
        (1, 2, "二、", "存在问题"),
        (2, 1, "2.1", "人员不足"),
        (1, 3, "三、", "下一步打算"),
    ]


def test_decimal_marks_under_digits() -> None:
    report = "1.主要工作\n1.1加强领导\n1.2规范执法\n2.存在不足\n2.1力量薄弱\n2.2宣传单一\n3.下步打算\n3.1加强培训"
    assert [(s.level, s.ordinal) for s in headings.find(plain(report), CATALOGUE)] == [
        (1, 1), (2, 1), (2, 2), (1, 2), (2, 1), (2, 2), (1, 3), (2, 1),
    ]  # fmt: skip
    assert not any(s.repaired for s in headings.find(plain(report), CATALOGUE))


def test_a_series_that_counts_on_is_its_own_though_a_number_is_missing_above():
    """（一）（二）（四）: the third item below （二） is no （三） in another dress."""
    report = "一、做法\n（一）加强学习\n（二）压实责任\n1.定期学习\n2.专题研讨\n3.带头讲课\n（四）化解纠纷\n1.排查\n（五）普法宣传\n二、不足"
    read = headings.find(plain(report), CATALOGUE)
    assert [(s.level, s.ordinal) for s in read] == [
        (1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3), (2, 3), (3, 1), (2, 4), (1, 2),
    ]  # fmt: skip
    assert [s.printed_marker for s in read if s.repaired] == ["（四）", "（五）"]


def test_an_item_that_is_one_sentence_is_headed_by_its_first_clause():
    report = (
        "一、下步安排\n（一）抓培训，组织执法人员轮训2次，新增持证人员不少于2人。\n"
        "（二）突出便民解纷，深化联调机制，新建社区调解室，把纠纷化解在家门口。\n"
        "（三）强化组织领导，层层压实工作责任。\n（四）全年开展执法检查30次，实现重点行业和重点区域的监管全覆盖。"
    )
    assert [title for _, _, title in outline_of(report)] == [
        "下步安排",
        "抓培训",
        "突出便民解纷",
        "强化组织领导，层层压实工作责任",
        "全年开展执法检查30次，实现重点行业和重点区域的监管全覆盖",
    ]
