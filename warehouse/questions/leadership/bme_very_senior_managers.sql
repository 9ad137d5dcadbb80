/*
How diverse is NHS leadership, now and in 2018?

Caveat: Shares of staff of known ethnicity, England, NHS Workforce Statistics.
*/
SELECT
    period_end,
    characteristic,
    category,
    leadership_group,
    share_percent,
    workforce_share_percent
FROM marts.leadership_diversity
WHERE
    characteristic = 'ethnicity' AND category = 'BME' AND leadership_group = 'Very Senior Manager'
    AND (period_end <= '2018-11-30' OR period_end = (
        SELECT max(newest.period_end)
        FROM marts.leadership_diversity AS newest
        WHERE newest.characteristic = 'ethnicity'
    ))
ORDER BY period_end DESC
LIMIT 2
