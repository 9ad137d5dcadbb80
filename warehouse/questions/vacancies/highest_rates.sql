/*
Where are the vacancies?

Caveat: Posts not filled by permanent or fixed-term staff; nursing posts are among those of all staff.
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
