"""Checks that compare two sources of the same measure figure by figure.

The permitted differences are declared in expectations/cross_source_limits.csv, with reasons. A figure beyond the warn
limit is reported; a file is refused where more than `reject_share_percent` of its figures are beyond the reject limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from expectations.rules import PLACE, Rule
from transforms.series import TABLES
from warehouse.sql import key_as_json


@dataclass(frozen=True)
class Comparison:
    """A comparison of two sources. `id` is the id of its rule and of its lines in cross_source_limits.csv.

    `rows` is SQL for rows of `table` with two more columns, the figures compared: `here` from this table and `there`
    from `against`, the table of the other source. `means` and `there_is` describe `here` and `there` in messages.
    `only_more`: only a higher figure here is an error. `refuses`: files beyond the reject limit are refused.
    """

    id: str
    table: str
    against: str
    rows: str
    means: str
    there_is: str
    message: str
    guidance: str
    only_more: bool = False
    refuses: bool = True


def _staff_in_turnover(table: str, area: str, where: str) -> str:
    """SQL for staff in post at the end of a period beside those of core.workforce: same area, staff group and day.

    An integrated care board has the code of its system, so areas are joined on level and code.
    The total of turnover by organisation excludes resident doctors, so `where` leaves it out.
    """
    return f"""
    SELECT t.*, t.value AS here, staff.value AS there
    FROM core.{table}_latest AS t
    INNER JOIN core.workforce_latest AS staff
        ON t.series = staff.series AND t.period_end = staff.period_end AND t.staff_group = staff.staff_group
        AND t.measure = staff.measure AND {area} = staff.geography_level || staff.area_code
    WHERE t.flow = 'in_post_at_end' AND {where}
"""


COUNTED = """
    SELECT * FROM core.person_characteristic_latest
    WHERE measure = 'headcount' AND geography_level = 'England' AND grade = 'All grades' AND category_level = 'total'
        AND population = 'NHS trusts and core organisations'
"""
"""Printed totals of a characteristic, in headcount: all staff, a main staff group, or a role group within one."""
ENGLAND = "core.workforce_latest AS staff ON staff.geography_level = 'England' AND staff.measure = 'headcount'"

CHARACTERISTICS = f"""
    SELECT t.*, t.value AS here, staff.value AS there
    FROM ({COUNTED}) AS t
    INNER JOIN {ENGLAND} AND t.period_end = staff.period_end
        AND staff.staff_group = CASE t.role_group WHEN 'All role groups' THEN t.staff_group ELSE t.role_group END
"""

ROLE_GROUPS = f"""
    SELECT t.* EXCLUDE (place), t.added AS here, staff.value AS there
    FROM (
        SELECT *, sum(value) OVER main AS added, row_number() OVER (main ORDER BY value DESC, role_group) AS place
        FROM ({COUNTED})
        WHERE role_group <> 'All role groups'
        WINDOW main AS (PARTITION BY series, period_end, characteristic, staff_group)
    ) AS t
    INNER JOIN {ENGLAND} AND t.period_end = staff.period_end AND t.staff_group = staff.staff_group
    WHERE t.place = 1
"""

ESTABLISHMENT = """
    SELECT t.*, 100 * t.value / rate.value - t.value AS here, staff.fte AS there
    FROM core.vacancy_latest AS t
    INNER JOIN core.vacancy_latest AS rate USING (series, quarter_end, area_code, sector, staff_group)
    INNER JOIN (
        SELECT period_end, area_code, sum(value) AS fte,
            CASE staff_group
                WHEN 'All staff groups' THEN 'All staff' WHEN 'HCHS doctors' THEN 'Medical' ELSE 'Registered nursing'
            END AS staff_group
        FROM core.workforce_latest
        WHERE measure = 'fte' AND geography_level IN ('England', 'Region')
            AND staff_group IN ('All staff groups', 'HCHS doctors', 'Nurses & health visitors', 'Midwives')
        GROUP BY ALL
        HAVING count(*) = CASE min(staff_group) WHEN 'Midwives' THEN 2 ELSE 1 END
    ) AS staff ON t.quarter_end = staff.period_end AND t.area_code = staff.area_code
        AND t.staff_group = staff.staff_group
    WHERE t.measure = 'vacancy_fte' AND rate.measure = 'vacancy_rate_percent' AND rate.value > 0
        AND t.sector = 'All sectors'
"""

SURVEY_RATES = """
    SELECT t.*, t.value AS here, survey.value AS there
    FROM core.wres_indicator_latest AS t
    INNER JOIN reference.culture_question AS asked ON t.indicator = asked.wres_indicator::VARCHAR
    INNER JOIN core.staff_survey_latest AS survey
        -- The WRES report of a year uses the staff survey of the previous autumn.
        ON t.wres_year - 1 = survey.survey_year AND t.org_code = survey.reporting_unit
        AND asked.question = survey.question AND t.ethnic_group = survey.ethnic_group
    WHERE t.measure = 'percent' AND t.geography_level = 'Organisation' AND t.ethnic_group IN ('White', 'BME')
        AND survey.measure = 'share_percent'
"""

BOARDS = """
    SELECT t.* EXCLUDE (place, has_total), t.added AS here, staff.value AS there
    FROM (
        SELECT *, sum(value) OVER board AS added,
            row_number() OVER (board ORDER BY value DESC, nwd_job_role, primary_area_of_work) AS place
        FROM (
            SELECT *, bool_or(primary_area_of_work = 'All areas of work') OVER (
                PARTITION BY series, period_end, area_code, nwd_staff_group, nwd_job_role
            ) AS has_total
            FROM core.job_role_latest
            WHERE measure = 'fte' AND geography_level = 'Organisation'
                -- Medical and nursing directors are counted with doctors and nurses.
                AND nwd_staff_group = 'Administrative and Clerical'
                AND nwd_job_role IN (
                    SELECT label FROM reference.board_role WHERE makes_board = 'yes' AND is_executive = 'yes'
                )
        )
        WHERE NOT has_total OR primary_area_of_work = 'All areas of work'
        WINDOW board AS (PARTITION BY series, period_end, area_code)
    ) AS t
    INNER JOIN core.workforce_latest AS staff
        ON t.series = staff.series AND t.period_end = staff.period_end AND t.geography_level = staff.geography_level
        AND t.area_code = staff.area_code AND staff.staff_group = 'Senior managers' AND staff.measure = 'fte'
    WHERE t.place = 1
"""

COMPARISONS = (
    Comparison(
        "turnover.staff_as_in_workforce",
        "turnover",
        "workforce",
        _staff_in_turnover("turnover", "'Organisation' || t.org_code", "t.staff_group <> 'All staff groups'"),
        "in post at the end",
        "in the workforce tables",
        "Staff in post in the turnover file differ from the workforce tables.",
        "compare both files: one may be of another edition, or rows of two organisations may be exchanged",
    ),
    Comparison(
        "national_turnover.staff_as_in_workforce",
        "national_turnover",
        "workforce",
        _staff_in_turnover(
            "national_turnover",
            "t.geography_level || t.area_code",
            "t.grade = 'All grades' AND t.age_band = 'All age bands'",
        ),
        "in post at the end",
        "in the workforce tables",
        "Staff in post in England or a region in table Turnover 1 differ from the workforce tables.",
        "compare both files: in September 2010 they differ by 0.4 % in England; a larger difference is likely an error",
    ),
    Comparison(
        "person_characteristic.staff_as_in_workforce",
        "person_characteristic",
        "workforce",
        CHARACTERISTICS,
        "people of all categories",
        "the headcount in the workforce tables",
        "The headcount by a characteristic differs from the workforce tables.",
        "compare the total's cell with the staff group and month in the workforce file: one of them was altered or"
        " refers to another month",
    ),
    Comparison(
        "person_characteristic.role_groups_as_in_workforce",
        "person_characteristic",
        "workforce",
        ROLE_GROUPS,
        "headcount, sum of the role groups",
        "the headcount of the main staff group in the workforce tables",
        "The role groups of a main staff group do not add up to its headcount in the workforce tables.",
        "check whether a role group is missing in this month, or is listed under another main staff group",
    ),
    Comparison(
        "vacancy.establishment_as_in_workforce",
        "vacancy",
        "workforce",
        ESTABLISHMENT,
        "posts filled: establishment (vacancies / rate) less vacancies",
        "the FTE of staff in the workforce tables",
        "The filled posts calculated from vacancies and vacancy rate differ from the staff in the workforce tables.",
        "compare the vacancies and the rate of this area and quarter with the FTE in the workforce file: one was read"
        " in another unit, or altered",
    ),
    Comparison(
        "wres_indicator.rate_as_in_survey",
        "wres_indicator",
        "staff_survey",
        SURVEY_RATES,
        "per cent of answers",
        "per cent in the staff survey of the previous autumn",
        "A WRES rate from the staff survey (indicators 5 to 8) differs from the trust's rate in the survey.",
        "compare with the columns by ethnic group in the survey's benchmark workbook: two columns or two trusts may"
        " be exchanged",
    ),
    Comparison(
        "job_role.board_within_senior_managers",
        "job_role",
        "workforce",
        BOARDS,
        "FTE of executive directors outside medicine and nursing",
        "the FTE of senior managers, which includes them",
        "An organisation has more executive directors than senior managers.",
        "compare the organisation's job roles (table Core 8) with its senior managers (Core 1): rows may be exchanged",
        only_more=True,
        refuses=False,
    ),
)


def rules() -> Iterator[Rule]:
    """For each comparison a rule that warns and, where `refuses`, one that refuses the file."""
    for each in COMPARISONS:
        yield Rule(
            each.id,
            "warn",
            f"core.{each.table}",
            _differs(each, "warn"),
            each.message,
            each.guidance,
            examines=f"({_limited(each, 'warn')})",
        )
        if each.refuses:
            yield Rule(
                f"{each.id}_far",
                "reject file",
                f"core.{each.table}",
                _differs(each, "reject"),
                f"{each.message.removesuffix('.')}, by more than the reject limit for two sources of one measure.",
                each.guidance,
                against=f"core.{each.against}",
                examines=f"({_limited(each, 'reject')})",
            )


def _differs(each: Comparison, limit: str) -> str:
    """SQL for cells beyond a limit: 'warn': all of them; 'reject': those of files with too large a share of them."""
    table = TABLES[each.table]
    places = ", ".join(f"t.{name}" for name in PLACE)
    share = "t.out > t.reject_share_percent / 100 * t.figures AND t.figures >= t.figures_at_least"
    return f"""
WITH counted AS (
    SELECT *, count(*) OVER (PARTITION BY file_sha256) AS figures,
        count(*) FILTER (WHERE is_out) OVER (PARTITION BY file_sha256) AS out
    FROM ({_limited(each, limit)}) AS limited
)
SELECT {places}, {key_as_json(table, "t")} AS figure, t.here AS value,
    'about ' || round(t.there, 2) || ', {each.there_is}' AS expected,
    round(t.here, 2) || ', {each.means}; ' || t.out || ' of ' || t.figures
        || ' compared figures of this file differ' AS found
FROM counted AS t
WHERE t.is_out AND {"TRUE" if limit == "warn" else share}
"""


def _limited(each: Comparison, limit: str) -> str:
    """SQL for the pairs of figures that are compared, and whether each is beyond the limit."""
    named = f"SELECT series FROM gate.cross_source_limit WHERE comparison = '{each.id}'"
    distance = "pairs.here - pairs.there" if each.only_more else "abs(pairs.here - pairs.there)"
    return f"""
    SELECT pairs.*, allowed.reject_share_percent, allowed.figures_at_least,
        {distance} > greatest(allowed.{limit}_at_least, allowed.{limit}_percent / 100 * abs(pairs.there)) AS is_out
    FROM ({each.rows}) AS pairs
    INNER JOIN gate.cross_source_limit AS allowed
        ON allowed.comparison = '{each.id}'
        AND allowed.series = CASE WHEN pairs.series IN ({named}) THEN pairs.series ELSE '*' END
    WHERE pairs.here IS NOT NULL AND pairs.there IS NOT NULL AND allowed.{limit}_percent IS NOT NULL
        AND pairs.file_sha256 NOT IN (
            SELECT files.file_sha256 FROM meta.source_file AS files WHERE files.figure_kind = 'illustrative'
        )
"""
