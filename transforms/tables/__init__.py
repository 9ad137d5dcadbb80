"""Every tidy table there is. A table is declared once, here; readers, warehouse, comments and checks follow it."""

from transforms.tables.declare import STATUSES, Column, Scope, Table
from transforms.tables.leadership import PAY_GAP, STAFF_SURVEY, STAFF_SURVEY_ANSWER, WRES_INDICATOR
from transforms.tables.organisations import (
    DATA_QUALITY_NOTE,
    ORGANISATION,
    ORGANISATION_MEMBERSHIP,
    ORGANISATION_SUCCESSION,
)
from transforms.tables.people import JOB_ROLE, MEDICAL_STAFF, PERSON_CHARACTERISTIC, WORKFORCE_BY_GRADE
from transforms.tables.vacancies import VACANCY, VACANCY_ADVERT
from transforms.tables.workforce import NATIONAL_TURNOVER, TURNOVER, WORKFORCE

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        ORGANISATION,
        ORGANISATION_SUCCESSION,
        ORGANISATION_MEMBERSHIP,
        WORKFORCE,
        TURNOVER,
        NATIONAL_TURNOVER,
        PERSON_CHARACTERISTIC,
        JOB_ROLE,
        WORKFORCE_BY_GRADE,
        MEDICAL_STAFF,
        VACANCY,
        VACANCY_ADVERT,
        PAY_GAP,
        WRES_INDICATOR,
        STAFF_SURVEY,
        STAFF_SURVEY_ANSWER,
        DATA_QUALITY_NOTE,
    )
}

__all__ = ["STATUSES", "TABLES", "Column", "Scope", "Table"]
