"""Imports go one way: annual_reports ← expectations ← warehouse ← flows; and what is slow stays out of the way in."""

import ast
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ["annual_reports", "expectations", "warehouse", "flows"]
FOREIGN = {"prefect", "great_expectations", "duckdb", "click", "rich"}  # annual_reports is pure reading


def imports(path: Path) -> dict[str, int]:
    """Root package → line, for every import statement of a file, those inside functions included."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0]: node.lineno for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found[str(node.module).split(".")[0]] = node.lineno
    return found


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_only_what_comes_before_it(package):
    later = set(ORDER[ORDER.index(package) + 1 :])
    if package == "annual_reports":
        later |= FOREIGN
    files = list((ROOT / package).rglob("*.py"))
    assert files, f"no files in {package}"
    wrong = [
        f"{f.relative_to(ROOT)}:{n} imports {name}" for f in files for name, n in imports(f).items() if name in later
    ]
    assert not wrong, wrong


def test_the_check_sees_an_import_inside_a_function(tmp_path):
    (tmp_path / "x.py").write_text("def f():\n    from flows import cli\n    import prefect.tasks\n")
    assert imports(tmp_path / "x.py") == {"flows": 2, "prefect": 3}


def test_only_the_flow_modules_know_prefect():
    """The pipeline and the command line must work, and start quickly, without it."""
    knowing = {
        f.relative_to(ROOT / "flows").as_posix() for f in (ROOT / "flows").rglob("*.py") if "prefect" in imports(f)
    }
    assert knowing <= {"ingest.py", "publish.py", "audit.py", "recorded.py", "serving.py", "server.py"}, knowing


def test_no_module_of_flows_shadows_a_package():
    """Loading a flow by path puts flows/ first on sys.path, where flows/duckdb.py would be found as duckdb."""
    taken = set(sys.stdlib_module_names) | set(packages_distributions()) - {"flows"}
    names = {p.stem for p in (ROOT / "flows").iterdir() if p.suffix == ".py" or p.is_dir()} - {
        "__init__",
        "__pycache__",
    }
    assert not names & taken


def test_tests_are_no_packages():
    """tests/warehouse/__init__.py would shadow the package warehouse."""
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("module", ["flows.cli", "flows.commands.run", "flows.commands.asking"])
def test_the_command_line_imports_nothing_slow(module):
    slow = "{'prefect', 'duckdb', 'polars', 'great_expectations', 'rich', 'jieba', 'lxml', 'annual_reports'}"
    code = f"import sys, {module}; print(sorted({slow} & {{m.split('.')[0] for m in sys.modules}}))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
