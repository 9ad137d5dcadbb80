"""What the command says where it cannot do what was asked: a sentence, an exit code, and never half a cell."""

from __future__ import annotations

import io
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner

from flows import command, local
from flows.errors import NoPlace
from flows.local import running_here
from flows.show import show_answer
from transforms.errors import UnknownFile
from warehouse.errors import NotShowable


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def shown(answer: pl.DataFrame, form: str = "table") -> str:
    out = Console(file=io.StringIO(), width=120)
    show_answer(answer, form, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_a_cell_in_square_brackets_is_shown_as_it_is() -> None:
    text = shown(pl.DataFrame({"[q]": ["a [bold] b", "[p]", "[/]"]}))
    assert "[q]" in text
    assert "a [bold] b" in text
    assert "[p]" in text


def test_lists_in_csv_are_refused_with_what_to_do() -> None:
    with pytest.raises(NotShowable, match="json or parquet"):
        shown(pl.DataFrame({"parts": [[1, 2]]}), "csv")


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--as-of", "2024-01-31"),
        ("run", "--from", "{folder}/no-such-folder"),
        ("run", "--sample", "--rebuild"),
        ("run", "--rebuild", "--as-of", "31/01/2024"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_begun(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    data = tmp_path / "data"
    asked = [each.format(folder=tmp_path) for each in (*arguments, "--data", str(data))]
    assert CliRunner().invoke(command.app, asked).exit_code == 2
    assert not data.exists()


def test_a_disk_without_room_stops_the_run_before_it_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(NoPlace, match="nearly full"), running_here(tmp_path):
        pass


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(NoPlace, match="cannot be written"), running_here(tmp_path / "data"):
        pass


def test_an_error_of_the_operating_system_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text("not a folder")
    monkeypatch.setattr(command, "err", Console(file=sys.stderr, width=240))
    monkeypatch.setattr(command, "app", lambda: (tmp_path / "data" / "refresh.lock").write_text(""))
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert "What to do" in capsys.readouterr().err


def test_a_path_in_an_error_is_not_broken_in_two(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 30) / "data"
    said = subprocess.run(
        [sys.executable, "-m", "flows.command", "sql", "SELECT 1", "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80"},
    )
    assert said.returncode == 1
    assert str(data / "published" / "workforce.duckdb") in said.stderr


def test_an_error_made_for_users_is_logged_without_lines_of_code() -> None:
    def record(error: Exception) -> Any:
        return logging.LogRecord("prefect", logging.ERROR, "", 0, "failed", (), (type(error), error, None))

    known, unforeseen = record(UnknownFile("nobody's file")), record(KeyError("a"))
    assert local._without_traceback(known)
    assert known.exc_info is None
    assert local._without_traceback(unforeseen)
    assert unforeseen.exc_info is not None
