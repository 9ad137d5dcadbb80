/*
order = 3
title = "How did England's total move since 2018?"
heading = "Vacancies in England, June of each year"
sentence = """
At {{ day(last.quarter_end) }}, {{ figure(last, "vacancy_fte") }} posts in England were vacant,
{{ figure(last, "rate_percent") }} of all; at {{ day(first.quarter_end) }} it was {{ figure(first, "vacancy_fte") }},
{{ figure(first, "rate_percent") }}."""
source = "NHS Vacancy Statistics, England"
caveat = """
Posts not filled by permanent or fixed-term staff; many are covered by temporary staff."""
needs = ["vacancy"]

[columns]
quarter_end = "Quarter to"
vacancy_fte = "Vacant posts, FTE"
rate_percent = "Rate, %"
change_on_year_fte = "Change on year, FTE"
*/
SELECT
    quarter_end,
    round(vacancy_fte) AS vacancy_fte,
    round(vacancy_rate_percent, 1) AS rate_percent,
    round(change_on_year_fte) AS change_on_year_fte
FROM marts.vacancies
WHERE geography_level = 'England' AND sector = 'All sectors' AND staff_group = 'All staff' AND month(quarter_end) = 6
ORDER BY quarter_end
