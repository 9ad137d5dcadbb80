/*
order = 3
title = "Who are the very senior managers, by every characteristic?"
heading = "Very senior managers by characteristic"
sentence = """
{% for row in rows if row.category in ("Female", "Women", "BME") %}At {{ day(row.period_end) }},
{{ "women" if row.category != "BME" else "black and minority ethnic staff" }} were
{{ figure(row, "share_percent") }} of very senior managers and {{ figure(row, "workforce_share_percent") }} of all
staff. {% endfor %}"""
source = "NHS Workforce Statistics, England"
caveat = """
The newest month of each characteristic, among those whose category is known. BME is the sum of the groups outside
White and overlaps with them."""
mart = "marts.leadership_diversity"
needs = ["person_characteristic"]

[columns]
characteristic = "Characteristic"
category = "Category"
period_end = "Month to"
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
