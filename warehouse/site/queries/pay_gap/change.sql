-- Women in the top and lower pay quarters in two reporting years, over the trusts that reported in both.
SELECT
    reporting_year,
    compared_year,
    body,
    pay_quarter,
    employers,
    mean_women_share_percent_compared_year,
    mean_women_share_percent,
    mean_change_points,
    value_status
FROM marts.leadership_pay_gap_change
WHERE body = 'NHS trust'
ORDER BY
    reporting_year DESC,
    compared_year ASC,
    list_position(['lower', 'lower_middle', 'upper_middle', 'top'], pay_quarter)
