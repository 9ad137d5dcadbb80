/*
order = 2
title = "How many women are in each quarter of hourly pay, year by year?"
heading = "Women in each pay quarter"
sentence = """
{% set of = (rows | selectattr("subgroup", "equalto", "top") | list) %}
At {{ day(of[0].period_end) }}, women held {{ figure(of[0], "mean_of_rates_percent") }} of the best paid quarter of
jobs, mean over {{ figure(of[0], "rates_counted") }} NHS trusts{% if of | length > 1 %}; at
{{ day(of[-1].period_end) }} it was {{ figure(of[-1], "mean_of_rates_percent") }}{% endif %}."""
source = "Gender pay gap reports, mean over the NHS trusts that reported"
caveat = """
Mean over NHS trusts, each counted once whatever its size: reports give percentages, no number of staff."""
mart = "marts.mean_and_weighted_rates"
needs = ["pay_gap"]

[columns]
period_end = "Snapshot"
subgroup = "Pay quarter"
mean_of_rates_percent = "Women, %"
rates_counted = "Trusts"
*/
SELECT
    topic,
    rate,
    subgroup,
    rates_of,
    period_end,
    source_series,
    mean_of_rates_percent,
    rates_counted
FROM marts.mean_and_weighted_rates
WHERE topic = 'pay gap' AND rate = 'women in the pay quarter' AND rates_of = 'NHS trusts'
ORDER BY
    period_end DESC,
    list_position(['lower', 'lower_middle', 'upper_middle', 'top'], subgroup)
