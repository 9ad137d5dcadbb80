"""Writing the exports of a release.

The Parquet file of a mart is written, unless the build knows that the mart has the same rows as in the release before.
Where it, the facts of the mart and the code are the same as for that release, the other files are copied from there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from warehouse.archive import sha256_of
from warehouse.building.build import fingerprint
from warehouse.exports.csv_file import write_csv
from warehouse.exports.facts import MartFacts, mart_facts
from warehouse.exports.metadata import csvw, datapackage, write_json
from warehouse.exports.workbook import write_workbook
from warehouse.paths import path_literal, pattern_literal
from warehouse.sql import quoted

FORMS = ("csv", "xlsx", "parquet", "csv-metadata.json")
"""Endings of the files of a mart, those first that most people open."""


MADE_FROM = "made_from"
"""Entry of a manifest's `marts`: a digest of what the files of a mart were made from."""


@dataclass(frozen=True)
class EarlierExports:
    """The exports of a release: its folder, what its manifest says of each mart, and SHA-256 by path in the folder.

    `unchanged`: names of marts, without schema, that are known to have the same rows now.
    """

    folder: Path
    marts: Mapping[str, Mapping[str, Any]]
    sums: Mapping[str, str]
    unchanged: frozenset[str] = frozenset()


def earlier_exports(folder: Path, unchanged: frozenset[str] = frozenset()) -> EarlierExports:
    """The exports in the folder of a release; of one that older code wrote, none."""
    said = json.loads((folder / "manifest.json").read_text(encoding="utf-8")).get("marts") or {}
    sums = folder / "SHA256SUMS"
    lines = sums.read_text(encoding="utf-8").splitlines() if said and sums.exists() else []
    sha256_by_name = {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}
    return EarlierExports(folder, said, sha256_by_name, unchanged)


def export_marts(warehouse: Path, folder: Path, earlier: EarlierExports | None = None) -> dict[str, dict[str, Any]]:
    """Write each mart of a warehouse below `folder`, and `datapackage.json` beside it with `write_datapackage`.

    Returns for each mart what the manifest says of it: `rows`, `files` (bytes by ending), `keys` (columns that tell
    every row apart, [] where no such columns are stated), `no_workbook` (why there is none, '' if there is one) and
    `made_from`. Files are copied from `earlier` where they were made from the same.
    """
    folder.mkdir()
    with duckdb.connect(warehouse, read_only=True) as con:
        # Most marts are small: with a second thread the exports take twice the CPU time and end no earlier.
        con.execute("SET threads = 1")
        code = f"{fingerprint([])} {version('xlsxwriter')}"
        return {mart.name: export_mart(con, mart, folder, code=code, earlier=earlier) for mart in mart_facts(con)}


def export_mart(
    con: duckdb.DuckDBPyConnection,
    mart: MartFacts,
    folder: Path,
    *,
    code: str = "",
    earlier: EarlierExports | None = None,
) -> dict[str, Any]:
    """Write the files of one mart: a function of its rows and of `mart`; `code` identifies the code that writes."""
    parquet = folder / f"{mart.name}.parquet"
    if earlier and mart.name in earlier.unchanged:
        same = _made_from(earlier.sums.get(f"marts/{parquet.name}", ""), mart, code)
        if said := _taken_over(earlier, mart.name, same, folder):
            return said
    con.execute(f"""
        COPY (FROM marts.{mart.name}) TO {path_literal(parquet)}
        (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{_parquet_metadata(mart)}}})
    """)
    made_from = _made_from(sha256_of(parquet), mart, code)
    if earlier and (said := _taken_over(earlier, mart.name, made_from, folder)):
        return said
    rows, keys = _rows_and_keys(con, parquet, mart)
    write_csv(con, parquet, folder / f"{mart.name}.csv", mart.columns)
    write_json(folder / f"{mart.name}.csv-metadata.json", csvw(mart, keys))
    why = write_workbook(parquet, folder / f"{mart.name}.xlsx", mart)
    sizes = {form: path.stat().st_size for form in FORMS if (path := folder / f"{mart.name}.{form}").exists()}
    return {"rows": rows, "files": sizes, "keys": list(keys), "no_workbook": why, MADE_FROM: made_from}


def _made_from(parquet_sha256: str, mart: MartFacts, code: str) -> str:
    """A digest of what the files of a mart are made from: its rows, what is said of it, and the code."""
    return hashlib.sha256(f"{parquet_sha256} {mart!r} {code}".encode()).hexdigest()


def _taken_over(earlier: EarlierExports, mart: str, made_from: str, folder: Path) -> dict[str, Any] | None:
    """Copy the files of a mart that were made from the same; what the manifest says of it, None where that fails.

    A file that is missing or no longer what the earlier release published is not taken over.
    """
    said = earlier.marts.get(mart, {})
    if said.get(MADE_FROM) != made_from:
        return None
    for form in said["files"]:
        name = f"{mart}.{form}"
        source, wanted = earlier.folder / "marts" / name, earlier.sums.get(f"marts/{name}")
        if not source.exists() or sha256_of(source) != wanted:
            return None
        # Not with the permissions of the source: a release is made read-only when it is complete.
        shutil.copyfile(source, folder / name)
    return dict(said)


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
