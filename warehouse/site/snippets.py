"""How to read a mart from where it is published, in the tools that analysts have.

Tests run DuckDB, Polars, pandas and R against a server; Excel and Power BI cannot be run in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.exports.facts import ExportColumn, MartFacts

PLACEHOLDER = "https://…/"
"""Stands for the address of the site where that is not known; a script puts in the address of the page."""


@dataclass(frozen=True)
class Snippet:
    """A few lines for one tool: its name, the lines, and what to say of them."""

    tool: str
    code: str
    note: str = ""


def snippets(mart: MartFacts, base: str) -> tuple[Snippet, ...]:
    """The lines that read a mart in each tool. `base`: address of the site, with a / at its end, or `PLACEHOLDER`."""
    name, latest = mart.name, f"{base}releases/latest/marts/{mart.name}"
    return (
        Snippet(
            "DuckDB",
            f"ATTACH '{base}published/workforce.duckdb' AS wf (READ_ONLY);\nSELECT * FROM wf.marts.{name};",
            "Only the parts of the file that the query needs are fetched. A session that stays open attaches a file "
            "below releases/ instead, which no later release replaces.",
        ),
        Snippet("Python, Polars", f'import polars as pl\n\n{name} = pl.read_parquet("{latest}.parquet")'),
        Snippet("Python, pandas", f'import pandas as pd\n\n{name} = pd.read_parquet("{latest}.parquet")'),
        Snippet("R", _r(mart, latest), "Without any package. Codes and editions stay text."),
        Snippet(
            "Excel (Power Query)",
            _power_query(mart, latest),
            "Data, Get Data, From Other Sources, Blank Query, Advanced Editor. Codes and editions stay text.",
        ),
        Snippet(
            "Power BI",
            f'let\n  Source = Parquet.Document(Binary.Buffer(Web.Contents("{latest}.parquet")))\nin\n  Source',
            "Get data, Blank query, Advanced Editor.",
        ),
    )


UNTESTED = ("Excel (Power Query)", "Power BI")
"""Tools that no test runs."""


def _r(mart: MartFacts, latest: str) -> str:
    classes = ", ".join(f'{column.name} = "{kind}"' for column in mart.columns if (kind := _r_class(column)))
    return (
        f'{mart.name} <- read.csv(\n  "{latest}.csv",\n  fileEncoding = "UTF-8-BOM", na.strings = "",\n'
        f"  colClasses = c({classes})\n)"
    )


def _r_class(column: ExportColumn) -> str:
    if column.type == "DATE":
        return "Date"
    return "character" if column.type == "VARCHAR" or column.type.endswith("[]") else ""


def _power_query(mart: MartFacts, latest: str) -> str:
    types = ", ".join(f'{{"{column.name}", {_power_query_type(column)}}}' for column in mart.columns)
    return (
        f'let\n  Source = Csv.Document(Web.Contents("{latest}.csv"),'
        ' [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),\n'
        "  Headers = Table.PromoteHeaders(Source, [PromoteAllScalars = true]),\n"
        f'  Typed = Table.TransformColumnTypes(Headers, {{{types}}}, "en-GB")\nin\n  Typed'
    )


def _power_query_type(column: ExportColumn) -> str:
    kinds: Sequence[tuple[str, str]] = (
        ("DATE", "date"),
        ("BOOLEAN", "logical"),
        ("DOUBLE", "number"),
        ("DECIMAL", "number"),
    )
    for beginning, kind in kinds:
        if column.type.startswith(beginning):
            return f"type {kind}"
    return "Int64.Type" if column.type in {"BIGINT", "INTEGER"} else "type text"
