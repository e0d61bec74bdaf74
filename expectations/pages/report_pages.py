"""The page of one report, and the processes that write many of them at once.

Knows what a report page is told and how work is handed to a process: what ``questions.page_parts`` fetched goes out,
the keys that were written come back. Processes are started with Popen and a pipe for the reason that ``flows.readers``
gives; this module asks the warehouse nothing.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self

import polars as pl

from expectations.pages import beside, marking
from expectations.pages.questions import by_report
from expectations.pages.site import Site, page_name, pager

TEXT_BYTES = 400_000  # of marked text on one page of a long report
LISTED = 200  # checks and failures that a page shows at most; the warehouse has them all

Batch = tuple[list[str], dict[str, pl.DataFrame]]  # reports, and all that their pages show: part → rows of all of them
Wrote = tuple[list[str], int]  # the reports whose pages are there, and how many pages those are (of a long one several)


class Renderers:
    """Processes that write report pages; with none of them this process does. A context manager."""

    def __init__(self, site: Site, processes: int) -> None:
        self.site = site
        self.workers = [_start(site) for _ in range(processes)]
        self.free: SimpleQueue[Connection] = SimpleQueue()
        for _, pipe in self.workers:
            self.free.put(pipe)
        self.threads = ThreadPoolExecutor(max(1, processes), thread_name_prefix="pages")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process, _ in self.workers:
            process.terminate()  # idle, unless something went wrong; a page is written whole or not at all
        self.threads.shutdown(wait=True, cancel_futures=True)
        for process, pipe in self.workers:
            pipe.close()
            process.wait()

    def write(self, batches: Iterable[Batch]) -> Iterator[list[str]]:
        """Write every batch; yields the keys whose pages are there. At most one waits, so that memory stays level."""
        if not self.workers:
            yield from (write_pages(self.site, batch)[0] for batch in batches)
            return
        running: deque[Future[Wrote]] = deque()
        for batch in batches:
            while len(running) > len(self.workers):
                yield self._done(running.popleft())
            running.append(self.threads.submit(self._hand_over, batch))
        while running:
            yield self._done(running.popleft())

    def _done(self, writing: Future[Wrote]) -> list[str]:
        keys, pages = writing.result()
        self.site.written += pages
        return keys

    def _hand_over(self, batch: Batch) -> Wrote:
        pipe = self.free.get()
        try:
            pipe.send(batch)
            wrote: Wrote | str = pipe.recv()
        except (EOFError, ConnectionError):
            wrote = "进程意外退出"
        finally:
            self.free.put(pipe)  # a dead one too: whoever takes it next is told at once
        if isinstance(wrote, str):
            raise RuntimeError(f"报告页没有写成：{wrote}；请再运行一次 fazhi audit")
        return wrote


def _start(site: Site) -> tuple[subprocess.Popen[bytes], Connection]:
    ours, theirs = Pipe()
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", f"from {__name__} import main; main()", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
    )
    theirs.close()
    ours.send((site.target, site.common))
    return process, ours


def main() -> None:
    """Write batches over the inherited pipe until its other end is closed, be it by the death of the parent."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent decides
    pipe = Connection(int(sys.argv[1]))
    try:
        target, common = pipe.recv()
        site = Site(Path(target), **common)
        while True:
            pipe.send(write_pages(site, pipe.recv()))
    except (EOFError, ConnectionError):
        pass
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")


def write_pages(site: Site, batch: Batch) -> Wrote:
    """The pages of all reports of ``batch``."""
    before = site.written
    for parts in by_report(*batch):
        _report(site, parts)
    return batch[0], site.written - before


def _report(site: Site, parts: dict[str, list[Any]]) -> None:
    """The page of one report; a very long text goes on over several, each with its own facts beside it."""
    [report] = parts["report"]
    places = marking.marks(parts["quantities"], len(report.text))
    where = {reading.quantity_id: mark.anchor for mark in places for reading in mark.readings}
    facts = [(where.get(fact.quantity_id), fact) for fact in parts["facts"]]
    unclaimed = [
        (where[q.quantity_id], q)
        for q in parts["quantities"]
        if marking.css_class(q) == "unmatched" and q.quantity_id in where
    ]
    pages = list(_divide(marking.blocks(report.text, report.title, parts["sections"], places)))
    for n, blocks in enumerate(pages):
        first, here = n == 0, {a for block in blocks for a in block.anchors}
        head = [
            beside.head(report),
            beside.about(report, parts["files"][:20]) if first else "",
            beside.legend(_roles(mark for mark in places if mark.anchor in here)),
        ]
        side = [
            beside.failures(parts["failures"][:LISTED]) if first else "",
            beside.facts([fact for fact in facts if fact[0] in here or (first and fact[0] is None)]),
            beside.unclaimed([figure for figure in unclaimed if figure[0] in here]),
            beside.checks(parts["checks"][:LISTED]) if first else "",
        ]
        site.fill(
            page_name(f"reports/{report.report_id}", n),
            "report.html",
            title=f"{beside.issuer(report)} {report.report_year}",
            head="".join(head),
            text="\n".join([block.html for block in blocks]),
            pager=pager(report.report_id, n, len(pages)),
            side="".join(side),
        )


ROLE_WORDS = {
    "achieved": "完成数，已归入指标",
    "unmatched": "完成数，没有指标认领",
    "target": "目标数",
    "quota": "定额",
    "comparative": "其他年份的数",
    "change": "变化幅度",
    "else": "其他数字",
}


def _roles(places: Iterable[marking.Mark]) -> list[tuple[str, str, int]]:
    """The legend: class, words and number of the figures of each kind that the page has."""
    counts: dict[str, int] = defaultdict(int)
    for mark in places:
        counts[marking.css_class(mark.readings[0])] += 1
    return [(css, words, counts[css]) for css, words in ROLE_WORDS.items() if counts[css]]


def _divide(blocks: Sequence[marking.Block]) -> Iterator[list[marking.Block]]:
    """Blocks page by page; at least one page."""
    if sum([len(block.html) for block in blocks]) * 4 <= TEXT_BYTES:  # at four bytes a character: nearly always
        yield list(blocks)
        return
    page: list[marking.Block] = []
    length = 0
    for block in blocks:
        more = len(block.html.encode())
        if page and length + more > TEXT_BYTES:
            yield page
            page, length = [], 0
        page.append(block)
        length += more
    yield page
