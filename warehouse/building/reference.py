"""Reference tables: CSV files edited by hand (each with a .md description), vocabularies, corrections, lineage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import duckdb

from warehouse.building.corrections import load_corrections
from warehouse.building.mart_files import marts
from warehouse.sql import comment

ABOUT_LINEAGE = (
    "The tables and rows that each mart is calculated from, as the header of its SQL file states them; workforce"
    " explain uses it to trace a figure back to its cells. Grain: mart x made_from."
)
LINEAGE = {
    "mart": "Mart (schema marts).",
    "made_from": "Table or view that its figures come from; another mart has its own lineage.",
    "extent": "all: the mart's row is calculated from all of these rows; among: from some of these rows.",
    "joined_where": "SQL condition on a source row (named figure) and the mart's row (named made).",
    "remark": "Note on these rows.",
}


@dataclass(frozen=True)
class ReferenceFile:
    """A CSV file edited by hand. `about` is its description; `columns` has a description by column name."""

    name: str
    csv: Traversable
    about: str
    columns: dict[str, str]


def reference_files() -> Iterator[ReferenceFile]:
    """Every reference file and vocabulary of the project."""
    for folder in (files("warehouse") / "reference", files("transforms") / "vocabularies"):
        for csv in sorted(folder.iterdir(), key=lambda path: path.name):
            if csv.name.endswith(".csv"):
                yield _described(csv, folder / csv.name.replace(".csv", ".md"))


def load_reference(con: duckdb.DuckDBPyConnection, corrections: Sequence[Sequence[object]] = ()) -> None:
    """Load every reference file as reference.<name>, with its comments; reference.corrections and reference.lineage.

    Empty cells are NULL. Raises `CorrectionMalformed`, and `MartFailed` where the header of a mart is malformed.
    """
    for each in reference_files():
        con.execute(
            f"CREATE TABLE reference.{each.name} AS FROM read_csv(?, header = true, auto_detect = true, "
            "sample_size = -1, nullstr = '', quote = '\"', escape = '\"', delim = ',')",
            [str(each.csv)],
        )
        _describe(con, "TABLE", f"reference.{each.name}", each.about, each.columns)
    load_corrections(con, corrections)
    _load_lineage(con)


def show_headlines(con: duckdb.DuckDBPyConnection) -> None:
    """Create the view core.headline: published headline figures with their citations (reference.headline)."""
    con.execute("CREATE VIEW core.headline AS FROM reference.headline")
    headline = next(each for each in reference_files() if each.name == "headline")
    _describe(con, "VIEW", "core.headline", headline.about, headline.columns)


def _load_lineage(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"CREATE TABLE reference.lineage ({', '.join(f'{name} VARCHAR' for name in LINEAGE)})")
    con.executemany(
        "INSERT INTO reference.lineage VALUES (?, ?, ?, ?, ?)",
        [
            [mart.name, each.made_from, each.extent, each.joined_where, each.remark]
            for mart in marts()
            for each in mart.lineage
        ],
    )
    _describe(con, "TABLE", "reference.lineage", ABOUT_LINEAGE, LINEAGE)


def _describe(con: duckdb.DuckDBPyConnection, kind: str, name: str, about: str, columns: Mapping[str, str]) -> None:
    comment(con, f"{kind} {name}", about)
    for column, description in columns.items():
        comment(con, f"COLUMN {name}.{column}", description)


def _described(csv: Traversable, about: Traversable) -> ReferenceFile:
    name = csv.name.removesuffix(".csv")
    if not about.is_file():
        words = f"Vocabulary of the readers: labels as published, and the labels used in this warehouse ({name})."
        return ReferenceFile(name, csv, words, {"printed": "Label as printed.", "label": "Label used here."})
    first, *rest = [line for line in about.read_text(encoding="utf-8").splitlines() if line.strip()]
    columns = (line.partition(": ") for line in rest)
    return ReferenceFile(name, csv, first, {column: description for column, _, description in columns})
