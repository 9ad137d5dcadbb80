-- Advertised vacancies of all staff groups by region in the newest month, with the mean of twelve months.
SELECT
    month,
    geography_level,
    region_code,
    staff_group,
    region_name,
    advertised_fte,
    twelve_month_mean_fte,
    change_on_year_fte,
    share_of_england_adverts_percent,
    value_status
FROM marts.vacancies_advertised
WHERE
    month = (SELECT max(newest.month) FROM marts.vacancies_advertised AS newest)
    AND staff_group = 'All staff groups'
ORDER BY geography_level DESC, advertised_fte DESC, region_name ASC
