"""The documentation is true: what it tells to run runs, the output it shows is what comes out, and nothing is left out.

A ``console`` block shows commands after ``$`` with what they print, and is run whole, in order; a ``sh`` block is to be
adapted, and only its ``fazhi`` lines are run. ``# exit 3`` behind a command says that 3 is what it exits with.
``python tests/test_docs.py`` writes the shown outputs anew, to be reviewed as a diff.
"""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from annual_reports.report import REJECT_CODES
from flows.cli import COMMANDS
from warehouse import database, rebuild
from warehouse.home import Home

ROOT = Path(__file__).parent.parent
READMES = ["README.md", "README.zh-CN.md"]
PAGES = [*READMES, "CONTRIBUTING.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md"))]
CHECKOUT = "/tmp/fazhi"  # where the documented outputs come from; a test's own folder is written so

# Documented, and not run here: the beginning of the command, and why.
NOT_RUN = {
    "make": "tests/test_docs.py looks whether the target exists; CI runs them",
    "fazhi demo": "starts a Prefect server; tests/flows and CI's `make demo` run it",
    "fazhi serve": "ends only when it is told to; tests/flows/test_prefect.py runs it",
    "fazhi quarantine show": "needs the id of a held row, and the samples have none; tests/flows/test_pipeline.py",
    "fazhi quarantine release": "likewise",
    "fazhi quarantine drop": "likewise",
    "fazhi ingest --dask": "needs a Dask cluster; tests/flows/test_cluster.py",
    "fazhi ingest /path/to": "stands for the reader's own folder",
    "fazhi evaluate": "needs somebody's labelled files; tests/reading/test_evaluate.py",
}
# What differs from run to run, and is no claim of the documentation.
VARIES = [
    (r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-11-22 22:37"),
    (r"\d+ (秒|分钟|小时)前", "5 秒前"),
    (r"(?m)^(real|user|sys)\s.*\n", ""),
    (r"\d{8}T\d{6}-[0-9a-f]{4}", "20261122T223747-f845"),
]
BLOCK = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")


def blocks(page: str, *languages: str) -> list[str]:
    """The contents of a page's code blocks in the languages, in order."""
    return [found[2] for found in BLOCK.finditer((ROOT / page).read_text("utf-8")) if found[1] in languages]


def steps(block: str) -> list[tuple[str, str]]:
    """A console block as pairs of a command and the output shown for it."""
    parts = re.split(r"(?m)^\$ (.*)\n", block)
    assert parts[0] == "", f"a console block begins with a command: {block!r}"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def lines(block: str) -> list[str]:
    """The commands of a sh block."""
    return [line.strip() for line in block.splitlines() if line.strip()[:1] not in ("", "#")]


def commands(page: str) -> list[str]:
    """Every command line of a page's console and sh blocks."""
    found = [command for block in blocks(page, "console") for command, _ in steps(block)]
    return found + [line for block in blocks(page, "sh") for line in lines(block)]


def skipped(command: str) -> bool:
    return any(command.startswith(beginning) for beginning in NOT_RUN)


class Scratch:
    """A checkout after ``make demo``: the samples, and a home ``data`` that holds them. Exported settings stay."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.printed = folder, {}
        shutil.copytree(ROOT / "samples", folder / "samples")
        hidden = ("PREFECT_", "FAZHI_")  # what the tester has set says nothing about the documentation
        kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        prefect = str(folder / "no-prefect")  # a profile of the tester's would record the runs
        self.environment = {**kept, "PATH": path, "COLUMNS": "120", "PREFECT_HOME": prefect}
        (folder / "data").mkdir()
        shutil.copy(folder / "samples" / "divisions.csv", folder / "data")
        self.run("fazhi ingest samples/reports --home data  # exit 3")

    def run(self, command: str) -> str:
        """What the command prints, both streams together; it must exit as documented. Two pages show one run."""
        if command not in self.printed:
            self.printed[command] = self._run(command)
        return self.printed[command]

    def _run(self, command: str) -> str:
        if export := re.fullmatch(r"export (\w+)=(\S+)", command):
            self.environment[export[1]] = export[2]
            return ""
        command, _, expected = command.partition("# exit ")
        done = subprocess.run(
            command, shell=True, cwd=self.folder, env=self.environment, check=False, timeout=180,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert done.returncode == int(expected or 0), f"{command} exited with {done.returncode}:\n{done.stdout}"
        return done.stdout.replace(str(self.folder.resolve()), CHECKOUT)


def same(text: str) -> str:
    """The output without what differs from run to run, and without white space at line ends."""
    for pattern, instead in VARIES:
        text = re.sub(pattern, instead, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def shown(full: str, wanted: str) -> bool:
    """Whether ``wanted`` is ``full``; a line ``…`` in it stands for any lines."""
    pattern = r"(?:.*\n)*".join(re.escape(part) for part in re.split(r"(?m)^…\n", same(wanted) + "\n"))
    return re.fullmatch(pattern, same(full) + "\n") is not None


def run_whole(pages: list[str], scratch: Scratch) -> list[str]:
    """Run the pages' commands, a page's console blocks first; what differs from what they show, as messages."""
    wrong = []
    for page in pages:
        for command, output in (step for block in blocks(page, "console") for step in steps(block)):
            if not skipped(command) and not shown(printed := scratch.run(command), output):
                wrong.append(f"{page}: {command} prints\n{printed}\nand not\n{output}")
        for command in (line for block in blocks(page, "sh") for line in lines(block)):
            if command.startswith("fazhi ") and not skipped(command):
                scratch.run(command)
    return wrong


@pytest.mark.slow
def test_the_documented_commands_run_as_written(tmp_path):
    wrong = run_whole(PAGES, Scratch(tmp_path))
    assert not wrong, "\n".join(wrong)
    with contextlib.closing(database.open(Home.at(tmp_path / "restored"))) as restored:
        assert rebuild.compare(restored, tmp_path / "data" / "warehouse.duckdb") == []  # the backup is whole


@pytest.mark.parametrize("page", PAGES)
def test_every_documented_command_exists(page):
    targets = set(re.findall(r"(?m)^([\w-]+):", (ROOT / "Makefile").read_text("utf-8")))
    words = [shlex.split(command, comments=True) for command in commands(page)]
    for inline in re.findall(r"`((?:fazhi|make) [^`\n]+)`", (ROOT / page).read_text("utf-8")):
        words.append(inline.split())
    for command in words:
        if command[:1] == ["fazhi"] and not command[1].startswith("-"):
            assert command[1] in COMMANDS, f"{page}: {' '.join(command)}"
        if command[:1] == ["make"]:
            goals = [word for word in command[1:] if "=" not in word]
            assert set(goals) <= targets, f"{page}: {' '.join(command)}"


@pytest.mark.parametrize("page", READMES)
def test_the_table_of_commands_is_whole(page):
    rows = re.findall(r"(?m)^\| `fazhi ([\w-]+)\b", (ROOT / page).read_text("utf-8"))
    assert list(dict.fromkeys(rows)) == list(COMMANDS)


def test_both_readmes_have_one_structure():
    def shape(page):
        text = (ROOT / page).read_text("utf-8")
        return (
            [len(marks) for marks in re.findall(r"(?m)^(#+) ", re.sub(r"(?ms)^```.*?^```", "", text))],
            [line.partition("#")[0].rstrip() for line in commands(page)],
            re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text),
        )

    assert shape("README.md") == shape("README.zh-CN.md")


def test_every_reject_code_is_told_with_what_to_do():
    rows = re.findall(r"(?m)^\| `(\w+)` \| ([^|]+) \| ([^|]{6,}) \|$", (ROOT / "docs/operations.md").read_text("utf-8"))
    assert {code for code, _, _ in rows} >= set(REJECT_CODES)


@pytest.mark.parametrize("page", [*READMES, "docs/operations.md"])
def test_every_exit_code_is_told(page):
    told = re.findall(r"(?m)^\| ([0-3]) \|", (ROOT / page).read_text("utf-8"))
    assert told == ["0", "1", "2", "3"]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = re.sub(r"(?ms)^```.*?^```", "", (ROOT / page).read_text("utf-8"))
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


def test_the_pictures_are_small():
    for picture in (ROOT / "docs/images").iterdir():
        assert picture.stat().st_size <= 200_000, picture


def rewrite(page: str, scratch: Scratch) -> None:
    """Write the outputs of the page's console blocks anew; outputs with a line ``…`` stay as they are."""

    def anew(block: re.Match[str]) -> str:
        if block[1] != "console":
            return block[0]
        told = ""
        for command, output in steps(block[2]):
            fresh = "" if skipped(command) else scratch.run(command)
            kept = skipped(command) or re.search(r"(?m)^…$", output)
            printed = output if kept else "".join(f"{line.rstrip()}\n" for line in fresh.strip().splitlines())
            told += f"$ {command}\n{printed}"
        return f"```console\n{told}```"

    path = ROOT / page
    path.write_text(BLOCK.sub(anew, path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        scratch = Scratch(Path(folder))
        for name in PAGES:
            rewrite(name, scratch)
