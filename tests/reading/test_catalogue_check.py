"""The catalogue as people edit it: errors that name file and place, and what ``fazhi catalogue`` finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from annual_reports import catalogue, catalogue_check, figures, read
from annual_reports.catalogue import CatalogueError
from annual_reports.phrasings import compile_phrasings
from annual_reports.roles import compile_rules


def overlay(folder: Path, **tables: str) -> Path:
    for name, content in tables.items():
        (folder / f"{name}.yml").write_text(content, "utf-8")
    return folder


def read_with(folder: Path, sentence: str) -> list[tuple[str, str | None]]:
    return [(q.printed, q.indicator) for q in figures.find(sentence, (), 2024, catalogue.load(folder))]


def test_the_shipped_catalogue_is_at_odds_with_nothing() -> None:
    assert catalogue_check.check() == []


def test_an_analyst_adds_an_indicator_without_python(tmp_path: Path) -> None:
    overlay(
        tmp_path,
        indicators="drones_flown:\n  name_zh: 无人机巡查架次\n  theme: 行政执法\n  definition: 无人机巡查\n  kind: flow\n  unit: 架次\n",
        phrasings="drones_flown:\n  - head: [无人机巡查, 无人机]\n",
    )
    assert read_with(tmp_path, "开展无人机巡查36架次。") == [("36架次", "drones_flown")]
    assert catalogue_check.check(tmp_path) == []


def test_a_replaced_phrasing_replaces_the_shipped_one(tmp_path: Path) -> None:
    overlay(tmp_path, phrasings="legal_aid_cases:\n  - head: [法援案]\n")
    assert read_with(tmp_path, "办理法律援助案件3件。") == [("3件", None)]
    assert read_with(tmp_path, "办理法援案3件。") == [("3件", "legal_aid_cases")]


@pytest.mark.parametrize(
    ("table", "content", "words"),
    [
        ("phrasings", "legal_aid_cases:\n  - heads: [法律援助]\n", "第 2 行"),
        ("phrasings", "legal_aid_cases:\n  - head: []\n", "第 2 行"),
        ("indicators", "x:\n  name_zh: 甲\n  theme: 乙\n  definition: 丙\n  kind: 流量\n  unit: 件\n", "第 5 行"),
        ("roles", "甲:\n  role: 目标\n  before: 力争\n  reason: 试\n", "第 2 行"),
        ("zeros", "甲:\n  code: x\n", "甲"),
        ("words", "纠纷: 纠纷\n", "第 1 行"),
        ("scopes", "place:\n  name_zh: 地点\n", "place"),
    ],
)
def test_a_broken_file_is_refused_by_name_and_line(tmp_path: Path, table: str, content: str, words: str) -> None:
    with pytest.raises(CatalogueError, match=words) as error:
        catalogue.load(overlay(tmp_path, **{table: content}))
    assert str(tmp_path / f"{table}.yml") in str(error.value)


@pytest.mark.parametrize(
    ("table", "content", "words"),
    [
        ("phrasings", "legal_aid_cases:\n  - head: ['@没有这组']\n", "legal_aid_cases 第 1 条.*没有这组"),
        ("phrasings", "legal_aid_cases:\n  - after: [没有]\n", "legal_aid_cases 第 1 条.*没有"),
        ("phrasings", "没有登记:\n  - head: [甲乙]\n", "没有登记 第 1 条.*indicators.yml"),
    ],
)
def test_rules_that_fit_nothing_are_refused_by_entry(tmp_path: Path, table: str, content: str, words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        compile_phrasings(catalogue.load(overlay(tmp_path, **{table: content})))


def test_a_broken_pattern_is_refused_by_its_rule(tmp_path: Path) -> None:
    overlay(tmp_path, roles="力争:\n  role: target\n  before: '(力争'\n  reason: 试\n")
    with pytest.raises(CatalogueError, match=r"「力争」.*before"):
        compile_rules(catalogue.load(tmp_path))


@pytest.mark.parametrize(
    ("rules", "role"),
    [
        ("甲:\n  role: other\n  after: '(?i)ab'\n  reason: 试\n", "other"),
        ("甲:\n  role: other\n  after: '(?P<x>丙)丁'\n  reason: 试\n乙:\n  role: other\n  after: '(?P<x>A)B'\n  reason: 试\n", "other"),
        ("甲:\n  role: other\n  after: '(丙)丁'\n  reason: 试\n乙:\n  role: other\n  after: '(A|C)B\\1'\n  reason: 试\n", "other"),
        ("甲:\n  role: target\n  before: '(?i)b(?:[^，。]*)$'\n  after: AB\n  reason: 试\n", "achieved"),
        ("甲:\n  role: target\n  before: '(共)(?!\\1)'\n  after: AB\n  reason: 试\n", "target"),
    ],
)  # fmt: skip
def test_rules_with_groups_and_flags_mean_what_they_say(tmp_path: Path, rules: str, role: str) -> None:
    own = catalogue.load(overlay(tmp_path, roles=rules))
    assert [q.role for q in figures.find("全年共化解纠纷5件ABA。", (), 2024, own)] == [role]


def test_a_word_that_would_never_be_found_is_refused(tmp_path: Path) -> None:
    overlay(tmp_path, names="口号:\n  kind: name\n  words: [数据港12件]\n  reason: 试\n")
    with pytest.raises(CatalogueError, match=r"「口号」.*「数据港12件」没有中文数字"):
        figures.find("数据港12件", (), 2024, catalogue.load(tmp_path))


def test_check_finds_unknown_codes_scopes_and_shared_names_with_their_line(tmp_path: Path) -> None:
    overlay(
        tmp_path,
        indicators="aaa:\n  name_zh: 甲数\n  aliases: [普法宣传]\n  theme: 乙\n  definition: 丙\n  kind: flow\n  unit: 件\n"
        "  scopes: [没有这个词表]\n  relations: {at_most: 没有这个代码}\n",
        words="没人用的词组: [甲乙丙]\n",
    )
    findings = catalogue_check.check(tmp_path)
    assert {finding.kind for finding in findings} == {
        "unknown_code",
        "unknown_scope",
        "shared_name",
        "never_fires",
        "unused_words",
    }
    unknown = next(finding for finding in findings if finding.kind == "unknown_code")
    assert unknown.place == f"{tmp_path / 'indicators.yml'} 第 1 行 aaa"
    assert "没有这个代码" in unknown.message


def test_check_finds_rules_that_a_figure_satisfies_alike(tmp_path: Path) -> None:
    overlay(
        tmp_path,
        phrasings="legal_aid_cases:\n  - head: [法律援助案件]\nenforcement_items:\n  - head: [法律援助案件]\n    units: [件]\n",
    )
    overlaps = [finding for finding in catalogue_check.check(tmp_path) if finding.kind == "overlap"]
    assert len(overlaps) == 1
    assert "法律援助案件" in overlaps[0].message


REPORT = """望篱镇2024年法治政府建设情况报告
2024年，望篱镇推进法治政府建设，现报告如下：
一、主要举措和成效
设置宣传栏25处。审查合同30份。设置宣传栏30处，悬挂横幅60条。坚持以习近平法治思想为指导，健全工作机制，压实各方责任，推动各项任务落地见效。
二、存在的不足
部分干部运用法治思维的能力还不够强，执法力量与任务不相适应，普法方式还不够多样。
三、下一年度工作安排
继续加强学习培训，规范执法行为，创新普法方式，提升依法行政水平，建设更高水平的法治政府。
"""


def test_unmatched_phrases_by_count_with_an_example() -> None:
    groups = catalogue_check.unmatched([read(REPORT.encode(), "甲.txt"), read(REPORT.encode(), "乙.txt")])
    assert [(g.unit, g.count, g.reports) for g in groups] == [("处", 4, 2), ("条", 2, 2)]
    assert groups[0].phrase == "设置宣传栏N处"
    assert (groups[0].file, groups[0].sentence) == ("甲.txt", "设置宣传栏25处。")


def test_rules_that_never_fire_on_the_given_reports() -> None:
    silent = [f for f in catalogue_check.check(reports=[read(REPORT.encode(), "甲.txt")]) if f.kind == "never_fires"]
    assert not any("contracts_reviewed：第 1 条" in str(finding) for finding in silent)
    assert any("legal_aid_cases" in finding.place for finding in silent)
