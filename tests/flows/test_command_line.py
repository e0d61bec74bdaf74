"""The command line: quick, Chinese, data on stdout and everything else on stderr, exit codes 0, 1, 2, 3."""

import json
import re
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from small_reports import DIVISIONS, fill, passing, text, write

from flows import batches, chinese, cli, pipeline
from flows.commands import asking
from flows.output import cut, table, width
from warehouse import publish as publishing
from warehouse.home import Home

ENGLISH = re.compile(r"[A-Z][a-z]{2,}(?: [a-z]{2,}){2,}")  # a sentence of English words


def run(*words, **more):
    return CliRunner().invoke(cli.main, [str(w) for w in words], prog_name="fazhi", **more)


def commands(group=cli.main, path=()):
    """Every command with its words: ("quarantine", "release") → command."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands())


def test_help_comes_at_once():
    """0.3 s on an idle machine; measured as CPU time here, for others use this one too."""
    code = (
        "import resource; from flows.cli import main\ntry: main(['--help'])\nfinally: print(resource.getrusage(0)[0:2])"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)  # compiles what is not compiled yet
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    user, system = json.loads(said.strip().splitlines()[-1].replace("(", "[").replace(")", "]"))
    assert user + system < 0.3


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_in_chinese(words):
    said = run(*words, "--help")
    assert said.exit_code == 0
    assert re.search("[一-鿿]{4}", said.stdout)
    assert not ENGLISH.search(said.stdout.partition("\n")[2]), said.stdout
    for parameter in COMMANDS[words].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{words} {parameter.name} has no help"


@pytest.mark.parametrize("words", [w for w in COMMANDS if w != ("analyses",) and w[0] != "evaluate"], ids=" ".join)
def test_every_command_takes_a_home(words):
    assert "home" in {parameter.name for parameter in COMMANDS[words].params}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["foo"], "没有 foo 这个命令"),
        (["ingst"], "没有 ingst 这个命令"),
        (["sql"], "缺少参数 'QUERY'"),
        (["sql", "select 1", "--formt", "csv"], "没有 --formt 这个选项"),
        (["sql", "select 1", "--format", "xml"], "不在可选值之内"),
        (["sql", "a", "b"], "多出了参数：b"),
        (["ingest", "/no/such/folder"], "/no/such/folder 不存在"),
        (["extract", "/"], "这里要文件"),
        (["serve", "--port", "many"], "不是合法的整数"),
        (["serve", "--port", "70000"], "不在范围 1<=x<=65535 之内"),
        (["serve", "--port"], "选项 --port 后面要跟一个值"),
        (["ingest", "--no-publish=1"], "选项 --no-publish 不带值"),
        (["evidence", "某镇", "今年", "x"], "不是合法的整数"),
        (["quarantine", "drop", "x"], "缺少选项 '--note'"),
        (["analyse", "growth", "stray"], "多出了「stray」"),
    ],
)
def test_wrong_usage_is_told_in_chinese_and_exits_2(words, said):
    result = run(*words)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert result.stdout == ""
    assert not ENGLISH.search(result.stderr), result.stderr


def test_every_template_is_one_of_clicks():
    """A template that click has changed would be English again without anybody noticing."""
    names = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
    sources = "".join(Path(click.__path__[0], f"{name}.py").read_text("utf-8") for name in names)
    sources = re.sub(r'"\s*\n\s*f?"', "", sources).replace("\\n", "\n").replace("\\t", "\t")
    missing = [t for t in chinese.TEMPLATES if f'"{t}"' not in sources and t not in ("required", "integer", "float")]
    assert not missing


def test_a_file_that_is_no_report_exits_3_with_the_reason(tmp_path):
    path = write(tmp_path, "x.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    result = run("extract", path, "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["accepted"] is False
    assert "x.doc：未读成。" in result.stderr


def test_extract_and_show_read_with_the_homes_own_divisions(home, tmp_path):
    path = write(tmp_path, "a.txt", text("柏溪", 2024, 40))
    said = json.loads(run("extract", path, "--json", "--home", home.root).stdout)
    assert said["issuer"]["division"]["township"] == "柏溪镇"
    assert (
        said["text"][said["quantities"][0]["start"] : said["quantities"][0]["end"]] == said["quantities"][0]["printed"]
    )
    shown = run("show", path, "--home", home.root)
    assert shown.exit_code == 0
    assert "化解40件〔矛盾纠纷化解=40件〕" in shown.stdout
    assert "发放宣传资料800余份〔" in shown.stdout
    assert "20场次〔目标数" in shown.stdout
    people = run("extract", path, "--home", home.root).stdout
    assert "机关  青湾县柏溪镇人民政府（已识别：示例省/泽岚市/青湾县/柏溪镇）" in people
    assert "矛盾纠纷化解  40 件  「40件」" in people


def test_a_catalogue_that_cannot_be_used_is_told_with_file_and_line(home, tmp_path):
    home.catalogue.mkdir()
    (home.catalogue / "nosuch.yml").write_text("a: 1", "utf-8")
    result = run("extract", write(tmp_path, "a.txt", text()), "--home", home.root)
    assert result.exit_code == 1
    assert "没有名为「nosuch」的目录表" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A home with four reports of two towns, published. The tests only read it."""
    home = Home.at(tmp_path_factory.mktemp("published")).make()
    home.divisions.write_text(DIVISIONS, "utf-8")
    write(home.inbox, "1.txt", text("柏溪", 2023, 40))
    write(home.inbox, "2.txt", text("柏溪", 2024, 50))
    write(home.inbox, "3.txt", text("槐渡", 2023, 30))
    write(home.inbox, "4.txt", text("槐渡", 2024, 30))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches.gate, "check_batch", passing)
        pipeline.ingest(home, publish=False, how=pipeline.How(settle=0))
    with pipeline.opened(home) as con:
        publishing.publish(con, home)
    return home


def test_sql_reads_the_published_copy_says_its_age_and_writes_every_form(published):
    query = (
        "SELECT report_year AS year, value FROM marts.indicator_year WHERE indicator = 'disputes_mediated' ORDER BY ALL"
    )
    csv = run("sql", query, "--format", "csv", "--home", published.root)
    assert csv.stdout == "year,value\n2023,30.0\n2023,40.0\n2024,30.0\n2024,50.0\n"
    assert re.fullmatch(r"已发布的副本，\d+ (秒|分钟)前生成\n", csv.stderr)
    rows = json.loads(run("sql", query, "--format", "json", "--home", published.root).stdout)
    assert rows[-1] == {"year": 2024, "value": 50.0}
    parquet = run("sql", query, "--format", "parquet", "--home", published.root).stdout_bytes
    assert (parquet[:4], parquet[-4:]) == (b"PAR1", b"PAR1")
    people = run("sql", query, "--home", published.root).stdout
    assert people.splitlines()[0].split() == ["year", "value"]
    assert run("sql", "-", "--format", "csv", "--home", published.root, input="SELECT 1 AS a").stdout == "a\n1\n"
    live = run("sql", "SELECT count(*) AS n FROM ops.loads", "--live", "--format", "csv", "--home", published.root)
    assert (live.stdout, live.stderr) == ("n\n1\n", "")


def test_sql_that_is_wrong_or_writes_is_refused(published):
    wrong = run("sql", "SELEC 1", "--home", published.root)
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "查询没有成功" in wrong.stderr
    writing = run("sql", "DELETE FROM core.facts", "--home", published.root)
    assert writing.exit_code == 1
    assert (
        run("sql", "SELECT count(*) > 0 AS b FROM core.facts", "--format", "csv", "--home", published.root).stdout
        == "b\ntrue\n"
    )


def test_yoy_by_any_name(published):
    rows = json.loads(run("yoy", "矛盾纠纷化解", "--format", "json", "--home", published.root).stdout)
    changes = {(r["township"], r["report_year"]): (r["change"], r["direction"]) for r in rows}
    assert changes[("柏溪镇", 2024)] == (10.0, "up")
    assert changes[("槐渡镇", 2024)] == (0.0, "flat")
    people = run("yoy", "disputes_mediated", "--home", published.root).stdout
    assert re.search(r"青湾县柏溪镇人民政府\s+2024\s+50\s+件\s+40\s+10\s+25\s+升", people)
    unknown = run("yoy", "没有的指标", "--home", published.root)
    assert unknown.exit_code == 1
    assert "没有名为「没有的指标」的指标" in unknown.stderr


def test_evidence_leads_to_the_sentence_and_the_original(published):
    said = run("evidence", "青湾县柏溪镇", 2024, "矛盾纠纷化解", "--home", published.root).stdout
    assert "所印 50件" in said
    assert "原句 全年排查矛盾纠纷53件，化解50件。" in said
    assert "章节 （一）化解矛盾" in said
    assert str(published.inbox / "2.txt") in said
    snapshot = re.search(r"原件 (\S+)", said)[1]
    assert (published.root / snapshot).read_bytes() == (published.inbox / "2.txt").read_bytes()
    none = run("evidence", "青湾县柏溪镇", 1999, "矛盾纠纷化解", "--home", published.root)
    assert none.exit_code == 1
    assert "没有找到" in none.stderr


def test_quality_counts_and_says_where_the_pages_are(published):
    said = run("quality", "--home", published.root)
    assert "文件：已入库 4" in said.stdout
    facts = json.loads(run("quality", "--json", "--home", published.root).stdout)
    assert facts["files"] == [{"status": "loaded", "reason_code": None, "n": 4}]


def test_show_finds_a_report_of_the_warehouse(published):
    [row] = json.loads(
        run("sql", "SELECT report_id FROM core.reports WHERE report_year = 2024 AND township = '柏溪镇'", "--format", "json",
            "--home", published.root).stdout
    )  # fmt: skip
    assert "化解50件〔矛盾纠纷化解=50件〕" in run("show", row["report_id"], "--home", published.root).stdout
    assert "没有名为 nosuch 的文件" in run("show", "nosuch", "--home", published.root).stderr


def test_asking_before_anything_is_published_says_what_to_do(home):
    result = run("sql", "SELECT 1", "--home", home.root)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "还没有发布过；先运行 fazhi ingest" in result.stderr


def test_phrases_without_an_indicator_are_readable_from_files_and_from_the_warehouse(home, quick):
    odd = text().replace("二、存在的不足", "全年选派联络员驻点排班46轮，秩序井然。\n二、存在的不足")
    file = write(home.inbox, "a.txt", odd)
    pipeline.ingest(home, publish=False, how=pipeline.How(settle=0, processes=1))
    with pipeline.opened(home) as con:
        publishing.publish(con, home)
    for given in ([], [file]):
        [row] = json.loads(run("catalogue", "unmatched", *given, "--json", "--home", home.root).stdout)
        assert (row["phrase"], row["unit"], row["count"]) == ("全年选派联络员驻点排班N轮", "轮", 1)


def test_every_shipped_analysis_is_listed_with_its_question(published):
    listed = json.loads(run("analyses", "--json").stdout)
    assert len(listed) >= 10
    assert all(a["question"].endswith(("？", "?")) or len(a["question"]) > 5 for a in listed)
    assert "没有名为「nosuch」的分析" in run("analyse", "nosuch", "--home", published.root).stderr


def test_ingest_tells_people_on_stderr_and_programs_on_stdout(home, quick, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(home.root / "none"))
    fill(home.inbox, 1)
    write(home.inbox, "~$lock.docx", b"x")
    write(home.inbox, "空.txt", b"")
    result = run("ingest", "--no-publish", "--json", "--home", home.root)
    assert result.exit_code == 3
    said = json.loads(result.stdout)
    assert (said["loaded"], said["rejected"][0]["code"], len(said["left"])) == (1, "empty", 1)
    assert "拒收的文件（1）" in result.stderr
    assert "没有理会的（1）" in result.stderr
    again = run("ingest", "--no-publish", "--home", home.root)
    assert (again.exit_code, again.stdout) == (0, "")
    assert "没有新文件" in again.stderr


def test_the_age_of_a_copy_is_told_in_the_largest_unit():
    assert [asking.age(s) for s in (-1, 59, 60, 7199, 7200, 200_000)] == [
        "0 秒",
        "59 秒",
        "1 分钟",
        "1 小时",
        "2 小时",
        "2 天",
    ]


def test_tables_align_chinese_by_what_it_takes_up():
    assert width("乡镇a") == 5
    assert cut("一二三四五", 7) == "一二三…"
    assert table(["名", "数"], [("甲", 1), ("乙丙", 20)]).splitlines() == [
        "名    数",
        "────  ──",
        "甲     1",
        "乙丙  20",
    ]
    assert table(["a"], []) == "a\n（没有行）"


def test_a_prefect_api_is_found_in_environment_and_profile(tmp_path, monkeypatch):
    from flows.commands.run import prefect_api

    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.delenv("PREFECT_PROFILE", raising=False)
    monkeypatch.delenv("PREFECT_PROFILES_PATH", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    assert prefect_api() is None
    (tmp_path / "profiles.toml").write_text(
        'active = "work"\n[profiles.work]\nPREFECT_API_URL = "http://10.0.0.5:4200/api"\n[profiles.local]\n'
    )
    assert prefect_api() == "http://10.0.0.5:4200/api"
    monkeypatch.setenv("PREFECT_PROFILE", "local")
    assert prefect_api() is None
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert prefect_api() == "http://127.0.0.1:9/api"


def test_no_module_is_imported_that_a_command_does_not_need():
    """`fazhi sql` must not wait for the reader, nor `fazhi analyses` for the gate (GX: 10 s)."""
    began = time.process_time()
    for module in ("asking", "checking", "reading", "run"):
        import_module(f"flows.commands.{module}")
    assert time.process_time() - began < 1
    assert "great_expectations" not in sys.modules or "pytest" in sys.modules


@pytest.mark.parametrize(
    ("words", "made", "said"),
    [
        (["publish"], [], "没有 {} 这个文件夹；请检查 --home"),
        (["rebuild"], [], "没有 {} 这个文件夹；请检查 --home"),
        (["audit"], ["inbox"], "{} 里还没有仓库；请检查 --home（或 FAZHI_HOME），或先运行 fazhi ingest"),
        (["publish"], ["snapshots/ab"], "{} 里还没有仓库；请检查 --home（或 FAZHI_HOME），或先运行 fazhi rebuild"),
        (["reread"], [], "没有 {} 这个文件夹；请检查 --home"),
        (["rebuild"], ["snapshots"], "{} 里没有原件（snapshots/），无从重建"),
        (["quarantine", "drop", "x", "--note", "x"], [], "没有 {} 这个文件夹；请检查 --home"),
        (["audit", "--write-baseline"], [], "没有 {} 这个文件夹；请检查 --home"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistyped_home_is_told_and_not_made(words, made, said, tmp_path):
    home = tmp_path / "daat"
    for folder in made:
        (home / folder).mkdir(parents=True)
    result = run(*words, "--home", home)
    assert result.exit_code == 1
    assert said.format(home) in result.stderr
    assert not list(tmp_path.rglob("*.duckdb"))
    assert home.exists() == bool(made)


def test_ingest_into_a_new_home_says_so(home, quick):
    fill(home.inbox, 1)
    first, second = (run("ingest", "--no-publish", "--home", home.root).stderr for _ in range(2))
    assert f"家目录 {home.root} 里还没有仓库，这就新建" in first
    assert "新建" not in second


@pytest.mark.slow
def test_warnings_are_told_and_exit_with_0(home, quick, monkeypatch):
    """A figure sixty times that of the year before is loaded and told, whatever the command."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(home.root / "none"))
    write(home.inbox, "1.txt", text("柏溪", 2023, 12))
    write(home.inbox, "2.txt", text("柏溪", 2024, 780))
    for command in ("ingest", "publish", "audit"):
        result = run(command, "--home", home.root)
        assert result.exit_code == 0, result.stderr
    assert "提示 W21 与上年相比不应相差" in result.stderr
    assert "没有通过（只是提示，不影响发布）" in result.stderr
    assert "3完成，但有拒收的文件或隔离的行" in "".join(run("--help").stdout.split())
