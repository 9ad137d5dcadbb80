"""Options and arguments that several commands share. Importing this loads neither the readers nor Polars."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


def known_series(names: list[str] | None) -> list[str] | None:
    """The names, each the id of a series. The registry imports every reader, so it is loaded only for a name."""
    if names:
        from transforms.series import SeriesId

        known = [each.value for each in SeriesId]
        if unknown := [name for name in names if name not in known]:
            # People name a series by a word of its id, such as vacancies.
            words = difflib.get_close_matches(
                unknown[0].lower(), {w for name in known for w in name.split("-")}, cutoff=0.7
            )
            parts = [name for name in known if set(words) & set(name.split("-"))]
            raise typer.BadParameter(f"{unknown[0]!r} is not a series{did_you_mean(unknown[0], known, *parts)}")
    return names


def did_you_mean(typed: str, known: Sequence[str], *likely: str) -> str:
    """The end of a message on a misspelt word: what may have been meant, and everything it could be."""
    near = dict.fromkeys((*likely, *difflib.get_close_matches(typed.lower(), known, n=3)))
    meant = f". Did you mean {' or '.join(map(repr, near))}?" if near else "."
    return f"{meant} Choose from {', '.join(known)}"


def choice(flag: str, kind: type[StrEnum], about: str) -> Any:
    """An option whose value is one of an enumeration; a misspelt value gets suggestions."""
    known = [each.value for each in kind]

    def parse(typed: str) -> StrEnum:
        if typed.lower() not in known:
            raise typer.BadParameter(f"{typed!r} is not a format{did_you_mean(typed, known)}")
        return kind(typed.lower())

    return typer.Option(flag, parser=parse, metavar=f"[{'|'.join(known)}]", help=about)


Data = Annotated[Path, typer.Option("--data", envvar="WORKFORCE_DATA", help="The data folder.", show_default=True)]
SeriesOption = Annotated[
    list[str] | None,
    typer.Option("--series", callback=known_series, help="Only this series; may be repeated."),
]
DATA = Path("data")


class Format(StrEnum):
    """How `workforce sql` and `workforce ask` print an answer."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class InspectFormat(StrEnum):
    """How `workforce inspect` and `workforce run` print what they found."""

    TABLE = "table"
    JSON = "json"
