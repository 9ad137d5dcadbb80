-- Vacancies by sector, staff group and region in the newest quarter.
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
