"""What `workforce status` prints. Nothing heavy is imported here: it reads the warehouse with DuckDB alone."""

from __future__ import annotations

from datetime import date

from rich.console import Console
from rich.table import Table

from flows.freshness import last_build, standing
from warehouse.folder import DataFolder


def show_status(folder: DataFolder, today: date, out: Console) -> None:
    """Print, per series, newest period, edition, when looked and refreshed, due or late; then the last build."""
    table = Table("series", "newest period", "edition", "last looked", "refreshed", "due", title="Series")
    for line in standing(folder, today):
        table.add_row(*line)
    out.print(table)
    out.print(last_build(folder), highlight=False)
