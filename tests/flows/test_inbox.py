"""Which files a run looks at, and how it takes their bytes: nothing hangs, nothing is missed without a word."""

import os

import pytest

from flows import inbox

DOCUMENT = "关于2024年法治政府建设情况的报告\n一、主要举措\n召开专题会议3次。\n"


def names(found):
    return [os.path.basename(f.path) for f in found]


def test_walks_folders_and_leaves_alone_what_is_no_document(tmp_path):
    (tmp_path / "2024" / "乡镇").mkdir(parents=True)
    for name in ("a.txt", "2024/b.docx", "2024/乡镇/c.pdf", ".hidden.txt", "~$b.docx", "Thumbs.db", "2024/desktop.ini"):
        (tmp_path / name).write_text(DOCUMENT)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "d.txt").write_text(DOCUMENT)
    found, left = inbox.walk([tmp_path])
    assert names(found) == ["b.docx", "c.pdf", "a.txt"]
    assert {os.path.basename(path) for path, _ in left} == {
        ".hidden.txt",
        "~$b.docx",
        "Thumbs.db",
        "desktop.ini",
        ".git",
    }
    assert all("隐藏文件" in why for _, why in left)


def test_links_are_left_alone_each_with_its_reason(tmp_path):
    box, outside = tmp_path / "box", tmp_path / "outside"
    box.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text(DOCUMENT)
    (box / "real.txt").write_text(DOCUMENT)
    (box / "out.txt").symlink_to(outside / "secret.txt")
    (box / "folder").symlink_to(outside)
    (box / "again.txt").symlink_to(box / "real.txt")
    (box / "loop").symlink_to(box)
    (box / "round").symlink_to(box / "round")
    (box / "broken.txt").symlink_to(tmp_path / "gone.txt")
    found, left = inbox.walk([box])
    assert names(found) == ["real.txt"]
    reasons = {os.path.basename(path): why for path, why in left}
    assert reasons["out.txt"] == reasons["folder"] == "链接，指向所给的文件夹之外"
    assert reasons["again.txt"] == reasons["loop"] == "链接，所指的就在所给的文件夹里"
    assert reasons["round"] == reasons["broken.txt"] == "链接断了或绕成一圈"


def test_a_link_that_the_user_names_is_followed(tmp_path):
    (tmp_path / "real.txt").write_text(DOCUMENT)
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    found, _ = inbox.walk([tmp_path / "link.txt"])
    assert [f.path for f in found] == [str(tmp_path / "real.txt")]


def test_paths_that_overlap_are_seen_once(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(DOCUMENT)
    (tmp_path / "in" / ".b").write_text("")
    found, left = inbox.walk(iter([tmp_path, tmp_path / "in", tmp_path / "in" / "a.txt"]))
    assert names(found) == ["a.txt"]
    assert len(left) == 1


def test_a_pipe_does_not_hang_the_run(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    found, left = inbox.walk([tmp_path, tmp_path / "pipe.txt"])
    assert found == []
    assert left == [inbox.Left(str(tmp_path / "pipe.txt"), "不是普通文件")]


def test_a_path_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"没有这个文件或文件夹：.*gone"):
        inbox.walk([tmp_path / "gone"])


def test_a_folder_that_cannot_be_opened_is_told(tmp_path, monkeypatch):
    (tmp_path / "shut").mkdir()
    (tmp_path / "a.txt").write_text(DOCUMENT)
    scandir = os.scandir

    def refuse(folder):
        if str(folder).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(inbox.os, "scandir", refuse)
    found, left = inbox.walk([tmp_path])
    assert names(found) == ["a.txt"]
    assert left == [inbox.Left(str(tmp_path / "shut"), "文件夹打不开（Permission denied）")]


def test_names_with_odd_characters_can_be_read_and_shown(tmp_path):
    odd = ["a b'\"$(x);|&.txt", "新\n行.txt", "-rf.txt", "％20#?.txt", "\x1b[31m红.txt", "👪.txt"]
    for name in odd:
        (tmp_path / name).write_text(DOCUMENT)
    raw = os.path.join(os.fsencode(tmp_path), b"gbk\xb1\xa8\xb8\xe6.txt")  # 报告 in GBK: no UTF-8
    with open(raw, "wb") as file:
        file.write(DOCUMENT.encode())
    found, _ = inbox.walk([tmp_path])
    assert len(found) == len(odd) + 1
    for one in found:
        assert inbox.take(one, 10**6).data == DOCUMENT.encode()
        text = inbox.shown(one.path)
        assert text.encode("utf-8")
        assert text.isprintable()
    assert any(inbox.shown(f.path).endswith("gbk\\xb1\\xa8\\xb8\\xe6.txt") for f in found)
    assert any(inbox.shown(f.path).endswith("新\\n行.txt") for f in found)


def test_taking_gives_the_bytes_and_their_hash(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"abc")
    [found], _ = inbox.walk([tmp_path])
    taken = inbox.take(found, 10)
    assert (taken.data, taken.code) == (b"abc", None)
    assert taken.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_file_over_the_limit_is_hashed_but_not_taken(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"abc")
    [found], _ = inbox.walk([tmp_path])
    taken = inbox.take(found, 2)
    assert (taken.data, taken.code) == (None, "too_large")
    assert taken.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert "超过上限" in taken.reason


def test_a_file_that_grows_or_vanishes_meanwhile_is_left_for_the_next_run(tmp_path):
    (tmp_path / "grows.txt").write_bytes(b"abc")
    (tmp_path / "gone.txt").write_bytes(b"abc")
    found, _ = inbox.walk([tmp_path])
    with (tmp_path / "grows.txt").open("ab") as file:
        file.write(b"def")
    (tmp_path / "gone.txt").unlink()
    gone, grows = (inbox.take(f, 100) for f in found)
    assert (grows.sha256, grows.code) == (None, "unreadable")
    assert "还在变化" in grows.reason
    assert (gone.sha256, gone.code) == (None, "unreadable")
    assert "打不开" in gone.reason
