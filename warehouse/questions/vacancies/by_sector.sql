/*
order = 5
title = "In which sector and region are vacancy rates highest?"
heading = "Region by sector by staff group"
sentence = """
{% set of = rows | selectattr("geography_level", "equalto", "Region")
| selectattr("staff_group", "equalto", "All staff") | selectattr("quarter_end", "equalto", (rows
| map(attribute="quarter_end") | max)) | rejectattr("vacancy_rate_percent", "none")
| sort(attribute="vacancy_rate_percent") | list %}
At {{ day(of[-1].quarter_end) }}, the vacancy rate of all staff was highest in {{ of[-1].sector }},
{{ of[-1].region_name }}: {{ figure(of[-1], "vacancy_rate_percent") }}."""
source = "NHS Vacancy Statistics, England"
caveat = "The newest quarter. Nursing and medical staff are among all staff and do not add up to it."
mart = "marts.vacancies"
needs = ["vacancy"]

[columns]
sector = "Sector"
staff_group = "Staff group"
region_name = "Region"
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
    change_on_year_points,
    vacancy_fte,
    rank_among_regions,
    value_status
FROM marts.vacancies
WHERE
    quarter_end = (SELECT max(newest.quarter_end) FROM marts.vacancies AS newest)
    AND sector_level = 'sector'
ORDER BY sector ASC, staff_group ASC, geography_level ASC, vacancy_rate_percent DESC, region_name ASC
