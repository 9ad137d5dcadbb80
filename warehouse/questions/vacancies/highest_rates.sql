/*
order = 1
title = "Where are the vacancies?"
heading = "Vacant posts in England, and the region with the highest nursing vacancy rate"
sentence = """
{% set england = rows | selectattr("geography_level", "equalto", "England") | first %}
{% set highest = rows | selectattr("geography_level", "equalto", "Region") | list %}
At {{ day(england.quarter_end) }}, {{ figure(england, "vacancy_fte") }} posts in England were vacant,
{{ figure(england, "vacancy_rate_percent") }} of all{% if england.vacancy_rate_percent_year_before is not none %}
({{ figure(england, "vacancy_rate_percent_year_before") }} a year before){% endif %}{% if highest %}; of nursing
posts most in {{ highest[0].region_name }}, {{ figure(highest[0], "vacancy_rate_percent") }}{% endif %}."""
source = "NHS Vacancy Statistics, England"
caveat = "Posts not filled by permanent or fixed-term staff; many are covered by temporary staff."
mart = "marts.vacancies"
needs = ["vacancy"]

[columns]
staff_group = "Staff group"
region_name = "Region"
vacancy_rate_percent = "Rate, %"
vacancy_rate_percent_year_before = "A year before, %"
vacancy_fte = "Vacant posts, FTE"
*/
SELECT
    quarter_end,
    geography_level,
    region_code,
    sector,
    staff_group,
    region_name,
    vacancy_fte,
    vacancy_rate_percent,
    vacancy_rate_percent_year_before
FROM marts.vacancies
WHERE
    quarter_end = (SELECT max(newest.quarter_end) FROM marts.vacancies AS newest)
    AND sector = 'All sectors'
    AND (
        (staff_group = 'All staff' AND geography_level = 'England')
        OR (staff_group = 'Registered nursing' AND rank_among_regions = 1)
    )
ORDER BY staff_group, region_name
