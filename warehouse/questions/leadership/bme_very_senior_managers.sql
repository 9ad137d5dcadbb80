/*
order = 1
title = "How diverse is NHS leadership, now and in 2018?"
heading = "BME very senior managers, now and in 2018"
sentence = """
At {{ day(first.period_end) }}, {{ figure(first, "share_percent") }} of very senior managers were black or minority
ethnic, against {{ figure(first, "workforce_share_percent") }} of all staff{% if last is not sameas first %}; at
{{ day(last.period_end) }} it was {{ figure(last, "share_percent") }}{% endif %}."""
source = "NHS Workforce Statistics, England, of staff of known ethnicity"
caveat = """
Shares are of staff of known ethnicity. The race equality standard counts another population: do not compare the
two."""
mart = "marts.leadership_diversity"
needs = ["person_characteristic"]

[columns]
period_end = "Month to"
share_percent = "Share, %"
workforce_share_percent = "Whole workforce, %"
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
