"""Vocabularies: CSV files in transforms/vocabularies that map each label as printed to the label used here."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import polars as pl

from transforms.errors import UnmappedLabel
from transforms.reading.refuse import refuse_rows


@cache
def vocabulary(name: str) -> pl.DataFrame:
    """The vocabulary file `name`.csv: columns printed, label and any others in the file (all text)."""
    path = files("transforms") / "vocabularies" / f"{name}.csv"
    return pl.read_csv(path.read_bytes(), infer_schema=False)


def key(label: pl.Expr) -> pl.Expr:
    """A label normalised for comparison: lower case, one kind of space, apostrophe and dash, no prefix like '001_'."""
    return (
        label.str.replace(r"^[0-9]{3}_", "")
        .str.replace_all(r"[‘’ʼ]", "'")
        .str.replace_all(r"[–—]", "-")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.to_lowercase()
    )


def plain_text(text: pl.Expr) -> pl.Expr:
    """A name as printed, with plain apostrophes, hyphens and single spaces, and without footnote marks ('[1]')."""
    return (
        text.str.replace_all(r"[‘’ʼ]", "'")
        .str.replace_all(r"[‐‑–—]", "-")
        .str.replace_all(r"\s+", " ")
        .str.replace(r"(?:\s*(?:\[(?i:note )?[0-9]+\]|[¹²³⁴⁵⁶⁷⁸⁹*†‡]))+$", "")
        .str.strip_chars()
    )


def translate(
    frame: pl.DataFrame, column: str, name: str, *, to: str = "label", into: str = "", sheet: str = ""
) -> pl.DataFrame:
    """`frame` with the labels of `column` replaced by column `to` of the vocabulary, or written to a new column `into`.

    NULL stays NULL. Raises `UnmappedLabel` with the first label that is not in the vocabulary and its cell.
    """
    words = vocabulary(name).select(key(pl.col("printed")).alias("_key"), pl.col(to).alias("_to")).unique()
    # A column of a million rows has a few dozen labels: only those are looked up.
    labels = frame.select(pl.col(column).drop_nulls().unique().alias("_printed")).with_columns(
        _key=key(pl.col("_printed"))
    )
    known = labels.join(words, on="_key", how="left", validate="m:1")
    strange = known.filter(pl.col("_to").is_null())["_printed"]
    unknown = frame.filter(pl.col(column).is_in(strange.implode())) if strange.len() else frame.clear()
    refuse_rows(
        unknown,
        UnmappedLabel,
        f"an unknown label in {column.strip('_').replace('_', ' ')}",
        sheet=sheet,
        expected=f"a label of transforms/vocabularies/{name}.csv",
        found=lambda _: ", ".join(map(repr, unknown[column].unique(maintain_order=True).head(5))),
        do=f"decide which label it corresponds to and add a line to transforms/vocabularies/{name}.csv",
    )
    label = pl.col(column).replace_strict(known["_printed"], known["_to"], default=None, return_dtype=pl.String)
    return frame.with_columns(label.alias(into or column))
