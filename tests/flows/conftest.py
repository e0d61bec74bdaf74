"""A home to run in, and a pipeline that costs little."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # small_reports, for the tests of this folder and tests/faults

from small_reports import DIVISIONS, passing

from flows import pipeline
from warehouse.home import Home


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    """A home with the invented county; the reader's version does not change while tests run."""
    made = Home.at(tmp_path / "home").make()
    made.divisions.write_text(DIVISIONS, "utf-8")
    version = pipeline.reader_version()
    monkeypatch.setattr(pipeline, "reader_version", lambda: version)
    return made


@pytest.fixture
def quick(monkeypatch):
    """Without the rules (they cost 3 s a batch and have their own tests): every batch passes."""
    from flows import batches

    monkeypatch.setattr(batches.gate, "check_batch", passing)
