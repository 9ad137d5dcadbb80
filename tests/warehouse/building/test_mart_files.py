"""The mart files: their folders, names and headers."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from warehouse.building.mart_files import Lineage, macros, marts, parsed
from warehouse.errors import MartFailed

MARTS = Path(str(files("warehouse") / "marts"))

HEADER = """/*
Staff in post of each organisation,
by month.

Grain: period_end x org_code. Levels overlap.
Source: core.workforce.
Caveats: not all
months are in it.
Kind: view
Lineage:
    core.workforce_latest, all
        WHERE figure.org_code = made.org_code
            AND figure.measure = 'head count'
        REMARK Of the month.
    marts.organisation, among
        WHERE figure.org_code = made.org_code
*/
SELECT 1 AS one;
COMMENT ON COLUMN marts.staff.one IS 'One.';
"""


def test_every_sql_file_lies_in_the_folder_of_a_subject_and_is_a_mart_of_its_own_name() -> None:
    paths = sorted(MARTS.rglob("*.sql"))
    assert {len(path.relative_to(MARTS).parts) for path in paths} == {2}
    assert sorted(mart.name for mart in (*marts(), *macros())) == sorted(path.stem for path in paths)
    assert [name for name, count in Counter(path.stem for path in paths).items() if count > 1] == []


def test_no_subject_has_more_than_a_dozen_marts() -> None:
    crowded = {folder.name for folder in MARTS.iterdir() if len(list(folder.glob("*.sql"))) > 12}
    assert crowded == set()


def test_every_header_states_source_and_caveats() -> None:
    headers = {path.stem: path.read_text().partition("*/")[0] for path in MARTS.rglob("*.sql")}
    assert [name for name, header in headers.items() if "\nSource: " not in header or "\nCaveats: " not in header] == []


def test_a_header_gives_description_kind_and_lineage() -> None:
    mart = parsed("staff", HEADER)
    assert (mart.kind, mart.about) == (
        "view",
        "Staff in post of each organisation, by month. Grain: period_end x org_code. Levels overlap.",
    )
    assert mart.lineage == (
        Lineage(
            "core.workforce_latest",
            "all",
            "figure.org_code = made.org_code AND figure.measure = 'head count'",
            "Of the month.",
        ),
        Lineage("marts.organisation", "among", "figure.org_code = made.org_code", None),
    )
    assert (mart.source, mart.caveats) == ("core.workforce.", "not all months are in it.")
    assert mart.comments == ("COMMENT ON COLUMN marts.staff.one IS 'One.'",)


def test_a_header_says_by_what_rows_can_be_added() -> None:
    mart = parsed("staff", HEADER.replace("Caveats: ", "Rows by: period_end.\nCaveats: ").replace("Kind: view\n", ""))
    assert (mart.rows_by, mart.source) == ("period_end", "core.workforce.")
    assert parsed("staff", HEADER).rows_by == ""


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        ("/*\n", "-- about\n/*\n", "does not begin with a header"),
        ("Grain: ", "Rows: ", "does not state the grain"),
        ("Kind: view", "Kind: picture", "unknown kind"),
        ("_latest, all", "_latest, some", "core.workforce_latest, some"),
        ("core.workforce_latest", "workforce", "'workforce, all'"),
        ("WHERE figure.org_code = made.org_code\n            AND", "figure.org_code = made.org_code\n AND", "latest"),
        ("marts.organisation, among", "core.workforce_latest, all", "core.workforce_latest, all"),
        ("Kind: view", "Kind: view\nRows by: period_end.", "the mart is no table"),
        ("Kind: view", "Rows by: each period.", "names no column"),
        ("Lineage:\n", "Lineage: see below\n", "not followed by indented blocks"),
        ("    core.workforce_latest", "  core.workforce_latest", "before the first table"),
    ],
)
def test_a_malformed_header_is_refused(right: str, wrong: str, found: str) -> None:
    with pytest.raises(MartFailed) as refused:
        parsed("staff", HEADER.replace(right, wrong, 1))
    assert found in str(refused.value)
