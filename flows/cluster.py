"""Reading on a Dask cluster: the same parcels through the same function, on workers of other machines.

The home must be at the same path for all (a shared folder): workers read the snapshots there and return Arrow bytes;
one process loads. Uses ``distributed.Client`` inside one task, not DaskTaskRunner, which costs 150 ms a task.
A worker that is lost costs its parcels another reading, nothing else: reading changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self

from flows.readers import PARCEL
from flows.reading_process import Knowledge, Original, Packed, pack, read_parcel, rejected

LOST = 3  # workers that a parcel may take with it before one of its files is held to be the cause


class Cluster:
    """Stands where ``readers.Readers`` stands. Raises ValueError (Chinese) where the cluster cannot be used."""

    def __init__(self, address: str, knowledge: Knowledge) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ValueError("在集群上读取要装 distributed：pip install 'fazhi-warehouse[distributed]'") from None
        self.knowledge = knowledge
        try:
            self.client: Any = Client(address, timeout=20, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ValueError(f"连不上 Dask 调度器 {address}：{error}") from error
        workers = len(self.client.scheduler_info(n_workers=-1)["workers"])
        if not workers:
            self.client.close()
            raise ValueError(f"Dask 调度器 {address} 上没有工作进程；先用 dask worker {address} 启动")
        self.threads = ThreadPoolExecutor(4 * workers, thread_name_prefix="dask")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.client.close()

    def submit(self, originals: Sequence[Original]) -> list[Future[list[Packed]]]:
        """Begin to read ``originals`` in parcels; the futures come in their order."""
        return [self.threads.submit(self._read, originals[n : n + PARCEL]) for n in range(0, len(originals), PARCEL)]

    def _read(self, originals: Sequence[Original]) -> list[Packed]:
        from distributed.scheduler import KilledWorker

        try:
            return [self.client.submit(read_parcel, originals, self.knowledge, pure=False, retries=LOST).result()]
        except KilledWorker:
            if len(originals) == 1:
                reason = f"连续 {LOST} 个工作进程在读这个文件时退出，文件可能已损坏"
                return [pack([rejected(originals[0], "damaged", reason)])]
            half = len(originals) // 2
            return self._read(originals[:half]) + self._read(originals[half:])
