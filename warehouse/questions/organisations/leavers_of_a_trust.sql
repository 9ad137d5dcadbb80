/*
order = 3
title = "How many staff and managers left a trust?"
heading = "Leavers of a trust"
sentence = """
{% set all = (rows | selectattr("staff_group", "equalto", "All staff groups") | list) or rows %}In the period to
{{ day(all[0].period_end) }} ({{ all[0].time_span }}), {{ figure(all[0], "rate_percent") }} of staff left
{{ name(all[0].org_name) }}."""
source = "NHS Workforce Statistics, headcount"
caveat = """
As a share of average staff in post. A move from one trust to another counts as leaving the one. A rate of one month is
per month."""
mart = "marts.leadership_turnover_current_structure"
needs = ["turnover"]

[columns]
staff_group = "Staff group"
time_span = "Period"
period_end = "To"
rate_percent = "Rate, %"
flow_value = "People"

[parameters]
org_code = "RJ1"
*/
SELECT
    period_start,
    period_end,
    time_span,
    org_code,
    is_mappable,
    staff_group,
    measure,
    flow,
    source_series,
    org_name,
    rate_percent,
    flow_value,
    value_status
FROM marts.leadership_turnover_current_structure AS figure
WHERE
    org_code = getvariable('org_code') AND is_mappable AND measure = 'headcount' AND flow = 'leavers'
    AND period_end = (
        SELECT max(newest.period_end)
        FROM marts.leadership_turnover_current_structure AS newest
        WHERE newest.time_span = figure.time_span
    )
ORDER BY time_span ASC, staff_group ASC
