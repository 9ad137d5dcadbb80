"""The whole way, through the command: published files in, a published warehouse out; broken files never."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli.command import app
from tests.data_copies import copied
from tests.transforms.series.vacancies.vacancy_workbook import RECONSTRUCTED
from tests.workbook_surgery import STRINGS, altered, cell, with_value
from transforms.errors import WorkforceError
from warehouse.archive import sha256_of
from warehouse.folder import DataFolder

WORKBOOK = "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
FTE_SHEET = "xl/worksheets/sheet4.xml"
Workforce = Callable[..., Result]

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_refresh")]


@pytest.fixture(scope="session")
def workforce() -> Workforce:
    """The command, in this process."""

    def call(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        if result.exception and not isinstance(result.exception, (SystemExit, WorkforceError)):
            raise result.exception
        return result

    return call


@pytest.fixture(scope="session")
def workbook(published: Path) -> Path:
    return published / "nhs-workforce-statistics" / WORKBOOK


@dataclass(frozen=True)
class First:
    """A data folder after its first run, and what the command said."""

    data: Path
    result: Result


@pytest.fixture(scope="session")
def first(published: Path, workforce: Workforce, tmp_path_factory: pytest.TempPathFactory) -> First:
    """Every published file at hand, through the whole way once: `small_refresh` begins later."""
    data = tmp_path_factory.mktemp("published") / "data"
    return First(data, workforce("run", "--from", published, "--data", data))


@pytest.fixture
def data(first: First, tmp_path: Path) -> Path:
    """A copy of that data folder, to break things in."""
    return copied(first.data, tmp_path / "data", "prefect", "docs")


def ask(workforce: Workforce, data: Path, statement: str) -> list[dict[str, Any]]:
    answer = workforce("sql", statement, "--format", "json", "--data", data)
    assert answer.exit_code == 0, answer.output
    rows: list[dict[str, Any]] = json.loads(answer.stdout)
    return rows


def test_a_file_that_says_its_figures_are_illustrative_is_refused_among_published_ones(
    first: First, workforce: Workforce
) -> None:
    flat = " ".join(first.result.output.split())
    assert "nhs-vac-stats-apr15-mar26-eng-tables.xlsx: the file states that its figures are illustrative" in flat
    assert "workforce run --from FOLDER --illustrative" in flat
    assert ask(workforce, first.data, "SELECT count(*) AS rows FROM core.vacancy") == [{"rows": 0}]
    kinds = ask(workforce, first.data, "SELECT DISTINCT figure_kind FROM meta.source_file")
    assert kinds == [{"figure_kind": "published"}]


def test_an_illustrative_file_is_taken_into_a_folder_of_its_own_and_nowhere_else(
    first: First, published: Path, workforce: Workforce, tmp_path: Path
) -> None:
    reconstructed, data = published / Path(RECONSTRUCTED).parent, tmp_path / "illustrative"
    result = workforce("run", "--from", reconstructed, "--illustrative", "--data", data)
    assert result.exit_code == 0, result.output
    assert "Illustrative figures: not statistics" in result.output
    assert ask(workforce, data, "SELECT DISTINCT figure_kind FROM marts.vacancies") == [{"figure_kind": "illustrative"}]
    rebuilt = workforce("run", "--rebuild", "--data", data)
    assert "Nothing new" in rebuilt.output, rebuilt.output
    for folder, arguments in ((first.data, ("--illustrative",)), (data, ())):
        before = sha256_of(DataFolder(folder).published)
        refused = workforce("run", "--from", reconstructed, *arguments, "--data", folder)
        assert refused.exit_code == 1
        assert "illustrative and published figures never share a folder" in refused.output
        assert sha256_of(DataFolder(folder).published) == before


def test_published_files_end_published_and_each_is_named(first: First) -> None:
    assert first.result.exit_code == 3, first.result.output
    assert "Published with gaps: release" in first.result.output
    assert "not known" in first.result.output
    for taken in (WORKBOOK, "nhsworkforcedata.xls", "etrust.csv.gz", "headlines.csv"):
        assert taken in first.result.output


@pytest.mark.parametrize(
    ("day", "staff_group", "measure", "value", "place"),
    [
        ("2023-05-31", "All staff groups", "headcount", 1_442_229, "FK11"),
        ("2023-05-31", "All staff groups", "fte", 1_285_542.80577, "FK46"),
        ("2023-05-31", "Senior managers", "headcount", 13_748, "FK40"),
        ("2023-05-31", "Managers", "headcount", 25_703, "FK41"),
        ("2009-09-30", "All staff groups", "headcount", 1_154_679, "C11"),
        ("2009-09-30", "All staff groups", "fte", 1_002_298.10222, "C46"),
    ],
)
def test_englands_figures_are_the_published_ones_with_their_cells(
    first: First, workforce: Workforce, day: str, staff_group: str, measure: str, value: float, place: str
) -> None:
    rows = ask(
        workforce,
        first.data,
        f"SELECT value, source_sheet, core.cell_name(source_row, source_column) AS cell FROM core.workforce_latest "
        f"WHERE geography_level = 'England' AND period_end = '{day}' AND staff_group = '{staff_group}' "
        f"AND measure = '{measure}'",
    )
    assert rows == [{"value": pytest.approx(value, abs=1e-5), "source_sheet": "1. England", "cell": place}]


def test_a_second_run_reads_and_builds_nothing_and_says_so(first: First, workforce: Workforce, published: Path) -> None:
    before = sha256_of(DataFolder(first.data).published)
    again = workforce("run", "--from", published, "--data", first.data)
    assert again.exit_code == 3, again.output
    assert "Nothing new, with gaps. 0 files new" in again.output
    assert "0 read" in again.output
    assert "Nothing was built" in again.output
    assert sha256_of(DataFolder(first.data).published) == before
    assert not list(DataFolder(first.data).candidates.glob("*"))


def test_status_tells_what_is_in_the_warehouse(first: First, workforce: Workforce) -> None:
    shown = workforce("status", "--data", first.data)
    assert shown.exit_code == 0
    assert "Last build" in shown.output
    assert "2025-10-31" in shown.output
    assert "not in the warehouse" in shown.output


def test_tables_are_listed_with_their_grain(first: First, workforce: Workforce) -> None:
    shown = workforce("tables", "--data", first.data)
    assert "core.workforce" in shown.output
    assert "Grain:" in shown.output


def test_a_sample_is_refused_where_published_figures_are(data: Path, workforce: Workforce) -> None:
    before = sha256_of(DataFolder(data).published)
    refused = workforce("run", "--sample", "--data", data)
    assert refused.exit_code == 1
    assert (
        "illustrative and published figures never share a folder, and this folder holds published ones"
        in refused.output
    )
    assert sha256_of(DataFolder(data).published) == before


def renamed_column(source: Path, target: Path) -> None:
    altered(source, target, {STRINGS: [("<t>Organisation code</t>", "<t>Body code</t>")]})


def unmapped_staff_group(source: Path, target: Path) -> None:
    altered(source, target, {STRINGS: [("<t>Hotel, property &amp; estates</t>", "<t>Hotels and gardens</t>")]})


def altered_fte(source: Path, target: Path) -> None:
    printed = cell(source, FTE_SHEET, "H12")
    altered(source, target, {FTE_SHEET: [(printed, with_value(printed, "99999.5"))]})


def page_saved_as_workbook(_: Path, target: Path) -> None:
    target.write_text("<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>")


def truncated(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes()[:200_000])


@pytest.mark.parametrize(
    ("breaks", "code", "said"),
    [
        pytest.param(renamed_column, 3, ["2. NHSE, Org & SG - HC", "Body code"], id="renamed column"),
        pytest.param(unmapped_staff_group, 3, ["Hotels and gardens", "staff_group.csv"], id="unmapped staff group"),
        pytest.param(altered_fte, 3, ["3. NHSE, Org & SG - FTE", "printed total disagree"], id="altered FTE"),
        pytest.param(page_saved_as_workbook, 3, ["a web page"], id="web page"),
        pytest.param(truncated, 3, ["its end is missing"], id="truncated"),
    ],
)
def test_a_broken_file_is_named_and_the_published_file_stays(
    data: Path,
    workforce: Workforce,
    workbook: Path,
    tmp_path: Path,
    breaks: Callable[[Path, Path], None],
    code: int,
    said: list[str],
) -> None:
    before = sha256_of(DataFolder(data).published)
    placed = tmp_path / "placed"
    placed.mkdir()
    breaks(workbook, placed / WORKBOOK)
    result = workforce("run", "--from", placed, "--data", data)
    assert result.exit_code == code, result.output
    flat = " ".join(result.output.split())
    assert [words for words in said if words not in flat] == []
    assert sha256_of(DataFolder(data).published) == before
    if code == 4:
        kept = list(DataFolder(data).rejected.glob("*"))
        assert [(path / "workforce.duckdb").exists() and (path / "report.txt").exists() for path in kept] == [True]
