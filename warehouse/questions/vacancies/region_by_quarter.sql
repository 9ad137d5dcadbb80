/*
order = 6
title = "How has the vacancy rate of each region moved?"
heading = "By quarter, all sectors"
sentence = """
{% set of = rows | selectattr("geography_level", "equalto", "Region")
| selectattr("staff_group", "equalto", "All staff") | selectattr("quarter_end", "equalto", (rows
| map(attribute="quarter_end") | max)) | rejectattr("vacancy_rate_percent", "none")
| sort(attribute="vacancy_rate_percent") | list %}
At {{ day(of[-1].quarter_end) }}, the vacancy rate of all staff was highest in {{ of[-1].region_name }},
{{ figure(of[-1], "vacancy_rate_percent") }}, and lowest in {{ of[0].region_name }},
{{ figure(of[0], "vacancy_rate_percent") }}."""
source = "NHS Vacancy Statistics, England"
caveat = """
At the end of each quarter. Quarters are not seasonally adjusted: compare a quarter with the same one a year before.
Rank 1 is the highest rate among regions."""
mart = "marts.vacancies"
needs = ["vacancy"]

[columns]
region_name = "Region"
quarter_end = "Quarter to"
staff_group = "Staff group"
vacancy_rate_percent = "Rate, %"
vacancy_fte = "Vacant posts, FTE"
change_on_year_points = "Change on year, points"
rank_among_regions = "Rank"
*/
SELECT
    quarter_end,
    geography_level,
    region_code,
    sector,
    staff_group,
    region_name,
    vacancy_rate_percent,
    vacancy_fte,
    change_on_year_points,
    rank_among_regions,
    value_status
FROM marts.vacancies
WHERE geography_level = 'Region' AND sector = 'All sectors'
ORDER BY region_name ASC, quarter_end DESC, staff_group ASC
