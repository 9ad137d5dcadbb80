/*
Which region has the highest nursing vacancy rate now, and a year ago?

Caveat: Posts not filled by permanent or fixed-term staff, per 100 posts; many are covered by temporary staff.
*/
SELECT
    region_name,
    round(vacancy_rate_percent, 2) AS rate_percent,
    round(vacancy_rate_percent_year_before, 2) AS a_year_before
FROM marts.vacancies
WHERE
    quarter_end = (SELECT max(newest.quarter_end) FROM marts.vacancies AS newest)
    AND staff_group = 'Registered nursing' AND sector = 'All sectors' AND geography_level = 'Region'
ORDER BY rate_percent DESC, region_name ASC
