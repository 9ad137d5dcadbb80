/*
order = 3
title = "Which region has the highest nursing vacancy rate, now and a year ago?"
heading = "Registered nursing by region"
sentence = """
{% set regions = rows | selectattr("geography_level", "equalto", "Region")
| rejectattr("vacancy_rate_percent", "none") | list %}
{% set england = rows | selectattr("geography_level", "equalto", "England") | list %}
At {{ day(first.quarter_end) }}, the vacancy rate of registered nursing was highest in {{ regions[0].region_name }},
{{ figure(regions[0], "vacancy_rate_percent") }}{% if regions[0].vacancy_rate_percent_year_before is not none %}
({{ figure(regions[0], "vacancy_rate_percent_year_before") }} a year before){% endif %}, and lowest in
{{ regions[-1].region_name }}, {{ figure(regions[-1], "vacancy_rate_percent") }}{% if england %}; in England it was
{{ figure(england[0], "vacancy_rate_percent") }}{% endif %}."""
source = "NHS Vacancy Statistics, England"
caveat = """
The newest quarter, all sectors, against the same quarter a year before. Rank 1 is the highest rate."""
mart = "marts.vacancies"
needs = ["vacancy"]

[columns]
region_name = "Region"
vacancy_rate_percent = "Rate, %"
vacancy_fte = "Vacant posts, FTE"
vacancy_rate_percent_year_before = "A year before, %"
change_on_year_points = "Change, points"
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
    vacancy_rate_percent_year_before,
    change_on_year_points,
    vacancy_fte,
    change_on_year_fte,
    rank_among_regions,
    value_status
FROM marts.vacancies
WHERE
    quarter_end = (SELECT max(newest.quarter_end) FROM marts.vacancies AS newest)
    AND sector = 'All sectors' AND staff_group = 'Registered nursing'
ORDER BY geography_level DESC, vacancy_rate_percent DESC, region_name ASC
