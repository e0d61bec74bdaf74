"""The wheel holds all it needs: built, installed in a clean environment, run from another folder.

An editable install shows every root folder and so hides what is missing from the wheel.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UV = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
pytestmark = [pytest.mark.slow, pytest.mark.skipif(UV is None, reason="needs uv to build the wheel (make brings it)")]


def run(*words, cwd):
    """A command in a clean environment: no PYTHONPATH, no FAZHI_HOME, no Prefect of the machine."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "FAZHI", "PREFECT", "VIRTUAL_ENV"))}
    clean |= {"UV_PYTHON_DOWNLOADS": "never", "PREFECT_HOME": str(cwd / "prefect")}
    done = subprocess.run([str(w) for w in words], cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".git", ".venv", "data", "__pycache__", ".*_cache"))
    built = run(UV, "build", "--wheel", "--out-dir", folder, source, cwd=folder)
    assert built.returncode == 0, built.stderr[-2000:]
    [path] = folder.glob("fazhi_warehouse-*.whl")
    return path


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "annual_reports", "expectations", "warehouse", "flows", "sql"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if tracked.returncode:
        pytest.skip("not a git checkout")
    wanted = {f"warehouse/{name}" if name.startswith("sql/") else name for name in tracked.stdout.splitlines()}
    wanted = {name for name in wanted if "/catalogue/sources/" not in name and not Path(name).name.startswith(".")}
    assert not wanted - names
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"annual_reports", "expectations", "warehouse", "flows"}, "no other top-level package"


def test_the_image_is_built_from_what_makes_the_wheel_and_nothing_else(wheel, tmp_path):
    """compose.yml copies its context into a layer: without .dockerignore that holds .venv, .git and people's data."""
    lines = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
    assert lines[0] == "*", "what is not named stays out"
    named = [line[1:] for line in lines if line.startswith("!")]
    assert not {".git", ".venv", "data", "tests"} & set(named)
    source = tmp_path / "source"
    source.mkdir()
    for name in named:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    built = run(UV, "build", "--wheel", "--out-dir", tmp_path, source, cwd=tmp_path)
    assert built.returncode == 0, built.stderr[-2000:]
    [made] = tmp_path.glob("fazhi_warehouse-*.whl")

    def contents(path):
        return {name for name in zipfile.ZipFile(path).namelist() if "__pycache__" not in name}

    assert contents(made) == contents(wheel)
    exported = run(
        UV, "export", "--quiet", "--project", source, "--locked", "--no-dev", "--no-emit-project", cwd=tmp_path
    )
    assert exported.returncode == 0, exported.stderr[-2000:]


def test_an_installed_wheel_reads_loads_and_answers_from_another_folder(wheel, tmp_path):
    assert run(UV, "venv", "--quiet", "--python", sys.executable, "venv", cwd=tmp_path).returncode == 0
    locked = tmp_path / "locked.txt"
    exported = run(
        UV, "export", "--quiet", "--locked", "--no-dev", "--no-emit-project", "--no-hashes", "--project", ROOT,
        "-o", locked, cwd=tmp_path,
    )  # fmt: skip
    assert exported.returncode == 0, exported.stderr
    installed = run(UV, "pip", "install", "--quiet", "--python", "venv", "-r", locked, wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr[-2000:]
    fazhi = tmp_path / "venv" / "bin" / "fazhi"
    sample = next(iter(sorted((ROOT / "samples" / "reports").glob("石楹乡2022.txt"))))
    shutil.copy(sample, tmp_path)

    extracted = run(fazhi, "extract", sample.name, "--json", cwd=tmp_path)
    assert extracted.returncode == 0, extracted.stderr
    assert json.loads(extracted.stdout)["report_year"] == 2022

    demo = tmp_path / "venv" / "lib"
    [samples] = demo.glob("python*/site-packages/flows/samples")
    (tmp_path / "data").mkdir()
    shutil.copy(samples / "divisions.csv", tmp_path / "data")
    ingested = run(fazhi, "ingest", samples / "reports", "--json", cwd=tmp_path)
    assert ingested.returncode == 3, ingested.stderr[-2000:]  # some samples are no reports, on purpose
    summary = json.loads(ingested.stdout)
    assert summary["loaded"] >= 15
    assert "示例省" in run(fazhi, "sql", "SELECT DISTINCT province FROM core.reports", cwd=tmp_path).stdout
    assert run(fazhi, "yoy", "矛盾纠纷化解", cwd=tmp_path).returncode == 0
    assert (tmp_path / "data" / "published" / "quality" / "index.html").exists()
    assert run(fazhi, "analyses", cwd=tmp_path).stdout.strip()
