"""Rates of organisations taken together: the mean counts each once, the weighted figure is the rate of all of them."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from tests.warehouse.leadership_figures import warehouse_of

pytestmark = pytest.mark.slow


def rows(warehouse: Any, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(warehouse, read_only=True) as con:
        return con.execute(sql).fetchall()


def test_turnover_is_weighted_by_the_staff_in_post_that_is_printed(sample: Any) -> None:
    ((counted, mean, weighted),) = rows(
        sample.warehouse,
        """
        SELECT rates_counted, mean_of_rates_percent, weighted_percent FROM marts.mean_and_weighted_rates
        WHERE topic = 'turnover' AND rate LIKE 'leavers %, fte' AND rates_of = 'every organisation'
            AND subgroup = 'All staff groups, 1 month, as published' AND period_end = DATE '2025-10-31'
        """,
    )
    figures = rows(
        sample.warehouse,
        """
        SELECT flow_value, average_in_post FROM marts.leadership_turnover
        WHERE flow = 'leavers' AND measure = 'fte' AND geography_level = 'Organisation'
            AND staff_group = 'All staff groups' AND time_span = '1 month, as published'
            AND period_end = DATE '2025-10-31' AND rate_percent IS NOT NULL
        """,
    )
    assert counted == len(figures) > 1
    assert mean == pytest.approx(sum(100 * flow / staff for flow, staff in figures) / len(figures))
    assert weighted == pytest.approx(100 * sum(flow for flow, _ in figures) / sum(staff for _, staff in figures))
    assert mean != pytest.approx(weighted)


def test_there_is_no_weighted_figure_where_no_denominator_is_printed(sample: Any) -> None:
    found = rows(
        sample.warehouse,
        "SELECT weighted_percent, denominator, weight, caveat FROM marts.mean_and_weighted_rates "
        "WHERE topic = 'pay gap'",
    )
    assert found
    assert {row[:3] for row in found} == {(None, None, "none: the publisher prints percentages only")}
    assert all("prints no numbers of staff" in caveat for *_, caveat in found)


def test_regions_weighted_give_the_rate_that_is_printed_for_england(sample: Any) -> None:
    """The weights are derived from printed vacancies and rates, so a tenth of a percentage point is permitted."""
    found = rows(
        sample.warehouse,
        """
        SELECT regions.period_end, regions.weighted_percent, england.vacancy_rate_percent
        FROM marts.mean_and_weighted_rates AS regions
        INNER JOIN marts.vacancies AS england
            ON regions.period_end = england.quarter_end AND england.geography_level = 'England'
            AND regions.subgroup = england.staff_group || ', ' || england.sector
        WHERE regions.topic = 'vacancies'
        """,
    )
    assert found
    assert all(weighted == pytest.approx(printed, abs=0.1) for _, weighted, printed in found)


def test_every_topic_is_there_and_each_rate_once(sample: Any) -> None:
    topics = rows(sample.warehouse, "SELECT DISTINCT topic FROM marts.mean_and_weighted_rates ORDER BY ALL")
    assert [topic for (topic,) in topics] == ["culture", "leadership size", "pay gap", "turnover", "vacancies"]
    grain = "topic, rate, subgroup, rates_of, period_end, source_series"
    repeated = f"SELECT {grain} FROM marts.mean_and_weighted_rates GROUP BY ALL HAVING count(*) > 1"
    assert rows(sample.warehouse, repeated) == []


def test_reports_that_contradict_themselves_are_in_no_mean(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Of the hand-written reports those without a contradiction count, each once."""
    warehouse = warehouse_of(tmp_path_factory.mktemp("leadership"), with_figures=True)
    means = rows(
        warehouse,
        """
        SELECT rates.mean_of_rates_percent, avg(report.women_share_percent)
        FROM marts.mean_and_weighted_rates AS rates
        INNER JOIN marts.leadership_pay_gap AS report
            ON rates.subgroup = report.pay_quarter AND rates.rates_of = 'every organisation'
            AND year(rates.period_end) = year(report.snapshot_date)
        WHERE rates.topic = 'pay gap' AND rates.rate = 'women in the pay quarter'
            AND report.report_contradiction IS NULL
        GROUP BY ALL
        """,
    )
    assert means
    assert all(mean == pytest.approx(expected) for mean, expected in means)
