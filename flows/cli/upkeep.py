"""Commands for the upkeep of a data folder: files set aside, the operator's lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from flows.cli.consoles import err, out
from flows.cli.options import DATA, Data


def set_aside(
    sha256: Annotated[str, typer.Argument(help="SHA-256 of the archived file, or its first characters.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is not to be read any more.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Let a file that was set aside be read again.")] = False,
    data: Data = DATA,
) -> None:
    """Exclude an archived file (a broken or superseded one) from reading. Its bytes stay in the archive."""
    from warehouse.archive import Archive
    from warehouse.folder import DataFolder

    if undo is bool(reason):
        raise typer.BadParameter("give either --reason, to set the file aside, or --undo, to read it again")
    archive = Archive(DataFolder(data).archive)
    sha256 = archive.sha256_beginning(sha256)
    if undo:
        said = f"{sha256} is read again; it was set aside because: {archive.undo_set_aside(sha256)}."
        out.print(f"{said} Run `workforce run --rebuild` to build with it.", soft_wrap=True, markup=False)
    else:
        archive.set_aside(sha256, reason=reason, decided_at=datetime.now(UTC).isoformat(timespec="seconds"))
        said = f"{sha256} is set aside. Run `workforce run --rebuild` to build without it"
        out.print(f"{said}; --undo lets it be read again.", soft_wrap=True, markup=False)


def check_config(
    write_examples: Annotated[
        bool, typer.Option("--write-examples", help="First write each file that is not there, with an example.")
    ] = False,
    data: Data = DATA,
) -> None:
    """Check what an operator keeps in the folder config of the data folder; exit code 1 where a file is wrong."""
    from flows.cli.configuration_report import show_configuration
    from flows.configuration import read_configuration
    from flows.configuration import write_examples as write_missing
    from warehouse.folder import DataFolder

    folder = DataFolder(data)
    for path in write_missing(folder) if write_examples else []:
        out.print(f"Written: {path}", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(show_configuration(read_configuration(folder)[1], out, err))
