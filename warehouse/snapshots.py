"""Originals, kept by content hash and never changed, each with a JSON sidecar that says where and when it was seen.

``snapshots/ab/abcd…`` holds the bytes, ``snapshots/ab/abcd….json`` the sidecar. The sidecar is what a rebuild knows of
a file beside its bytes; a person may write its date of publication there (``published``), where the file does not say
it. Both are written aside and renamed, so a kill leaves the old or the new, never half.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

from warehouse.home import Home


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


def keep(home: Home, data: bytes, path: str, seen_at: datetime, mtime: datetime | None = None) -> str:
    """Keep the original and note that it was seen at ``path``; returns its SHA-256. Keeping twice changes nothing.

    ``seen_at`` and ``mtime`` are UTC without a zone. The bytes reach the disk before the name exists.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    target = place(home, sha256)
    if not target.exists() or target.stat().st_size != len(data):
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, data)
    sight(home, sha256, len(data), path, seen_at, mtime)
    return sha256


def sight(  # noqa: PLR0917
    home: Home, sha256: str, size: int, path: str, seen_at: datetime, mtime: datetime | None = None
) -> None:
    """Note in the sidecar that the content was seen at ``path``; a path that is noted already stays as it is."""
    target = sidecar_place(home, sha256)
    known = read(home, sha256) if target.exists() else Snapshot(sha256, size)
    if any(at.path == path for at in known.locations):
        return
    here = Location(path, mtime.isoformat() if mtime else None, seen_at.isoformat())
    target.parent.mkdir(parents=True, exist_ok=True)
    content = asdict(Snapshot(sha256, size, (*known.locations, here), known.published))
    _write(target, json.dumps(content, ensure_ascii=False, indent=1).encode())


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


def _write(target: Path, data: bytes) -> None:
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, target)
