"""Report years, periods, and the year that words speak of."""

from datetime import date

import pytest

from annual_reports import catalogue, headings, periods
from annual_reports.report import Period
from annual_reports.text import Line, Text

CATALOGUE = catalogue.load()


def plain(source: str) -> Text:
    lines, position = [], 0
    words = source.split("\n")
    for number, word in enumerate(words):
        lines.append(Line(position, position + len(word), "paragraph", None, False, f"第{number + 1}行"))
        position += len(word) + 1
    return Text("\n".join(words), tuple(lines))


def reading(title: str, body: str = "", name: str = "1.txt", published: date | None = None) -> periods.YearReading:
    text = plain(f"{title}\n{body}")
    return periods.report_year(title, text, name, headings.find(text, CATALOGUE), published)


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("柳湾镇2024年法治政府建设情况报告", 2024),
        ("2023年度柳湾镇法治政府建设报告", 2023),
        ("柳湾镇二〇二三年度法治政府建设报告", 2023),
        ("柳湾镇二○二四年法治政府建设报告", 2024),
        ("柳湾镇二零二二年法治政府建设报告", 2022),
        ("柳湾镇２０２４年法治政府建设报告", 2024),
        ("柳湾镇法治政府建设报告（2021年）", 2021),
        ("柳湾镇法治政府建设报告（2021年度）", 2021),
        ("柳湾镇法治政府建设报告（2021）", 2021),
        ("柳湾镇2019年法治政府建设工作总结和2020年工作计划", 2019),
        ("柳湾镇2022法治政府建设报告", 2022),
    ],
)
def test_year_of_a_title(title, year):
    assert reading(title).year == year


@pytest.mark.parametrize(
    ("title", "body", "name", "published", "year"),
    [
        ("柳湾镇法治政府建设报告", "现将2023年法治政府建设情况报告如下：", "1.txt", None, 2023),
        ("柳湾镇法治政府建设报告", "2022年，我镇深入推进法治政府建设。", "1.txt", None, 2022),
        (
            "柳湾镇法治政府建设报告",
            "一年来，我镇扎实工作。\n一、2021年工作情况\n二、2022年工作安排",
            "1.txt",
            None,
            2021,
        ),
        ("柳湾镇法治政府建设报告", "一年来，我镇扎实工作。\n一、工作情况\n二、2022年工作安排", "1.txt", None, 2021),
        ("柳湾镇法治政府建设报告", "一年来，我镇扎实工作。", "柳湾镇2020年报告.docx", None, 2020),
        ("柳湾镇法治政府建设报告", "一年来，我镇扎实工作。", "1.txt", date(2025, 3, 1), 2024),
        ("柳湾镇法治政府建设报告", "一年来，我镇扎实工作。", "1.txt", date(2024, 12, 5), 2024),
        ("柳湾镇法治政府建设报告", "一年来，我镇扎实工作。", "1.txt", None, None),
        (
            "关于法治政府建设情况的报告",
            "柳政〔2026〕3号\n现将我镇2025年度法治政府建设情况报告如下：",
            "柳政〔2026〕3号.pdf",
            None,
            2025,
        ),
        (
            "柳湾镇法治政府建设报告",
            "按照《法治政府建设实施纲要（2021—2025年）》，一年来我镇扎实工作。",
            "20240115.txt",
            None,
            None,
        ),
        ("柳湾镇法治政府建设报告", "", "2024-03-05 上传.txt", None, None),
    ],
)
def test_where_the_title_tells_no_year(title, body, name, published, year):
    assert reading(title, body, name, published).year == year


def test_template_leftovers_do_not_change_the_year_and_are_noted():
    found = reading(
        "柳湾镇2024年法治政府建设报告",
        "2024年，我镇扎实工作。\n一、上一年度推进法治政府建设的主要举措\n二、2024年工作安排",
    )
    assert found.year == 2024
    assert found.notes == ("下年安排的标题写的是 2023 年，按标题定为 2024 年",)
    assert reading("柳湾镇2025年法治政府建设报告", "2025年，我镇扎实工作。\n一、2024年主要工作情况").year == 2025


def test_a_title_that_names_the_year_of_issue_is_outvoted_by_everything_else():
    found = reading(
        "柳湾镇2024年法治政府建设报告",
        "2023年，我镇扎实工作。现将2023年法治政府建设情况报告如下：\n一、主要工作\n二、2024年工作安排",
    )
    assert found.year == 2023
    assert found.notes == ("标题写的是 2024 年，按「现将……如下」一句定为 2023 年",)


@pytest.mark.parametrize(
    ("title", "body", "published", "end"),
    [
        ("柳湾镇2024年法治政府建设报告", "2024年，我镇扎实工作。", None, date(2024, 12, 31)),
        ("柳湾镇2024年法治政府建设报告", "2024年，我镇扎实工作。", date(2025, 1, 20), date(2024, 12, 31)),
        (
            "柳湾镇2024年法治政府建设报告",
            "截至11月底，我镇扎实推进法治政府建设，现将情况报告如下：",
            None,
            date(2024, 11, 30),
        ),
        ("柳湾镇2024年法治政府建设报告", "截至2024年10月15日，我镇各项工作进展顺利。", None, date(2024, 10, 15)),
        ("柳湾镇2024年1-10月法治政府建设报告", "", None, date(2024, 10, 31)),
        ("柳湾镇2024年法治政府建设报告", "现将1—11月法治政府建设情况报告如下：", None, date(2024, 11, 30)),
        ("柳湾镇2024年上半年法治政府建设报告", "", None, date(2024, 6, 30)),
        ("柳湾镇2024年前三季度法治政府建设报告", "", None, date(2024, 9, 30)),
        ("柳湾镇2024年法治政府建设报告", "今年以来，我镇扎实工作。", date(2024, 12, 6), date(2024, 12, 6)),
        (
            "柳湾镇2024年法治政府建设报告",
            f"今年以来，我镇扎实工作。{'好' * 400}截至11月底，化解纠纷30件。",
            date(2024, 12, 6),
            date(2024, 11, 30),
        ),
        (
            "柳湾镇2024年法治政府建设报告",
            f"2024年，我镇扎实工作。{'好' * 400}截至6月底，完成清理5件。",
            date(2025, 1, 6),
            date(2024, 12, 31),
        ),
        ("柳湾镇2024年法治政府建设报告", "截至2023年11月底的任务均已完成。", None, date(2024, 12, 31)),
    ],
)
def test_period(title, body, published, end):
    found = periods.period(2024, plain(f"{title}\n{body}"), title, published)
    assert found == Period(date(2024, 1, 1), end, end != date(2024, 12, 31))


@pytest.mark.parametrize(
    ("words", "year"),
    [
        ("共化解纠纷30件", 2024),
        ("2024年，共化解纠纷", 2024),
        ("自2024年以来，共化解纠纷", 2024),
        ("今年以来共开展宣传", 2024),
        ("全年开展宣传", 2024),
        ("上一年度推进法治政府建设中开展宣传", 2024),
        ("去年开展宣传", 2023),
        ("较上年同期的", 2023),
        ("上年为", 2023),
        ("2023年开展宣传", 2023),
        ("二〇二二年开展宣传", 2022),
        ("前年开展宣传", 2022),
        ("明年开展宣传", 2025),
        ("下一年计划开展宣传", 2025),
        ("近三年来共开展宣传", None),
        ("2021年以来累计开展宣传", None),
        ("2021—2023年共开展宣传", None),
        ("五年来共开展宣传", None),
        ("“十四五”期间累计", None),
    ],
)
def test_the_year_that_words_speak_of(words, year):
    assert periods.year_of(words, 2024) == year


@pytest.mark.parametrize(
    ("body", "year"),
    [
        ("一、上一年度主要举措和成效\n我镇窗口2023年度内办件120件。\n二、下一年度安排\n2024年将继续努力。", 2023),
        ("一、主要做法\n截至2022年底，全镇调解员持证上岗。2022年无投诉。", 2022),
        ("一、主要做法\n2021年建成大厅，2022年办件120件。", None),
        ("一、主要做法\n落实《实施纲要（2021—2025年）》，办件120件。", None),
    ],
)
def test_a_body_that_names_one_year_only_is_the_last_resort(body, year):
    assert reading("柳湾镇法治政府建设情况报告", "我镇扎实推进各项工作。" * 40 + "\n" + body).year == year
