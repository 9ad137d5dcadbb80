/*
order = 8
title = "How many posts are advertised?"
heading = "Advertised posts"
sentence = """
{% set of = (rows | selectattr("geography_level", "equalto", "England") | list) or rows %}
In {{ of[0].month.strftime("%B %Y") }}, posts of {{ figure(of[0], "advertised_fte") }} FTE were advertised in
{{ of[0].region_name }}."""
source = "NHS Vacancy Statistics, adverts on NHS Jobs, England"
caveat = """
Another measure: posts advertised in the month. Never add it to vacancies or compare the two. Regions differ in
size, so their numbers are not ranked here."""
mart = "marts.vacancies_advertised"
needs = ["vacancy_advert"]

[columns]
month = "Month"
region_name = "Region"
advertised_fte = "Advertised, FTE"
twelve_month_mean_fte = "Mean of 12 months, FTE"
change_on_year_fte = "Change on year, FTE"
share_of_england_adverts_percent = "Share of England, %"
*/
SELECT
    month,
    geography_level,
    region_code,
    staff_group,
    region_name,
    advertised_fte,
    twelve_month_mean_fte,
    change_on_year_fte,
    share_of_england_adverts_percent,
    value_status
FROM marts.vacancies_advertised
WHERE
    month = (SELECT max(newest.month) FROM marts.vacancies_advertised AS newest)
    AND staff_group = 'All staff groups'
ORDER BY geography_level DESC, advertised_fte DESC, region_name ASC
