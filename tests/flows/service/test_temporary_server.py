"""Prefect's temporary server in the command's own process: what a run leaves behind when its process is gone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment import without_prefect

RUN = """
import sys
from pathlib import Path

import psutil

from flows.service.local import garbage_collection_paused, local_prefect

with local_prefect(Path(sys.argv[1])):
    with garbage_collection_paused():
        from prefect import flow, task

        from flows.service.temporary_server import temporary_server

    @task
    def one(number: int) -> int:
        return number

    @flow
    def many() -> None:
        for each in [one.submit(number) for number in range(30)]:
            each.wait()

    with temporary_server():
        many()
        print(len(psutil.Process().children(recursive=True)))
"""


@pytest.mark.slow
def test_a_run_needs_no_other_process_and_every_task_of_it_is_recorded(tmp_path: Path) -> None:
    script, data = tmp_path / "many.py", tmp_path / "data"
    script.write_text(RUN)
    plain = without_prefect(os.environ)
    done = subprocess.run(
        [sys.executable, str(script), str(data)],
        env=plain | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0"], "processes beside the command's own"
    with sqlite3.connect(data / "prefect" / "prefect.db") as records:
        assert records.execute("SELECT name, state_type FROM flow_run").fetchall()[0][1] == "COMPLETED"
        assert records.execute("SELECT state_type, count(*) FROM task_run GROUP BY state_type").fetchall() == [
            ("COMPLETED", 30)
        ]
