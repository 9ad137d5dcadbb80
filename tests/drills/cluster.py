"""A Dask cluster on this machine: a scheduler, and workers that are processes with a folder each."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

from tests.benchmarks.processes import ROOT


class Cluster:
    """A running cluster; `task_runner` is the value of WORKFORCE_TASK_RUNNER."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._root, self._environment = root, environment
        scheduler = root / "scheduler.json"
        self._scheduler = self._start("dask_scheduler", "--port", "0", "--no-show", "--scheduler-file", str(scheduler))
        while not scheduler.exists():
            time.sleep(0.1)
        self._client = Client(scheduler_file=str(scheduler), set_as_default=False)
        self.task_runner = f"dask:{self._client.scheduler.address}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._number = 0

    def add_worker(self) -> None:
        """Start a worker with an empty folder of its own, and wait until it has joined."""
        self._number += 1
        folder = self._root / f"worker-{self._number}"
        folder.mkdir()
        address = self.task_runner.removeprefix("dask:")
        self.workers.append(self._start("dask_worker", address, "--nthreads", "1", "--no-nanny", folder=folder))
        self._client.wait_for_workers(len(self.workers), timeout=120)

    def kill(self, number: int) -> None:
        """Kill a worker (SIGKILL)."""
        worker = self.workers.pop(number)
        worker.kill()
        worker.wait()

    def close(self) -> None:
        """Stop everything."""
        self._client.close()
        for each in [*self.workers, self._scheduler]:
            each.kill()
            each.wait()

    def _start(self, module: str, *arguments: str, folder: Path | None = None) -> subprocess.Popen[bytes]:
        place = folder or self._root
        environment = {**self._environment, "TMPDIR": str(place), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard", "--host", "127.0.0.1"]
        with (place / "log.txt").open("ab") as log:
            return subprocess.Popen([*command, *arguments], env=environment, cwd=place, stdout=log, stderr=log)


@contextmanager
def cluster(root: Path, environment: Mapping[str, str], *, workers: int = 2) -> Iterator[Cluster]:
    """A cluster with so many workers, below the folder `root`."""
    running = Cluster(root, environment)
    try:
        for _ in range(workers):
            running.add_worker()
        yield running
    finally:
        running.close()
