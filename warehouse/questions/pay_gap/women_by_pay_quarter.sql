/*
Who is in the best paid jobs?

Caveat: Mean over the NHS trusts that reported, each counted once whatever its size.
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
