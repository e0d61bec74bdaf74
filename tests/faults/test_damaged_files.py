"""Damaged and hostile files through the reading processes: every one has an outcome, nothing hangs, none takes others
with it. A tenth of the corpus here, all of it in ``make soak``."""

import hashlib
import os
import sys
import time
from pathlib import Path

import pytest
from small_reports import text, write

from annual_reports import catalogue
from annual_reports.report import REJECT_CODES
from flows.readers import Limits, Readers
from flows.reading_process import Knowledge, Original, unpack

sys.path.insert(0, str(Path(__file__).parent))

import damaged

pytestmark = pytest.mark.slow
PER_FORMAT = 500 if os.environ.get("FAZHI_SOAK") else 50
FAULTS_OF_OURS = {"timeout", "reader_fault"}  # what no damaged file may bring about


def read_all(home, folder, files):
    originals = []
    for n, (name, data) in enumerate(files):
        path = write(folder, f"{n:05}", data)
        originals.append(Original(hashlib.sha256(data).hexdigest(), len(data), name, str(path)))
    unique = list({o.sha256: o for o in originals}.values())
    version = catalogue.load(home.catalogue).version
    began = time.monotonic()
    with Readers(Knowledge(home.catalogue, home.divisions, version), 2, Limits(seconds=20)) as readers:
        frame = unpack([p for future in readers.submit(unique) for p in future.result()])["files"]
    found = {row["sha256"]: row for row in frame.iter_rows(named=True)}
    return [(o, found[o.sha256]) for o in unique], time.monotonic() - began


def test_every_damaged_file_has_a_reason_and_none_breaks_the_reader(home, tmp_path):
    sound = damaged.originals()
    outcomes, seconds = read_all(home, tmp_path, damaged.damaged(sound, PER_FORMAT, seed=7))
    assert len(outcomes) > 0.9 * PER_FORMAT * len(sound)
    for original, row in outcomes:
        assert row["status"] == "loaded" or (row["reason_code"] in REJECT_CODES and row["reason"]), original.name
    ours = [(o.name, r["reason"]) for o, r in outcomes if r["reason_code"] in FAULTS_OF_OURS]
    assert not ours, ours[:5]
    assert seconds < 0.2 * len(outcomes) + 60


def test_hostile_files_are_refused_and_a_sound_one_after_them_is_read(home, tmp_path):
    files = [*damaged.hostile(), ("好.txt", text("柏溪", 2024, 40).encode())]
    outcomes, _ = read_all(home, tmp_path, files)
    reasons = {original.name: row["reason_code"] for original, row in outcomes}
    assert reasons.pop("好.txt") is None
    assert not [name for name, code in reasons.items() if code in FAULTS_OF_OURS], reasons
    assert all(code in REJECT_CODES for code in reasons.values() if code), reasons
