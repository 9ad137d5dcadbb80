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

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from rich.console import Console
from typer.testing import CliRunner

from flows.cli import command
from flows.cli.answer import show_answer
from flows.cli.answer_stream import stream_answer
from flows.errors import DataFolderUnusable
from flows.service import local
from flows.service.local import local_folder
from transforms.errors import UnknownFile
from warehouse.asking.frames import batches
from warehouse.asking.query import Answer
from warehouse.errors import NotShowable, TooLittleSpace
from warehouse.folder import DataFolder


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def shown(answer: Answer) -> str:
    out = Console(file=io.StringIO(), width=120)
    show_answer(answer, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose published file has one table."""
    folder = DataFolder(tmp_path / "data")
    folder.published.parent.mkdir(parents=True)
    with duckdb.connect(folder.published) as con:
        con.execute("CREATE TABLE one AS SELECT 1 AS i")
    return folder.root


def asked(data: Path, statement: str, *options: str) -> bytes:
    answer = CliRunner().invoke(command.app, ["sql", statement, *options, "--data", str(data)])
    assert answer.exit_code == 0, answer.output
    return answer.stdout_bytes


def test_a_cell_in_square_brackets_is_shown_as_it_is() -> None:
    text = shown(Answer(("[q]",), [("a [bold] b",), ("[p]",), ("[/]",)], 3))
    assert "[q]" in text
    assert "a [bold] b" in text
    assert "[p]" in text
    assert " of " not in text


def test_a_long_answer_is_cut_as_a_table_and_says_so(data: Path) -> None:
    text = asked(data, "SELECT 'row ' || range AS name FROM range(244816)").decode()
    assert text.count("row ") == 100
    assert "100 rows … of 244,816; use --format or LIMIT" in text
    assert asked(data, "SELECT 'row ' || range AS name FROM range(300)", "--rows", "0").decode().count("row ") == 300


def test_other_formats_hold_every_row(data: Path) -> None:
    statement = "SELECT range AS i, 'é,\"' || range AS name FROM range(120000)"
    whole = pl.DataFrame({"i": range(120_000)}).with_columns(name=pl.format('é,"{}', "i"))
    for form, read in (("csv", pl.read_csv), ("json", pl.read_json), ("parquet", pl.read_parquet)):
        assert_frame_equal(read(io.BytesIO(asked(data, statement, "--format", form))), whole)


@pytest.mark.parametrize(("form", "written"), [("csv", b"one,two\n"), ("json", b"[]\n")])
def test_an_answer_without_rows_is_still_an_answer(data: Path, form: str, written: bytes) -> None:
    assert asked(data, "SELECT 1 AS one, 2 AS two WHERE FALSE", "--format", form) == written


def test_lists_in_csv_are_refused_with_what_to_do(data: Path) -> None:
    with pytest.raises(NotShowable, match="json or parquet"):
        stream_answer(batches(DataFolder(data).published, "SELECT [1, 2] AS parts"), "csv", io.BytesIO())


def test_a_reader_that_has_seen_enough_gets_no_error(data: Path) -> None:
    run = [
        sys.executable,
        "-m",
        "flows.cli.command",
        "sql",
        "FROM range(1000000)",
        "--format",
        "csv",
        "--data",
        str(data),
    ]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asking:
        assert asking.stdout is not None
        assert asking.stderr is not None
        assert asking.stdout.readline() == b"range\n"
        asking.stdout.close()
        assert asking.stderr.read() == b""


HEAVY = {"polars", "pyarrow", "requests", "prefect", "great_expectations", "sqlalchemy", "fastexcel", "numpy", "pandas"}


@pytest.mark.parametrize(
    ("question", "allowed"),
    [
        (("--help",), set()),
        (("sql", "--help"), set()),
        (("sql", "SELECT 1"), set()),
        (("tables",), set()),
        (("tables", "one"), set()),
        (("ask",), set()),
        (("ask", "verdicts"), set()),
        (("status",), set()),
        (("sql", "SELECT 1", "--format", "csv"), {"polars", "pyarrow", "numpy", "pandas"}),
        (("explain", "core.nothing", "a=b"), {"polars", "pyarrow", "numpy", "pandas", "fastexcel"}),
        (("diff", "{warehouse}", "{warehouse}"), {"polars", "pyarrow", "numpy", "pandas", "fastexcel"}),
    ],
)
def test_a_question_imports_only_what_it_needs(data: Path, question: tuple[str, ...], allowed: set[str]) -> None:
    words = [word.format(warehouse=DataFolder(data).published) for word in question]
    place = [] if "--help" in words else ["--data", str(data)]
    asking = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flows.cli.command", *words, *place],
        capture_output=True,
        text=True,
        check=False,
    )
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in asking.stderr.splitlines()}
    assert "flows" in imported
    assert imported & HEAVY <= allowed


@pytest.mark.slow
def test_a_refresh_imports_the_checks_only_where_it_checks() -> None:
    """Nor a cluster where it reads in threads, nor Prefect where no server is configured."""
    script = "import sys, flows.refreshing{}; print(*sys.modules)"
    alone = subprocess.check_output([sys.executable, "-c", script.format(", flows.cli.refreshes")], text=True).split()
    in_a_flow = subprocess.check_output([sys.executable, "-c", script.format(", flows.refresh")], text=True).split()
    assert not {"great_expectations", "prefect_dask", "distributed", "dask"} & {*alone, *in_a_flow}
    assert "prefect" in in_a_flow
    assert "prefect" not in alone


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
    with pytest.raises(TooLittleSpace, match="too little free space for a refresh"), local_folder(tmp_path):
        pass


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(DataFolderUnusable, match="cannot be written"), local_folder(tmp_path / "data"):
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


def test_too_little_memory_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def too_large() -> None:
        raise MemoryError

    monkeypatch.setattr(command, "err", Console(file=sys.stderr, width=240))
    monkeypatch.setattr(command, "app", too_large)
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert "too little memory" in capsys.readouterr().err


def test_a_folder_that_another_process_has_locked_has_an_exit_code_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.archive.mkdir(parents=True)
    arguments = ["backup", str(tmp_path / "backups"), "--wait", "0", "--data", str(folder.root)]
    monkeypatch.setattr(command, "err", Console(file=sys.stderr, width=240))
    monkeypatch.setattr(sys, "argv", ["workforce", *arguments])
    with folder.locked(), pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 5
    assert "a backup is being made" in capsys.readouterr().err


def test_a_path_in_an_error_is_not_broken_in_two(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 30) / "data"
    said = subprocess.run(
        [sys.executable, "-m", "flows.cli.command", "sql", "SELECT 1", "--data", str(data)],
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
