-- Vacancies in England by quarter: all sectors, all staff and the two staff groups printed apart.
SELECT
    quarter_end,
    geography_level,
    region_code,
    sector,
    staff_group,
    vacancy_rate_percent,
    vacancy_fte,
    change_on_year_points,
    change_on_year_fte,
    value_status
FROM marts.vacancies
WHERE geography_level = 'England' AND sector = 'All sectors'
ORDER BY quarter_end DESC, staff_group ASC
