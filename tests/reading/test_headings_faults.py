"""Planted faults: outlines of random shape, their marks spoilt in one known way; the tree must come out as written."""

from random import Random

import pytest

from annual_reports import catalogue, headings
from annual_reports.text import Line, Text

CATALOGUE = catalogue.load()
DIGITS = "一二三四五六七八九十"
MAIN = ["主要举措和成效", "存在的不足和原因", "党政主要负责人履行第一责任人职责情况", "下一年度主要安排", "意见建议"]
Heading = tuple[int, int, str]  # level, ordinal, title


def some_outline(random: Random) -> list[Heading]:
    out: list[Heading] = []
    for main in range(random.randint(3, 5)):
        out.append((1, main + 1, MAIN[main]))
        for sub in range(random.choice([0, 2, 3, 4, 5])):
            out.append(
                (2, sub + 1, random.choice(["加强", "健全", "规范"]) + random.choice(["学习", "普法", "执法"]) + "工作")
            )
            if random.random() < 0.3:
                out += [
                    (3, item + 1, random.choice(["完善", "落实", "抓好"]) + "有关制度")
                    for item in range(random.randint(2, 4))
                ]
    return out


def chinese(number: int) -> str:
    return (
        DIGITS[number - 1]
        if number <= 10
        else "二十"
        if number == 20
        else ("十" if number < 20 else "二十") + DIGITS[number % 10 - 1]
    )


def printed(outline: list[Heading], fault: str, random: Random) -> list[str]:
    marks = [f"{chinese(n)}、" if lv == 1 else f"（{chinese(n)}）" if lv == 2 else f"{n}." for lv, n, _ in outline]
    first = [i for i, heading in enumerate(outline) if heading[0] == 1]
    second = [i for i, heading in enumerate(outline) if heading[0] == 2] or first[:0]
    one = random.choice(second) if second else None
    if fault == "digits in brackets" and one is not None:
        marks[one] = f"（{outline[one][1]}）"
    elif fault == "wrong digits in brackets" and one is not None:
        marks[one] = f"（{outline[one][1] + random.choice([1, 2])}）"
    elif fault == "half a bracket" and one is not None:
        marks[one] = f"{chinese(outline[one][1])}）"
    elif fault == "repeated number" and one is not None:
        marks[one] = f"（{chinese(max(outline[one][1] - 1, 1))}）"
    elif fault == "digits at level one":
        at = random.choice(first[1:])
        marks[at] = f"{outline[at][1]}、"
    elif fault == "digits for every main part":
        for at in first:
            marks[at] = f"{outline[at][1]}、"
    elif fault == "counting on across parents":
        for count, at in enumerate(second):
            marks[at] = f"（{chinese(count + 1)}）"
    return marks


@pytest.mark.parametrize(
    "fault",
    [
        "none",
        "digits in brackets",
        "wrong digits in brackets",
        "half a bracket",
        "repeated number",
        "digits at level one",
        "digits for every main part",
        "counting on across parents",
    ],
)
def test_the_tree_comes_out_whatever_the_fault(fault):
    random = Random(2024)
    for _ in range(60):
        outline = some_outline(random)
        marks = printed(outline, fault, random)
        lines, position, parts = [], 0, []
        for mark, (_, _, title) in zip(marks, outline, strict=True):
            for words in (mark + title, "本镇认真开展各项工作。"):
                lines.append(Line(position, position + len(words), "paragraph", None, False, "第1行"))
                parts.append(words)
                position += len(words) + 1
        found = headings.find(Text("\n".join(parts), tuple(lines)), CATALOGUE)
        assert [(s.level, s.ordinal, s.title) for s in found] == outline, marks
