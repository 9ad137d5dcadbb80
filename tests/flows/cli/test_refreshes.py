"""A refresh by the command: alone in its process, and reported to a Prefect server where one is configured."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli.command import app
from flows.service.api import Api
from tests.end_to_end.served import clean_environment, until
from tests.flows.fetching.test_inbox import ETR
from warehouse.folder import DataFolder


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    """A folder with one file that its reader refuses."""
    place = tmp_path / "placed" / "2025-12"
    place.mkdir(parents=True)
    (place / "etr.csv").write_bytes(ETR + ETR.replace(b"R0A", b"r1k"))
    return place.parent


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "flows.cli.command", *map(str, words)]


def test_without_a_server_nothing_of_prefect_is_left_in_the_data_folder(tmp_path: Path, refused: Path) -> None:
    data = tmp_path / "data"
    done = CliRunner().invoke(app, ["run", "--from", str(refused), "--data", str(data)])
    assert done.exit_code == 6, done.output
    assert "Nothing to publish" in done.output
    assert not (data / "prefect").exists()


@pytest.mark.slow
def test_a_server_that_is_configured_is_told_of_the_run_and_its_steps(
    prefect_server: None, tmp_path: Path, refused: Path
) -> None:
    from prefect.settings import PREFECT_API_URL

    api = Api(PREFECT_API_URL.value())
    done = subprocess.run(
        command("run", "--from", refused, "--data", tmp_path / "data"),
        env=clean_environment(PREFECT_API_URL=PREFECT_API_URL.value()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 6, done.stderr
    newest: dict[str, Any] = {"sort": "START_TIME_DESC", "limit": 1}
    (run,) = api.call("POST", "flow_runs/filter", newest)
    assert (run["state"]["type"], run["state"]["name"]) == ("FAILED", "Nothing to publish")
    wanted = {"flow_runs": {"id": {"any_": [run["id"]]}}}

    def steps() -> set[str]:
        return {each["name"] for each in api.call("POST", "task_runs/filter", wanted)}

    until(lambda: steps() == {"Take in placed files", "Read etr.csv"}, "both steps are recorded")


@pytest.mark.slow
def test_a_server_that_does_not_answer_is_an_error_that_says_so(tmp_path: Path, refused: Path) -> None:
    done = subprocess.run(
        command("run", "--from", refused, "--data", tmp_path / "data"),
        env=clean_environment(PREFECT_API_URL="http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES="0"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Prefect did not start" in done.stderr
    assert "PREFECT_API_URL" in done.stderr


@pytest.mark.slow
def test_a_command_that_is_asked_to_end_removes_what_is_half_written(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    process = subprocess.Popen(
        command("run", "--sample", "--series", "ods", "--data", folder.root),
        env=clean_environment(),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    until(lambda: list(folder.candidates.glob("*/*.duckdb")), "a candidate is being built", 60)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 128 + signal.SIGTERM
    assert list(folder.candidates.glob("*")) == []
    assert not folder.published.exists()


def test_a_run_that_ends_with_an_error_is_a_notice(
    tmp_path: Path, refused: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []

    def broken(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr("flows.refreshing.refresh_folder", broken)
    monkeypatch.setattr("flows.service.notices.notify_crash", lambda name, why, *_, **__: told.append((name, why)))
    done = CliRunner().invoke(app, ["run", "--from", str(refused), "--data", str(tmp_path / "data")])
    assert isinstance(done.exception, RuntimeError)
    ((name, why),) = told
    assert name.endswith("· folder · all series")
    assert why == "Failed: nobody foresaw this"
    assert os.environ.get("WORKFORCE_DATA") is None
