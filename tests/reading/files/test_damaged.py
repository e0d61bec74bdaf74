"""Damaged and hostile files: a reason or a text, quickly, and never anything else."""

import importlib.util
import os
import time
from pathlib import Path

import pytest

from annual_reports.files import Unreadable, read
from annual_reports.report import REJECT_CODES
from annual_reports.text import clean

_SPEC = importlib.util.spec_from_file_location("damaged", Path(__file__).parents[2] / "faults" / "damaged.py")
damaged = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(damaged)

HOSTILE = {  # what becomes of each: its code, or None where it is read
    "炸弹.docx": "bomb", "炸弹_图片.docx": "bomb", "炸弹_套娃.docx": None, "部件过多.docx": "bomb", "实体展开.docx": "bomb",
    "外部实体.docx": "bomb", "嵌套过深.docx": "damaged", "表格嵌套.docx": None, "路径穿越.docx": None, "嵌套过深.html": "damaged",
    "未闭合.html": "damaged", "表格嵌套.html": "damaged", "实体.html": None, "错误编码.html": None, "错误编码_big5.txt": None,
    "二次编码.txt": "undecodable", "二进制.txt": "undecodable", "全空白.txt": "empty", "全零.txt": "undecodable", "单行.txt": None,
    "单字行.txt": "too_large", "括号.txt": None, "拼音.txt": None, "空.pdf": "damaged", "自引用.pdf": "damaged", "页数虚报.pdf": None,
    "过大.txt": "too_large", "字数过多.txt": "too_large",
}  # fmt: skip


def outcome(name, data):
    """Code or None, and the seconds of CPU it took; a text must be whole, a reason in Chinese."""
    started = time.process_time()
    try:
        text = clean(read(data, name))
        assert "\n".join(text.text[line.start : line.end] for line in text.lines) == text.text
    except Unreadable as refused:
        code, reason = refused.code, refused.reason
    else:
        code, reason = None, "请"
    assert code is None or code in REJECT_CODES
    assert "请" in reason, reason  # every refusal names a way out
    return code, time.process_time() - started


def test_hostile_files():
    found = {}
    for name, data in damaged.hostile():
        found[name], seconds = outcome(name, data)
        assert seconds < 2, name
    assert found == HOSTILE


@pytest.mark.parametrize("name", damaged.originals())
def test_damaged_files(name):
    """A tenth here; FAZHI_DAMAGED_FILES=500 for all. The sound file of each format is read."""
    data = damaged.originals()[name]
    assert outcome(name, data)[0] is None
    count = int(os.environ.get("FAZHI_DAMAGED_FILES", "50"))
    slowest = 0.0
    for mutated, content in damaged.damaged({name: data}, count):
        slowest = max(slowest, outcome(mutated, content)[1])
    assert slowest < 2


def test_archives_write_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = dict(damaged.hostile(large=False))["路径穿越.docx"]
    assert read(data, "a.docx").blocks[0].text == "字"
    assert list(tmp_path.rglob("*")) == []
    assert not Path("/tmp/fazhi_traversal").exists()


def test_the_same_seed_gives_the_same_files():
    originals = damaged.originals()
    first, second = (list(damaged.damaged(originals, 3, seed=7)) for _ in range(2))
    assert first == second
    assert len({name for name, _ in first}) == 3 * len(originals)
    assert [data for _, data in first] != [data for _, data in damaged.damaged(originals, 3, seed=8)]
