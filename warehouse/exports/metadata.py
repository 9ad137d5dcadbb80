"""Machine-readable descriptions of the CSV files: CSV on the Web, and a Frictionless Data Package.

Both follow from the columns and comments of the warehouse. A key is stated only where the rows have it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from warehouse.exports.facts import LICENCES, ExportColumn, MartFacts, Rights
from warehouse.exports.workbook import ILLUSTRATIVE

TYPES = {
    "VARCHAR": ("string", "string"),
    "DATE": ("date", "date"),
    "BOOLEAN": ("boolean", "boolean"),
    "DOUBLE": ("number", "number"),
    "BIGINT": ("integer", "integer"),
    "INTEGER": ("integer", "integer"),
}
"""Types of DuckDB: CSV on the Web's and Frictionless'."""

FORMULA_NOTE = (
    "In the CSV file a text that begins with = + - or @ has an apostrophe in front, so that no spreadsheet runs it as a"
    " formula; numbers are as they are."
)


def types_of(column: ExportColumn) -> tuple[str, str]:
    """The type of a column in CSV on the Web and in Frictionless. Raises `KeyError` for a type not known here."""
    if column.type.endswith("[]"):
        return TYPES[column.type.removesuffix("[]")][0], "string"
    return TYPES["DOUBLE" if column.type.startswith("DECIMAL") else column.type]


def csvw(mart: MartFacts, keys: tuple[str, ...]) -> dict[str, Any]:
    """CSV on the Web's metadata of `<mart>.csv`; `keys`: the columns that tell every row apart, () for none."""
    schema: dict[str, Any] = {"columns": [_csvw_column(column) for column in mart.columns]}
    if keys:
        schema["primaryKey"] = list(keys)
    licences = [{"@id": address} for address in sorted({each.licence_address for each in mart.rights} - {""})]
    return ({"dc:license": licences} if licences else {}) | {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{mart.name}.csv",
        "dc:title": mart.name,
        "dc:description": _description(mart),
        "dc:rights": [f"{each.title}: {each.licence}. {each.attribution}" for each in mart.rights],
        "dc:source": [{"@id": each.landing} for each in mart.rights if each.landing],
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "tableSchema": schema,
    }


def _csvw_column(column: ExportColumn) -> dict[str, Any]:
    described = {
        "name": column.name,
        "titles": column.name,
        "datatype": types_of(column)[0],
        "dc:description": column.about,
    }
    return described | ({"separator": ", "} if column.type.endswith("[]") else {})


def datapackage(
    marts: Mapping[str, tuple[MartFacts, tuple[str, ...]]],
    files: Mapping[str, tuple[int, str]],
    about: Mapping[str, str],
) -> dict[str, Any]:
    """A data package over marts/<mart>.csv.

    `marts`: facts and keys by name; `files`: bytes and SHA-256 of each CSV file, by mart; `about`: the manifest's
    `release`, `built_at` and `figure_kind`.
    """
    rights = {each.series: each for mart, _ in marts.values() for each in mart.rights}
    illustrative = f"{ILLUSTRATIVE} " if about["figure_kind"] == "illustrative" else ""
    return {
        "profile": "tabular-data-package",
        "name": "nhs-workforce",
        "title": "NHS Workforce",
        "description": f"{illustrative}Published NHS workforce statistics, with the source of each. {FORMULA_NOTE}",
        "version": about["release"],
        "created": about["built_at"],
        "licenses": _licences(rights.values()),
        "sources": [
            {"title": each.title} | ({"path": each.landing} if each.landing else {})
            for each in sorted(rights.values(), key=lambda each: each.series)
        ],
        "contributors": [
            {"title": each, "role": "publisher"} for each in sorted({r.publisher for r in rights.values()})
        ],
        "resources": [_resource(mart, keys, *files[name]) for name, (mart, keys) in sorted(marts.items())],
    }


def _resource(mart: MartFacts, keys: tuple[str, ...], size: int, sha256: str) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [
            {"name": column.name, "type": types_of(column)[1], "description": column.about} for column in mart.columns
        ],
        "missingValues": [""],
    }
    if keys:
        schema["primaryKey"] = list(keys)
    return {
        "profile": "tabular-data-resource",
        "name": mart.name,
        "path": f"marts/{mart.name}.csv",
        "title": mart.about,
        "description": _description(mart),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": size,
        "hash": f"sha256:{sha256}",
        "licenses": _licences(mart.rights),
        "schema": schema,
    }


def _licences(rights: Iterable[Rights]) -> list[dict[str, str]]:
    found = []
    for licence in sorted({each.licence for each in rights}):
        name, address = LICENCES.get(licence, ("other", ""))
        found.append({"name": name, "title": licence} | ({"path": address} if address else {}))
    return found


def _description(mart: MartFacts) -> str:
    parts = [
        ILLUSTRATIVE if mart.is_illustrative else "",
        mart.about,
        f"Grain: {mart.grain}" if mart.grain else "",
        f"Source: {mart.source}" if mart.source else "",
        f"Caveats: {mart.caveats}" if mart.caveats else "",
        FORMULA_NOTE,
    ]
    return " ".join(filter(None, parts))


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write it for people and programs: indented, in UTF-8."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
