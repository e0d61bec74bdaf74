"""What people decide about held rows, as they do it: by the id that the list shows, through the command line.

The planted fault is rule F26's: 1.2万 leaflets in three years, and 1.2亿 in the fourth.
"""

import json
import re
import shutil

import pytest
from click.testing import CliRunner
from small_reports import DIVISIONS, rows, text, write

from flows import cli, pipeline
from warehouse.home import Home

SLIP = "SELECT value FROM core.facts WHERE indicator = 'publicity_materials_distributed' AND report_year = 2024"
STATES = "SELECT table_name, status FROM quality.quarantine"


@pytest.fixture(autouse=True)
def no_prefect(monkeypatch, tmp_path):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "no-prefect"))


def run(*words, exits=0):
    result = CliRunner().invoke(cli.main, [str(w) for w in words], prog_name="fazhi")
    assert result.exit_code == exits, result.output
    return result


@pytest.fixture(scope="module")
def slipped(tmp_path_factory):
    home = Home.at(tmp_path_factory.mktemp("slipped")).make()
    home.divisions.write_text(DIVISIONS, "utf-8")
    how = pipeline.How(settle=0, processes=1)
    for year in (2021, 2022, 2023):
        write(home.inbox, f"{year}.txt", text(year=year).replace("800余份", "1.2万份"))
    assert pipeline.ingest(home, publish=False, how=how).outcome == "completed"
    write(home.inbox, "2024.txt", text(year=2024).replace("800余份", "1.2亿份"))
    summary = pipeline.ingest(home, publish=False, how=how)
    assert (summary.outcome, len(summary.held)) == ("quarantined", 1)
    return home


@pytest.fixture
def held(slipped, tmp_path):
    """The home, to be changed, and the id of its one held row."""
    shutil.copytree(slipped.root, tmp_path / "home")
    home = Home.at(tmp_path / "home")
    [row] = json.loads(run("quarantine", "list", "--json", "--home", home.root).stdout)
    return home, row["quarantine_id"]


@pytest.mark.slow
def test_a_held_fact_is_shown_with_its_evidence_and_released_by_its_own_id(held):
    home, fact = held
    shown = run("quarantine", "show", fact, "--home", home.root).stdout
    assert re.search(r"证据（evidence） \w{16}-q\d+\n", shown)
    assert "说法数（statements） 1\n" in shown
    refused = run("quarantine", "release", fact, "--home", home.root, exits=3).stderr
    assert "F26" in refused
    assert '--note "理由"' in refused, "the way out is named"
    said = run("quarantine", "release", fact, "--note", "已核对原件", "--home", home.root).stderr
    assert "放行 1 行" in said
    assert rows(home, SLIP) == [(1.2e8,)]
    assert rows(home, STATES) == [("facts", "released")]
    orphans = "SELECT count(*) FROM core.facts ANTI JOIN core.fact_evidence USING (fact_id)"
    assert rows(home, orphans) == [(0,)]
    again = run("quarantine", "release", fact, "--home", home.root, exits=1).stderr
    assert re.search(rf"{fact} 已放行：\d{{4}}-\d\d-\d\d \d\d:\d\d 由 \S+ 决定，理由是「已核对原件」", again)

    rebuilt = run("rebuild", "--home", home.root).stderr  # exits with 0: nothing waits for anyone
    assert "完成：看到 4 个文件" in rebuilt
    assert "隔离 0 行" in rebuilt
    assert rows(home, SLIP) == [(1.2e8,)]
    assert rows(home, STATES) == [("facts", "released")]


@pytest.mark.slow
def test_a_dropped_fact_takes_its_evidence_along_for_good(held):
    home, fact = held
    assert "舍弃 1 行" in run("quarantine", "drop", fact, "--note", "来源印错", "--home", home.root).stderr
    assert run("quarantine", "list", "--json", "--home", home.root).stdout == "[]\n"
    run("publish", "--home", home.root)
    assert "隔离 0 行" in run("rebuild", "--home", home.root).stderr
    assert (rows(home, SLIP), rows(home, STATES)) == ([], [("facts", "dropped")])
    [row] = json.loads(run("quarantine", "list", "--all", "--json", "--home", home.root).stdout)
    for command in ("drop", "release"):
        again = run("quarantine", command, row["report_id"], "--note", "x", "--home", home.root, exits=1).stderr
        assert f"{row['report_id']} 已舍弃：" in again
        assert "理由是「来源印错」" in again


def test_an_id_that_is_none_is_told_with_where_to_look(held):
    home, _ = held
    said = run("quarantine", "release", "nosuch", "--home", home.root, exits=1).stderr
    assert "没有这样的隔离编号或报告编号：nosuch。全部的见 fazhi quarantine list --all" in said
