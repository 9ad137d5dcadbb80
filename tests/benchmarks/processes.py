"""Processes whose cost is measured."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.environment import without_prefect

COMMAND = (sys.executable, "-m", "flows.cli.command")
ROOT = Path(__file__).parents[2]


def cpu(*words: str | Path, ends: tuple[int, ...] = (0,)) -> float:
    """CPU seconds of a process and of those it started and waited for. It must end with one of these exit codes."""
    plain = without_prefect(os.environ)
    plain.pop("PYTHONDONTWRITEBYTECODE", None)
    with subprocess.Popen(words, env=plain, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in ends, words
    return usage.ru_utime + usage.ru_stime
