"""Originals, kept by content hash and never changed, each with a JSON sidecar that says where and when it was seen.

``snapshots/ab/abcd…`` holds the bytes, ``snapshots/ab/abcd….json`` the sidecar. The sidecar is what a rebuild knows of
a file beside its bytes; a person may write its date of publication there (``published``), where the file does not say
it. Both are written aside and renamed, so a kill leaves the old or the new, never half.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from warehouse.home import Home

WAITING = 8  # threads that wait for the disk


class SnapshotError(RuntimeError):
    """A snapshot or its sidecar that is missing or not what it was; says in Chinese which and what to do."""


@dataclass(frozen=True)
class Location:
    """One place where the content was seen; times in UTC, ISO 8601."""

    path: str
    mtime: str | None
    first_seen: str


@dataclass(frozen=True)
class Snapshot:
    """A sidecar: ``size`` in bytes, ``published`` as a person wrote it (ISO date) or None."""

    sha256: str
    size: int
    locations: tuple[Location, ...] = field(default=())
    published: str | None = None

    @property
    def name(self) -> str:
        """The file name under which the content was first seen."""
        return Path(self.first.path).name

    @property
    def first(self) -> Location:
        return min(self.locations, key=lambda at: (at.first_seen, at.path))

    @property
    def published_on(self) -> date | None:
        return date.fromisoformat(self.published) if self.published else None


def place(home: Home, sha256: str) -> Path:
    """Where the original with this hash lies."""
    return home.snapshots / sha256[:2] / sha256


def sidecar_place(home: Home, sha256: str) -> Path:
    return home.snapshots / sha256[:2] / f"{sha256}.json"


class Keeping:
    """Originals and sidecars on their way: written aside as they come, and given their names together by ``settle``.

    A disk takes milliseconds to be sure of a file; asked for many at once it takes little longer than for one. Until
    ``settle`` the originals wait in the system's memory and the sidecars in ours, so whoever keeps many settles now and
    then. One process keeps at a time: the one that has the warehouse open.
    """

    def __init__(self, home: Home) -> None:
        self.home, self.root = home, str(home.snapshots)
        self.sidecars: dict[str, Snapshot] = {}
        self.changed: set[str] = set()
        self.aside: list[tuple[str, str]] = []

    def keep(  # noqa: PLR0917
        self, sha256: str, data: bytes | None, size: int, path: str, seen_at: datetime, mtime: datetime | None = None
    ) -> Snapshot:
        """Note that the content was seen at ``path``, and keep its bytes, where they are not yet kept.

        ``data`` is None where only the sidecar is wanted. ``seen_at`` and ``mtime`` are UTC without a zone. Raises
        SnapshotError for a sidecar that cannot be read.
        """
        known = self.sidecars.get(sha256) or self._known(sha256, size)
        if data is not None and sha256 not in self.sidecars and _size(f"{self.root}/{sha256[:2]}/{sha256}") != size:
            self._write(sha256, sha256, data)
        if all(at.path != path for at in known.locations):
            here = Location(path, mtime.isoformat() if mtime else None, seen_at.isoformat())
            known = Snapshot(sha256, size, (*known.locations, here), known.published)
            self.changed.add(sha256)
        self.sidecars[sha256] = known
        return known

    def settle(self) -> None:
        """Everything kept so far reaches the disk and then gets its name; a kill leaves the old or the new."""
        for sha256 in self.changed:
            self._write(sha256, f"{sha256}.json", _content(self.sidecars[sha256]))
        with ThreadPoolExecutor(WAITING) as pool:
            list(pool.map(_sync, [[name for name, _ in self.aside[n::WAITING]] for n in range(WAITING)]))
        for name, target in self.aside:
            os.replace(name, target)
        self.sidecars, self.changed, self.aside = {}, set(), []

    def _known(self, sha256: str, size: int) -> Snapshot:
        if _size(f"{self.root}/{sha256[:2]}/{sha256}.json") is None:
            return Snapshot(sha256, size)
        return read(self.home, sha256)

    def _write(self, sha256: str, name: str, data: bytes) -> None:
        folder = f"{self.root}/{sha256[:2]}"
        aside = f"{folder}/.{name}.part"  # the same in every run, so that a killed one's is written over
        try:
            file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        except FileNotFoundError:
            os.makedirs(folder, exist_ok=True)
            return self._write(sha256, name, data)
        with open(file, "wb", buffering=0) as out:
            left = memoryview(data)
            while left:
                left = left[out.write(left) :]
        self.aside.append((aside, f"{folder}/{name}"))


def keep(home: Home, data: bytes, path: str, seen_at: datetime, mtime: datetime | None = None) -> str:
    """Keep one original and note that it was seen at ``path``; returns its SHA-256. Keeping twice changes nothing."""
    sha256 = hashlib.sha256(data).hexdigest()
    keeping = Keeping(home)
    keeping.keep(sha256, data, len(data), path, seen_at, mtime)
    keeping.settle()
    return sha256


def read(home: Home, sha256: str) -> Snapshot:
    """The sidecar of a snapshot. Raises SnapshotError where it is missing or no sidecar."""
    path = sidecar_place(home, sha256)
    try:
        content = json.loads(path.read_text("utf-8"))
        locations = tuple(Location(**at) for at in content["locations"])
        found = Snapshot(content["sha256"], content["size"], locations, content["published"])
        found.published_on  # noqa: B018 - a date that a person wrote wrongly is found here, with the file's name
    except FileNotFoundError:
        raise SnapshotError(f"{path}：没有这份原件的附注文件；从备份恢复，或把原件重新放入收件夹") from None
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{path}：附注文件不合格式（{error!r}）；published 应写作 2025-03-31 或 null") from error
    return found


def original(home: Home, sha256: str) -> bytes:
    """The original's bytes. Raises SnapshotError where they are missing or no longer have this hash."""
    path = place(home, sha256)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise SnapshotError(f"{path}：原件不在；从备份恢复 snapshots 文件夹") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SnapshotError(f"{path}：原件的内容变了，与其名（哈希）不符；从备份恢复")
    return data


def every(home: Home) -> Iterator[Snapshot]:
    """All snapshots, in the order in which they were first seen (then by path): the order of a rebuild."""
    found = [read(home, path.stem) for path in home.snapshots.glob("??/*.json")]
    yield from sorted(found, key=lambda s: (s.first.first_seen, s.first.path, s.sha256))


def _content(snapshot: Snapshot) -> bytes:
    content = {**vars(snapshot), "locations": [vars(at) for at in snapshot.locations]}
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _size(path: str) -> int | None:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return None


def _sync(names: Iterable[str]) -> None:
    for name in names:
        file = os.open(name, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
