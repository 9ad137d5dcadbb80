/*
order = 4
title = "How many of the workforce, and of the top, are women?"
heading = "Women among very senior managers"
sentence = """
At {{ day(first.period_end) }}, women were {{ figure(first, "share_percent") }} of very senior managers and
{{ figure(first, "workforce_share_percent") }} of all staff."""
source = "NHS Workforce Statistics, England"
caveat = "Shares of headcount; people whose sex is not recorded are not among them."
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
WHERE characteristic = 'sex' AND category IN ('Female', 'Women') AND leadership_group = 'Very Senior Manager'
ORDER BY period_end DESC
LIMIT 1
