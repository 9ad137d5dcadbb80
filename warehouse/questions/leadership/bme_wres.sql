/*
order = 6
title = "What does the race equality standard say of boards and very senior managers?"
heading = "Boards and very senior managers in the race equality standard"
sentence = """
{% set of = (rows | selectattr("leadership_group", "equalto", "Very Senior Manager") | list) or rows %}
At {{ day(of[0].period_end) }}, {{ figure(of[0], "share_percent") }} of
{{ "very senior managers" if of[0].leadership_group == "Very Senior Manager" else "board members" }} were black or
minority ethnic, against {{ figure(of[0], "workforce_share_percent") }} of the whole workforce, as the race equality
standard prints it."""
source = "Race equality standard (WRES), England; unknown ethnicity among all staff"
caveat = """
Another population and another base than in the workforce statistics: WRES counts trusts' own reports, and its
percentages are of all staff including those of unknown ethnicity. Do not compare the two."""
mart = "marts.leadership_diversity_wres_england"

[columns]
leadership_group = "Group"
period_end = "As of"
population = "Who is counted"
share_percent = "BME, %"
workforce_share_percent = "Whole workforce, %"
gap_points = "Gap, points"
*/
SELECT
    period_end,
    population,
    category,
    leadership_group,
    figure_basis,
    share_percent,
    workforce_share_percent,
    gap_points,
    value_status
FROM marts.leadership_diversity_wres_england
WHERE category = 'BME'
ORDER BY leadership_group ASC, period_end DESC, population ASC
