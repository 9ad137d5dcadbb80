-- BME board members and very senior managers as the race equality standard (WRES) prints them, England.
SELECT
    period_end,
    population,
    category,
    leadership_group,
    figure_basis,
    share_percent,
    workforce_share_percent,
    gap_points,
    value_status
FROM marts.leadership_diversity_wres_england
WHERE category = 'BME'
ORDER BY leadership_group ASC, period_end DESC, population ASC
