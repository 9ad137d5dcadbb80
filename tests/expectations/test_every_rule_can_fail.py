"""For every rule, changes to a correct warehouse that the rule must find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations import engine
from expectations.facts import write_facts
from expectations.gate import found_by, write_findings
from expectations.rules import OFFENDING, Rule
from expectations.suites import RULES
from expectations.suites.declared import is_measure
from transforms.series import TABLES
from transforms.tables import Table
from warehouse.sql import key_as_json

NEWEST = "period_end = DATE '2025-10-31'"
ENGLAND = "geography_level = 'England'"


def _step(**changes: object) -> str:
    """A row of meta.edition_step with 100 figures, and one revised and one withdrawn figure."""
    step = {"revised": 25, "median_ratio": 1.0, "total_now": 1000.0} | changes
    return f"""
        INSERT INTO meta.edition_step
        SELECT 'workforce', series, edition, 1, file_sha256, 'fte', 100, 100, {step["revised"]},
            {step["median_ratio"]}, 1000, {step["total_now"]}
        FROM core.workforce LIMIT 1;
        INSERT INTO meta.revision BY NAME
        SELECT 'workforce' AS table_name, series, '{{}}' AS figure, 'fte' AS measure, 1 AS old_value, 2 AS new_value,
            '2025-09' AS old_edition, edition AS new_edition, file_sha256 AS new_file_sha256, 7 AS new_row,
            3 AS new_column
        FROM core.workforce LIMIT 1;
        INSERT INTO meta.withdrawn_figure BY NAME
        SELECT 'workforce' AS table_name, series, '{{}}' AS figure, 'fte' AS measure, 1 AS last_value,
            '2025-09' AS last_edition, file_sha256, 7 AS source_row, 3 AS source_column,
            file_sha256 AS withdrawing_sha256
        FROM (FROM core.workforce LIMIT 1) CROSS JOIN range({changes.get("withdrawn", 0)})
    """


def _copies(table: str, named: str, change: str, others: tuple[str, ...] = ("workforce",)) -> str:
    """Adds forty copies of areas or staff groups to both tables of a comparison; then changes the first table."""
    statements = []
    for name in (table, *others):
        columns = {column.name for column in TABLES[name].columns}
        moved = {"org_code": {"org_code", "area_code", "reporting_unit"}, "staff_group": {"staff_group"}}[named]
        shown = ", ".join(f"{each} || copy AS {each}" for each in sorted(moved & columns))
        statements.append(f"""
            INSERT INTO core.{name} BY NAME
            SELECT * EXCLUDE (copy) REPLACE ({shown}) FROM core.{name} CROSS JOIN range(40) AS copies (copy)
        """)
    return ";".join([*statements, f"UPDATE core.{table} SET {change}"])


BY_HAND: dict[str, list[str]] = {
    "workforce.organisations_add_up_to_england": [
        f"UPDATE core.workforce SET value = value + 0.02 WHERE {NEWEST} AND org_code = 'RJ1' AND measure = 'fte'",
        # A month that only a second edition has.
        f"""INSERT INTO core.workforce BY NAME
        SELECT * REPLACE (
            2 AS edition_order, DATE '2025-11-30' AS period_end,
            CASE WHEN {ENGLAND} THEN value ELSE value + 1 END AS value
        )
        FROM core.workforce WHERE {NEWEST}""",
    ],
    "workforce.regions_add_up_to_england": [
        f"UPDATE core.workforce SET value = value - 1 WHERE {NEWEST} AND geography_level = 'Region'"
    ],
    "workforce.systems_add_up_to_region": [
        f"UPDATE core.workforce SET value = value - 1 WHERE {NEWEST} AND geography_level = 'Integrated care system'"
    ],
    "workforce.organisations_add_up_to_system": [
        # One part without a number, and the others already more than the total.
        f"""UPDATE core.workforce SET value = NULL, value_status = 'x' WHERE {NEWEST} AND org_code = 'RJ1';
        INSERT INTO core.workforce
        SELECT * REPLACE ('RJ2' AS org_code, 'RJ2' AS area_code, 2000 AS value)
        FROM core.workforce WHERE {NEWEST} AND org_code = 'RJ1'"""
    ],
    "workforce.staff_group_within_total": [
        "UPDATE core.workforce SET value = 9999 WHERE staff_group = 'Managers' AND org_code = 'RJ1'"
    ],
    "workforce.headcount_and_fte": [
        "UPDATE core.workforce SET value = 0 WHERE measure = 'headcount' AND org_code = 'RJ1'",
        "UPDATE core.workforce SET value = value * 2 WHERE measure = 'fte'",
    ],
    "job_role.organisations_add_up_to_england": [
        f"UPDATE core.job_role SET value = value + 1 WHERE {ENGLAND} AND measure = 'fte'"
    ],
    "medical_staff.consultants_as_in_workforce": [
        "UPDATE core.medical_staff SET value = value + 1 WHERE specialty = 'Surgery'",
        "DELETE FROM core.medical_staff WHERE specialty = 'Surgery'",
    ],
    "turnover.staff_as_in_workforce": ["UPDATE core.turnover SET value = value * 10"],
    "turnover.staff_as_in_workforce_far": [_copies("turnover", "org_code", "value = 10 * value")],
    "national_turnover.staff_as_in_workforce": ["UPDATE core.national_turnover SET value = value * 10"],
    "national_turnover.staff_as_in_workforce_far": [
        _copies("national_turnover", "staff_group", "value = 10 * value"),
        _copies("workforce", "staff_group", "value = 10 * value", others=("national_turnover",)),
    ],
    "person_characteristic.staff_as_in_workforce": [
        f"UPDATE core.person_characteristic SET value = value - 21 WHERE {NEWEST} AND category_level = 'total'",
        f"UPDATE core.workforce SET value = value + 21 WHERE {NEWEST} AND measure = 'headcount'",
    ],
    "person_characteristic.staff_as_in_workforce_far": [
        f"UPDATE core.person_characteristic SET value = 10 * value WHERE {NEWEST} AND category_level = 'total'",
        "UPDATE core.workforce SET value = value * 0.9 WHERE measure = 'headcount'",
    ],
    "person_characteristic.role_groups_as_in_workforce": [
        f"UPDATE core.person_characteristic SET value = 250 WHERE {NEWEST} AND role_group = 'Managers'",
        # A role group without rows.
        "DELETE FROM core.person_characteristic WHERE role_group = 'Managers'",
    ],
    "person_characteristic.role_groups_as_in_workforce_far": [
        f"DELETE FROM core.person_characteristic WHERE {NEWEST} AND role_group = 'Managers'"
    ],
    "vacancy.establishment_as_in_workforce": [
        # Vacancies / rate, where the rate is of other posts.
        "UPDATE core.vacancy SET value = 14 WHERE measure = 'vacancy_rate_percent' AND sector = 'All sectors'",
        "UPDATE core.workforce SET value = 400 WHERE measure = 'fte' AND geography_level = 'Region'",
    ],
    "vacancy.establishment_as_in_workforce_far": [
        "UPDATE core.vacancy SET value = value / 100 WHERE measure = 'vacancy_rate_percent'",
        "UPDATE core.vacancy SET value = value * 10 WHERE measure = 'vacancy_fte'",
    ],
    "wres_indicator.rate_as_in_survey": [
        "UPDATE core.wres_indicator SET value = value + 1.5 WHERE indicator = '8'",
        "UPDATE core.staff_survey SET value = 0.095 WHERE ethnic_group = 'BME'",
    ],
    "wres_indicator.rate_as_in_survey_far": [
        _copies("wres_indicator", "org_code", "value = value + 6", others=("staff_survey",)),
    ],
    "job_role.board_within_senior_managers": [
        "UPDATE core.job_role SET value = value * 10",
        "UPDATE core.workforce SET value = value / 10 WHERE staff_group = 'Senior managers'",
    ],
    "turnover.period": ["UPDATE core.turnover SET period_start = period_end"],
    "turnover.continuity": [f"UPDATE core.turnover SET value = value + 1 WHERE {NEWEST} AND flow = 'in_post_at_start'"],
    "turnover.flow_within_denominator": [
        "UPDATE core.turnover SET value = 9999 WHERE flow = 'leavers'",
        "UPDATE core.turnover SET value = 9999 WHERE flow = 'joiners'",
        "DELETE FROM core.turnover WHERE flow = 'in_post_at_end'",
    ],
    "workforce.headcount_beside_fte": [
        "DELETE FROM core.workforce WHERE measure = 'fte' AND staff_group = 'Managers'",
        "DELETE FROM core.workforce WHERE measure = 'headcount' AND org_code IS NOT NULL",
    ],
    "turnover.balance": ["UPDATE core.turnover SET value = value + 50 WHERE flow = 'joiners'"],
    "turnover.staff_groups_add_up": ["UPDATE core.turnover SET value = value + 1 WHERE staff_group = 'Managers'"],
    "person_characteristic.groups_add_up": [
        "UPDATE core.person_characteristic SET value = value + 1 WHERE category = 'White'",
        "DELETE FROM core.person_characteristic WHERE category = 'Asian'",
    ],
    "person_characteristic.known_and_unknown_add_up": [
        "UPDATE core.person_characteristic SET value = value + 1 WHERE category = 'Unknown'"
    ],
    "pay_gap.percent_not_fraction": [
        """INSERT INTO core.pay_gap
        SELECT * EXCLUDE (copy) REPLACE (employer_name || copy AS employer_name, 0.16 AS value)
        FROM (SELECT * FROM core.pay_gap WHERE measure = 'mean_hourly_pay_gap_percent'), range(20) AS copies (copy)"""
    ],
    "pay_gap.employers_as_in_other_years": [
        """INSERT INTO core.pay_gap BY NAME
        SELECT * EXCLUDE (copy) REPLACE ('1999-00' AS reporting_year, employer_name || copy AS employer_name)
        FROM core.pay_gap CROSS JOIN range(10) AS copies (copy)"""
    ],
    "pay_gap.women_as_in_other_years": [
        """INSERT INTO core.pay_gap BY NAME
        SELECT * EXCLUDE (copy, year) REPLACE (
            year AS reporting_year, 'E' || copy AS employer_name, NULL AS org_code,
            CASE WHEN year = '2030-31' THEN 90 ELSE 20 END AS value
        )
        FROM core.pay_gap CROSS JOIN range(10) AS copies (copy)
        CROSS JOIN (VALUES ('2029-30'), ('2030-31')) AS years (year)
        WHERE measure = 'female_top_quarter_percent'"""
    ],
    "pay_gap.quarters_add_up": [
        "UPDATE core.pay_gap SET value = value + 1 WHERE measure = 'female_top_quarter_percent'"
    ],
    "wres_indicator.share_of_denominator": [
        "UPDATE core.wres_indicator SET value = 25",
        "UPDATE core.wres_indicator SET numerator = 200, value = NULL, value_status = 'x'",
    ],
    "organisation.opened_before_closed": ["UPDATE core.organisation SET closed_on = DATE '1990-01-01'"],
    "organisation_succession.becomes_another": [
        "UPDATE core.organisation_succession SET successor_code = predecessor_code"
    ],
    "vacancy.sectors_add_up_to_region": [
        "UPDATE core.vacancy SET value = value + 3 WHERE sector = 'Acute' AND measure = 'vacancy_fte'",
        "DELETE FROM core.vacancy WHERE sector = 'Mental Health'",
    ],
    "vacancy.regions_add_up_to_england": [
        f"UPDATE core.vacancy SET value = value + 3 WHERE {ENGLAND} AND measure = 'vacancy_fte'"
    ],
    "vacancy.establishment_sectors_add_up_to_region": [
        "UPDATE core.vacancy SET value = value / 100 WHERE sector = 'Acute' AND measure = 'vacancy_rate_percent'"
    ],
    "vacancy.establishment_regions_add_up_to_england": [
        f"UPDATE core.vacancy SET value = value / 100 WHERE {ENGLAND} AND measure = 'vacancy_rate_percent'"
    ],
    "vacancy.quarter_missing": ["DELETE FROM core.vacancy WHERE quarter_end = DATE '2025-04-30'"],
    "vacancy.sudden_change": [
        "UPDATE core.vacancy SET value = value * 1.5 WHERE quarter_end = DATE '2025-10-31' AND measure = 'vacancy_fte'"
    ],
    "vacancy.headlines_contradicted": ["UPDATE core.headline SET value = value * 1.06"],
    "workforce.headlines_contradicted": [
        # Three of eleven months: more than a fifth.
        "UPDATE core.headline SET value = value * 0.94 WHERE period_end >= DATE '2025-08-31'"
    ],
    "headline.differs": ["UPDATE reference.headline_check SET verdict = 'differs'"],
    "vacancy.headline_differs": ["UPDATE marts.vacancy_headlines SET outcome = 'differs'"],
    "vacancy_advert.month_missing": ["DELETE FROM core.vacancy_advert WHERE month = DATE '2025-09-01'"],
    "meta.repeated_figure": [
        """INSERT INTO meta.repeated_figure BY NAME
        SELECT 'workforce' AS table_name, series, edition, '{}' AS figure, value, value + 1 AS other_value,
            file_sha256, source_sheet, source_row, source_column, 'Sheet 5' AS other_source_sheet,
            9 AS other_source_row, 3 AS other_source_column
        FROM core.workforce LIMIT 1"""
    ],
    "meta.one_kind_of_figures": [
        "UPDATE meta.source_file SET figure_kind = 'illustrative' WHERE series = 'ods'",
        "UPDATE meta.build SET figure_kind = 'illustrative'",
    ],
    "edition.scale": [_step(median_ratio=10.0), _step(median_ratio=0.01)],
    "edition.revised_share": [_step(revised=31)],
    "edition.total_moved": [_step(total_now=1031), _step(total_now=969)],
    "edition.withdrawn_share": [_step(withdrawn=26)],
    "edition.added": [
        """
        INSERT INTO meta.edition BY NAME
        SELECT series, edition, 99 AS edition_order, 2 AS issue FROM core.workforce LIMIT 1;
        INSERT INTO meta.edition_step BY NAME
        SELECT 'workforce' AS table_name, series, edition, 99 AS edition_order, file_sha256, 100 AS figures,
            99 AS figures_before
        FROM core.workforce LIMIT 1
        """
    ],
    "edition.same_file": [
        """
        INSERT INTO meta.source_file BY NAME
        SELECT series, edition || ' again' AS edition, file_sha256, file_name FROM meta.source_file LIMIT 1
        """
    ],
    "edition.tables": [
        """
        INSERT INTO meta.edition_step BY NAME
        SELECT unnest(['turnover', 'workforce']) AS table_name, series, '2025-09' AS edition, 0 AS edition_order,
            file_sha256, 'fte' AS measure, 100 AS figures
        FROM core.workforce LIMIT 2;
        INSERT INTO meta.edition_step BY NAME
        SELECT 'workforce' AS table_name, series, edition, 1 AS edition_order, file_sha256, 'fte' AS measure,
            100 AS figures
        FROM core.workforce LIMIT 1
        """
    ],
    "meta.reader_gave_rows": ["DELETE FROM core.person_characteristic"],
    "meta.table_not_empty": ["DELETE FROM core.vacancy_advert"],
    "meta.fresh": ["UPDATE gate.today SET day = DATE '2027-12-01'"],
    "release.rows_lost": [
        "DELETE FROM gate.partition WHERE release = 'candidate' AND table_name = 'pay_gap'",
        "UPDATE gate.partition SET rows_held = rows_held - 1 WHERE release = 'candidate' AND table_name = 'workforce'",
    ],
    "release.rows_gained": [
        "DELETE FROM gate.partition WHERE release = 'published' AND part LIKE '2025-09-30%'",
        "UPDATE gate.partition SET rows_held = rows_held * 2 WHERE release = 'candidate'",
    ],
    "workforce.share_shift": [
        f"UPDATE core.workforce SET value = value + 5 WHERE {NEWEST} AND staff_group = 'Managers' AND {ENGLAND}"
    ],
    "person_characteristic.share_shift": [
        f"UPDATE core.person_characteristic SET value = value - 50 WHERE {NEWEST} AND category = 'White'"
    ],
    "vacancy.rate_shift": [
        """UPDATE core.vacancy SET value = value + 1
        WHERE quarter_end = DATE '2025-10-31' AND measure = 'vacancy_rate_percent'"""
    ],
}


def _one(table: Table, change: str, where: str = "TRUE") -> str:
    name = f"core.{table.name}"
    return f"UPDATE {name} SET {change} WHERE rowid = (SELECT min(rowid) FROM {name} AS t WHERE {where})"


def _long_before(table: Table) -> str:
    """Sixty copies of the newest period's figures, and the same forty years earlier, ten times as large."""
    dtypes = {column.name: column.dtype for column in table.columns}
    closed = {column.name for column in table.columns if column.allowed}
    periods = table.periods
    earlier = {pl.Date(): "({} - INTERVAL 40 YEAR)::DATE", pl.Int32(): "{} - 40", pl.String(): "'1984-85'"}
    named = next(name for name in table.key if dtypes[name] == pl.String() and name not in {*closed, *periods})
    moved = ", ".join(
        f"CASE WHEN back THEN {earlier[dtypes[name]].format(name)} ELSE {name} END AS {name}" for name in periods
    )
    return f"""
        INSERT INTO core.{table.name} BY NAME
        SELECT * EXCLUDE (back, copy) REPLACE (
            {moved}, {named} || copy AS {named}, CASE WHEN back THEN 10 ELSE 1 END * value AS value
        )
        FROM core.{table.name} CROSS JOIN (VALUES (TRUE), (FALSE)) AS either (back)
        CROSS JOIN range(60) AS copies (copy)
        WHERE value <> 0 AND {periods[-1]} = (SELECT max({periods[-1]}) FROM core.{table.name})
    """


def _gone(table: Table) -> list[str]:
    """A label that only the month before the newest had, and one with many figures then."""
    moved = ", ".join(f"last_day({name} - INTERVAL 1 MONTH) AS {name}" for name in table.periods)
    label = next(column.name for column in table.columns if column.labels == "closed")
    # Another series than the small warehouse's may be the one with limits.
    newest = f"""
        INSERT INTO core.{table.name} BY NAME
        SELECT * EXCLUDE (copy) REPLACE ({{}} 'nhs-workforce-statistics' AS series)
        FROM core.{table.name} CROSS JOIN range({{}}) AS copies (copy)
        WHERE {table.periods[-1]} = (SELECT max({table.periods[-1]}) FROM core.{table.name})
    """
    now = newest.format("", "IF(series = 'nhs-workforce-statistics', 0, 1)")
    before = f"{now}; {newest.format(f'{moved}, {{}} AS {label}, 1000 AS value,', '{}')}"
    return [before.format("'Gone'", 1), before.format("'Gone ' || copy", 60)]


def _generated(rule: Rule) -> list[str]:
    """Changes that break a rule which follows from a table's declaration."""
    table = TABLES[rule.table.removeprefix("core.")]
    kind = rule.id.removeprefix(f"{table.name}.")
    shares = is_measure(*table.percents) if table.percents else "TRUE"
    changes = {
        "grain": [
            f"INSERT INTO core.{table.name} SELECT * FROM core.{table.name} LIMIT 1",
            f"INSERT INTO core.{table.name} SELECT * REPLACE (9 AS edition_order) FROM core.{table.name}",
            _one(table, "is_newest_value = FALSE"),
        ],
        "required": [
            _one(table, f"{name} = NULL")
            for name in (
                *(column.name for column in table.frame_columns if column.required),
                "series",
                "edition",
                "file_sha256",
                "edition_order",
                "is_newest_value",
            )
        ],
        "allowed": [_one(table, f"{c.name} = 'nonsense'") for c in table.columns if c.allowed]
        + [_one(table, "source_row = 0"), _one(table, "source_column = -1")],
        "provenance": [_one(table, "file_sha256 = 'no such file'"), _one(table, "edition = '1999-01'")],
        "value_status": [
            _one(table, "value = NULL, value_status = NULL"),
            _one(table, "value = NULL, value_status = 'p'"),
            _one(table, "value_status = 'c'"),
            _one(table, "value = 'nan'::DOUBLE"),
        ],
        "not_negative": [_one(table, "value = -1", shares)],
        "whole_headcount": [_one(table, "value = value + 0.5", "t.measure = 'headcount'")],
        "complete": _gone(table) if rule.id.endswith(".complete") else [],
        "scale_between_periods": [_long_before(table)] if "value" in table.values else [],
        "rows_taken_out": [
            f"""
            INSERT INTO meta.rejected_row BY NAME
            SELECT 'a rule' AS rule_id, 'core.{table.name}' AS table_name, {key_as_json(table, "t")} AS figure, series,
                edition, file_sha256, source_sheet, source_row, source_column, 'one' AS expected, 'two' AS found
            FROM core.{table.name} AS t
            """
        ],
        "percent": [_one(table, "value = 100.5", shares)],
        "whole_periods": [
            _one(table, f"{name} = {name} - 1", f"t.{name} IS NOT NULL")
            for name in (column.name for column in table.columns if column.day)
        ],
        "geography": [
            _one(table, "area_code = 'X'"),
            _one(table, "org_code = NULL", "t.geography_level = 'Organisation'"),
            _one(table, "geography_level = 'England', area_code = 'England'", "t.org_code IS NOT NULL"),
        ],
        "organisation_listed": [_one(table, "org_code = 'RZ9'", "t.org_code IS NOT NULL")],
        "organisation_mistyped": [_one(table, "org_code = 'RJI'", "t.org_code IS NOT NULL")],
        "board_listed": [_one(table, "icb_code = 'QZ9'")],
    }
    return changes[kind]


def breaking_fixtures(rule: Rule) -> list[str]:
    """SQL statements, each of which must make the rule fail. Raises `KeyError` where a rule has none."""
    return BY_HAND[rule.id] if rule.id in BY_HAND else _generated(rule)


def _caught(con: duckdb.DuckDBPyConnection, rule: Rule, fixture: str) -> bool:
    con.execute("BEGIN")
    try:
        con.execute(fixture)
        return bool(con.execute(f"SELECT count(*) FROM ({rule.sql})").fetchall()[0][0])
    finally:
        con.execute("ROLLBACK")


def _tally(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, object]]:
    for rule in RULES.values():
        for fixture in breaking_fixtures(rule):
            yield {
                "rule": rule.id,
                "severity": rule.severity,
                "fixture": " ".join(fixture.split()),
                "caught": _caught(con, rule, fixture),
            }


def test_every_rule_has_fixtures_that_break_it_and_catches_each(whole: duckdb.DuckDBPyConnection) -> None:
    tally = pl.DataFrame(list(_tally(whole)))
    with pl.Config(tbl_rows=-1, fmt_str_lengths=90, tbl_width_chars=200, tbl_hide_dataframe_shape=True):
        print(tally.with_columns(pl.col("fixture").str.head(80)))  # noqa: T201 - shown with pytest -s
    assert tally.filter(~pl.col("caught")).rows() == []
    assert set(tally["rule"]) == set(RULES)


def test_a_rule_without_a_breaking_fixture_is_noticed() -> None:
    with pytest.raises(KeyError):
        breaking_fixtures(Rule("workforce.never_broken", "warn", "core.workforce", "SELECT 1", "m", "g"))


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_sound_warehouse_breaks_no_rule(rule: Rule, whole: duckdb.DuckDBPyConnection) -> None:
    assert whole.execute(rule.sql).fetchall() == []


@pytest.mark.slow
def test_great_expectations_fails_every_rule_it_decides_with_its_own_expectations(
    warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    decided = [rule for rule in RULES.values() if rule.builtins]
    others = [RULES[name] for name in ("organisation_succession.becomes_another", "meta.fresh")]
    last = sorted(decided, key=lambda rule: rule.id.endswith(".grain"))  # or a repeat would be changed into another row
    broken = [fixture for rule in last for fixture in breaking_fixtures(rule)]
    candidate = warehouse_file(*broken, *BY_HAND["organisation_succession.becomes_another"])
    facts = tmp_path / "facts.duckdb"
    write_facts(facts, candidate=candidate, published=None, today=date(2025, 12, 1))
    with duckdb.connect(candidate, read_only=True) as con:
        con.execute(f"ATTACH '{facts}' AS gate (READ_ONLY)")
        found = [found_by(con, rule) for rule in others]
    write_findings(facts, found)
    verdicts = engine.run([*decided, *others], candidate, facts=facts, docs=tmp_path / "docs", run_id="broken")
    assert {name for name, verdict in verdicts.items() if verdict.passed} == {"meta.fresh"}
    assert {verdict.error for verdict in verdicts.values()} == {""}


def test_every_rule_tells_what_to_do_and_where() -> None:
    for rule in RULES.values():
        assert rule.message.endswith("."), rule.id
        assert rule.guidance, rule.id
        assert not rule.guidance.endswith("."), rule.id
        assert all(name in rule.finds for name in OFFENDING), rule.id
