"""`workforce ask`, `sql` and `tables`: answers, reasons where there is none, suggestions, the form of each output."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from rich.console import Console
from rich.table import Table
from typer.testing import CliRunner, Result

from flows.cli import command
from flows.cli.answer import show_answer
from flows.cli.consoles import UNLIMITED, show_table
from flows.cli.exit_codes import ExitCode
from tests.sample_warehouse import Sample
from warehouse.asking.query import Answer, first_rows
from warehouse.asking.questions import ready_question, ready_questions
from warehouse.asking.ready import answer_to
from warehouse.errors import NoSuchOrganisation, NoSuchQuestion, NoSuchTable, SeveralOrganisations
from warehouse.folder import DataFolder

BORDERS = re.compile("[\u2500-\u257f]")
COLOURS = re.compile("\x1b")


@pytest.fixture(scope="module")
def data(sample_warehouse: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the sample's warehouse is the published file."""
    folder = DataFolder(tmp_path_factory.mktemp("asked"))
    folder.published.parent.mkdir()
    folder.published.symlink_to(sample_warehouse.warehouse)
    return folder.root


def asked(data: Path, *words: str) -> Result:
    return CliRunner().invoke(command.app, [*words, "--data", str(data)])


def test_ask_lists_every_question_below_its_topic() -> None:
    listed = CliRunner().invoke(command.app, ["ask"]).stdout
    places = [listed.index(f"  {each.name}") for each in ready_questions()]
    assert places == sorted(places)
    assert all(each.title in listed and each.topic in listed for each in ready_questions())
    assert "staff_of_a_trust --org NAME" in listed


def test_an_answer_has_sentence_source_table_caveat_and_sql(data: Path) -> None:
    said = asked(data, "ask", "nursing-by-region")
    assert said.exit_code == 0
    question = ready_question("nursing_by_region")
    sentence = r"At 31 March 2026, .* was highest in South East, 6\.7% \(7\.3% a year before\)"
    assert re.search(sentence, said.stdout)
    assert "Source: NHS Vacancy Statistics, England. Editions: nhs-vacancy-statistics 2026-03." in said.stdout
    assert re.search(r"^South East +6\.7 +3,860 +7\.3 +−0\.6 +1$", said.stdout, re.MULTILINE)
    assert f"Caveat: {question.caveat}" in said.stdout
    assert question.sql in said.stdout
    assert "Illustrative figures: not statistics." in said.stdout


def test_the_sql_that_is_shown_gives_the_same_rows(data: Path, sample_warehouse: Sample) -> None:
    answer = answer_to(sample_warehouse.warehouse, ready_question("women_in_top_quarter_of_a_trust"), "guys")
    assert first_rows(sample_warehouse.warehouse, answer.sql).named() == [
        {name: value for name, value in row.items() if name != "figure_id"} for row in answer.rows
    ]
    assert [row["org_code"] for row in answer.rows if row["is_asked"]] == ["RJ1"]
    assert len(answer.rows) > 2


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("guys", "Guy's and St Thomas' NHS Foundation Trust (RJ1)"),
        ("rj1", "Guy's and St Thomas' NHS Foundation Trust (RJ1)"),
        ("Camden & Islington", "North London NHS Foundation Trust (G6V2S)"),
        ("TAF", "North London NHS Foundation Trust (G6V2S)"),
    ],
)
def test_an_organisation_is_found_by_name_former_name_or_code(data: Path, typed: str, name: str) -> None:
    said = asked(data, "ask", "staff_of_a_trust", "--org", typed)
    assert said.exit_code == 0
    assert name in said.stdout


def test_several_organisations_are_listed_and_none_gets_suggestions(data: Path) -> None:
    several = asked(data, "ask", "staff_of_a_trust", "--org", "university").exception
    assert isinstance(several, SeveralOrganisations)
    assert len(several.candidates) == 3
    assert all(code in str(several) for code, _ in several.candidates)
    nobody = asked(data, "ask", "staff_of_a_trust", "--org", "Guyz").exception
    assert isinstance(nobody, NoSuchOrganisation)
    assert "RJ1" in str(nobody)


def test_what_was_typed_for_an_organisation_is_never_part_of_the_sql(data: Path) -> None:
    assert isinstance(asked(data, "ask", "staff_of_a_trust", "--org", "RJ1' OR TRUE --").exception, NoSuchOrganisation)


@pytest.mark.parametrize(("name", "org"), [("staff_of_a_trust", ""), ("nursing_by_region", "guys")])
def test_an_organisation_that_is_missing_or_too_much_is_wrong_usage(data: Path, name: str, org: str) -> None:
    said = asked(data, "ask", name, *(["--org", org] if org else []))
    assert said.exit_code == ExitCode.USAGE
    assert "--org" in said.stderr


def test_a_question_without_an_answer_says_why(data: Path) -> None:
    said = asked(data, "ask", "bme_leaders_of_a_trust", "--org", "QKK")
    assert said.exit_code == ExitCode.NO_ANSWER
    assert "has none for this integrated care board" in " ".join(said.stderr.split())


def test_a_question_of_a_series_that_is_not_loaded_says_so(sample_warehouse: Sample, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.published.parent.mkdir()
    folder.published.write_bytes(sample_warehouse.warehouse.read_bytes())
    with duckdb.connect(folder.published) as con:
        con.execute("DELETE FROM marts.vacancies")
        con.execute("UPDATE meta.series_table SET is_loaded = FALSE WHERE table_name = 'vacancy'")
    said = asked(tmp_path, "ask", "highest_rates")
    assert said.exit_code == ExitCode.NO_ANSWER
    assert "Not loaded" in said.stderr
    assert said.stdout == ""


def test_other_formats_have_every_row_unrounded(data: Path) -> None:
    lines = asked(data, "ask", "staff_of_a_trust", "--org", "guys", "--format", "csv").stdout.splitlines()
    assert lines[0] == "org_name,period_end,fte,value_status"
    assert len(lines) > 20
    assert not lines[0].startswith("figure_id")


def test_a_table_lists_columns_with_type_unit_and_description(data: Path) -> None:
    shown = asked(data, "tables", "vacancies").stdout
    assert re.search(r"^vacancy_rate_percent +DOUBLE +percent +\S", shown, re.MULTILINE)
    assert re.search(r"^vacancy_fte +DOUBLE +FTE +\S", shown, re.MULTILINE)
    assert shown.startswith("marts.vacancies\n")


def test_tables_come_marts_first_by_subject(data: Path) -> None:
    shown = asked(data, "tables").stdout
    heads = [
        "marts: claims",
        "marts: vacancies",
        "marts.vacancies",
        "core.workforce",
        "reference.headline",
        "meta.build",
    ]
    assert [shown.index(f"\n{head}" if shown[: len(head)] != head else head) for head in heads] == sorted(
        shown.index(f"\n{head}" if shown[: len(head)] != head else head) for head in heads
    )
    assert "marts: other" not in shown


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        (("tabels",), "tables"),
        (("tables", "vacances"), "marts.vacancies"),
        (("sql", "FROM marts.vacances"), "marts.vacancies"),
        (("sql", "FROM core.vacances"), "core.vacancy"),
        (("sql", "SELECT 1", "--format", "cvs"), "Did you mean 'csv'"),
        (("sql", "SELECT 1", "--fromat", "csv"), "--format"),
        (("ask", "nursing"), "nursing_by_region"),
        (("ask", "vacances_now"), "vacanc"),
        (("fetch", "--series", "vacancies"), "Did you mean 'nhs-vacancy-statistics'"),
        (("run", "--series", "ehtnicity"), "Did you mean 'ethnicity-facts-and-figures'"),
    ],
)
def test_a_typing_error_gets_a_suggestion(data: Path, words: tuple[str, ...], suggestion: str) -> None:
    said = asked(data, *words)
    assert said.exit_code in {ExitCode.ERROR, ExitCode.USAGE}
    text = said.stderr + str(said.exception if isinstance(said.exception, NoSuchQuestion | NoSuchTable) else "")
    assert suggestion in " ".join(text.split())


def at_width(table: Table, width: int) -> str:
    to = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    show_table(table, to)
    assert isinstance(to.file, io.StringIO)
    return to.file.getvalue()


def made(columns: int) -> Table:
    table = Table()
    for number in range(columns):
        table.add_column(f"column_{number}", justify="right" if number else "left")
    table.add_row("Guy's and St Thomas'", *(f"{number},{number}00.5" for number in range(1, columns)))
    return table


def test_a_narrow_terminal_gets_one_record_per_block() -> None:
    assert BORDERS.search(at_width(made(5), 100))
    narrow = at_width(made(12), 80)
    assert not BORDERS.search(narrow)
    assert re.search(r"^column_0 +Guy's and St Thomas'", narrow, re.MULTILINE)
    assert max(map(len, narrow.splitlines())) <= 80


@pytest.mark.parametrize("width", [40, 60, 80, 200])
@pytest.mark.parametrize("columns", [2, 5, 9])
def test_no_number_is_ever_broken(width: int, columns: int) -> None:
    shown = at_width(made(columns), width)
    assert all(f"{number},{number}00.5" in shown for number in range(1, columns))
    assert "…" not in shown


def test_numbers_are_aligned_right_and_text_left() -> None:
    to = Console(file=io.StringIO(), width=UNLIMITED)
    show_answer(Answer(("name", "share_percent"), [("a", 5.25), ("bcd", 105.5), ("e", None)], 3), to)
    assert isinstance(to.file, io.StringIO)
    assert to.file.getvalue() == "name  share_percent\na              5.25\nbcd           105.5\ne\n"


def test_output_to_another_program_is_plain_and_whole(data: Path) -> None:
    long = "word " * 500
    for words in (
        ["sql", f"SELECT '{long}' AS text, 1 AS i"],
        ["tables"],
        ["ask"],
        ["ask", "nursing_by_region"],
        ["status"],
    ):
        said = subprocess.run(
            [sys.executable, "-m", "flows.cli.command", *words, "--data", str(data)],
            capture_output=True,
            check=True,
            env={**os.environ, "COLUMNS": "40"},
        ).stdout.decode()
        assert not BORDERS.search(said), words
        assert not COLOURS.search(said), words
        assert "…" not in said, words
        assert [line for line in said.splitlines() if line != line.rstrip()] == [], words
        if words[0] == "sql":
            assert long.strip() in said


def on_a_terminal(*words: str, columns: int = 80, typed: bytes = b"") -> tuple[int, str]:
    """Exit code and output of the command on a pseudo-terminal, on which `typed` is the answer to its prompt."""
    mine, its = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "flows.cli.command", *words], stdin=its, stdout=its, stderr=its, env=environment
    ) as running:
        os.close(its)
        said = b""
        try:
            while part := os.read(mine, 65536):
                said += part
                if typed and b"Which one" in said:
                    os.write(mine, typed)
                    typed = b""
        except OSError:
            # Linux reports the end of a terminal that no process holds as an error.
            pass
        code = running.wait()
    os.close(mine)
    return code, re.sub("\x1b\\[[0-9;]*m", "", said.decode()).replace("\r\n", "\n")


def test_parquet_is_never_written_to_a_terminal(data: Path) -> None:
    code, said = on_a_terminal("sql", "SELECT 1", "--format", "parquet", "--data", str(data))
    assert code == ExitCode.USAGE
    assert "not written to a terminal" in said
    assert "PAR1" not in said


def test_of_several_organisations_a_user_chooses_one(data: Path) -> None:
    words = ("ask", "staff_of_a_trust", "--org", "university", "--data", str(data))
    code, said = on_a_terminal(*words, typed=b"2\n")
    assert code == 0
    assert "  1  London North West University Healthcare NHS Trust (R1K)" in said
    assert "Manchester University NHS Foundation Trust (R0A)\nIllustrative" in said


def test_the_readmes_first_question_is_readable_at_80_columns(data: Path) -> None:
    readme = (Path(__file__).resolve().parents[3] / "README.md").read_text(encoding="utf-8")
    first = re.search(r"workforce ask (\w+)", readme)
    assert first
    code, said = on_a_terminal("ask", first[1], "--data", str(data))
    table = said.partition("SQL:")[0]
    assert code == 0
    assert max(map(len, table.splitlines())) <= 80
    assert "…" not in table
    assert re.search(r"South East +│ +6\.7 │", table)
