-- BME board members, very senior managers and bands 8a-9 of single trusts, as WRES prints them.
SELECT
    org_code,
    period_end,
    population,
    category,
    leadership_group,
    share_percent,
    workforce_share_percent,
    gap_points,
    headcount,
    all_headcount,
    value_status
FROM marts.leadership_diversity_wres_trust
WHERE category = 'BME'
ORDER BY org_code ASC, period_end DESC, leadership_group ASC
