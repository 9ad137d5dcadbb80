"""The processes of the service end when the service is killed, also those below them in sessions of their own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

SERVICE = """
import os, subprocess, sys

reading, writing = os.pipe()
worker = ["tests.flows.service.worker_stand_in", sys.argv[1]]
command = [sys.executable, "-m", "flows.service.child", str(reading), *worker]
subprocess.Popen(command, pass_fds=[reading], start_new_session=True)
sys.stdin.read()
"""
"""A service with one process, which waits until it is killed."""

ROOT = Path(__file__).parents[3]


def until(met: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not met():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_killed_service_takes_its_processes_and_their_runs_along(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers"
    service = subprocess.Popen([sys.executable, "-c", SERVICE, str(numbers)], stdin=subprocess.PIPE, cwd=ROOT)
    until(lambda: numbers.exists() and len(numbers.read_text().split()) == 2)
    worker, run = (psutil.Process(int(number)) for number in numbers.read_text().split())
    assert worker.parent() == psutil.Process(service.pid)
    assert run.parent() == worker
    service.kill()
    service.wait()
    until(lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in (worker, run)))
