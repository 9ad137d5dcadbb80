/*
order = 7
title = "How has the vacancy rate of each sector moved in each region?"
heading = "By sector and staff group"
sentence = """
{% set of = rows | selectattr("geography_level", "equalto", "Region")
| selectattr("staff_group", "equalto", "All staff") | selectattr("quarter_end", "equalto", (rows
| map(attribute="quarter_end") | max)) | rejectattr("vacancy_rate_percent", "none")
| sort(attribute="vacancy_rate_percent") | list %}
At {{ day(of[-1].quarter_end) }}, the vacancy rate of all staff was highest in {{ of[-1].sector }},
{{ of[-1].region_name }}: {{ figure(of[-1], "vacancy_rate_percent") }}."""
source = "NHS Vacancy Statistics, England"
caveat = "The newest quarter, and the same quarter of earlier years."
mart = "marts.vacancies"
needs = ["vacancy"]

[columns]
region_name = "Region"
staff_group = "Staff group"
quarter_end = "Quarter to"
sector = "Sector"
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
WHERE
    geography_level = 'Region' AND sector_level = 'sector'
    AND month(quarter_end) = (SELECT month(max(newest.quarter_end)) FROM marts.vacancies AS newest)
ORDER BY region_name ASC, staff_group ASC, quarter_end DESC, sector ASC
