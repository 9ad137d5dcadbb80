"""The speech's claims: verdicts where figures are loaded, where they are not loaded, and where none exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from tests.warehouse.leadership_figures import warehouse_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse without published files: reference data only."""
    candidate = warehouse_of(tmp_path_factory.mktemp("empty"), with_figures=False)
    with duckdb.connect(candidate, read_only=True) as connection:
        yield connection


def test_every_element_of_the_speech_has_a_claim(empty: duckdb.DuckDBPyConnection) -> None:
    elements = empty.execute("SELECT DISTINCT speech_element FROM marts.speech_claims ORDER BY 1").fetchall()
    assert [element for (element,) in elements] == [f"S{number}" for number in range(1, 9)]


def claim(con: duckdb.DuckDBPyConnection, claim_id: str, columns: str) -> tuple[object, ...]:
    found = con.execute(f"SELECT {columns} FROM marts.speech_claims WHERE claim_id = ?", [claim_id]).fetchone()
    assert found is not None
    return found


def test_a_claim_without_a_measure_says_so(empty: duckdb.DuckDBPyConnection) -> None:
    columns = "measure_title, value_then, value_latest, holds_then, verdict_then, holds_latest, kind_of_evidence"
    assert claim(empty, "S7.3", columns) == (
        "no measure was found",
        None,
        None,
        None,
        "not known: no figure was found",
        None,
        "no published source",
    )


def test_a_claim_whose_files_are_not_loaded_says_so(empty: duckdb.DuckDBPyConnection) -> None:
    assert claim(empty, "S1.5", "value_then, verdict_then, verdict_latest") == (
        None,
        "not known: no figure is loaded",
        "not known: no figure is loaded",
    )


def test_a_figure_of_years_before_the_speech_gives_no_verdict(empty: duckdb.DuckDBPyConnection) -> None:
    assert claim(empty, "S3.1", "value_then, period_then, holds_then, verdict_then") == (
        7.0,
        date(2014, 12, 31),
        None,
        "not known: the nearest figure is of 2014",
    )


def test_a_proxy_gives_no_verdict(empty: duckdb.DuckDBPyConnection) -> None:
    columns = "round(value_then, 1), numerator_then, denominator_then, holds_then, verdict_then"
    assert claim(empty, "S1.2", columns) == (41.6, 96.0, 231.0, None, "not known: a proxy gives no verdict")


def test_a_survey_published_before_the_speech_is_of_then(empty: duckdb.DuckDBPyConnection) -> None:
    assert claim(empty, "S4.1", "value_then, holds_then, value_latest, verdict_latest") == (
        33.3,
        True,
        None,
        "not known: no figure was found",
    )


def test_sources_that_disagree_are_shown(empty: duckdb.DuckDBPyConnection) -> None:
    (caveat,) = claim(empty, "S2.3", "caveat")
    assert "Sources disagree, then: 39 trusts only (2020 report), 41 all bodies (2017 report), 43" in str(caveat)


def test_one_headline_at_most_is_chosen_for_a_measure_place_and_period(empty: duckdb.DuckDBPyConnection) -> None:
    twice = empty.execute("""
        SELECT measure_id, area_name, period_end, list(headline_id) FROM marts.leadership_headlines
        GROUP BY ALL HAVING count(*) > 1
    """).fetchall()
    assert twice == []


def test_every_mapped_headline_and_measure_exists(empty: duckdb.DuckDBPyConnection) -> None:
    astray = empty.execute("""
        SELECT headline_id, measure_id FROM reference.headline_measure
        WHERE headline_id NOT IN (SELECT headline_id FROM core.headline)
            OR measure_id NOT IN (SELECT measure_id FROM reference.leadership_measure)
        UNION ALL
        SELECT claim_id, used.measure_id
        FROM (
            SELECT claim_id, unnest([measure_id, compared_measure_id]) AS measure_id FROM reference.speech_claim
        ) AS used
        WHERE used.measure_id NOT IN (SELECT measure_id FROM reference.leadership_measure)
    """).fetchall()
    assert astray == []


def test_a_change_within_the_tolerance_gives_no_verdict(empty: duckdb.DuckDBPyConnection) -> None:
    columns = "value_then, value_latest, holds_latest, verdict_latest"
    assert claim(empty, "S6.2", columns) == (70.2, 71.0, None, "not known: the change is within the tolerance")
    assert claim(empty, "S6.1", columns) == (53.9, 60.0, True, "true")
