"""A port that is taken: the message names the process, and never leads to two servers on one database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from flows.errors import CannotServe
from flows.service.serve import ServiceAddress, serve
from flows.settings import Settings
from tests.end_to_end.served import free_ports
from warehouse.folder import DataFolder


@contextmanager
def listening(port: int, home: Path) -> Iterator[int]:
    """A process that listens on the port, with PREFECT_HOME as the processes of a service have it; its number."""
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with subprocess.Popen(
        command, env=os.environ | {"PREFECT_HOME": str(home)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while not psutil.Process(process.pid).net_connections():
            time.sleep(0.05)
        try:
            yield process.pid
        finally:
            process.kill()


def refusal(data: Path, port: int) -> str:
    """What `workforce serve` says on the folder and port."""
    with pytest.raises(CannotServe) as refused:
        serve(data, ServiceAddress(port=port), Settings(contact="test@example.org"), print)
    return str(refused.value)


def test_a_process_of_somebody_else_is_named_and_another_port_is_advised(tmp_path: Path) -> None:
    port = free_ports()
    with listening(port, tmp_path / "another") as pid:
        said = refusal(tmp_path / "data", port)
    assert f"port {port} of 127.0.0.1 is not free" in said
    assert f"process {pid}: " in said
    assert "http.server" in said
    assert "--port" in said


def test_what_is_left_of_a_service_on_the_same_folder_is_to_be_stopped_first(tmp_path: Path) -> None:
    port, data = free_ports(), tmp_path / "data"
    with listening(port, DataFolder(data.resolve()).root / "prefect") as pid:
        said = refusal(data, port)
    assert f"stop what is left of an earlier service (kill {pid}), then start again" in said
    assert "--port" not in said.partition("What to do")[2]
