"""The notebook for analysts runs from its first cell to its last, and shows what the warehouse answers."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.sample_warehouse import Sample
from tests.warehouse.leadership_figures import MADE, staged
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for
from warehouse.asking.questions import ready_question
from warehouse.asking.ready import answer_to
from warehouse.building.build import build
from warehouse.folder import DataFolder

NOTEBOOK = Path(__file__).resolve().parents[1] / "deploy" / "notebooks" / "three_questions.py"
PUBLISHED_FILES = (
    "ethnicity-facts-and-figures/resaved/nhsworkforcedata.xls",
    "gender-pay-gap/UK Gender Pay Gap Data - 2023 to 2024.csv",
)
QUESTIONS = {
    "now_and_then": ("bme_very_senior_managers", ""),
    "diversity": ("bme_over_time", ""),
    "vacancies": ("nursing_by_region", ""),
    "pay": ("women_in_top_quarter_of_a_trust", "guys"),
}


def run(warehouse: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, dict[str, Any]]:
    """What the cells show, as text, and what they define."""
    folder = DataFolder(root)
    folder.published.parent.mkdir(parents=True)
    folder.published.symlink_to(warehouse)
    monkeypatch.setenv("WORKFORCE_DATA", str(root))
    spec = importlib.util.spec_from_file_location("three_questions", NOTEBOOK)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    outputs, defined = module.app.run()
    shown = unescape(unescape("\n".join(getattr(output, "text", "") for output in outputs)))
    return shown, dict(defined)


@pytest.mark.slow
def test_the_notebook_answers_three_questions_on_the_sample(
    sample_warehouse: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, defined = run(sample_warehouse.warehouse, tmp_path, monkeypatch)
    for name, (question, organisation) in QUESTIONS.items():
        answer = answer_to(sample_warehouse.warehouse, ready_question(question), organisation)
        assert defined[name].sentence == answer.sentence
        assert defined[name].rows == answer.rows
        assert answer.sentence in shown
    assert shown.count("Illustrative figures: not statistics.") == 3
    assert shown.count("vega") >= 3
    # SQL is shown with colours: each word is an element of its own.
    plain = " ".join(re.sub("<[^>]+>", "", shown).split())
    for name in ("diversity", "vacancies", "pay"):
        assert " ".join(defined[name].sql.split()) in plain


@pytest.mark.slow
def test_the_notebook_answers_from_published_files_and_says_which_series_is_missing(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = []
    for name in PUBLISHED_FILES:
        file = PublishedFile(published / name, Path(name).name)
        reader, edition = reader_for(file)
        files.append(staged(tmp_path, edition, file.name, read_tables(reader, file)))
    warehouse = tmp_path / "workforce.duckdb"
    build(warehouse, files, replace(MADE, figure_kind="published"))
    shown, defined = run(warehouse, tmp_path / "data", monkeypatch)
    said = "At 30 June 2022, 8.6% of very senior managers were black or minority ethnic"
    assert defined["now_and_then"].sentence.startswith(said)
    assert "at 30 September 2018 it was 6.7%" in shown
    assert "Not loaded" in defined["vacancies"]
    assert defined["vacancies"] in shown
    assert "Illustrative" not in shown
