/*
order = 2
title = "How has the BME share of leaders changed, year by year?"
heading = "Ethnicity over time"
sentence = """
{% set of = (rows | selectattr("leadership_group", "equalto", "Very Senior Manager") | list) %}
At {{ day(of[0].period_end) }}, {{ figure(of[0], "share_percent") }} of very senior managers were black or minority
ethnic, against {{ figure(of[0], "workforce_share_percent") }} of all staff; the earliest month here is
{{ day(of[-1].period_end) }} with {{ figure(of[-1], "share_percent") }}."""
source = "NHS Workforce Statistics, England, of staff of known ethnicity"
caveat = """
BME share of those of known ethnicity. A gap below 0 and a ratio below 1 mean fewer among leaders than in the whole
workforce."""
mart = "marts.leadership_diversity"
needs = ["person_characteristic"]

[columns]
period_end = "Month to"
leadership_group = "Group"
share_percent = "Share, %"
workforce_share_percent = "Whole workforce, %"
gap_points = "Gap, points"
representation_ratio = "Ratio"
headcount = "People"
known_headcount = "Of known"
*/
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
