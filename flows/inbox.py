"""Which files a run is asked to read: walking folders, leaving alone what is no document, and taking a file's bytes.

Knows nothing of the warehouse: what is already known is asked of it in ``flows.pipeline``. Nothing here changes or
moves a file of the user's.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from annual_reports.report import RejectCode

_SYSTEM = ("thumbs.db", "desktop.ini")
_LENGTHS = {len(name) for name in _SYSTEM}


class Found(NamedTuple):
    """A regular file: ``path`` as the system has it (absolute), ``mtime_ns`` and ``size`` (bytes) when it was seen."""

    path: str
    mtime_ns: int
    size: int


class Left(NamedTuple):
    """What a run leaves alone, and why (Chinese)."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A file's bytes with their SHA-256; ``data`` is None where it was too large to take, ``reason`` then says so."""

    sha256: str | None
    data: bytes | None
    code: RejectCode | None = None
    reason: str | None = None


def walk(paths: Iterable[str | Path]) -> tuple[list[Found], list[Left]]:
    """All regular files under ``paths`` (files or folders), each once, in path order; and what was left alone.

    Left alone: names beginning with ``.`` or ``~$`` (hidden, Office's lock files), Thumbs.db and desktop.ini, links,
    pipes and devices, folders that cannot be opened. A path that the caller names himself is followed when it is a
    link. Raises FileNotFoundError, in Chinese, for a path that does not exist.
    """
    found: dict[str, Found] = {}
    left: list[Left] = []
    paths = list(paths)
    roots = [os.path.realpath(os.path.abspath(p)) for p in paths]
    for given, root in zip(paths, roots, strict=True):
        if not os.path.exists(root):
            raise FileNotFoundError(f"没有这个文件或文件夹：{given}")
    folders = []
    for root in roots:
        if os.path.isdir(root):
            folders.append(root)
        else:
            seen = os.stat(root)
            if stat.S_ISREG(seen.st_mode):
                found[root] = Found(root, seen.st_mtime_ns, seen.st_size)
            else:
                left.append(Left(root, "不是普通文件"))
    while folders:
        _scan(folders.pop(), roots, found, left, folders)
    return [found[path] for path in sorted(found)], sorted(set(left))


def _scan(folder: str, roots: list[str], found: dict[str, Found], left: list[Left], folders: list[str]) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        left.append(Left(folder, f"文件夹打不开（{error.strerror}）"))
        return
    for entry in entries:  # what most entries are comes first: a hundred thousand known files are looked at each time
        name, path = entry.name, entry.path
        if (name[0] in ".~" or len(name) in _LENGTHS) and (name.startswith((".", "~$")) or name.lower() in _SYSTEM):
            left.append(Left(path, "隐藏文件或办公软件、系统的临时文件"))
            continue
        if entry.is_file(follow_symlinks=False):
            try:
                seen = entry.stat(follow_symlinks=False)
                found[path] = Found(path, seen.st_mtime_ns, seen.st_size)
            except OSError:  # gone between the listing and now
                left.append(Left(path, "读取前已被移走"))
        elif entry.is_symlink():
            left.append(Left(path, _about_link(path, roots)))
        elif entry.is_dir(follow_symlinks=False):
            folders.append(path)
        else:
            left.append(Left(path, "不是普通文件"))


def _about_link(path: str, roots: list[str]) -> str:
    target = os.path.realpath(path)
    if not os.path.exists(target):
        return "链接断了或绕成一圈"
    if any(target == root or target.startswith(root + os.sep) for root in roots):
        return "链接，所指的就在所给的文件夹里"
    return "链接，指向所给的文件夹之外"


def shown(path: str) -> str:
    """The path as text that can be stored and printed: bytes that are not UTF-8 and control characters are escaped."""
    if path.isprintable():  # bytes that are not UTF-8 are surrogates in it, which are not printable
        return path
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def settled(found: list[Found], seconds: float) -> tuple[list[Found], list[Left]]:
    """The files that hold still, and those that are just being written: they are left for the next run.

    Only where a file was changed within the last ``seconds`` does this wait, that long, and look again.
    """
    if not any(time.time() - f.mtime_ns / 1e9 < seconds for f in found):
        return found, []
    time.sleep(seconds)
    still, moving = [], []
    for file in found:
        try:
            now = os.stat(file.path)
        except OSError:
            still.append(file)  # taking it will say why
            continue
        if (now.st_mtime_ns, now.st_size) == (file.mtime_ns, file.size):
            still.append(file)
        else:
            moving.append(Left(file.path, "还在变化，可能正在上传；下一次运行会读"))
    return still, moving


def take(found: Found, largest: int) -> Taken:
    """The bytes of a file that holds still while they are read.

    Over ``largest`` bytes only the hash is taken (in pieces), so that the file is known the next time. A file that
    cannot be opened, or changes while it is read, has no hash: the next run tries it again.
    """
    digest = hashlib.sha256()
    try:
        with open(found.path, "rb", buffering=0) as file:
            if found.size > largest:
                while piece := file.read(1 << 20):
                    digest.update(piece)
                data = None
            else:
                data = file.read(found.size + 1)  # a file that grew is told by its size below
                digest.update(data)
            after = os.fstat(file.fileno())
    except OSError as error:
        return Taken(None, None, "unreadable", f"文件打不开（{error.strerror}）；解决后再运行一次")
    if (after.st_mtime_ns, after.st_size) != (found.mtime_ns, found.size):
        return Taken(None, None, "unreadable", "文件在读取时还在变化，可能正在上传；下一次运行会再读")
    if data is None:
        return Taken(digest.hexdigest(), None, "too_large", too_large(found.size, largest))
    return Taken(digest.hexdigest(), data)


def too_large(size: int, largest: int) -> str:
    """Why a file of ``size`` bytes is not read, and the way out."""
    return f"文件有 {size / 1e6:.1f} MB，超过上限 {largest / 1e6:.0f} MB；请去掉图片或拆分后再放入"
