"""The README says what is true: its examples are run on the sample, its commands are the ones CI runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.command import app
from flows.cli.exit_codes import ExitCode
from tests.sample_warehouse import Sample
from warehouse.folder import DataFolder

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sql\n(.*?)```\s+```csv\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = re.findall(r"```sh\n(.*?)\n```", README, flags=re.DOTALL)


def test_there_are_examples_and_two_commands() -> None:
    assert len(EXAMPLES) >= 5
    assert len(COMMANDS) == 3


@pytest.fixture(scope="module")
def data(sample_warehouse: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the sample's warehouse is the published file."""
    folder = DataFolder(tmp_path_factory.mktemp("readme"))
    folder.published.parent.mkdir()
    folder.published.symlink_to(sample_warehouse.warehouse)
    return folder.root


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_gives_the_answer_the_readme_shows(data: Path, number: int) -> None:
    statement, shown = EXAMPLES[number]
    answer = CliRunner().invoke(app, ["sql", statement, "--format", "csv", "--data", str(data)])
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == shown


def test_ci_runs_the_readmes_two_commands_word_for_word() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [command for command in COMMANDS[:2] if command not in ci] == []


def test_every_command_is_in_the_readme_and_every_one_there_exists() -> None:
    told = set(re.findall(r"`workforce ([a-z-]+)", README))
    existing = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert told == existing


def test_the_table_of_exit_codes_is_that_of_the_command() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", README, flags=re.MULTILINE)
    assert rows == [(f"{code.value}", code.sentence) for code in ExitCode]
    assert all(code.sentence in str(app.info.epilog) for code in ExitCode)
