-- Leavers and joiners of all trusts taken together, newest period: the weighted rate beside the mean of their rates.
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
