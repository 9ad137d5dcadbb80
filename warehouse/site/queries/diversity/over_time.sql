-- Black and minority ethnic (BME) staff in leadership groups and in the whole workforce of England, year by year:
-- the newest month of each year.
SELECT
    period_end,
    characteristic,
    category,
    leadership_group,
    share_percent,
    workforce_share_percent,
    gap_points,
    representation_ratio,
    headcount,
    known_headcount,
    value_status
FROM marts.leadership_diversity
WHERE
    characteristic = 'ethnicity' AND category = 'BME'
    AND leadership_group IN ('Very Senior Manager', 'Bands 8a-9')
    AND period_end IN (
        SELECT max(newest.period_end)
        FROM marts.leadership_diversity AS newest
        WHERE newest.characteristic = 'ethnicity'
        GROUP BY year(newest.period_end)
    )
ORDER BY period_end DESC, leadership_group DESC
