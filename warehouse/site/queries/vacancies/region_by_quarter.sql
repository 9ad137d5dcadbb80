-- Vacancies by region, staff group and quarter, all sectors.
SELECT
    quarter_end,
    geography_level,
    region_code,
    sector,
    staff_group,
    region_name,
    vacancy_rate_percent,
    vacancy_fte,
    change_on_year_points,
    rank_among_regions,
    value_status
FROM marts.vacancies
WHERE geography_level = 'Region' AND sector = 'All sectors'
ORDER BY region_name ASC, quarter_end DESC, staff_group ASC
