/*
What share of the best paid quarter of a trust are women?

Caveat: As the trust reported it; figures of merged trusts stand under their successor where one report covers the
whole of it.
Parameter org_code: RJ1
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
