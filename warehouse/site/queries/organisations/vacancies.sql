-- Vacancy rates of the region of each trust, newest quarter. No vacancy statistic is printed by trust.
SELECT
    org_code,
    staff_group,
    quarter_end,
    region_name,
    trust_sector,
    regional_vacancy_rate_percent,
    regional_sector_vacancy_rate_percent,
    england_vacancy_rate_percent
FROM marts.vacancy_context
WHERE is_latest_quarter
ORDER BY org_code, staff_group
