"""Originals by content hash and their sidecars: kept once, never changed, and told apart from damage."""

import hashlib
import json
from datetime import datetime, timedelta

import pytest
from hand_made import T0

from warehouse import snapshots
from warehouse.home import Home


@pytest.fixture
def home(tmp_path):
    return Home.at(tmp_path).make()


def test_the_same_bytes_are_kept_once_with_every_place(home):
    first = snapshots.keep(home, b"abc", "inbox/a.txt", T0, datetime(2025, 1, 1))
    again = snapshots.keep(home, b"abc", "mirror/b.txt", T0 + timedelta(days=1))
    assert first == again == hashlib.sha256(b"abc").hexdigest()
    assert sorted(p.name for p in home.snapshots.rglob("*") if p.is_file()) == [first, f"{first}.json"]
    kept = snapshots.read(home, first)
    assert [(at.path, at.mtime, at.first_seen) for at in kept.locations] == [
        ("inbox/a.txt", "2025-01-01T00:00:00", "2026-01-05T08:00:00"),
        ("mirror/b.txt", None, "2026-01-06T08:00:00"),
    ]
    assert (kept.name, kept.size) == ("a.txt", 3)
    assert snapshots.original(home, first) == b"abc"


def test_keeping_again_changes_no_byte(home):
    sha256 = snapshots.keep(home, b"abc", "a.txt", T0)
    before = snapshots.sidecar_place(home, sha256).read_bytes()
    snapshots.keep(home, b"abc", "a.txt", T0 + timedelta(days=9))
    assert snapshots.sidecar_place(home, sha256).read_bytes() == before


def test_a_half_written_original_is_written_again(home):
    sha256 = snapshots.keep(home, b"abcdef", "a.txt", T0)
    snapshots.place(home, sha256).write_bytes(b"abc")
    with pytest.raises(snapshots.SnapshotError, match="与其名（哈希）不符"):
        snapshots.original(home, sha256)
    snapshots.keep(home, b"abcdef", "a.txt", T0)
    assert snapshots.original(home, sha256) == b"abcdef"


def test_nothing_has_its_name_before_it_is_settled_and_leftovers_are_written_over(home):
    data, sha256 = b"abc", hashlib.sha256(b"abc").hexdigest()
    for _ in range(2):  # the first is killed before it settles
        keeping = snapshots.Keeping(home)
        keeping.keep(sha256, data, 3, "a.txt", T0)
        keeping.keep(sha256, data, 3, "b.txt", T0)
        assert not snapshots.place(home, sha256).exists()
    keeping.settle()
    assert sorted(p.name for p in home.snapshots.rglob("*") if p.is_file()) == [sha256, f"{sha256}.json"]
    assert [at.path for at in snapshots.read(home, sha256).locations] == ["a.txt", "b.txt"]
    assert snapshots.original(home, sha256) == data


def test_a_person_may_write_the_date_of_publication(home):
    sha256 = snapshots.keep(home, b"abc", "a.txt", T0)
    place = snapshots.sidecar_place(home, sha256)
    content = json.loads(place.read_text("utf-8"))
    place.write_text(json.dumps(content | {"published": "2025-03-31"}), "utf-8")
    assert snapshots.read(home, sha256).published_on.isoformat() == "2025-03-31"
    snapshots.keep(home, b"abc", "b.txt", T0)
    assert snapshots.read(home, sha256).published == "2025-03-31"
    place.write_text(json.dumps(content | {"published": "三月"}), "utf-8")
    with pytest.raises(snapshots.SnapshotError, match="published 应写作 2025-03-31"):
        snapshots.read(home, sha256)


def test_all_in_the_order_of_their_first_sight(home):
    late = snapshots.keep(home, b"1", "a.txt", T0 + timedelta(days=1))
    b, a = snapshots.keep(home, b"2", "b.txt", T0), snapshots.keep(home, b"3", "a.txt", T0)
    assert [s.sha256 for s in snapshots.every(home)] == [a, b, late]


def test_what_is_missing_is_named(home):
    with pytest.raises(snapshots.SnapshotError, match="原件不在"):
        snapshots.original(home, "0" * 64)
    with pytest.raises(snapshots.SnapshotError, match="没有这份原件的附注文件"):
        snapshots.read(home, "0" * 64)


def test_odd_names_survive(home):
    name = "收件/a\nb\"'\\ ，🙂.txt"
    sha256 = snapshots.keep(home, b"x", name, T0)
    assert snapshots.read(home, sha256).locations[0].path == name
