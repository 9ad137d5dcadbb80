/*
order = 3
title = "How have the pay quarters changed over the same trusts?"
heading = "Change, over the trusts that reported in both years"
sentence = """
{% set of = (rows | selectattr("pay_quarter", "equalto", "top") | list) or rows %} From {{ of[0].compared_year }} to
{{ of[0].reporting_year }}, the share of women in the top pay quarter changed by
{{ figure(of[0], "mean_change_points") }}, from {{ figure(of[0], "mean_women_share_percent_compared_year") }} to
{{ figure(of[0], "mean_women_share_percent") }}, mean over {{ figure(of[0], "employers") }} NHS trusts."""
source = "Gender pay gap reports, mean over the NHS trusts that reported in both years"
caveat = "Which trusts have reported differs by year; these means are over the same trusts in both."
mart = "marts.leadership_pay_gap_change"
needs = ["pay_gap"]

[columns]
reporting_year = "Year"
compared_year = "Compared with"
pay_quarter = "Pay quarter"
mean_women_share_percent_compared_year = "Women then, %"
mean_women_share_percent = "Women, %"
mean_change_points = "Change, points"
employers = "Trusts"
*/
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
