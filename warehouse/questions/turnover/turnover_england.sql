/*
order = 2
title = "How many leaders join and leave in England, year by year?"
heading = "England over twelve months"
sentence = """
{% set of = (rows | selectattr("staff_group", "equalto", "Senior managers")
| selectattr("flow", "equalto", "leavers") | list) or rows %}
In the twelve months to {{ day(of[0].period_end) }}, {{ figure(of[0], "rate_percent") }} of senior managers left; in
the twelve months to {{ day(of[-1].period_end) }} it was {{ figure(of[-1], "rate_percent") }}."""
source = "NHS Workforce Statistics, England, headcount"
caveat = """
Leavers and joiners of the period as a share of average staff in post, headcount. A move between two NHS
organisations is neither for England."""
mart = "marts.leadership_turnover"
needs = ["national_turnover"]

[columns]
period_end = "12 months to"
flow = "Flow"
staff_group = "Staff group"
rate_percent = "Rate, %"
flow_value = "People"
average_in_post = "Average in post"
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
    rate_percent,
    flow_value,
    average_in_post,
    value_status
FROM marts.leadership_turnover
WHERE
    geography_level = 'England' AND measure = 'headcount' AND time_span = '12 months, as published'
ORDER BY period_end DESC, flow DESC, staff_group ASC
