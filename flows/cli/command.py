"""The command `workforce`: run a refresh, inspect files, query the warehouse. `exit_codes` lists its exit codes."""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from flows.cli import query_commands, upkeep
from flows.cli.consoles import err, out
from flows.cli.diff_report import DiffFormat, show_difference
from flows.cli.exit_codes import ExitCode
from flows.cli.options import DATA, Data, InspectFormat, SeriesOption, choice, known_series
from flows.env_file import load_env_file
from flows.request import Source
from transforms.errors import WorkforceError
from warehouse.errors import Busy

app = typer.Typer(
    name="workforce",
    help="Published NHS workforce statistics: find, fetch, check, and ask with SQL.",
    epilog="Exit codes: " + " ".join(f"{code.value}: {code.sentence}" for code in ExitCode),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def settings_of_the_folder() -> None:
    """Read the file `.env` before the options of a command, which may take their values from it."""
    load_env_file()


def main() -> None:
    """Run the command; an error a user can act on is printed as a sentence, not as a traceback."""
    try:
        app()
    except WorkforceError as error:
        err.print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False)
        sys.exit(ExitCode.BUSY if isinstance(error, Busy) else ExitCode.ERROR)
    except MemoryError:
        err.print(
            "[bold red]Error:[/] too little memory. What to do: give the process more, and run the command again."
        )
        sys.exit(ExitCode.ERROR)
    except BrokenPipeError:
        # The reader closed the pipe. Buffered output must not be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.ERROR)
    except OSError as error:
        said = f"{error}. What to do: check that the folder exists and is writable, and that the disk has free space."
        err.print(f"[bold red]Error:[/] {escape(said)}", highlight=False)
        sys.exit(ExitCode.ERROR)


@app.command()
def run(
    sample: Annotated[bool, typer.Option("--sample", help="Use the bundled illustrative sample; no network.")] = False,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from", exists=True, file_okay=False, help="Take in published files placed by hand below this folder."
        ),
    ] = None,
    illustrative: Annotated[
        bool,
        typer.Option("--illustrative", help="With --from: the files hold illustrative figures, not statistics."),
    ] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Fetch nothing: only rebuild from the archive.")] = False,
    series: SeriesOption = None,
    force: Annotated[bool, typer.Option("--force", help="Read and build again even if nothing is new.")] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="With --rebuild: the warehouse as it was on a day."),
    ] = None,
    format_: Annotated[
        InspectFormat,
        choice("--format", InspectFormat, "How to print the summary; json: one object on standard output."),
    ] = InspectFormat.TABLE,
    data: Data = DATA,
) -> None:
    """Refresh the warehouse: find what is new, read it, check it, publish it."""
    if sum((sample, from_ is not None, rebuild)) > 1:
        raise typer.BadParameter("--sample, --from and --rebuild exclude each other")
    if as_of and not rebuild:
        raise typer.BadParameter("--as-of goes with --rebuild: a rebuild of history fetches nothing")
    if illustrative and from_ is None:
        raise typer.BadParameter("--illustrative goes with --from: it says what the placed files hold")
    source = Source.SAMPLE if sample else Source.FOLDER if from_ else Source.ARCHIVE if rebuild else Source.PUBLISHERS
    parameters: dict[str, Any] = {
        "series": series or [],
        "source": source,
        "force": force,
        "as_of": as_of.date() if as_of else None,
        "folder": str(from_ or ""),
        "illustrative": illustrative,
    }
    if source is Source.PUBLISHERS:
        from flows.settings import Settings

        Settings().check_contact()
    raise typer.Exit(_refresh(parameters, data, as_json=format_ is InspectFormat.JSON))


def _refresh(parameters: dict[str, Any], data: Path, *, as_json: bool) -> int:
    from flows.cli.output import show_outcome, working
    from flows.cli.refreshes import refreshed

    try:
        with working(err, "Starting"):
            outcome = refreshed(parameters, data)
    except Busy as busy:
        err.print(f"Another refresh is running: {busy}", highlight=False, markup=False)
        return ExitCode.BUSY
    except WorkforceError as error:
        err.print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False)
        return ExitCode.ERROR
    return show_outcome(outcome, out, err, as_json=as_json)


app.command()(query_commands.ask)
app.command()(query_commands.sql)
app.command()(query_commands.tables)


@app.command()
def status(data: Data = DATA) -> None:
    """Show per series what is in the warehouse, when its publisher was last asked, and whether it is due or late."""
    from flows.cli.status_report import show_status
    from flows.file_system import on_a_network
    from flows.freshness import last_build, series_freshness
    from warehouse.folder import DataFolder

    folder = DataFolder(data)
    today = datetime.now(UTC).date()
    show_status(series_freshness(folder, today), last_build(folder), out, warning=on_a_network(folder))


@app.command()
def check(data: Data = DATA) -> None:
    """Run the checks again on the published file, and verify every archived file against its hash."""
    from flows.cli.output import show_check, show_damage
    from flows.pipeline import check_published
    from warehouse.archive import Archive
    from warehouse.folder import DataFolder

    folder = DataFolder(data)
    damage = Archive(folder.archive).damage()
    show_damage(damage, err)
    report = check_published(folder, today=datetime.now(UTC).date())
    show_check(report, folder.root / "docs", out)
    if damage:
        raise typer.Exit(ExitCode.ERROR)
    raise typer.Exit(ExitCode.DONE if report.may_publish else ExitCode.REFUSED_BY_CHECKS)


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option("--port", min=1, max=65534, help="Port of the Prefect UI; files are served on the next port."),
    ] = 4200,
    data: Data = DATA,
) -> None:
    """Run the service on this machine: Prefect with its schedules and a worker, and a server of the published files."""
    from flows.logs import log_as
    from flows.service.serve import ServiceAddress
    from flows.service.serve import serve as serve_until_stopped
    from flows.settings import Settings

    settings = Settings()
    log_as(settings.log_format)

    def say(line: str) -> None:
        if settings.log_format == "json":
            logging.getLogger("workforce.serve").info(line)
        else:
            out.print(line, soft_wrap=True, highlight=False, markup=False)
            out.file.flush()

    raise typer.Exit(serve_until_stopped(data, ServiceAddress(host, port), settings, say))


@app.command()
def deploy() -> None:
    """Create or update the work pool and the deployments on the Prefect server that PREFECT_API_URL names."""
    from flows.service.deployments import deploy as deploy_all
    from flows.service.prefect_environment import with_client_password

    if "PREFECT_API_URL" not in os.environ:
        raise typer.BadParameter("set PREFECT_API_URL to the Prefect server's API, such as http://127.0.0.1:4200/api")
    deploy_all(with_client_password(os.environ))
    out.print("Deployed: weekday-poll, weekly-full, manual.")


@app.command()
def watch() -> None:
    """Watch the Prefect server that PREFECT_API_URL names: close lost runs, try again, report runs that did not happen.

    `workforce serve` does it too; this is for a server that runs elsewhere, such as in a container.
    """
    from flows.logs import log_as
    from flows.service.api import Api
    from flows.service.schedule.watcher import watch as watch_until_stopped
    from flows.service.stop_signals import stop_signals
    from flows.settings import Settings

    if "PREFECT_API_URL" not in os.environ:
        raise typer.BadParameter("set PREFECT_API_URL to the Prefect server's API, such as http://127.0.0.1:4200/api")
    with stop_signals() as stopping:
        settings, ui = Settings(), os.environ.get("PREFECT_UI_URL", "")
        log_as(settings.log_format)
        watch_until_stopped(Api.of(os.environ), settings, settings.later_tries, stopping, ui=ui)


@app.command()
def editions(
    series: Annotated[
        list[str] | None, typer.Argument(metavar="SERIES", callback=known_series, help="Only these series.")
    ] = None,
    data: Data = DATA,
) -> None:
    """List every edition: its files, hashes, whether read, superseded or only announced."""
    from flows.cli.output import show_editions
    from flows.editions import editions_table
    from warehouse.folder import DataFolder

    show_editions(editions_table(DataFolder(data), series or ()), out)


@app.command()
def fetch(series: SeriesOption = None, data: Data = DATA) -> None:
    """Fetch what is new, without building anything."""
    from flows.cli.output import fetching, show_fetched
    from flows.fetching.acquire import client_for
    from flows.fetching.acquire import fetch as fetch_one
    from flows.settings import Settings
    from transforms.series import SeriesId
    from warehouse.folder import DataFolder

    folder = DataFolder(data)
    with folder.locked(), client_for(Source.PUBLISHERS, folder, Settings()) as client, fetching(err) as progress:
        done = [
            fetch_one(each, client, folder, kind="published", progress=progress)
            for each in (series or [each.value for each in SeriesId])
        ]
    raise typer.Exit(show_fetched(done, out, err))


@app.command()
def inbox(
    address: Annotated[str, typer.Option("--address", help="Source of files without a .source.toml.")] = "",
    data: Data = DATA,
) -> None:
    """Move files from <data>/inbox into the archive, each with the address of its source."""
    from flows.cli.output import show_inbox
    from flows.fetching.http.limits import SizeLimits
    from flows.fetching.inbox import take_in
    from flows.settings import Settings
    from warehouse.folder import DataFolder

    folder = DataFolder(data)
    with folder.locked():
        taken = take_in(folder, address=address, limits=SizeLimits.of(Settings()))
    raise typer.Exit(show_inbox(taken, folder, out))


@app.command()
def inspect(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files, or folders with files in them.")],
    check: Annotated[bool, typer.Option("--check", help="Also run every rule that needs no other file.")] = False,
    format_: Annotated[
        InspectFormat, choice("--format", InspectFormat, "A table, or one line with a JSON object per file.")
    ] = InspectFormat.TABLE,
) -> None:
    """Show what each file would be taken for, without taking it in; exit code 3 where one would be refused."""
    from flows.cli.inspection_report import show_inspected
    from flows.fetching.http.limits import SizeLimits
    from flows.fetching.inspection import inspect as inspect_files
    from flows.settings import Settings

    found = inspect_files(paths, check=check, limits=SizeLimits.of(Settings()))
    raise typer.Exit(show_inspected(found, out, as_json=format_ is InspectFormat.JSON))


@app.command()
def explain(
    table: Annotated[str, typer.Argument(help="A table, e.g. leadership_turnover or core.workforce.")],
    key: Annotated[list[str], typer.Argument(metavar="COLUMN=VALUE …", help="Values that identify one row of it.")],
    sql: Annotated[bool, typer.Option("--sql", help="Show the SQL of every mart involved.")] = False,
    data: Data = DATA,
) -> None:
    """Trace one row back to the published cells, and read them in the archived files."""
    from flows.cli.explain_report import show_explanation
    from warehouse.archive import Archive
    from warehouse.asking.explain import explain
    from warehouse.folder import DataFolder
    from warehouse.published import published_file

    if wrong := [pair for pair in key if "=" not in pair]:
        raise typer.BadParameter(f"{wrong[0]!r} is not of the form column=value")
    folder = DataFolder(data)
    named = dict(pair.split("=", 1) for pair in key)
    explanation = explain(published_file(folder), Archive(folder.archive), table, named)
    raise typer.Exit(show_explanation(explanation, out, sql=sql))


@app.command()
def diff(
    before: Annotated[
        str, typer.Argument(help="A release's id (see the folder releases/), or a path to a .duckdb file.")
    ],
    after: Annotated[str, typer.Argument(help="The release or file it is compared with.")],
    format_: Annotated[DiffFormat, choice("--format", DiffFormat, "How to print it.")] = DiffFormat.TABLE,
    data: Data = DATA,
) -> None:
    """Compare two releases or builds: tables, rows added, removed and changed, the largest changes."""
    from warehouse.asking.diff import diff
    from warehouse.folder import DataFolder
    from warehouse.publish import warehouse_named

    folder = DataFolder(data)
    found = diff(warehouse_named(folder, before), warehouse_named(folder, after))
    show_difference(found, format_, out)


@app.command()
def site(data: Data = DATA) -> None:
    """Write the web site of the newest release again (each refresh writes its own)."""
    from flows.settings import Settings
    from warehouse.folder import DataFolder
    from warehouse.site.frontend import BUILD_COMMAND
    from warehouse.site.rebuild import rebuild_site
    from warehouse.site.render import SQL_FOLDER

    folder = DataFolder(data)
    with folder.locked():
        place = rebuild_site(folder, Settings().public_address)
    out.print(
        f"Written: {place}. {folder.site} leads to it; `workforce serve` serves it at /.", soft_wrap=True, markup=False
    )
    if not (place / SQL_FOLDER).exists():
        out.print(f"It lacks the page for SQL in the browser: `{BUILD_COMMAND}` adds it.", soft_wrap=True)


app.command("set-aside")(upkeep.set_aside)
app.command("check-config")(upkeep.check_config)
app.command("publish")(upkeep.publish)
app.command("backup")(upkeep.backup)
app.command("restore")(upkeep.restore)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
