"""Which files a failing check takes out, so that the others can be published."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from rich.console import Console

from expectations.report import Report, Result
from expectations.rules import Rule
from flows.cli.output import show_outcome
from flows.endings import Ending
from flows.pipeline import RefusedFile, finding_of
from flows.refusals import note_refused, refused_by_checks, refused_in_release
from flows.results import Outcome
from flows.summary import markdown
from transforms.errors import UnmappedLabel
from transforms.published_file import Edition
from warehouse.archive import Record
from warehouse.building.build import META
from warehouse.folder import DataFolder
from warehouse.staging import StagedFile

RULE = Rule("edition.scale", "reject file", "meta.edition_step", "", "Another scale.", "ask the publisher")


def file(sha256: str, series: str = "ods") -> StagedFile:
    record = Record(
        series=series, edition="2025-12", publisher="", file_name=f"{sha256}.csv", address="", retrieved_at="",
        licence="", attribution="", sha256=sha256, size_bytes=1,
    )  # fmt: skip
    return StagedFile(record, "reader", 1, Edition("2025-12", "", series=series), Path(), parsed=True)


def failed(*sha256: str | None, rule: Rule = RULE, known: bool = False) -> Report:
    row = {
        "series": "ods", "edition": "2025-12", "sheet": "", "cell": "C7", "figure": '{"org_code":"RJ1"}',
        "value": 160.0, "expected": "about 16", "found": "160", "is_known": known,
    }  # fmt: skip
    rows = pl.DataFrame([{**row, "file_name": f"{each}.csv", "file_sha256": each} for each in sha256])
    return Report("run", [Result(rule, "failed", len(sha256), 0, rows)], pl.DataFrame())


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


def release(folder: DataFolder, *held: str, refused: tuple[str, ...] = ()) -> None:
    """Publish a warehouse built from some files and without others."""
    folder.published.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(folder.published) as con:
        con.execute("CREATE SCHEMA meta; CREATE SCHEMA core")
        con.execute(META)
        for sha256 in held:
            con.execute("INSERT INTO meta.source_file BY NAME SELECT ? AS file_sha256", [sha256])
    note_refused(folder.published, [RefusedFile(file(sha256).record, "for a reason") for sha256 in refused])


def names(refused: list[RefusedFile]) -> list[str]:
    return [each.record.sha256 for each in refused]


def test_the_file_a_rule_names_is_refused_with_rule_cell_old_and_new_value(folder: DataFolder) -> None:
    refused = refused_by_checks(folder, [file("good"), file("bad")], failed("bad"))
    assert names(refused) == ["bad"]
    assert refused[0].why == (
        "bad.csv: refused by the checks. edition.scale: Another scale. bad.csv > C7: RJ1: expected about 16, found 160."
        " What to do: ask the publisher."
    )


def test_five_cells_are_shown_however_many_there_are(folder: DataFolder) -> None:
    (refused,) = refused_by_checks(folder, [file("bad")], failed(*["bad"] * 9))
    assert refused.why.count("expected about 16") == 5


def test_a_rule_that_names_no_file_refuses_none(folder: DataFolder) -> None:
    assert refused_by_checks(folder, [file("good")], failed(None)) == []


def test_a_warning_and_a_known_failure_refuse_none(folder: DataFolder) -> None:
    warning: Any = replace(RULE, severity="warn")
    assert refused_by_checks(folder, [file("a")], failed("a", rule=warning)) == []
    assert refused_by_checks(folder, [file("a")], failed("a", known=True)) == []


def test_a_file_that_passed_before_is_not_refused_for_a_new_one(folder: DataFolder) -> None:
    release(folder, "old")
    staged = [file("old"), file("new"), file("other", series="wres")]
    assert names(refused_by_checks(folder, staged, failed("old"))) == ["new"]
    assert names(refused_by_checks(folder, staged, failed("old", "new"))) == ["new"]


def test_of_two_new_files_the_one_refused_before_is_refused_again(folder: DataFolder) -> None:
    release(folder, "old", refused=("bad",))
    staged = [file("old"), file("bad"), file("newer")]
    assert names(refused_by_checks(folder, staged, failed("old"))) == ["bad"]


def test_where_only_published_files_are_left_the_named_one_is_refused(folder: DataFolder) -> None:
    release(folder, "one", "two")
    assert names(refused_by_checks(folder, [file("one"), file("two")], failed("one"))) == ["one"]


def test_a_release_knows_the_files_it_was_built_without(folder: DataFolder) -> None:
    release(folder, "good", refused=("bad",))
    known = refused_in_release(folder, [file("good"), file("bad")])
    assert [(each.record.file_name, each.why) for each in known] == [("bad.csv", "for a reason")]


COMPARES = replace(RULE, id="vacancy.establishment_as_in_workforce_far", against="core.workforce")


def with_table(staged: StagedFile, table: str, folder: Path) -> StagedFile:
    """The file with a frame of this table beside it."""
    place = folder / staged.record.sha256
    place.mkdir()
    pl.DataFrame({"value": [1.0]}).write_parquet(place / f"{table}.parquet")
    return replace(staged, folder=place)


def test_a_rule_on_two_sources_waits_until_no_file_is_refused_for_itself(folder: DataFolder) -> None:
    staged = [file("workbook"), file("vacancies", series="nhs-vacancy-statistics")]
    own, compared = failed("workbook").results[0], failed("vacancies", rule=COMPARES).results[0]
    report = Report("run", [compared, own], pl.DataFrame())
    assert names(refused_by_checks(folder, staged, report)) == ["workbook"]
    assert names(refused_by_checks(folder, staged, Report("run", [compared], pl.DataFrame()))) == ["vacancies"]


def test_of_two_sources_that_contradict_each_other_the_one_that_passed_before_stays(
    folder: DataFolder, tmp_path: Path
) -> None:
    release(folder, "vacancies", "old workbook")
    staged = [
        file("vacancies", series="nhs-vacancy-statistics"),
        with_table(file("old workbook"), "workforce", tmp_path),
        with_table(file("new workbook"), "workforce", tmp_path),
    ]
    assert names(refused_by_checks(folder, staged, failed("vacancies", rule=COMPARES))) == ["new workbook"]


FIGURE = json.dumps(
    {"period_end": "2023-05-31", "geography_level": "England", "area_code": "England", "staff_group": "Managers",
     "measure": "fte"}
)  # fmt: skip


def with_a_figure(folder: DataFolder, value: float) -> None:
    """Publish a warehouse of one file with one figure."""
    release(folder, "old")
    with duckdb.connect(folder.published) as con:
        con.execute(f"""
            CREATE TABLE core.workforce_latest AS
            SELECT 'nhs-workforce-statistics' AS series, DATE '2023-05-31' AS period_end, 'England' AS geography_level,
                'England' AS area_code, 'Managers' AS staff_group, 'fte' AS measure, {value}::DOUBLE AS value
        """)


def ten_times(*sha256: str, figure: str = FIGURE) -> Report:
    rows = (
        failed(*sha256)
        .results[0]
        .rows.with_columns(
            figure=pl.lit(figure), series=pl.lit("nhs-workforce-statistics"), found=pl.lit("247050.7 | ten times")
        )
    )
    return Report("run", [Result(RULE, "failed", len(sha256), 0, rows)], pl.DataFrame())


def test_a_refused_cell_is_shown_with_the_value_that_is_published(folder: DataFolder) -> None:
    with_a_figure(folder, 24705.07)
    (refused,) = refused_by_checks(folder, [file("old"), file("bad")], ten_times("bad"))
    (finding,) = refused.findings
    assert (finding.rule, finding.message, finding.do) == ("edition.scale", "Another scale.", "ask the publisher")
    assert [(cell.cell, cell.published, cell.found) for cell in finding.cells] == [
        ("C7", 24705.07, "247050.7 | ten times")
    ]
    assert "published 24705.07" in refused.why


@pytest.mark.parametrize(
    "figure", ["", "no JSON", "{}", '{"reader": "core-csv"}', FIGURE.replace("Managers", "Midwives")]
)
def test_a_figure_that_is_not_published_has_no_old_value(folder: DataFolder, figure: str) -> None:
    with_a_figure(folder, 24705.07)
    (refused,) = refused_by_checks(folder, [file("old"), file("bad")], ten_times("bad", figure=figure))
    assert [cell.published for cell in refused.findings[0].cells] == [None]


def test_the_summary_tells_of_two_bad_files_in_parts_in_text_and_in_json(folder: DataFolder) -> None:
    with_a_figure(folder, 24705.07)
    refused = refused_by_checks(folder, [file("old"), file("one"), file("two")], ten_times(*["one"] * 7, "two"))
    outcome = Outcome(Ending.PUBLISHED_WITH_GAPS, refused=refused)
    told = json.loads(json.dumps(outcome.as_dict()))
    assert (told["ending"], len(told["gaps"])) == ("Published with gaps", 2)
    assert [each["file_name"] for each in told["refused"]] == ["one.csv", "two.csv"]
    assert [len(each["findings"][0]["cells"]) for each in told["refused"]] == [5, 1]
    assert told["refused"][1]["findings"][0]["cells"][0] | {"figure": ""} == {
        "file_name": "two.csv", "sheet": "", "cell": "C7", "figure": "", "expected": "about 16",
        "found": "247050.7 | ten times", "series": "nhs-workforce-statistics", "published": 24705.07,
    }  # fmt: skip
    page = markdown(outcome)
    assert "## Gaps" not in page  # they are below, in parts
    assert "## Refused: two.csv (ods 2025-12)" in page
    assert "**edition.scale**: Another scale. What to do: ask the publisher." in page
    row = "| C7 | 2023-05-31, England, England, Managers, fte | 24,705.07 | about 16 | 247050.7 \\| ten times |"
    assert page.count(row) == 6


def test_the_command_prints_the_summary_as_a_table_or_as_json(folder: DataFolder) -> None:
    with_a_figure(folder, 24705.07)
    refused = refused_by_checks(folder, [file("old"), file("bad")], ten_times("bad"))
    outcome = Outcome(Ending.PUBLISHED_WITH_GAPS, refused=refused)
    out, err = StringIO(), StringIO()
    assert show_outcome(outcome, Console(file=out, width=160), Console(file=err, width=160)) == 3
    assert "refused by edition.scale: Another scale. What to do: ask the publisher." in err.getvalue()
    assert "24,705.07  about 16  247050.7 | ten times\n" in err.getvalue()
    out, err = StringIO(), StringIO()
    assert show_outcome(outcome, Console(file=out), Console(file=err), as_json=True) == 3
    assert json.loads(out.getvalue())["refused"][0]["findings"][0]["rule"] == "edition.scale"
    assert err.getvalue() == ""


def test_findings_are_kept_with_a_release_that_was_built_without_the_file(folder: DataFolder) -> None:
    with_a_figure(folder, 24705.07)
    refused = refused_by_checks(folder, [file("old"), file("bad")], ten_times("bad"))
    note_refused(folder.published, refused)
    assert refused_in_release(folder, [file("old"), file("bad")]) == refused


def test_a_readers_refusal_has_the_same_parts() -> None:
    error = UnmappedLabel(
        "a label nobody has mapped", file="a.csv", cell="L12", expected="a label", found="'Mangers'", do="add a line"
    )
    finding = finding_of(error, "a.csv")
    assert (finding.rule, finding.message, finding.do) == ("UnmappedLabel", "a label nobody has mapped.", "add a line")
    assert [(cell.place, cell.expected, cell.found) for cell in finding.cells] == [
        ("a.csv > L12", "a label", "'Mangers'")
    ]
    unforeseen = finding_of(ValueError("odd"), "a.csv")
    assert unforeseen.rule == "NotWhatItClaims"
    assert "ValueError: odd" in str(unforeseen.cells[0].found)
