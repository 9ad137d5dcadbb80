"""What of each series is in the release, and in words why something is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Loaded:
    """Core tables with rows, the series that fill each table (title and page), and the series withheld."""

    tables: frozenset[str]
    series_of: dict[str, tuple[str, str]]
    withheld_tables: frozenset[str]
    editions: dict[str, str]

    def has(self, table: str) -> bool:
        """Whether a core table holds any row."""
        return table in self.tables

    def is_withheld(self, table: str) -> bool:
        """Whether a series that fills a core table is left out because it may not be passed on."""
        return table in self.withheld_tables

    def why_no_answer(self, needs: Sequence[str]) -> str:
        """Why a question that needs these core tables has no answer; '' where all of them are loaded."""
        lacking = [table for table in needs if not self.has(table)]
        return self.why_not(lacking[0]) if lacking else ""

    def why_no_rows(self, needs: Sequence[str], kind: str = "") -> str:
        """Why a question whose core tables are loaded has no rows; `kind`: that of the organisation it is asked of."""
        return self.why_not(needs[0], kind) if needs else "No figure of this kind is loaded."

    def why_not(self, table: str, kind: str = "", nobody: str = "") -> str:
        """Why there is no figure of a core table, for an organisation of a `kind` where one is named."""
        title = self.series_of.get(table, (table, ""))[0]
        if self.is_withheld(table):
            return (
                f"Left out: “{title}” may not be passed on without the publisher's leave. Its own site has the figures."
            )
        if not self.has(table):
            return (
                f"Not loaded: this release holds no file of {title} with these figures. That is not the same as zero."
            )
        edition = self.editions.get(table, "")
        prints = f"{title} (edition {edition})" if edition else title
        said = f"No figure: what is loaded of {prints} has none for this {kind or 'breakdown'}."
        return f"{said} {nobody}".strip()


def what_is_loaded(con: duckdb.DuckDBPyConnection, withheld: tuple[str, ...]) -> Loaded:
    """Read it from meta.series, meta.series_table and meta.freshness."""
    rows = con.execute("""
        SELECT series_table.table_name, series_table.is_loaded, series.series, coalesce(series.title, series.series),
            coalesce(series.landing, ''),
            freshness.edition
        FROM meta.series_table AS series_table
        INNER JOIN meta.series AS series ON series.series = series_table.series
        LEFT JOIN meta.freshness AS freshness
            ON freshness.series = series_table.series AND freshness.table_name = series_table.table_name
        ORDER BY series_table.is_loaded, series_table.table_name, series.series DESC
    """).fetchall()
    return Loaded(
        frozenset(table for table, is_loaded, *_ in rows if is_loaded),
        {table: (title, landing) for table, _, _, title, landing, _ in rows},
        frozenset(table for table, _, series, *_ in rows if series in withheld),
        {table: edition for table, is_loaded, *_, edition in rows if is_loaded and edition},
    )
