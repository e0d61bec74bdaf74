"""What the asking commands tell people: corrections, versions, bounds, and why there is nothing to tell."""

import json
import re

import pytest
from click.testing import CliRunner
from small_reports import DIVISIONS, passing, text, write

from flows import batches, cli, pipeline
from flows.commands import asking
from warehouse import publish as publishing
from warehouse.home import Home

CORRECTIONS = """
柏溪更正:
  where: {issuer: 青湾县柏溪镇, year: 2023, indicator: 矛盾纠纷化解}
  expect: {value: 40}
  action: set
  to: {value: 45, bound: at_least, low: 46, high: 49}
  reason: 打电话问过
  author: 王某
  date: '2026-03-02'
槐渡改类:
  where: {issuer: 青湾县槐渡镇, year: 2023, indicator: 矛盾纠纷化解}
  expect: {value: 30}
  action: relabel
  to: {indicator: people_mediation_cases, scope: 校园}
  reason: 说的是人民调解
  author: 王某
  date: '2026-03-02'
柳湾不采用:
  where: {issuer: 青湾县柳湾镇, year: 2023, indicator: 矛盾纠纷化解}
  expect: {value: 7}
  action: drop
  reason: 抄自邻镇
  author: 王某
  date: '2026-03-02'
"""


def run(*words):
    return CliRunner().invoke(cli.main, [str(w) for w in words], prog_name="fazhi")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Four towns: one corrected, one relabelled, one dropped, one whose report was revised. The tests only read it."""
    home = Home.at(tmp_path_factory.mktemp("asked")).make()
    home.divisions.write_text(DIVISIONS, "utf-8")
    home.corrections.mkdir(exist_ok=True)
    (home.corrections / "a.yml").write_text(CORRECTIONS, "utf-8")
    for n, (town, year, solved) in enumerate(
        [("柏溪", 2023, 40), ("柏溪", 2024, 50), ("槐渡", 2023, 30), ("柳湾", 2023, 7), ("桑园", 2023, 60)]
    ):
        write(home.inbox, f"{n}.txt", text(town, year, solved))
    write(home.inbox, "4（修订）.txt", text("桑园", 2023, 61))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches.gate, "check_batch", passing)
        pipeline.ingest(home, publish=False, how=pipeline.How(settle=0))
    with pipeline.opened(home) as con:
        publishing.publish(con, home)
    return home


def evidence(home, *words):
    result = run("evidence", *words, "--home", home.root)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_a_corrected_figure_shows_old_and_new_value_why_and_by_whom(home):
    said = evidence(home, "青湾县柏溪镇", 2023, "矛盾纠纷化解")
    assert "所印 40件（读作 40件）" in said
    assert "更正 改为 至少45件，即 46–49；原读作 40件（柏溪更正：打电话问过；王某，2026-03-02）" in said


def test_a_relabelled_figure_is_headed_by_what_it_is_now(home):
    said = evidence(home, "青湾县槐渡镇", 2023, "people_mediation_cases")
    [row] = json.loads(
        run("evidence", "青湾县槐渡镇", 2023, "people_mediation_cases", "--json", "--home", home.root).stdout
    )
    now, before = row["corrected_indicator_name"], row["indicator_name"]
    assert now != before
    assert said.splitlines()[0] == f"青湾县槐渡镇人民政府 2023 年 {now}·校园（现行）"
    assert f"更正 改归「{now}·校园」，30件；原读作「{before}」（槐渡改类：说的是人民调解；王某，2026-03-02）" in said
    gone = run("evidence", "青湾县槐渡镇", 2023, "矛盾纠纷化解", "--home", home.root)
    assert gone.exit_code == 1
    assert "2023 年的报告没有写到「矛盾纠纷化解」" in gone.stderr


def test_a_dropped_figure_says_so(home):
    assert "更正 不采用这个数（柳湾不采用：抄自邻镇；王某，2026-03-02）" in evidence(home, "柳湾镇", 2023, "纠纷化解")


def test_current_and_superseded_reports_stand_apart(home):
    now, _, old = evidence(home, "青湾县桑园镇", 2023, "矛盾纠纷化解").partition("\n青湾县")
    assert "（现行）" in now.splitlines()[0]
    assert "所印 61件" in now
    assert "（旧版：第 1 版，共 2 版）" in old.splitlines()[0]
    assert "所印 60件" in old


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ((120, 120, 120, "exact", "件"), "120件"),
        ((120, 121, 129, "at_least", "件"), "至少120件，即 121–129"),
        ((100, 100, None, "at_least", "件"), "至少100件，即 100 以上"),
        ((5, None, 4, "at_most", "起"), "不超过5起，即 4 以下"),
        ((20, 18, 22, "approx", "场次"), "约20场次，即 18–22"),
        ((3, 3, 5, "range", "次"), "区间 3次，即 3–5"),
        ((3, None, None, "new_bound", "次"), "new_bound 3次，即 不限"),  # unknown to this table, still told
    ],
)
def test_a_bound_is_said_with_what_it_allows(figure, said):
    assert asking._figure(*figure) == said


def test_rounded_figures_are_read_with_their_bound(home):
    said = evidence(home, "青湾县柏溪镇", 2023, "宣传资料")
    assert re.search(r"所印 800余份（读作 至少800份，即 801–899）", said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("青湾县柏溪镇", 2019, "矛盾纠纷化解"), "青湾县柏溪镇没有 2019 年的报告；有报告的年度：2023、2024"),
        (("青湾县柏溪镇", 2023, "reconsideration_cases"), "别的年度也没有；写到的指标见 FROM profile('青湾县柏溪镇')"),
        (("青湾县柏溪", 2023, "矛盾纠纷化解"), "没有名为「青湾县柏溪」的机关，相近的有 青湾县柏溪镇"),
        (("青湾县柏溪镇", 2023, "纠纷"), "没有名为「纠纷」的指标，相近的有"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(home, words, said):
    for more in ((), ("--json",)):
        result = run("evidence", *words, *more, "--home", home.root)
        assert result.exit_code == 1
        assert said in result.stderr


def test_a_copy_published_by_an_older_program_is_told(home, monkeypatch):
    asked = asking.ask
    monkeypatch.setattr(asking, "ask", lambda *a, **k: asked(*a, **k).drop("corrected_indicator"))
    result = run("evidence", "柏溪镇", 2023, "矛盾纠纷化解", "--home", home.root)
    assert result.exit_code == 1
    assert "先运行 fazhi publish 重新发布" in result.stderr


def test_yoy_marks_what_was_corrected(home):
    result = run("yoy", "矛盾纠纷化解", "--home", home.root)
    lines = {line.split()[1]: line for line in result.stdout.splitlines() if "柏溪" in line}
    assert re.search(r"2023\s+45\s+至少\s+件\s+\*\s", lines["2023"])
    assert re.search(r"2024\s+50\s+件\s+上年\*\s+45", lines["2024"])
    assert not re.search(r"\*", "".join(line for line in result.stdout.splitlines() if "桑园" in line))
    assert "* 经人工更正的数" in result.stderr
    assert "人工更正" not in run("yoy", "开展法治宣传活动", "--home", home.root).stderr


# Analyses.


@pytest.mark.parametrize("name", ["disputes_mediated", "矛盾纠纷化解", "纠纷化解"])
def test_an_analysis_takes_an_indicator_by_any_name(home, name):
    result = run("analyse", "growth_by_county", "--indicator", name, "--format", "json", "--home", home.root)
    assert [row["county"] for row in json.loads(result.stdout)] == ["青湾县"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["growth_by_county", "--indicator", "纠纷"], "没有名为「纠纷」的指标，相近的有"),
        (["growth_by_county", "--indicator", "disputes_mediatd"], "相近的有 disputes_mediated"),
        (["growth_by_county", "--year", "abc"], "参数 --year 的值「abc」不是年份"),
        (["growth_by_county", "--year", "2024.5"], "参数 --year 的值「2024.5」不是年份"),
        (["growth_by_county", "--year", "二〇二四"], "参数 --year 的值「二〇二四」不是年份"),
        (["missing_reports", "--year", "2019"], "参数 --year 的值 2019：库里只有 2023–2024 年的报告"),
        (["outliers_against_peers", "--times", "x"], "参数 --times 的值「x」不是大于零的数"),
        (["outliers_against_peers", "--times", "-3"], "参数 --times 的值「-3」不是大于零的数"),
        (["outliers_against_peers", "--times", "nan"], "参数 --times 的值「nan」不是大于零的数"),
        (["outliers_against_peers", "--peers", "0"], "不是大于零的数（同类至少几家才比），如 3"),
        (["falling_mediation_success", "--years", "九"], "参数 --years 的值「九」不是大于零的数"),
        (["keyword_trends", "--from_year", "999"], "不是年份（起始年度）"),
    ],
)
def test_a_parameter_that_cannot_be_is_wrong_usage(home, words, said):
    result = run("analyse", *words, "--home", home.root)
    assert result.exit_code == 2, (result.stdout, result.exception)
    assert said in result.stderr
    assert result.stdout == ""


def test_numbers_may_have_decimals_and_years_may_be_words(home):
    for words in (["outliers_against_peers", "--times", "2.5"], ["missing_reports", "--year", "earliest"]):
        assert run("analyse", *words, "--home", home.root).exit_code == 0
