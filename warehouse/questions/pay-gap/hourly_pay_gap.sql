/*
order = 4
title = "How far is women's hourly pay below men's?"
heading = "Women's hourly pay below men's"
sentence = """
At {{ day(first.period_end) }}, the {{ first.rate }} was {{ figure(first, "mean_of_rates_percent") }} of men's pay,
mean over {{ figure(first, "rates_counted") }} NHS trusts."""
source = "Gender pay gap reports, mean over the NHS trusts that reported"
caveat = "Percent of men's hourly pay; below 0 women are paid more. Mean over NHS trusts, each counted once."
mart = "marts.mean_and_weighted_rates"
needs = ["pay_gap"]

[columns]
rate = "Gap"
period_end = "Snapshot"
mean_of_rates_percent = "Gap, %"
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
WHERE topic = 'pay gap' AND rate IN ('mean hourly pay gap', 'median hourly pay gap') AND rates_of = 'NHS trusts'
ORDER BY rate ASC, period_end DESC
