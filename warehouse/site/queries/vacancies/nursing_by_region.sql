-- Registered nursing vacancies by region in the newest quarter, all sectors, against a year before.
SELECT
    quarter_end,
    geography_level,
    region_code,
    sector,
    staff_group,
    region_name,
    vacancy_rate_percent,
    vacancy_rate_percent_year_before,
    change_on_year_points,
    vacancy_fte,
    change_on_year_fte,
    rank_among_regions,
    value_status
FROM marts.vacancies
WHERE
    quarter_end = (SELECT max(newest.quarter_end) FROM marts.vacancies AS newest)
    AND sector = 'All sectors' AND staff_group = 'Registered nursing'
ORDER BY geography_level DESC, vacancy_rate_percent DESC, region_name ASC
