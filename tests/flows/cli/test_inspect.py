"""`workforce inspect`: what a file would be taken for, its figures, and the rules it fails; nothing is kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from expectations.one_file import rules_for
from expectations.suites import RULES
from flows.cli.command import app
from flows.fetching.inspection import digest, inspect
from tests.transforms.series.vacancies.vacancy_workbook import RECONSTRUCTED
from tests.workbook_surgery import altered, cell, with_value
from transforms.series import TABLES

pytestmark = pytest.mark.slow

WORKBOOK = "nhs-workforce-statistics/NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
TURNOVER = "Turnover benchmarking 2. Staff group and organisation, monthly, Oct-25.csv"
ETR = (
    b'"RJ1","GUY\'S AND ST THOMAS\' NHS FOUNDATION TRUST","Y56","QKK","TRUST OFFICES","GREAT MAZE POND","",'
    b'"LONDON","GREATER LONDON","SE1 9RT","19930401","","","","","","","","","","","","","","","",""\n'
)


def asked(*arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(app, ["inspect", *map(str, arguments), "--format", "json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.slow
def test_every_published_file_reads_passes_its_rules_or_is_not_known(published: Path) -> None:
    before = sorted(published.rglob("*"))
    code, found = asked(published, "--check")
    # Excerpts are pieces of files: a reader may find them incomplete.
    whole = [each for each in found if "excerpts" not in each["file"]]
    assert [(each["file"], each["error"]) for each in whole if each["outcome"] == "refused"] == []
    assert code == (3 if any(each["outcome"] == "refused" for each in found) else 0)
    assert [each["file"] for each in found] == [str(path) for path in before if path.is_file()]
    assert sorted(published.rglob("*")) == before
    by_name = {Path(each["file"]).name: each for each in found}
    workbook = by_name[Path(WORKBOOK).name]
    assert (workbook["reader"], workbook["series"], workbook["edition"]) == (
        "workforce-workbook",
        "nhs-workforce-statistics",
        "2023-05",
    )
    (table,) = workbook["tables"]
    assert (table["table"], table["rows"], table["values"], table["nulls"]) == ("workforce", 273_432, 273_432, 0)
    assert workbook["checks_run"] > 15
    assert by_name[Path(RECONSTRUCTED).name]["figure_kind"] == "illustrative"
    assert {each["figure_kind"] for each in found if each["outcome"] == "read"} == {"published", "illustrative"}


def test_a_list_is_dated_by_its_folder_as_when_it_is_placed(published: Path) -> None:
    lists = published / "ods" / "2025-12"
    editions = [asked(path)[1][0]["edition"] for path in (published / "ods", lists, lists / "etr.csv")]
    assert editions[1:] == ["2025-12", "2025-12"]
    by_name = {each["file"]: each["edition"] for each in asked(published / "ods")[1]}
    assert by_name[str(lists / "etr.csv")] == "2025-12"


def test_a_file_that_fails_a_rule_is_refused_with_its_cells(published: Path, tmp_path: Path) -> None:
    source, target, sheet = published / WORKBOOK, tmp_path / Path(WORKBOOK).name, "xl/worksheets/sheet4.xml"
    printed = cell(source, sheet, "H12")
    altered(source, target, {sheet: [(printed, with_value(printed, "99999.5"))]})
    code, (unchecked,) = asked(target)
    if unchecked["outcome"] == "read":
        assert (code, unchecked["checks"]) == (0, None)
    code, (checked,) = asked(target, "--check")
    assert (code, checked["outcome"]) == (3, "refused")
    assert target.name in checked["error"]
    if checked["checks"]:
        failing = next(each for each in checked["checks"] if each["outcome"] == "failed")
        assert failing["rule"] in RULES
        assert failing["message"].endswith(".")
        assert 1 <= len(failing["cells"]) <= 5
        assert failing["cells"][0]["sheet"] in {"1. England", "3. NHSE, Org & SG - FTE"}
        assert {"cell", "figure", "expected", "found"} <= set(failing["cells"][0])


def test_one_file_after_the_other_is_checked_as_if_it_were_alone(published: Path, tmp_path: Path) -> None:
    first = published / "nhs-workforce-statistics" / "turnover-benchmarking" / TURNOVER
    header = first.read_text().splitlines(keepends=True)[0]
    empty = tmp_path / TURNOVER.replace("Oct-25", "Nov-25")
    empty.write_text(header)
    _, alone = asked(first, "--check")
    code, three = asked(first, empty, first, "--check")
    assert code == 0
    assert three[0] == three[2] == alone[0]
    assert (three[1]["outcome"], three[1]["tables"][0]["rows"], three[1]["unread"][0]["kind"]) == ("read", 0, "rows")


def hostile(folder: Path) -> None:
    """Files that no reading may stumble over."""
    (folder / "etr.csv").write_bytes(ETR)
    (folder / "empty.csv").touch()
    (folder / "noise.xlsx").write_bytes(bytes(range(256)) * 20)
    (folder / "noise.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(range(256)) * 20)
    (folder / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00")
    (folder / "letter.docx").write_bytes(b"PK")
    (folder / "folder.csv").mkdir()
    (folder / ".hidden.csv").write_bytes(ETR)
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    os.mkfifo(folder / "pipe.csv")
    with zipfile.ZipFile(folder / "nhs-vac-stats-apr15-mar26-eng-tables.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        cells = '<row><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{cells}</sheetData></worksheet>")
    Path(os.fsdecode(os.fsencode(folder) + b"/b\xffd\n name.csv")).write_bytes(b"a,b\n1,2\n")


@pytest.mark.parametrize("form", ["json", "table"])
def test_no_file_whatever_it_holds_ends_in_a_traceback(form: str, tmp_path: Path) -> None:
    folder = tmp_path / "2025-12"
    folder.mkdir()
    hostile(folder)
    paths = [folder, tmp_path / "not there", Path("/dev/null"), Path("/dev/zero")]
    run = subprocess.run(
        [sys.executable, "-m", "flows.cli.command", "inspect", *map(str, paths), "--check", "--format", form],
        capture_output=True,
        check=False,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert (run.returncode, run.stderr) == (3, b"")
    assert b"Traceback" not in run.stdout
    if form == "json":
        found = {Path(each["file"]).name: each for each in map(json.loads, run.stdout.splitlines())}
        assert len(found) == 13
        assert found.pop("etr.csv")["outcome"] == "read"
        assert {each["outcome"] for each in found.values()} == {"refused", "not known"}
        assert [name for name, each in found.items() if not each["error"]] == []
        assert "too large to be read" in found["nhs-vac-stats-apr15-mar26-eng-tables.xlsx"]["error"]


def test_an_unknown_file_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "letter.csv").write_text("Dear all,\nplease find attached\n")
    code, (found,) = asked(tmp_path)
    assert (code, found["outcome"]) == (0, "not known")
    assert found["file"] == str(tmp_path / "letter.csv")


def test_a_file_is_named_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "2025-12").mkdir()
    (tmp_path / "2025-12" / "etr.csv").write_bytes(ETR)
    monkeypatch.chdir(tmp_path)
    found = list(inspect([Path("2025-12"), Path("2025-12/etr.csv"), Path()]))
    assert [each.file for each in found] == ["2025-12/etr.csv"] * 3
    assert [each.edition for each in found] == ["2025-12"] * 3


def test_a_digest_knows_neither_order_nor_place_but_every_figure() -> None:
    rows = pl.DataFrame({
        "area": ["A", "B", None, ""],
        "value": [1.0, -0.0, None, 2.5],
        "source_sheet": ["s"] * 4,
        "source_row": [1, 2, 3, 4],
        "source_column": [1] * 4,
    })  # fmt: skip
    moved = rows.reverse().with_columns(source_row=pl.col("source_row") + 7, source_sheet=pl.lit("other"))
    without_sign = rows.with_columns(pl.Series("value", [1.0, 0.0, None, 2.5]))
    assert digest(rows) == digest(moved) == digest(without_sign)
    for changed in (
        rows.with_columns(value=pl.col("value") * 1.0000001),
        rows.with_columns(area=pl.col("area").fill_null("")),
        rows.head(3),
    ):
        assert digest(changed) != digest(rows)


def test_rules_that_need_another_file_are_left_out() -> None:
    chosen = {rule.id for rule in rules_for({"vacancy", "vacancy_advert"})}
    assert {"vacancy.grain", "vacancy.headlines_contradicted", "meta.repeated_figure"} <= chosen
    assert not chosen & {"release.rows_lost", "meta.fresh", "vacancy.headline_differs", "workforce.grain"}
    assert "workforce.organisation_listed" not in {rule.id for rule in rules_for({"workforce"})}
    alone = {rule.id for name in TABLES for rule in rules_for({name})}
    assert len(alone) > 100


def test_the_table_names_what_is_wrong(published: Path, tmp_path: Path) -> None:
    shutil.copy(published / RECONSTRUCTED, tmp_path)
    (tmp_path / "page.csv").write_text("<!DOCTYPE html><p>Not found")
    result = CliRunner().invoke(app, ["inspect", str(tmp_path), "--check"])
    assert result.exit_code == 3
    flat = " ".join(result.output.split())
    for words in (
        "illustrative",
        "vacancies",
        "8,256",
        "the content does not match the ending",
        "vacancy.sudden_change",
    ):
        assert words in flat
