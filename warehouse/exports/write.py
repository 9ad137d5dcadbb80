"""Writing the exports of a release."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from warehouse.archive import sha256_of
from warehouse.exports.csv_file import write_csv
from warehouse.exports.facts import MartFacts, mart_facts
from warehouse.exports.metadata import csvw, datapackage, write_json
from warehouse.exports.workbook import write_workbook
from warehouse.paths import path_literal, pattern_literal
from warehouse.sql import quoted

FORMS = ("csv", "xlsx", "parquet", "csv-metadata.json")
"""Endings of the files of a mart, those first that most people open."""


def export_marts(warehouse: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """Write each mart of a warehouse below `folder`, and `datapackage.json` beside it with `write_datapackage`.

    Returns for each mart what the manifest says of it: `rows`, `files` (bytes by ending), `keys` (columns that tell
    every row apart, [] where no such columns are stated) and `no_workbook` (why there is none, '' if there is one).
    """
    folder.mkdir()
    with duckdb.connect(warehouse, read_only=True) as con:
        # Most marts are small: with a second thread the exports take twice the CPU time and end no earlier.
        con.execute("SET threads = 1")
        return {mart.name: export_mart(con, mart, folder) for mart in mart_facts(con)}


def export_mart(con: duckdb.DuckDBPyConnection, mart: MartFacts, folder: Path) -> dict[str, Any]:
    """Write the files of one mart: a function of its rows and of `mart`."""
    parquet = folder / f"{mart.name}.parquet"
    con.execute(f"""
        COPY (FROM marts.{mart.name}) TO {path_literal(parquet)}
        (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{_parquet_metadata(mart)}}})
    """)
    rows, keys = _rows_and_keys(con, parquet, mart)
    write_csv(con, parquet, folder / f"{mart.name}.csv", mart.columns)
    write_json(folder / f"{mart.name}.csv-metadata.json", csvw(mart, keys))
    why = write_workbook(parquet, folder / f"{mart.name}.xlsx", mart)
    sizes = {form: path.stat().st_size for form in FORMS if (path := folder / f"{mart.name}.{form}").exists()}
    return {"rows": rows, "files": sizes, "keys": list(keys), "no_workbook": why}


def write_datapackage(warehouse: Path, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write datapackage.json into the release folder, for the CSV files below its marts/."""
    with duckdb.connect(warehouse, read_only=True) as con:
        facts = {mart.name: mart for mart in mart_facts(con)}
    exported = manifest["marts"]
    files = {name: (exported[name]["files"]["csv"], sha256_of(folder / "marts" / f"{name}.csv")) for name in facts}
    marts = {name: (mart, tuple(exported[name]["keys"])) for name, mart in facts.items()}
    write_json(folder / "datapackage.json", datapackage(marts, files, manifest))


def _parquet_metadata(mart: MartFacts) -> str:
    rights = "\n".join(f"{each.title}: {each.licence}. {each.attribution}" for each in mart.rights)
    said = {
        "title": mart.name,
        "description": mart.about,
        "grain": mart.grain,
        "source": mart.source,
        "caveats": mart.caveats,
        "licence": rights,
        "figure_kind": mart.figure_kind,
    }
    return ", ".join(f"{name}: {quoted(text)}" for name, text in said.items())


def _rows_and_keys(con: duckdb.DuckDBPyConnection, parquet: Path, mart: MartFacts) -> tuple[int, tuple[str, ...]]:
    """The number of rows, and the columns of the grain where they tell every row apart and none is empty."""
    source = f"read_parquet({pattern_literal(parquet)})"
    rows = int(con.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])
    if not mart.keys:
        return rows, ()
    keys = ", ".join(mart.keys)
    whole = " AND ".join(f"{key} IS NOT NULL" for key in mart.keys)
    apart = con.execute(f"SELECT count(*) FROM (SELECT DISTINCT {keys} FROM {source} WHERE {whole})").fetchall()[0][0]
    return rows, mart.keys if apart == rows else ()
