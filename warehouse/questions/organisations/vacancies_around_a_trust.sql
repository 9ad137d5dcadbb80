/*
order = 4
title = "What are the vacancy rates of the region of a trust?"
heading = "Vacancy rates of the region of a trust"
sentence = """
{% set all = (rows | selectattr("staff_group", "equalto", "All staff") | list) or rows %}At
{{ day(all[0].quarter_end) }}, {{ figure(all[0], "regional_vacancy_rate_percent") }} of all posts in
{{ all[0].region_name }}, the region of {{ name(all[0].org_name) }}, were vacant, against
{{ figure(all[0], "england_vacancy_rate_percent") }} in England."""
source = "NHS Vacancy Statistics"
caveat = "No vacancy statistic is printed for single trusts: these are rates of its region and sector."
needs = ["vacancy"]

[columns]
staff_group = "Staff group"
quarter_end = "Quarter to"
region_name = "Region"
trust_sector = "Sector"
regional_vacancy_rate_percent = "Region, %"
regional_sector_vacancy_rate_percent = "Region and sector, %"
england_vacancy_rate_percent = "England, %"

[parameters]
org_code = "RJ1"
*/
SELECT
    org_code,
    org_name,
    staff_group,
    quarter_end,
    region_name,
    trust_sector,
    regional_vacancy_rate_percent,
    regional_sector_vacancy_rate_percent,
    england_vacancy_rate_percent,
    regional_value_status AS value_status
FROM marts.vacancy_context
WHERE org_code = getvariable('org_code') AND is_latest_quarter
ORDER BY staff_group
