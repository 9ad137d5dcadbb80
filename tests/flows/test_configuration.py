"""The folder `config` of a data folder: what stops a refresh, what makes another build, and what the command says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from flows import pipeline
from flows.cli.command import app
from flows.configuration import Configuration, load_configuration, read_configuration, write_examples
from flows.request import Request
from flows.settings import Settings
from warehouse.building.corrections import FILE, load_corrections
from warehouse.errors import ConfigurationMalformed
from warehouse.folder import DataFolder

HEADING = "rule_id,figure,owner,reason,until\n"
LINE = "edition.scale,gender-pay-gap 2023-24,me,real,2027-03-31\n"
CORRECTION = "\n".join(
    line.removeprefix("#   ") for line in Path(str(FILE)).read_text().splitlines() if line.startswith("#   ")
)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.config.mkdir(parents=True)
    return folder


def write(folder: DataFolder, name: str, text: str) -> None:
    (folder.config / name).write_text(text)


def test_no_file_is_needed(tmp_path: Path) -> None:
    assert load_configuration(DataFolder(tmp_path)).digest == Configuration().digest == ""


def test_a_broken_file_stops_a_refresh_before_anything_is_fetched(folder: DataFolder) -> None:
    from flows.refreshing import run
    from flows.steps import ThreadRunner

    write(folder, "known_failures.csv", HEADING + LINE.replace("2027-03-31", "soon") + "no.rule,*,me,real,2027-03-31\n")
    with pytest.raises(ConfigurationMalformed) as error:
        run(Request(), folder, Settings(contact="a@example.org"), None, ThreadRunner("a run"))
    said = str(error.value)
    assert f"{folder.config / 'known_failures.csv'} > line 2, until" in said
    assert "Expected a date such as 2027-03-31. Found soon" in said
    assert "`workforce check-config` lists all 2 errors" in said
    assert [path.name for path in folder.root.iterdir()] == ["config"]


def test_an_operators_entry_makes_another_build_and_a_comment_does_not(folder: DataFolder) -> None:
    def fingerprint() -> str:
        digest = load_configuration(folder).digest
        made = pipeline.plan([], figure_kind="published", configuration=digest, now=datetime(2026, 1, 1, tzinfo=UTC))
        return made.fingerprint

    without = fingerprint()
    write(folder, "known_failures.csv", f"# nothing yet\n{HEADING}")
    assert fingerprint() == without
    write(folder, "known_failures.csv", HEADING + LINE)
    with_line = fingerprint()
    write(folder, "known_failures.csv", f"# why\n{HEADING}\n{LINE}")
    assert fingerprint() == with_line
    write(folder, "corrections.toml", CORRECTION)
    assert len({without, with_line, fingerprint()}) == 3


def test_a_correction_of_the_operators_is_marked_as_theirs(folder: DataFolder) -> None:
    write(folder, "corrections.toml", CORRECTION)
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA reference")
        load_corrections(con, load_configuration(folder).corrections)
        assert con.execute("SELECT corrected, origin FROM reference.corrections").fetchall() == [(151343.0, "operator")]


def test_a_wrong_correction_is_named_with_its_line(folder: DataFolder) -> None:
    write(folder, "corrections.toml", f"{CORRECTION}\n\n{CORRECTION.replace('expect', 'expects')}\n{CORRECTION}")
    _, reports = read_configuration(folder)
    [wrong, twice] = next(each.errors for each in reports if each.path.name == "corrections.toml")
    line = CORRECTION.count("\n") + 3
    assert f"correction 2, line {line} is malformed" in str(wrong)
    assert str(folder.config / "corrections.toml") in str(wrong)
    assert "another correction of the same figure" in str(twice)


def test_examples_are_written_once_and_can_be_read(folder: DataFolder) -> None:
    write(folder, "known_failures.csv", HEADING + LINE)
    written = write_examples(folder)
    assert "known_failures.csv" not in {path.name for path in written}
    assert (folder.config / "known_failures.csv").read_text() == HEADING + LINE
    assert write_examples(folder) == []
    configuration, reports = read_configuration(folder)
    assert [error for report in reports for error in report.errors] == []
    assert {report.path.name for report in reports} == {path.name for path in folder.config.iterdir()}
    assert configuration.digest == load_configuration(folder).digest != ""


def test_the_command_says_what_was_read_of_each_file_and_each_error(folder: DataFolder) -> None:
    write(folder, "known_failures.csv", HEADING + LINE + LINE)
    result = CliRunner().invoke(app, ["check-config", "--data", str(folder.root)])
    said = " ".join(result.output.split())
    assert result.exit_code == 1
    assert "line 3: the line cannot be used. Expected one line for each rule_id and figure" in said
    write(folder, "known_failures.csv", HEADING + LINE)
    assert CliRunner().invoke(app, ["check-config", "--data", str(folder.root)]).exit_code == 0


def test_a_file_is_set_aside_with_a_reason_or_read_again_without(tmp_path: Path) -> None:
    for options in ([], ["--undo", "--reason", "x"]):
        result = CliRunner().invoke(app, ["set-aside", "abc", *options, "--data", str(tmp_path)])
        assert result.exit_code == 2
        assert "either --reason" in " ".join(result.output.split())
