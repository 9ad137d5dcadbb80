/*
How many of the workforce, and of the top, are women?

Caveat: Headcount, England, NHS Workforce Statistics.
*/
SELECT
    period_end,
    characteristic,
    category,
    leadership_group,
    share_percent,
    workforce_share_percent
FROM marts.leadership_diversity
WHERE characteristic = 'sex' AND category IN ('Female', 'Women') AND leadership_group = 'Very Senior Manager'
ORDER BY period_end DESC
LIMIT 1
