/*
order = 7
title = "Where is the mental health vacancy rate above the acute one?"
heading = "Mental health and acute vacancy rates"
sentence = """
In {{ rows | length }} regions the vacancy rate is higher in mental health than in acute trusts; in
{{ first.region_name }} it is {{ figure(first, "mental_health_rate_percent") }} against
{{ figure(first, "acute_rate_percent") }}."""
source = "NHS Vacancy Statistics, England"
caveat = """
The newest quarter, all staff."""
needs = ["vacancy"]

[columns]
region_name = "Region"
mental_health_rate_percent = "Mental health, %"
acute_rate_percent = "Acute, %"
*/
SELECT
    region_name,
    round(max(vacancy_rate_percent) FILTER (sector = 'Mental Health'), 2) AS mental_health_rate_percent,
    round(max(vacancy_rate_percent) FILTER (sector = 'Acute'), 2) AS acute_rate_percent
FROM marts.vacancies
WHERE
    quarter_end = (SELECT max(newest.quarter_end) FROM marts.vacancies AS newest)
    AND staff_group = 'All staff' AND geography_level = 'Region'
GROUP BY region_name
HAVING mental_health_rate_percent > acute_rate_percent
ORDER BY region_name
