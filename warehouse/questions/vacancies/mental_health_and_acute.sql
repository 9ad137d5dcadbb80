/*
Where is the mental health vacancy rate above the acute one?

Caveat: The newest quarter, all staff.
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
