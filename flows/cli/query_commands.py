"""Commands that ask the published warehouse: `ask`, `sql`, `tables`. For a table they need no Polars."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from flows.cli.consoles import err, out
from flows.cli.exit_codes import ExitCode
from flows.cli.options import DATA, Data, Format, choice

if TYPE_CHECKING:
    from warehouse.asking.query import QueryLimits
    from warehouse.asking.questions import ReadyQuestion
    from warehouse.asking.ready import ReadyAnswer

FormatOption = Annotated[
    Format, choice("--format", Format, "How to print the answer; all formats but table contain every row.")
]
RowsOption = Annotated[int, typer.Option("--rows", min=0, help="Maximum number of rows of a table; 0: all.")]


def ask(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A ready question; none: list them.")] = None,
    org: Annotated[
        str,
        typer.Option("--org", help="Trust or board by name, former name or code, such as guys; for questions of one."),
    ] = "",
    format_: FormatOption = Format.TABLE,
    rows: RowsOption = 40,
    data: Data = DATA,
) -> None:
    """Answer a ready question: a sentence with its source, a table, caveats and the SQL. Without NAME, list them.

    The table is printed as on the web site; the other formats have every column and row of the SQL, values unrounded.
    """
    from flows.cli.ask_report import show_questions, show_ready_answer
    from warehouse.asking.questions import ready_question
    from warehouse.folder import DataFolder
    from warehouse.published import published_file

    if name is None:
        show_questions(out)
        return
    question = ready_question(name)
    _refuse_parquet_on_a_terminal(format_)
    warehouse = published_file(DataFolder(data))
    answer = _answer(warehouse, question, org)
    if format_ is Format.TABLE:
        show_ready_answer(answer, rows or None, out)
    else:
        _stream(warehouse, question.sql, format_, variables=answer.values)


def _answer(warehouse: Path, question: ReadyQuestion, organisation: str) -> ReadyAnswer:
    """The answer; where several organisations fit on a terminal, of the one that the user then chooses."""
    import duckdb

    from warehouse.asking.ready import answer_to
    from warehouse.errors import NoAnswer, SeveralOrganisations, WrongParameters

    try:
        return answer_to(warehouse, question, organisation)
    except WrongParameters as error:
        raise typer.BadParameter(str(error)) from error
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        said = f"the question does not fit this warehouse, which another version built: {error}"
        err.print(f"[bold red]Error:[/] {escape(said)}\nWhat to do: workforce run --rebuild", highlight=False)
        raise typer.Exit(ExitCode.ERROR) from None
    except NoAnswer as error:
        err.print(f"[bold yellow]No answer:[/] {escape(str(error))}", highlight=False)
        raise typer.Exit(ExitCode.NO_ANSWER) from None
    except SeveralOrganisations as error:
        if not (sys.stdin.isatty() and err.is_terminal):
            raise
        for number, (code, name) in enumerate(error.candidates, start=1):
            err.print(f"{number:>3}  {name} ({code})", highlight=False, markup=False)
        number = typer.prompt("Which one", type=int, err=True)
        if not 1 <= number <= len(error.candidates):
            raise typer.BadParameter(f"{number} is none of the numbers listed") from None
        return answer_to(warehouse, question, error.candidates[number - 1][0])


def sql(
    statement: Annotated[str, typer.Argument(help="One SQL statement, in quotes.")],
    format_: FormatOption = Format.TABLE,
    rows: RowsOption = 100,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="Longest time the query may take.")] = 300,
    megabytes: Annotated[int, typer.Option("--megabytes", min=50, help="Most memory the query may take.")] = 4000,
    data: Data = DATA,
) -> None:
    """Query the published warehouse (read-only)."""
    import duckdb

    from warehouse.asking.query import QueryLimits, first_rows
    from warehouse.folder import DataFolder
    from warehouse.published import published_file

    _refuse_parquet_on_a_terminal(format_)
    warehouse = published_file(DataFolder(data))
    limits = QueryLimits(seconds, megabytes)
    try:
        if format_ is Format.TABLE:
            from flows.cli.answer import show_answer

            show_answer(first_rows(warehouse, statement, rows or None, limits), out)
        else:
            _stream(warehouse, statement, format_, limits)
    except duckdb.Error as error:
        err.print(f"[bold red]Error:[/] {escape(str(error))}{escape(_also(warehouse, error))}", highlight=False)
        raise typer.Exit(ExitCode.ERROR) from None


def tables(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A table: show its columns.")] = None,
    data: Data = DATA,
) -> None:
    """List the tables of the published warehouse, marts by subject first; with NAME, the columns of one."""
    from flows.cli.tables_report import show_columns, show_tables
    from warehouse.asking.tables import columns_of, listed_tables
    from warehouse.folder import DataFolder
    from warehouse.published import published_file

    warehouse = published_file(DataFolder(data))
    if name is None:
        show_tables(listed_tables(warehouse), out)
    else:
        show_columns(*columns_of(warehouse, name), out)


def _stream(
    warehouse: Path,
    statement: str,
    form: Format,
    limits: QueryLimits | None = None,
    variables: Mapping[str, str] | None = None,
) -> None:
    from flows.cli.answer_stream import stream_answer
    from warehouse.asking.frames import batches
    from warehouse.asking.query import STANDARD_LIMITS

    parts = batches(warehouse, statement, limits or STANDARD_LIMITS, variables)
    stream_answer(parts, form.value, sys.stdout.buffer)


def _refuse_parquet_on_a_terminal(form: Format) -> None:
    if form is Format.PARQUET and sys.stdout.isatty():
        raise typer.BadParameter(
            "Parquet is binary and is not written to a terminal; send it to a file: > answer.parquet"
        )


def _also(warehouse: Path, error: Exception) -> str:
    """Names of tables like the one that a catalogue error says does not exist, where DuckDB names none itself."""
    import re

    from warehouse.asking.tables import listed_tables, similar_tables

    missing = re.search(r"Table with name (\S+) does not exist", str(error))
    if not missing:
        return ""
    near = similar_tables(missing[1], [each.name for each in listed_tables(warehouse)])
    return f"\nTables with such names: {', '.join(near)}." if near else "\nList the tables with workforce tables."
