"""A mart of odd values, exported in every form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from warehouse.exports.facts import ExportColumn, MartFacts, Rights
from warehouse.exports.write import export_mart

COLUMNS = {
    "org_code": "VARCHAR",
    "edition": "VARCHAR",
    "org_name": "VARCHAR",
    "said": "VARCHAR",
    "period_end": "DATE",
    "change_fte": "DOUBLE",
    "headcount": "BIGINT",
    "is_open": "BOOLEAN",
    "months_of_year": "BIGINT[]",
    "value_status": "VARCHAR",
}
ROWS = """
    ('5E1', '2023-05', 'Guy’s and St Thomas’', '=1+1', DATE '2023-05-31', -5.25, 12, TRUE, [1, 2], NULL),
    ('RJ1', '2023-06', 'A, "B" & <C>', '-33 % against the month before', DATE '2024-02-29', 0.1, 0, FALSE, NULL, 'c'),
    ('0010', '1E5', E'two\\nlines', '+50 %', NULL, NULL, NULL, NULL, [3], 'x'),
    ('RRV', '2023-07', '_x0041_', '@SUM(A1)', DATE '2018-11-01', 1234567.125, 3000000000, TRUE, NULL, NULL)
"""


@dataclass(frozen=True)
class Exported:
    """The mart of odd values: its facts, and the folder with its files."""

    mart: MartFacts
    folder: Path

    def file(self, ending: str) -> Path:
        return self.folder / f"{self.mart.name}.{ending}"


def facts(figure_kind: str = "illustrative") -> MartFacts:
    ogl = "Open Government Licence v3.0"
    return MartFacts(
        "odd_values",
        "Odd values of each organisation.",
        "org_code.",
        ("org_code",),
        "An invented list.",
        "nothing of it is true.",
        tuple(ExportColumn(name, type_, f"What {name} means.") for name, type_ in COLUMNS.items()),
        (
            Rights("list", "Invented list", "Nobody", "https://example.invalid/list", ogl, f"Under the {ogl}: Nobody."),
            Rights("survey", "Survey", "Somebody", "", "Ask first", "Somebody, by leave."),
        ),
        figure_kind,
        cites=True,
    )


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("odd")
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA marts")
        columns = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
        con.execute(f"CREATE TABLE marts.odd_values ({columns}); INSERT INTO marts.odd_values VALUES {ROWS}")
        export_mart(con, facts(), folder)
    return Exported(facts(), folder)
