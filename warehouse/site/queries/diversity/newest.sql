-- Very senior managers by every personal characteristic against the whole workforce, in the newest month of each.
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
FROM marts.leadership_diversity AS figure
WHERE
    leadership_group = 'Very Senior Manager'
    AND category_level IN ('group', 'BME total')
    AND period_end = (
        SELECT max(newest.period_end)
        FROM marts.leadership_diversity AS newest
        WHERE newest.characteristic = figure.characteristic
    )
ORDER BY characteristic ASC, workforce_share_percent DESC
