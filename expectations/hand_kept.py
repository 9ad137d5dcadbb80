"""Hand-kept lists that the rules use: known failures, tolerances, limits, exceptions.

Each list is a CSV file of this package, and may be another of the same name in the folder `config` of a data folder,
where an operator keeps lines of their own. A line of the operator's stands beside the packaged ones; where it has the
same key (`HandKept.key`) it takes the place of the packaged line. Lines that begin with # are comments.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from transforms.series import CATALOGUE, TABLES
from warehouse.errors import ConfigurationMalformed, Origin

DTYPES: dict[str, pl.DataType] = {
    "VARCHAR": pl.String(),
    "DATE": pl.Date(),
    "DOUBLE": pl.Float64(),
    "INTEGER": pl.Int32(),
}
KINDS: dict[str, tuple[Callable[[str], Any], str]] = {
    "DATE": (date.fromisoformat, "a date such as 2027-03-31"),
    "DOUBLE": (float, "a number of at least 0"),
    "INTEGER": (int, "a whole number of at least 0"),
    "VARCHAR": (str, "a text"),
}
"""How a cell of each type is read, and the words for it in messages."""


def _rule_ids() -> Collection[str]:
    from expectations.suites import RULES  # imported here because a rule's SQL may be built from these lists

    return RULES


def _comparisons() -> Collection[str]:
    from expectations.suites.cross_source import COMPARISONS

    return [each.id for each in COMPARISONS]


@dataclass(frozen=True)
class HandKept:
    """One list: its CSV file, the DuckDB type of each column, and the columns that identify a line (`key`).

    `about` says what a line does. `example` is a line without its line break. `blank`: columns that may be empty.
    `known`: for columns whose values must be known, what they may be.
    """

    file: str
    about: str
    columns: dict[str, str]
    key: tuple[str, ...]
    example: str
    blank: frozenset[str] = frozenset()
    known: Mapping[str, Callable[[], Collection[str]]] = field(default_factory=dict)


def _series_or_all() -> Collection[str]:
    return ["*", *CATALOGUE]


_TOLERANCES = ("rows_lost_percent", "rows_gained_percent", "quarter_change_percent", "share_move_factor")
_EDITION_LIMITS = ("revised_percent", "vanished_percent", "total_percent", "missing_percent")
_SOURCE_LIMITS = ("warn_percent", "warn_at_least", "reject_percent", "reject_at_least")

CSV_TABLES: dict[str, HandKept] = {
    "known_failure": HandKept(
        "known_failures.csv",
        "A failure of a rule that is real and let through until a day: of a series and edition, of a figure (its key as"
        " JSON, as the report shows it), or with * of everything that the rule finds.",
        {"rule_id": "VARCHAR", "figure": "VARCHAR", "owner": "VARCHAR", "reason": "VARCHAR", "until": "DATE"},
        ("rule_id", "figure"),
        'edition.scale,gender-pay-gap 2023-24,data steward,"why it is real",2027-03-31',
        known={"rule_id": _rule_ids},
    ),
    "tolerance": HandKept(
        "tolerances.csv",
        "How far the rows of a series, a vacancy figure or a share may move before a rule objects (* is every series"
        " without a line).",
        {"series": "VARCHAR", **dict.fromkeys(_TOLERANCES, "DOUBLE"), "reason": "VARCHAR"},
        ("series",),
        "gender-pay-gap,5,25,30,3,employers withdrew reports in 2026",
        known={"series": _series_or_all},
    ),
    "edition_limit": HandKept(
        "edition_limits.csv",
        "How far an edition may differ from the editions before, by series, core table and measure (* is every one"
        " without a line). Without missing_percent the completeness of a period is not checked.",
        {
            **dict.fromkeys(("series", "table_name", "measure"), "VARCHAR"),
            **dict.fromkeys((*_EDITION_LIMITS, "revision_factor", "period_factor"), "DOUBLE"),
            "figures_at_least": "INTEGER",
            "reason": "VARCHAR",
        },
        ("series", "table_name", "measure"),
        "gender-pay-gap,pay_gap,*,30,30,10,,2,3,20,many employers reported anew in 2026",
        blank=frozenset({"missing_percent"}),
        known={"series": _series_or_all, "table_name": lambda: ["*", *TABLES]},
    ),
    "cross_source_limit": HandKept(
        "cross_source_limits.csv",
        "How far two sources that print one figure may differ, by comparison and series (* is every series without a"
        " line). Without reject_percent and reject_at_least no file is refused.",
        {
            **dict.fromkeys(("comparison", "series"), "VARCHAR"),
            **dict.fromkeys((*_SOURCE_LIMITS, "reject_share_percent"), "DOUBLE"),
            "figures_at_least": "INTEGER",
            "reason": "VARCHAR",
        },
        ("comparison", "series"),
        "vacancy.establishment_as_in_workforce,*,15,500,30,500,0,1,establishments were restated in 2026",
        blank=frozenset(_SOURCE_LIMITS),
        known={"comparison": _comparisons, "series": _series_or_all},
    ),
    "organisation_exception": HandKept(
        "organisation_exceptions.csv",
        "An organisation code that no list of the Organisation Data Service holds, and why that is right.",
        {"org_code": "VARCHAR", "reason": "VARCHAR"},
        ("org_code",),
        "TZZ,a care trust; the trust lists do not hold T codes",
    ),
}
"""Every list, by the table of the database `gate` that it fills."""


@dataclass(frozen=True)
class Line:
    """One line of a list: its values in the order of the columns, and where it stands (file and line number)."""

    values: tuple[Any, ...]
    origin: Origin
    place: str


FOLDERS: dict[Origin, str] = {"packaged": "expectations", "operator": "config"}
"""Folder of the lists, in the code or the data folder; the rest of its path is no business of who gets a warehouse."""

Lines = Mapping[str, Sequence[Line]]
"""Lines by the table of `gate` that they fill."""


def read_lines(
    name: str, text: str, *, file: str, origin: Origin = "operator"
) -> tuple[list[Line], list[ConfigurationMalformed]]:
    """The lines of a list, and an error for each wrong one. `name` is a key of `CSV_TABLES`, `file` for messages."""
    kept = CSV_TABLES[name]
    lines: list[Line] = []
    errors: list[ConfigurationMalformed] = []
    seen: dict[tuple[Any, ...], int] = {}
    header: list[str] | None = None
    for number, cells in _rows(text):
        place = f"line {number}"
        if header is None:
            header = cells
            if header != list(kept.columns):
                expected = ",".join(kept.columns)
                return [], [_malformed(file, place, expected, ",".join(cells), "write this heading as first line")]
            continue
        try:
            values = _values(kept, cells, file, place)
        except ConfigurationMalformed as error:
            errors.append(error)
            continue
        key = tuple(value for column, value in zip(kept.columns, values, strict=True) if column in kept.key)
        if before := seen.get(key):
            found = ", ".join(map(str, key))
            do = f"remove it, or line {before}"
            errors.append(_malformed(file, place, f"one line for each {' and '.join(kept.key)}", found, do))
            continue
        seen[key] = number
        lines.append(Line(values, origin, f"{FOLDERS[origin]}/{kept.file}:{number}"))
    return lines, errors


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that is neither blank nor a comment."""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, [cell.strip() for cell in next(csv.reader([line]))]


def _values(kept: HandKept, cells: list[str], file: str, place: str) -> tuple[Any, ...]:
    if len(cells) != len(kept.columns):
        expected = f"{len(kept.columns)} values: {','.join(kept.columns)}"
        do = 'write one value for each column, in quotation marks ("…") where it contains a comma'
        raise _malformed(file, place, expected, f"{len(cells)} values", do)
    return tuple(_value(kept, column, cell, file, place) for column, cell in zip(kept.columns, cells, strict=True))


def _value(kept: HandKept, column: str, cell: str, file: str, place: str) -> Any:
    kind = kept.columns[column]
    convert, words = KINDS[kind]
    if not cell:
        if column in kept.blank:
            return None
        raise _malformed(file, f"{place}, {column}", words, "nothing", "fill it in")
    if column in kept.known and cell not in (known := kept.known[column]()):
        expected = f"one of {', '.join(known)}" if len(known) < 40 else "the id of a rule, as the report shows it"
        raise _malformed(file, f"{place}, {column}", expected, cell, "correct it")
    try:
        value = convert(cell)
    except ValueError:
        value = None
    if value is None or (isinstance(value, int | float) and not 0 <= value < float("inf")):
        raise _malformed(file, f"{place}, {column}", words, cell, "correct it")
    return value


def _malformed(file: str, place: str, expected: str, found: str, do: str) -> ConfigurationMalformed:
    return ConfigurationMalformed(
        "the line cannot be used", file=file, cell=place, expected=expected, found=found, do=do
    )


@cache
def packaged() -> Lines:
    """The lines of this package. Raises `ConfigurationMalformed` where one is wrong."""
    found: dict[str, Sequence[Line]] = {}
    for name, kept in CSV_TABLES.items():
        text = (files("expectations") / kept.file).read_text(encoding="utf-8")
        lines, errors = read_lines(name, text, file=f"expectations/{kept.file}", origin="packaged")
        if errors:
            raise errors[0]
        found[name] = tuple(lines)
    return found


def read_operators(folder: Path) -> tuple[Lines, dict[str, list[ConfigurationMalformed]]]:
    """The operator's lines in a folder `config`, and the errors by file name; a file that is not there has no lines."""
    lines: dict[str, Sequence[Line]] = {}
    errors: dict[str, list[ConfigurationMalformed]] = {}
    for name, kept in CSV_TABLES.items():
        path = folder / kept.file
        if path.exists():
            lines[name], errors[kept.file] = read_lines(name, path.read_text("utf-8", "replace"), file=str(path))
    return lines, errors


def merged(own: Lines) -> Lines:
    """The packaged lines with the operator's: a line with the same key takes the place of the packaged one."""
    both: dict[str, Sequence[Line]] = {}
    for name, kept in CSV_TABLES.items():
        by_key = {_key(kept, line): line for line in (*packaged()[name], *own.get(name, ()))}
        both[name] = tuple(by_key.values())
    return both


def _key(kept: HandKept, line: Line) -> tuple[Any, ...]:
    return tuple(value for column, value in zip(kept.columns, line.values, strict=True) if column in kept.key)


def frame(name: str, lines: Sequence[Line]) -> pl.DataFrame:
    """The lines of a list as a frame with its columns."""
    columns = CSV_TABLES[name].columns
    schema = {column: DTYPES[kind] for column, kind in columns.items()}
    return pl.DataFrame([line.values for line in lines], schema=schema, orient="row")


def configuration(own: Lines) -> pl.DataFrame:
    """Every line that applies, with the columns of meta.configuration."""
    rows = [
        (kept.file, line.origin, line.place, json.dumps(dict(zip(kept.columns, line.values, strict=True)), default=str))
        for name, kept in CSV_TABLES.items()
        for line in merged(own)[name]
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("file_name", "origin", "place", "entry"), pl.String), orient="row")


def example(name: str) -> str:
    """An empty list with its heading and a commented example, for an operator to fill in."""
    kept = CSV_TABLES[name]
    return f"# {kept.about}\n# For example (without the #):\n#{kept.example}\n{','.join(kept.columns)}\n"
