"""Options and arguments that several commands share. Importing this loads neither the readers nor Polars."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


def known_series(names: list[str] | None) -> list[str] | None:
    """The names, each the id of a series. The registry imports every reader, so it is loaded only for a name."""
    if names:
        from transforms.series import SeriesId

        known = [each.value for each in SeriesId]
        if unknown := [name for name in names if name not in known]:
            raise typer.BadParameter(f"{unknown[0]!r} is not a series; choose from {', '.join(known)}")
    return names


Data = Annotated[Path, typer.Option("--data", envvar="WORKFORCE_DATA", help="The data folder.", show_default=True)]
SeriesOption = Annotated[
    list[str] | None,
    typer.Option("--series", callback=known_series, help="Only this series; may be repeated."),
]
DATA = Path("data")


class Format(StrEnum):
    """How `workforce sql` prints an answer."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class InspectFormat(StrEnum):
    """How `workforce inspect` and `workforce run` print what they found."""

    TABLE = "table"
    JSON = "json"
