-- Women in each quarter of hourly pay: mean over NHS trusts that reported, by reporting year.
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
