"""Titles and kinds of document. Texts are written for the tests."""

import pytest

from annual_reports import catalogue, titles
from annual_reports.text import Line, Text

CATALOGUE = catalogue.load()
BODY = (
    "现将有关情况报告如下：\n一、主要举措和成效\n（一）健全机制\n我镇把法治政府建设摆在突出位置，依法行政水平持续提升，"
    "全年听取汇报2次，组织学法4次，群众满意度不断提高，各项工作取得较好成效，法治政府建设基础更加牢固。\n"
    "二、存在的不足和原因\n三、党政主要负责人履行第一责任人职责情况\n四、下一年度主要安排\n持续推进法治政府建设，不断提升依法行政能力。"
)


def plain(source: str) -> Text:
    lines, position = [], 0
    words = [w for w in (w.strip() for w in source.split("\n")) if w]
    for number, word in enumerate(words):
        lines.append(Line(position, position + len(word), "paragraph", None, False, f"第{number + 1}行"))
        position += len(word) + 1
    return Text("\n".join(words), tuple(lines))


def title_of(head: str, hint: str | None = None, name: str = "1.txt") -> titles.Title:
    return titles.find(plain(f"{head}\n{BODY}"), hint, name, CATALOGUE)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("河口县柳湾镇关于2024年法治政府建设情况的报告", "河口县柳湾镇关于2024年法治政府建设情况的报告"),
        ("2023年度柳湾镇法治政府建设\n报告", "2023年度柳湾镇法治政府建设报告"),
        ("柳湾镇人民政府关于2024年\n法治政府建设\n情况的报告", "柳湾镇人民政府关于2024年法治政府建设情况的报告"),
        ("柳湾镇人民政府\n关于2024年法治政府建设情况的报告", "柳湾镇人民政府关于2024年法治政府建设情况的报告"),
        (
            "中共柳湾镇委员会 柳湾镇人民政府\n关于2024年法治政府建设情况的报告",
            "中共柳湾镇委员会 柳湾镇人民政府关于2024年法治政府建设情况的报告",
        ),
        (
            "中共柳湾镇委员会 柳湾镇人民政府\n柳湾镇2024年法治政府建设情况报告",
            "柳湾镇2024年法治政府建设情况报告",
        ),
        ("河口县水利局\n河口县水利局二〇二三年度法治政府建设报告", "河口县水利局二〇二三年度法治政府建设报告"),
        ("柳湾镇法治政府建设情况报告（2024年）", "柳湾镇法治政府建设情况报告（2024年）"),
        ("柳湾镇法治政府建设情况报告\n（2024年度）", "柳湾镇法治政府建设情况报告（2024年度）"),
        ("柳湾镇2022年法治政府建设工作总结", "柳湾镇2022年法治政府建设工作总结"),
        ("柳湾镇2022年法治政府建设工作总结及2023年工作计划", "柳湾镇2022年法治政府建设工作总结及2023年工作计划"),
        ("河口县水利局2021年度法治政府建设年度报告", "河口县水利局2021年度法治政府建设年度报告"),
        ("河口县2016年度依法行政工作报告", "河口县2016年度依法行政工作报告"),
        (
            "索引号：000014349\n发布日期：2025-02-01\n柳湾镇2024年法治政府建设年度报告",
            "柳湾镇2024年法治政府建设年度报告",
        ),
        (
            "柳湾镇2024年法治政府建设年度报告\n发布时间：2025-01-20 来源：柳湾镇\n柳湾镇2024年法治政府建设年度报告",
            "柳湾镇2024年法治政府建设年度报告",
        ),
        ("首页 > 政务公开 > 法治政府建设报告\n柳湾镇2024年法治政府建设年度报告", "柳湾镇2024年法治政府建设年度报告"),
        ("河政发〔2025〕3号\n柳湾镇2024年法治政府建设年度报告", "柳湾镇2024年法治政府建设年度报告"),
        ("新发布依族乡2024年法治政府建设情况报告", "新发布依族乡2024年法治政府建设情况报告"),  # 布依族, not 发布
    ],
)
def test_title_as_printed(head, title):
    found = title_of(head)
    assert (found.title, found.accepted, found.source, found.notes) == (title, True, "text", ())


def test_a_title_never_holds_body():
    found = titles.find(
        plain(
            f"柳湾镇2024年法治政府建设情况报告2024年，柳湾镇在县委、县政府领导下，扎实推进法治政府建设，较好完成了全年的各项工作任务，干部群众的法治意识明显增强。\n{BODY}"
        ),
        None,
        "1.txt",
        CATALOGUE,
    )
    assert found.title == "柳湾镇2024年法治政府建设情况报告"
    assert title_of("今年以来，柳湾镇扎实推进法治政府建设，现将情况报告如下：").source != "text"


def test_start_and_end_hold_the_title_where_it_stands():
    text = plain(f"索引号：12\n柳湾镇2024年法治政府建设\n情况报告\n{BODY}")
    found = titles.find(text, None, "1.txt", CATALOGUE)
    assert text.text[found.start : found.end] == "柳湾镇2024年法治政府建设\n情况报告"


def test_covering_letter_with_the_report_below():
    found = title_of(
        "关于报送《河口县财政局2023年度法治政府建设情况报告》的报告\n县委依法治县办：\n请审阅。\n河口县财政局2023年度法治政府建设\n情况报告"
    )
    assert (found.title, found.accepted) == ("河口县财政局2023年度法治政府建设情况报告", True)


@pytest.mark.parametrize(
    ("hint", "name", "title", "source"),
    [
        ("柳湾镇2024年法治政府建设报告_河口县人民政府门户网站", "a.html", "柳湾镇2024年法治政府建设报告", "hint"),
        (None, "收件/柳湾镇2024年法治政府建设情况报告.docx", "柳湾镇2024年法治政府建设情况报告", "file_name"),
        (None, "03 柳湾镇2024年法治政府建设情况报告(1).docx", "柳湾镇2024年法治政府建设情况报告", "file_name"),
        (None, "a1b2.txt", "2024年法治政府建设工作报告", "statement"),
    ],
)
def test_a_missing_title_is_composed_and_flagged(hint, name, title, source):
    text = plain("2024年，我镇扎实推进各项工作。现将我镇2024年法治政府建设工作报告如下：\n" + BODY.split("\n", 1)[1])
    found = titles.find(text, hint, name, CATALOGUE)
    assert (found.title, found.source, found.accepted) == (title, source, True)
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("柳湾镇2024年政府信息公开工作年度报告", "open_government"),
        ("河口县2024年政务公开工作总结", "open_government"),
        ("河口县交通运输局2023年度行政执法工作报告", "enforcement_report"),
        ("河口县城市管理局2024年行政执法统计年报", "enforcement_report"),
        ("《河口县2024年法治政府建设年度报告》政策解读", "interpretation"),
        ("一图读懂河口县2024年法治政府建设报告", "interpretation"),
        ("河口县2024年法治政府建设工作要点", "plan_document"),
        ("柳湾镇2025年法治政府建设工作计划", "plan_document"),
        ("关于印发《河口县2024年法治政府建设工作安排》的通知", "plan_document"),
        ("柳湾镇法治政府建设实施方案（2021—2025年）", "plan_document"),
        ("柳湾镇镇长2024年度述职述法报告", "personal_statement"),
        ("2023年度述法报告", "personal_statement"),
        ("对县人民政府关于法治政府建设情况报告的审议意见", "deliberation"),
        ("河口县人大常委会关于2023年法治政府建设情况的审议意见", "deliberation"),
        ("关于做好2024年度法治政府建设年度报告工作的通知", "notice"),
        ("河口县法治政府建设示范创建工作情况报告", "inspection"),
        ("河口县法治政府建设督察情况报告", "inspection"),
        ("河口县发布2023年法治政府建设年度报告", "news"),
        ("柳湾镇20xx年法治政府建设工作报告", "template"),
        ("某县2024年法治政府建设情况报告", "template"),
        ("柳灣鎮2024年法治政府建設情況報告", "mirror_copy"),
    ],
)
def test_look_alikes_are_refused_with_their_reason(title, kind):
    found = title_of(title)
    assert (found.accepted, found.document_kind, found.reason_code) == (False, kind, "not_report")
    assert CATALOGUE["document_kinds"][kind]["reason"] in found.reason


def test_a_template_is_known_by_its_masked_data_though_its_title_is_right():
    text = plain("柳湾镇2024年法治政府建设情况报告\n" + BODY + "\n全年培训x名干部，开展宣传*次，化解纠纷××件。")
    found = titles.find(text, None, "1.txt", CATALOGUE)
    assert (found.accepted, found.document_kind) == (False, "template")


@pytest.mark.parametrize("words", ["某些群众反映", "某镇一起案件", "3×5米", "＊注"])
def test_a_word_or_two_that_look_masked_make_no_template(words):
    assert titles.find(plain(f"柳湾镇2024年法治政府建设情况报告\n{BODY}\n{words}。"), None, "1.txt", CATALOGUE).accepted


def test_without_a_title_the_structure_decides():
    report = plain("我镇高度重视法治政府建设。\n" + BODY)
    news = plain(
        "4月1日，柳湾镇组织干部学习法律知识，推进法治政府建设。镇长说，依法行政要抓紧抓实。法治政府建设人人有责。会后发放了资料。"
    )
    assert titles.find(report, None, "1.txt", CATALOGUE).accepted
    refused = titles.find(news, None, "1.txt", CATALOGUE)
    assert (refused.accepted, refused.document_kind, refused.reason_code) == (False, "unknown", "not_report")
    assert "没有标题" in refused.reason


def test_text_that_was_cut_is_noted():
    cut = plain(f"柳湾镇2024年法治政府建设情况报告\n{BODY}\n连续多（略）依法行政先进单位，20(略)委命名。")
    assert titles.find(cut, None, "1.txt", CATALOGUE).notes == ("正文有 2 处「（略）」，是删节过的副本，数字可能不全",)


def test_a_title_without_a_body_is_refused():
    found = titles.find(plain("柳湾镇2024年法治政府建设情况报告\n附件下载：报告.pdf"), None, "1.txt", CATALOGUE)
    assert not found.accepted
    assert "没有正文" in found.reason


def opening(*lines: str) -> titles.Title:
    """A report cut off after its first subsection, without a title."""
    return titles.find(
        plain("\n".join([*lines, "（一）健全机制", "全年学法4次，听取汇报2次。"])), None, "1.txt", CATALOGUE
    )


@pytest.mark.parametrize(
    "lines",
    [
        ("2023年，柳湾镇把法治建设作为头等大事来抓。现将全年工作情况报告如下：", "一、强化统筹，夯实根基"),
        ("市委、市政府：", "一年来，我区深入推进法治政府建设。现将本年度有关情况汇报如下。", "一、主要做法"),
        (
            "河口县委全面依法治县委员会：",
            "按照要求，现将2022年工作总结如下：",
            "一、提升站位，带动法治政府建设。县长带头。",
        ),
        ("2021年，我局坚持依法行政，服务大局。", "现将我局有关工作、存在问题及下步打算报告如下：", "一、工作开展情况"),
        ("2024年，柳湾镇为发展保驾护航。", "一、2024年推进法治政府建设的主要举措和突出成效"),
        ("一、上一年度推动法治政府建设工作进展情况",),
        ("2024年我镇推进法治政府建设，现报告如下：一、主要举措（一）学法。好。（二）用法。好。二、不足",),
    ],
)
def test_the_opening_of_a_report_without_a_title_tells_that_it_is_one(lines):
    found = opening(*lines)
    assert (found.accepted, found.document_kind, found.start, found.end) == (True, "annual_report", 0, 0)
    assert found.notes


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("2023年，本人坚持依法行政，现将履职情况报告如下：", "一、学法情况"), "personal_statement"),
        (("推进法治政府建设，是我一年来的重点。现述职如下，请予评议。报告如下：", "一、学法"), "personal_statement"),
        (
            ("根据《中华人民共和国政府信息公开条例》，推进法治政府建设，现将情况报告如下：", "一、总体情况"),
            "open_government",
        ),
        (("我镇推进法治政府建设，现将政务公开工作总结如下：", "一、主动公开"), "open_government"),
        (("我局坚持依法行政，现将2023年行政执法工作情况报告如下：", "一、执法主体情况"), "enforcement_report"),
        (("为推进法治政府建设，结合我镇实际，制定本方案。", "一、健全机制"), "plan_document"),
        (("2025年，我县推进法治政府建设，重点工作安排如下：", "一、加强学习"), "plan_document"),
        (("我县将推进依法行政，有关事项报告如下：", "一、总体要求"), "plan_document"),
        (("各乡镇人民政府，县直各单位：", "为推进法治政府建设，现报告如下：", "一、加强学习"), "notice"),
        (("根据法治政府建设要求，现将有关事项通知如下：", "一、报送内容"), "notice"),
        (("我局坚持依法行政，现将普法工作总结如下：", "一、主要做法"), "inspection"),
        (("依法行政，重在落实。现将反馈问题整改情况报告如下：", "一、组织领导"), "inspection"),
        (("本报讯（记者 甲）河口县推进法治政府建设，情况报告如下：", "一、学法"), "news"),
        (("县人大常委会听取和审议了县政府法治政府建设情况，报告如下：", "一、总的评价"), "deliberation"),
        (("法治政府建设报告已公布，现就主要内容解读如下：", "一、背景"), "interpretation"),
        (("2023年，柳湾镇认真抓好各项工作，现将情况报告如下：", "一、农业生产"), "unknown"),
        (("柳湾镇推进法治政府建设。镇长说要抓紧抓实。",), "unknown"),
    ],
)
def test_look_alikes_without_a_title_are_refused_by_their_opening(lines, kind):
    found = opening(*lines)
    assert (found.accepted, found.document_kind, found.reason_code) == (False, kind, "not_report")


@pytest.mark.parametrize(
    "line",
    [
        "按照工作要求，现将《河口县水利局2024年度法治政府建设情况报告》予以公布。",
        "现将《河口县水利局2024年度法治政府建设情况报告》向社会公开，接受监督。",
    ],
)
def test_the_title_in_the_words_that_publish_the_report(line):
    found = opening(line, "2024年，我局抓好各项工作。" * 12, "一、主要做法")
    assert (found.title, found.accepted, found.source) == ("河口县水利局2024年度法治政府建设情况报告", True, "text")
    assert not titles.find(plain(line), None, "1.txt", CATALOGUE).accepted
