-- Women's hourly pay below men's: mean over NHS trusts that reported, by reporting year.
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
