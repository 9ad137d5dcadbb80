/*
order = 6
title = "How has the share of women in the best paid quarter of a trust changed?"
heading = "Women in the best paid quarter of a trust, by year"
sentence = """
In {{ last.reporting_year }}, women held {{ figure(last, "women_share_percent") }} of the best paid quarter of jobs at
{{ name(last.org_name) }}, and {{ figure(last, "all_quarters_women_share_percent") }} of all its jobs; in
{{ first.reporting_year }} it was {{ figure(first, "women_share_percent") }}."""
source = "Gender pay gap reports of the trust"
caveat = """
As the trust reported it; figures of merged trusts stand under their successor where one report covers the whole of
it."""
mart = "marts.leadership_pay_gap_current_structure"
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
    reporting_year,
    employer_name,
    pay_quarter,
    org_code,
    org_name,
    women_share_percent,
    all_quarters_women_share_percent,
    mean_hourly_gap_percent,
    value_status
FROM marts.leadership_pay_gap_current_structure
WHERE org_code = getvariable('org_code') AND is_mappable AND pay_quarter = 'top'
ORDER BY reporting_year
