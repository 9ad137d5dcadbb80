"""Ready questions: each file can be asked, its sentence can be made, and its columns are in the answer."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from tests.sample_warehouse import Sample
from warehouse.asking.answers import ask_ready
from warehouse.asking.query import reading
from warehouse.asking.questions import ReadyQuestion, _read, ready_question, ready_questions
from warehouse.asking.sentences import sentence_as_html, sentence_of
from warehouse.errors import NoSuchQuestion, QuestionMalformed
from warehouse.site.topics import TOPICS as PAGES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]


def test_every_file_is_a_question_with_a_name_of_its_own() -> None:
    names = [each.name for each in ready_questions()]
    paths = [path for folder in files("warehouse").joinpath("questions").iterdir() for path in folder.iterdir()]
    assert sorted(f"{name}.sql" for name in names) == sorted(path.name for path in paths)
    assert len(set(names)) == len(names)
    assert all(each.title.endswith("?") and each.caveat.endswith(".") for each in ready_questions())


@pytest.mark.parametrize("question", ready_questions(), ids=lambda question: question.name)
def test_a_question_is_answered_from_the_sample(sample_warehouse: Sample, question: ReadyQuestion) -> None:
    with reading(sample_warehouse.warehouse) as con:
        answer = ask_ready(con, question, question.parameters or None)
        assert answer.rows
        assert con.execute(question.with_examples()).fetchall()
    assert set(question.columns) <= set(answer.rows[0])
    sentence = sentence_of(question, answer.rows)
    assert sentence
    assert sentence.endswith(".")
    assert not re.search("no figure(?! was found)", sentence)
    assert "<" not in sentence


def test_a_parameter_is_a_variable_of_the_connection(sample_warehouse: Sample) -> None:
    declared = {variable for each in ready_questions() for variable in re.findall(r"getvariable\('(\w+)'\)", each.sql)}
    assert declared == {name for each in ready_questions() for name in each.parameters}
    with reading(sample_warehouse.warehouse) as con:
        nobody = ask_ready(con, ready_question("staff_of_a_trust"), {"org_code": "' OR TRUE OR org_code = '"})
    assert nobody.rows == []


def test_pages_show_the_questions_of_their_topic() -> None:
    for page in PAGES:
        assert {block.question.folder for block in page.blocks} == {page.slug}


def test_a_sentence_escapes_what_a_publisher_printed() -> None:
    question = ready_question("roles_recorded")
    columns = dict.fromkeys(("recorded_percent", "all_trusts"), 1.0)
    rows = [{"board_role": "<b>Chair</b>", "period_end": date(2025, 1, 31), **columns}]
    assert "&lt;b&gt;Chair" in str(sentence_as_html(question, rows))
    assert "<b>Chair</b>" in str(sentence_of(question, rows))


def test_too_few_rows_make_no_sentence() -> None:
    assert sentence_of(ready_question("women_by_pay_quarter"), [{"period_end": None}]) is None


def test_a_misspelt_name_gets_suggestions() -> None:
    with pytest.raises(NoSuchQuestion, match="nursing_by_region"):
        ready_question("nurses-by-region")


@pytest.mark.parametrize(
    "text",
    ["SELECT 1", "/*\nquestion = \n*/\nSELECT 1", '/*\nunknown = "a"\n*/\nSELECT 1'],
    ids=["no header", "TOML", "key"],
)
def test_a_wrong_header_is_named_with_its_file(text: str) -> None:
    with pytest.raises(QuestionMalformed, match=r"vacancies/wrong\.sql"):
        _read("vacancies", "wrong", text)


def test_a_value_with_an_apostrophe_is_shown_as_one_text() -> None:
    question = ready_question("staff_of_a_trust")
    assert "org_code = 'Guy''s'" in question.sql_with({"org_code": "Guy's"})
    assert "org_code = 'RJ1'" in question.with_examples()


def test_the_examples_of_the_readme_are_ready_questions_under_their_titles() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"\n\n([^\n]+\?)[^?`]*?(?:\([^?]*?\))?\n\n```sql\n(.*?)```\s+```csv", readme, flags=re.DOTALL)
    declared = {each.title: each.sql for each in ready_questions()}
    assert len(examples) == len(re.findall(r"```sql\n[^`]*```\s+```csv", readme))
    assert {title: sql.strip() for title, sql in examples} == {title: declared.get(title) for title, _ in examples}
