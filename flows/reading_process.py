"""What one reading process does: originals by path → the frames of the warehouse as Arrow bytes.

``read_parcel`` is the whole of it, the same in a process of our own (``python -m flows.reading_process FD``), in the
caller's process and on a Dask worker. Knows nothing of the warehouse file, of time limits and of who asked.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from annual_reports.catalogue import Catalogue
    from annual_reports.places import Divisions
    from annual_reports.report import RejectCode, Report

READY, READ, DONE, BROKEN = range(4)  # what a reading process says: (kind, value)


@dataclass(frozen=True, slots=True)
class Original:
    """A snapshot to read: its hash, its size in bytes, the name it came under and where its bytes lie."""

    sha256: str
    size: int
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What reading rests on beside the code: the user's overlays, and the catalogue version the run began with."""

    catalogue: Path | None
    divisions: Path | None
    version: str


Packed = dict[str, bytes]  # frames by name (warehouse.frames, and "files": one row per file) as Arrow IPC


def pack(reports: Sequence[Report]) -> Packed:
    """Reports as the frames of the warehouse, in bytes that cross processes and machines."""
    from warehouse.frames import files, frames

    packed = {}
    for name, frame in {**frames(reports), "files": files(reports)}.items():
        buffer = io.BytesIO()
        frame.write_ipc(buffer)
        packed[name] = buffer.getvalue()
    return packed


def unpack(parcels: Sequence[Packed]) -> dict[str, pl.DataFrame]:
    """The frames of all parcels, one under the other; empty ones with the right columns where there is no parcel.

    The parcels are empty afterwards: bytes and frames of 5,000 reports together are 150 MB.
    """
    import polars as pl

    parcels = parcels or [pack([])]
    return {
        name: pl.concat([_decode(parcel.pop(name)) for parcel in parcels], rechunk=True) for name in list(parcels[0])
    }


def _decode(data: bytes) -> pl.DataFrame:
    import polars as pl

    return pl.read_ipc(io.BytesIO(data), memory_map=False)


def read_parcel(originals: Sequence[Original], knowledge: Knowledge, tick: Callable[[], None] = lambda: None) -> Packed:
    """Read ``originals`` one after the other; ``tick`` is called after each, so that a watcher knows where it is."""
    reports = []
    for original in originals:
        reports.append(_read(original, knowledge))
        tick()
    return pack(reports)


def _read(original: Original, knowledge: Knowledge) -> Report:
    from annual_reports.reading import read

    catalogue, divisions = _knowledge(knowledge)
    try:
        report = read(Path(original.path).read_bytes(), original.name, catalogue=catalogue, divisions=divisions)
        if report.sha256 != original.sha256:
            return rejected(original, "damaged", "原件的内容变了，与它的哈希不符；请从备份恢复 snapshots 文件夹")
        return report
    except MemoryError:
        return rejected(original, "too_large", "读取时内存超过上限；请拆分文件或去掉图片后再放入")
    except OSError as error:
        return rejected(original, "unreadable", f"原件打不开（{error.strerror}）；解决后再运行一次")
    except Exception as error:  # a fault of the reader costs this file, never the others
        said = f"{type(error).__name__}：{error}"
        return rejected(original, "reader_fault", f"读取程序内部出错（{said}）；请把文件和这句话一起反馈")


def rejected(original: Original, code: RejectCode, reason: str) -> Report:
    """The Report of a file that was not read."""
    from annual_reports.report import Report

    return Report(original.name, original.sha256, original.size, False, reason_code=code, reason=reason)


@lru_cache(maxsize=2)
def _knowledge(knowledge: Knowledge) -> tuple[Catalogue, Divisions]:
    from annual_reports import catalogue, places

    loaded = catalogue.load(knowledge.catalogue)
    if loaded.version != knowledge.version:
        raise ValueError("目录文件在运行中被改动了；请再运行一次")
    return loaded, places.load(knowledge.divisions)


def _limit_memory(limit: int) -> None:
    """Let this process take at most ``limit`` bytes more than it has now; then comes MemoryError."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):  # not Linux: the time limit alone has to do
        return
    most = pages * resource.getpagesize() + limit
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Serve parcels over the inherited pipe until its other end is closed, be it by the death of the parent."""
    import gc
    import signal
    from multiprocessing.connection import Connection

    from annual_reports import catalogue

    gc.disable()  # all that is loaded here stays: to look for garbage in it takes a fifth of the start
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent decides
    pipe = Connection(int(sys.argv[1]))
    try:
        knowledge, memory = pipe.recv()
        pack([])  # imports the frames
        catalogue.take_as_checked(knowledge.version)
        _knowledge(knowledge)
        import annual_reports.reading  # noqa: F401

        gc.freeze()
        gc.enable()
        _limit_memory(memory)
        pipe.send((READY, None))
        while True:
            originals = pipe.recv()
            pipe.send((DONE, read_parcel(originals, knowledge, lambda: pipe.send((READ, None)))))
    except (EOFError, BrokenPipeError):
        pass
    except Exception as error:
        pipe.send((BROKEN, f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    from flows.reading_process import main  # the classes that are pickled belong to the module, not to __main__

    main()
