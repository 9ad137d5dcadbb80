/*
order = 1
title = "Do leaders stay?"
heading = "Senior managers who left"
sentence = """
{% set senior = rows | selectattr("staff_group", "equalto", "Senior managers") | first %}
{% set everyone = rows | selectattr("staff_group", "equalto", "All staff groups") | first %}
In the twelve months to {{ day(first.period_end) }}, {{ figure(senior, "rate_percent") }} of senior managers left,
against {{ figure(everyone, "rate_percent") }} of all staff."""
source = "NHS Workforce Statistics, England, headcount"
caveat = """
Leavers of the period as a share of average staff in post. A move between two NHS organisations is no leaving for
England."""
mart = "marts.leadership_turnover"
needs = ["national_turnover"]
least_rows = 2

[columns]
period_end = "12 months to"
flow = "Flow"
staff_group = "Staff group"
rate_percent = "Rate, %"
*/
SELECT
    period_start,
    period_end,
    time_span,
    geography_level,
    area_code,
    staff_group,
    measure,
    flow,
    source_series,
    rate_percent
FROM marts.leadership_turnover
WHERE
    geography_level = 'England' AND measure = 'headcount' AND flow = 'leavers'
    AND staff_group IN ('Senior managers', 'All staff groups')
    AND time_span = '12 months, as published'
ORDER BY period_end DESC, staff_group DESC
LIMIT 2
