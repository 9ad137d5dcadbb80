"""Paths in SQL, and DuckDB files in folders of any name: with an apostrophe, a question mark, an asterisk, brackets."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.sql import quoted


def path_literal(path: str | Path) -> str:
    """The path as an SQL string literal, for ATTACH and COPY TO."""
    return quoted(str(path))


def pattern_literal(folder: str | Path, pattern: str = "") -> str:
    """The path as an SQL string literal for functions that take `*`, `?` and `[` as a pattern, as read_parquet does.

    Only those in `pattern`, which is relative to the path, mean anything.
    """
    plain = re.sub(r"([*?\[])", r"[\1]", str(folder))
    return quoted(f"{plain}/{pattern}" if pattern else plain)


@contextmanager
def open_to_write(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes the file.

    DuckDB puts `.wal` before the first `?` of a path, as if the path were a URL, and cannot write there. Such a file is
    written in the system's temporary folder and then moved.
    """
    path = path.resolve()
    if "?" not in str(path):
        with duckdb.connect(path) as con:
            yield con
        return
    with tempfile.TemporaryDirectory(prefix="workforce-") as folder:
        elsewhere = Path(folder) / path.name
        if path.exists():
            shutil.copyfile(path, elsewhere)
        with duckdb.connect(elsewhere) as con:
            yield con
        coming = path.with_name(f".{path.name}.coming")
        shutil.move(elsewhere, coming)
        coming.replace(path)


@contextmanager
def catalogue_loaded(warehouse: Path) -> Iterator[None]:
    """Hold a warehouse open, where there is one, while several functions connect to it read-only, each for itself.

    DuckDB gives them one instance, and loads the descriptions of all tables and columns only once.
    """
    if not warehouse.exists():
        yield
        return
    with duckdb.connect(warehouse, read_only=True):
        yield
