-- Vacancies by region, sector and staff group: the newest quarter, and the same quarter of earlier years.
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
WHERE
    geography_level = 'Region' AND sector_level = 'sector'
    AND month(quarter_end) = (SELECT month(max(newest.quarter_end)) FROM marts.vacancies AS newest)
ORDER BY region_name ASC, staff_group ASC, quarter_end DESC, sector ASC
