/*
order = 5
title = "What share of the best paid quarter of a trust are women?"
heading = "Women in the best paid quarter of a trust"
sentence = """
In {{ last.reporting_year }}, women held {{ figure(last, "women_share_percent") }} of the best paid quarter of jobs at
{{ name(last.org_name) }}, and {{ figure(last, "all_quarters_women_share_percent") }} of all its jobs."""
source = "Gender pay gap report of the trust"
caveat = """
As the trust reported it; figures of merged trusts stand under their successor where one report covers the whole of
it."""
needs = ["pay_gap"]

[columns]
reporting_year = "Year"
women_share_percent = "Women in the top quarter, %"
all_quarters_women_share_percent = "Women in all quarters, %"
mean_hourly_gap_percent = "Mean hourly gap, %"

[parameters]
org_code = "RJ1"
*/
SELECT
    org_name,
    reporting_year,
    women_share_percent,
    all_quarters_women_share_percent,
    mean_hourly_gap_percent
FROM marts.leadership_pay_gap_current_structure
WHERE org_code = getvariable('org_code') AND pay_quarter = 'top'
ORDER BY reporting_year
