"""The summary of a refresh is valid Markdown, whatever a publisher names a file, with what matters at the top."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from expectations.report import Cell, Finding
from flows.endings import Ending
from flows.fetching.publishers import Failure
from flows.fetching.results import FetchedFile, FetchedSeries, TakenFile
from flows.pipeline import RefusedFile
from flows.results import CELL_HEADINGS, Outcome
from flows.summary import escaped, markdown
from warehouse.archive import Record

NASTY = "a|b_*c*_`d`<script>[x](y) #1 & ~~e~~.csv"


def read(text: str) -> list[Token]:
    """The blocks of the Markdown, as the Prefect UI reads it: CommonMark with GitHub's tables and strikethrough."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def shown(token: Token) -> str:
    """What a reader sees of a line."""
    return "".join(each.content for each in token.children or () if each.type in {"text", "code_inline", "html_inline"})


def headings(blocks: list[Token]) -> list[str]:
    return [shown(blocks[n + 1]) for n, each in enumerate(blocks) if each.type == "heading_open"]


@pytest.fixture
def outcome() -> Outcome:
    """A refresh with a bit of everything, of files with a name that Markdown would take for marks."""
    record = Record(
        series="ods", edition="2025-12", publisher="", file_name=NASTY, address="", retrieved_at="",
        licence="", attribution="", sha256="0" * 64, size_bytes=1,
    )  # fmt: skip
    cells = tuple(Cell(NASTY, "1. England | all", f"A{row}", None, "about 16", "1|6\n0") for row in (1, 2))
    findings = (
        Finding("edition.scale", "Another scale.", cells, "ask"),
        Finding("UnknownFile", f"{NASTY}.", (), "ask"),
    )
    return Outcome(
        Ending.PUBLISHED_WITH_GAPS,
        release_id="2026-01-01.1",
        warehouse=Path("/srv/it's `data`/published/workforce.duckdb"),
        fetched=[
            FetchedSeries("wres", failures=(Failure("page", "Blocked", f"blocked: {NASTY}"),)),
            FetchedSeries("ods", (FetchedFile("2025-12", NASTY, "", "new", ""),), notes=(f"a note on {NASTY}",)),
        ],
        placed=[TakenFile(Path(NASTY), "new", "ods", "2025-12", taken_for="list of trusts")],
        refused=[RefusedFile(record, "why", findings)],
        failing=f"rule: 3 rows\n```\n{NASTY}",
        unread=[f"{NASTY}: sheet"],
        rows={f"core.table_{number}_x": 10**number for number in range(5)},
    )


def test_what_was_refused_and_new_comes_first_and_row_counts_come_last(outcome: Outcome) -> None:
    found = headings(read(markdown(outcome)))
    assert found[:5] == [
        "Published with gaps",
        f"Refused: {NASTY} (ods 2025-12)",
        "Gaps",
        "Failing checks",
        "New files",
    ]
    assert found[-1] == "Rows"


def test_names_and_messages_are_shown_as_they_are(outcome: Outcome) -> None:
    blocks = read(markdown(outcome))
    lines = [shown(each) for each in blocks if each.type == "inline"]
    assert len([line for line in lines if NASTY in line]) == 8, lines
    assert not [each for each in blocks if each.type == "html_block"]
    children = [child for each in blocks for child in each.children or ()]
    assert not [child for child in children if child.type in {"html_inline", "em_open", "s_open", "code_inline"}]
    assert "Published file: /srv/it's `data`/published/workforce.duckdb" in lines


def test_every_table_ends_where_its_rows_end_and_every_row_has_every_cell(outcome: Outcome) -> None:
    blocks = read(markdown(outcome))
    tables = [n for n, each in enumerate(blocks) if each.type == "table_open"]
    ends = [n for n, each in enumerate(blocks) if each.type == "table_close"]
    assert len(tables) == len(ends) == 1, "a finding without cells has no table"
    inside = blocks[tables[0] : ends[0]]
    assert [shown(each) for each in inside if each.type == "inline"][: len(CELL_HEADINGS)] == list(CELL_HEADINGS)
    assert len([each for each in inside if each.type == "td_open"]) == 2 * len(CELL_HEADINGS)
    assert "1|6 0" in [shown(each) for each in inside if each.type == "inline"]


def test_a_block_of_text_is_not_ended_by_what_is_in_it(outcome: Outcome) -> None:
    (block,) = [each for each in read(markdown(outcome)) if each.type == "fence"]
    assert block.content == f"{outcome.failing}\n"


def test_links_lead_to_the_release_only_where_files_are_served(outcome: Outcome) -> None:
    def links(text: str) -> list[object]:
        return [each.attrs["href"] for block in read(text) for each in block.children or () if each.type == "link_open"]

    assert links(markdown(outcome)) == []
    assert links(markdown(outcome, "https://data.example.org/")) == [
        "https://data.example.org/releases/2026-01-01.1/manifest.json",
        "https://data.example.org/docs/",
    ]


def test_a_text_is_escaped_to_one_line() -> None:
    assert escaped("a\nb  c|d") == "a b c\\|d"
