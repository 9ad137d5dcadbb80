"""Settings are checked before anything is started, and those of a file .env hold for options, too."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.cli.command import app
from flows.env_file import load_env_file
from flows.service import serve
from flows.settings import Settings
from tests.end_to_end.served import free_ports
from tests.environment import without_prefect

CONTACT = {"WORKFORCE_CONTACT": "data@example.org"}


@pytest.fixture(autouse=True)
def _nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(self: serve.Process) -> None:
        pytest.fail(f"{self.name} was started")

    monkeypatch.setattr(serve.Process, "start", start)


def asked(data: Path, *words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, [*words, "--data", str(data)], env={"WORKFORCE_CONTACT": None} | environment)


@pytest.mark.parametrize(
    ("words", "environment", "says"),
    [
        (("serve", "--host", "nosuchhost"), CONTACT, "Expected an IP address or localhost. Found host nosuchhost"),
        (("serve", "--host", "192.0.2.1"), CONTACT | {"PREFECT_SERVER_API_AUTH_STRING": "a:b"}, "is not free"),
        (("serve", "--host", "0.0.0.0"), CONTACT, "would be open to everyone"),
        (("serve",), {}, "WORKFORCE_CONTACT is not set"),
        (("run",), {}, "WORKFORCE_CONTACT is not set"),
        (("fetch",), {}, "WORKFORCE_CONTACT is not set"),
        (("serve",), CONTACT | {"WORKFORCE_KEEP_RELEASES": "many"}, "WORKFORCE_KEEP_RELEASES cannot have this value"),
        (("serve",), CONTACT | {"WORKFORCE_MAIL_SERVER": "host:smtp"}, "a port that is not a number"),
        (("serve",), CONTACT | {"WORKFORCE_ROBOTS_OVERRIDE": "https://x"}, "something that is not a host"),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence_before_anything_starts(
    tmp_path: Path, words: tuple[str, ...], environment: dict[str, str], says: str
) -> None:
    answer = asked(tmp_path / "data", *words, **environment)
    assert says in str(answer.exception)
    assert "What to do" in str(answer.exception)
    assert not (tmp_path / "data" / "prefect" / "prefect.db").exists()


@pytest.mark.parametrize("port", ["0", "65535", "99999", "http"])
def test_a_port_that_is_none_is_wrong_usage(tmp_path: Path, port: str) -> None:
    answer = asked(tmp_path, "serve", "--port", port, **CONTACT)
    assert (answer.exit_code, "--port" in answer.output) == (2, True)


@pytest.mark.parametrize("taken", [0, 1])
def test_a_port_that_is_taken_is_named(tmp_path: Path, taken: int) -> None:
    port = free_ports()
    with socket.create_server(("127.0.0.1", port + taken)):
        answer = asked(tmp_path, "serve", "--port", str(port), **CONTACT)
    assert f"port {port + taken} of 127.0.0.1 is not free" in str(answer.exception)
    assert "choose another port with --port" in str(answer.exception)


def test_the_data_folder_of_the_env_file_is_that_of_every_command(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text('WORKFORCE_DATA="there # not a comment"\nOTHER=1\n')
    environment = {name: value for name, value in without_prefect(os.environ).items() if name != "WORKFORCE_DATA"}
    command = [sys.executable, "-m", "flows.cli.command", "status"]
    said = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "there # not a comment/published/workforce.duckdb" in said.stderr
    given = {**environment, "WORKFORCE_DATA": "elsewhere"}
    said = subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, text=True, check=False)
    assert "elsewhere/published/workforce.duckdb" in said.stderr, "the environment wins"


def test_only_settings_are_taken_from_an_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"WORKFORCE_CONTACT": "mine"})
    (tmp_path / ".env").write_text(
        "WORKFORCE_CONTACT=other\nWORKFORCE_WEBHOOK=https://x\nPREFECT_HOME=/p\nHTTP_PROXY=q\n"
    )
    load_env_file(tmp_path / ".env")
    assert os.environ == {"WORKFORCE_CONTACT": "mine", "WORKFORCE_WEBHOOK": "https://x", "PREFECT_HOME": "/p"}


def test_host_and_port_of_the_mail_server() -> None:
    assert Settings(mail_server="mail.example.org:587").mail_host_and_port == ("mail.example.org", 587)
    assert Settings(mail_server="mail.example.org").mail_host_and_port == ("mail.example.org", 25)
