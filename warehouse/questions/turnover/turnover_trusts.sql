/*
order = 3
title = "How many leaders join and leave their trust?"
heading = "All trusts together"
sentence = """
{% for row in rows if row.rate.startswith("leavers") and row.subgroup.startswith("Senior managers") %}
{% if loop.first %}In the period to {{ day(row.period_end) }} ({{ row.subgroup.partition(", ")[2] }}),
{{ figure(row, "weighted_percent") }} of senior managers left their trust{% endif %}{% endfor %}
{%- for row in rows if row.rate.startswith("leavers") and row.subgroup.startswith("All staff groups") %}
{%- if loop.first %}, against {{ figure(row, "weighted_percent") }} of all staff{% endif %}{% endfor %}: all trusts
together, a move to another trust included."""
source = "NHS Workforce Statistics, NHS trusts in England, headcount"
caveat = """
The rate of all trusts taken together beside the mean of their rates, which counts a small trust as much as a large
one. A move from one trust to another counts as leaving the one and joining the other."""
mart = "marts.mean_and_weighted_rates"
needs = ["turnover"]

[columns]
rate = "Rate"
subgroup = "Staff group and period"
period_end = "Period to"
weighted_percent = "Together, %"
mean_of_rates_percent = "Mean of trusts, %"
rates_counted = "Trusts"
*/
SELECT
    topic,
    rate,
    subgroup,
    rates_of,
    period_end,
    source_series,
    weighted_percent,
    mean_of_rates_percent,
    numerator,
    denominator,
    rates_counted
FROM marts.mean_and_weighted_rates
WHERE
    topic = 'turnover' AND rates_of = 'NHS trusts' AND contains(rate, 'headcount')
    AND period_end
    = (
        SELECT max(newest.period_end) FROM marts.mean_and_weighted_rates AS newest
        WHERE newest.topic = 'turnover'
    )
ORDER BY rate DESC, subgroup ASC
