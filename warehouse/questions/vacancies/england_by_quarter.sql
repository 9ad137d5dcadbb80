/*
order = 2
title = "How have vacancies in England moved?"
heading = "England over time"
sentence = """
{% set of = rows | selectattr("staff_group", "equalto", "All staff") | list %}
At {{ day(of[0].quarter_end) }}, {{ figure(of[0], "vacancy_fte") }} posts in England were vacant,
{{ figure(of[0], "vacancy_rate_percent") }} of all; at {{ day(of[-1].quarter_end) }} it was
{{ figure(of[-1], "vacancy_rate_percent") }}."""
source = "NHS Vacancy Statistics, England"
caveat = """
Rate: vacant posts per 100 posts of the establishment, at the end of the quarter. Quarters are not seasonally
adjusted: compare a quarter with the same one a year before."""
mart = "marts.vacancies"
needs = ["vacancy"]

[columns]
quarter_end = "Quarter to"
staff_group = "Staff group"
vacancy_rate_percent = "Rate, %"
vacancy_fte = "Vacant posts, FTE"
change_on_year_points = "Change on year, points"
*/
SELECT
    quarter_end,
    geography_level,
    region_code,
    sector,
    staff_group,
    vacancy_rate_percent,
    vacancy_fte,
    change_on_year_points,
    change_on_year_fte,
    value_status
FROM marts.vacancies
WHERE geography_level = 'England' AND sector = 'All sectors'
ORDER BY quarter_end DESC, staff_group ASC
