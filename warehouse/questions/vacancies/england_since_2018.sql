/*
How did England's total move since 2018?

Caveat: Posts not filled by permanent or fixed-term staff; many are covered by temporary staff.
*/
SELECT
    quarter_end,
    round(vacancy_fte) AS vacancy_fte,
    round(vacancy_rate_percent, 1) AS rate_percent,
    round(change_on_year_fte) AS change_on_year_fte
FROM marts.vacancies
WHERE geography_level = 'England' AND sector = 'All sectors' AND staff_group = 'All staff' AND month(quarter_end) = 6
ORDER BY quarter_end
