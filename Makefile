# Everything a fresh machine needs is Python ≥ 3.11, make and a package index.
# uv is used where it is installed; otherwise it is brought into .venv. It never downloads a Python of its own.
export UV_PYTHON_DOWNLOADS := never
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
# Compiled once on installing: Great Expectations and Prefect take seconds longer to import from source, in every process.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .venv/bin/uv)
# --inexact: leave uv and pip in .venv where they were brought there
SYNC := UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --locked --inexact --quiet
READY := .venv/.ready

.PHONY: demo test test-all soak lint bench clean
.DELETE_ON_ERROR:

demo: $(READY)  ## the whole way once, on the samples
	.venv/bin/fazhi demo

test: $(READY)  ## under 5 minutes
	.venv/bin/pytest -n 2 -m "not slow" --hypothesis-seed=0

test-all: $(READY)  ## with real schedules, browser, wheel, faults: under 60 minutes
	.venv/bin/pytest -n 2 --dist loadgroup --hypothesis-seed=0

soak: $(READY)  ## minutes to hours: kills, damaged files by the thousand, property tests on new examples
	FAZHI_SOAK=1 .venv/bin/pytest tests/faults -m slow
	.venv/bin/pytest -n 2 -m "not slow" tests/reading

lint: $(READY)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/sqlfluff lint --disable-progress-bar sql

bench: $(READY)  ## writes nothing; docs/measurements.md holds the figures of a stated machine
	.venv/bin/python benchmarks/reading.py
	.venv/bin/python benchmarks/warehouse.py
	.venv/bin/python benchmarks/end_to_end.py

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): pyproject.toml uv.lock $(filter .venv/bin/uv,$(UV))
	$(SYNC)
	@touch $@

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更新的版本，例如：make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet uv
