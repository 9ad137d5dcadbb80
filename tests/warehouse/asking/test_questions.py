"""Ready questions: every file is one, its SQL runs, and README and site show the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.sample_warehouse import Sample
from warehouse.asking.query import first_rows, reading
from warehouse.asking.questions import ReadyQuestion, ready_question, ready_questions

ROOT = Path(__file__).resolve().parents[3]
NAMES = [each.name for each in ready_questions()]


def test_every_file_is_a_question_of_its_own_name() -> None:
    stored = [path.stem for path in sorted((ROOT / "warehouse" / "questions").rglob("*.sql"))]
    assert sorted(NAMES) == sorted(stored)
    assert len(set(NAMES)) == len(NAMES) >= 15
    assert all(each.title.endswith("?") and each.caveat.endswith(".") for each in ready_questions())


@pytest.mark.parametrize("name", NAMES)
def test_a_question_has_an_answer_in_the_sample(sample: Sample, name: str) -> None:
    assert first_rows(sample.warehouse, ready_question(name).with_examples()).total > 0


def test_a_parameter_is_a_variable_of_the_connection(sample: Sample) -> None:
    question = ready_question("staff_of_a_trust")
    assert question.parameters == {"org_code": "RJ1"}
    with reading(sample.warehouse) as con:
        con.execute("SET VARIABLE org_code = 'RJ1'")
        rows = con.execute(question.sql).fetchall()
    assert rows == first_rows(sample.warehouse, question.with_examples()).rows
    declared = {variable for each in ready_questions() for variable in re.findall(r"getvariable\('(\w+)'\)", each.sql)}
    assert declared == {name for each in ready_questions() for name in each.parameters}


def test_an_example_with_an_apostrophe_stays_one_text() -> None:
    question = ReadyQuestion("q", "t", "?", "", "SELECT getvariable('name')", {"name": "Guy's"})
    assert question.with_examples() == "SELECT 'Guy''s'"


def test_the_examples_of_the_readme_are_ready_questions_under_their_titles() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"\n\n([^\n]+\?)[^?`]*?(?:\([^?]*?\))?\n\n```sql\n(.*?)```\s+```csv", readme, flags=re.DOTALL)
    declared = {each.title: each.sql for each in ready_questions()}
    assert len(examples) == len(re.findall(r"```sql\n[^`]*```\s+```csv", readme))
    assert {title: sql.strip() for title, sql in examples} == {title: declared.get(title) for title, _ in examples}
