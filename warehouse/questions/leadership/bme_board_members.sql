/*
How diverse are the boards of trusts?

Caveat: Race equality standard (WRES): of all voting members, those of unknown ethnicity among them. Not to be
compared with shares of the workforce statistics.
*/
SELECT
    period_end,
    population,
    category,
    leadership_group,
    figure_basis,
    share_percent,
    workforce_share_percent
FROM marts.leadership_diversity_wres_england
WHERE category = 'BME' AND leadership_group = 'Board' AND starts_with(population, 'WRES indicator 9: voting')
ORDER BY period_end = '2018-03-31', period_end DESC
