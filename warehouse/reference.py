"""Reference tables: hand-kept CSV files, each with a description beside it, and the readers' vocabularies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import duckdb

from warehouse.sql import comment


@dataclass(frozen=True)
class ReferenceFile:
    """A hand-kept CSV. `about` is its description; `columns` describes its columns."""

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


def load_reference(con: duckdb.DuckDBPyConnection) -> None:
    """Load every reference file as reference.<name>, with its comments. Empty cells are NULL."""
    for each in reference_files():
        con.execute(
            f"CREATE TABLE reference.{each.name} AS FROM read_csv(?, header = true, auto_detect = true, "
            "sample_size = -1, nullstr = '', quote = '\"', escape = '\"', delim = ',')",
            [str(each.csv)],
        )
        _describe(con, "TABLE", f"reference.{each.name}", each)


def show_headlines(con: duckdb.DuckDBPyConnection) -> None:
    """core.headline: published headline figures with their citations, kept by hand in reference.headline."""
    con.execute("CREATE VIEW core.headline AS FROM reference.headline")
    headline = next(each for each in reference_files() if each.name == "headline")
    _describe(con, "VIEW", "core.headline", headline)


def _describe(con: duckdb.DuckDBPyConnection, kind: str, name: str, each: ReferenceFile) -> None:
    comment(con, f"{kind} {name}", each.about)
    for column, description in each.columns.items():
        comment(con, f"COLUMN {name}.{column}", description)


def _described(csv: Traversable, about: Traversable) -> ReferenceFile:
    name = csv.name.removesuffix(".csv")
    if not about.is_file():
        words = f"Vocabulary of the readers: what publishers print, and what it is called here ({name})."
        return ReferenceFile(name, csv, words, {"printed": "Label as printed.", "label": "Label used here."})
    first, *rest = [line for line in about.read_text(encoding="utf-8").splitlines() if line.strip()]
    columns = (line.partition(": ") for line in rest)
    return ReferenceFile(name, csv, first, {column: description for column, _, description in columns})
