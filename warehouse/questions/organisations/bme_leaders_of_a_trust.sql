/*
order = 2
title = "How many of the board and of very senior managers of a trust are BME?"
heading = "BME board members and very senior managers of a trust"
sentence = """
At {{ day(first.period_end) }}: {% for row in rows if row.period_end == first.period_end %}{{ row.leadership_group }}
{{ figure(row, "share_percent") }} BME, against {{ figure(row, "workforce_share_percent") }} of its workforce
{{- "." if loop.last else "; " }}{% endfor %}"""
source = "Race equality standard (WRES), the trust's own report"
caveat = """
Percentages of all staff including those of unknown ethnicity. Boards are small: one person is several points."""
mart = "marts.leadership_diversity_wres_trust"
needs = ["wres_indicator"]

[columns]
period_end = "As of"
leadership_group = "Group"
share_percent = "BME, %"
workforce_share_percent = "Whole workforce, %"
headcount = "People"
all_headcount = "Of all"

[parameters]
org_code = "RJ1"
*/
SELECT
    period_end,
    org_code,
    population,
    category,
    leadership_group,
    share_percent,
    workforce_share_percent,
    headcount,
    all_headcount,
    value_status
FROM marts.leadership_diversity_wres_trust
WHERE
    org_code = getvariable('org_code') AND category = 'BME' AND leadership_group IN ('Board', 'Very Senior Manager')
ORDER BY period_end DESC, leadership_group ASC, population ASC
