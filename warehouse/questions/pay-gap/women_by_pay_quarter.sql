/*
order = 1
title = "Who is in the best paid jobs?"
heading = "Women in the top and lower pay quarter"
sentence = """
At {{ day(first.period_end) }}, women held {{ figure(first, "mean_of_rates_percent") }} of the best paid quarter of
jobs in NHS trusts and {{ figure(last, "mean_of_rates_percent") }} of the lowest paid."""
source = "Gender pay gap reports, mean over the NHS trusts that reported"
caveat = """
Mean over NHS trusts, each counted once whatever its size: reports give percentages, no number of staff."""
mart = "marts.mean_and_weighted_rates"
needs = ["pay_gap"]
least_rows = 2

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
WHERE
    topic = 'pay gap' AND rate = 'women in the pay quarter' AND rates_of = 'NHS trusts'
    AND subgroup IN ('top', 'lower')
    AND period_end
    = (
        SELECT max(newest.period_end) FROM marts.mean_and_weighted_rates AS newest
        WHERE newest.topic = 'pay gap'
    )
ORDER BY subgroup DESC
