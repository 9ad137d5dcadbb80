"""Commands for the upkeep of a data folder: files set aside, the operator's lists, backup, a copy in a lakehouse."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
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


def publish(
    lake: Annotated[
        str, typer.Option("--lake", help="Catalogue of the lakehouse: ducklake:postgres:dbname=… host=…, or a file.")
    ] = "",
    lake_data: Annotated[str, typer.Option("--lake-data", help="Folder or bucket of its Parquet files.")] = "",
    data: Data = DATA,
) -> None:
    """Write the published release to a DuckLake lakehouse (each refresh does so with WORKFORCE_LAKE)."""
    from flows.errors import WrongRequest
    from flows.settings import Settings
    from flows.storage.lake import publish_to_lake
    from warehouse.folder import DataFolder
    from warehouse.publish import published_release
    from warehouse.published import published_file

    chosen = Settings().model_copy(update={"lake": lake, "lake_data": lake_data} if lake else {})
    if not chosen.lake:
        raise WrongRequest("no lakehouse is named", do="give --lake, or set WORKFORCE_LAKE")
    folder = DataFolder(data)
    published_file(folder)
    release = published_release(folder)
    assert release is not None  # noqa: S101 - `published_file` has said so otherwise
    result = publish_to_lake(release, chosen)
    out.print(
        f"Release {release.release_id} is in the lakehouse already."
        if result.snapshot is None
        else f"Release {release.release_id} is snapshot {result.snapshot}: {result.tables} tables and "
        f"{result.rows:,} rows were written, the others are as before.",
        soft_wrap=True,
    )


def backup(
    target: Annotated[Path, typer.Argument(help="Folder for the backup, outside the data folder.", file_okay=False)],
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="Seconds to wait for a refresh that is running to end.")
    ] = 3600,
    data: Data = DATA,
) -> None:
    """Back up what no refresh can create again into one .tar file with checksums; Prefect's SQLite database too."""
    from warehouse.backup import back_up
    from warehouse.folder import DataFolder

    done = back_up(DataFolder(data), target, now=datetime.now(UTC), wait_seconds=wait)
    out.print(f"{done.path}: {done.files:,} files, {done.size_bytes / 2**20:,.1f} MB", soft_wrap=True, highlight=False)
    if not done.has_prefect:
        said = "Prefect's database is not in it: the data folder holds no SQLite file of it. Where it is PostgreSQL"
        out.print(f"{said}, back it up with pg_dump (see deploy/README.md).", soft_wrap=True, highlight=False)


def restore(
    source: Annotated[Path, typer.Argument(help="The .tar file of a backup.", exists=True, dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace everything that the data folder holds.")] = False,
    data: Data = DATA,
) -> None:
    """Verify a backup and restore it into an empty data folder; the release that was published is published again."""
    from warehouse.backup import restore as restore_backup
    from warehouse.folder import DataFolder

    done = restore_backup(source, DataFolder(data), force=force)
    out.print(f"{done.files:,} files restored into {data}.", soft_wrap=True, highlight=False)
    published = f"Published: release {done.release_id}." if done.release_id else "No release had been published."
    out.print(f"{published} `workforce check` verifies it and the archive.", soft_wrap=True, highlight=False)
