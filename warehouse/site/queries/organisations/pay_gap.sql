-- Women in each pay quarter, as the organisation reported, where one report covers the whole of it.
SELECT
    org_code,
    reporting_year,
    employer_name,
    pay_quarter,
    snapshot_date,
    women_share_percent,
    all_quarters_women_share_percent,
    gap_points,
    mean_hourly_gap_percent,
    value_status
FROM marts.leadership_pay_gap_current_structure
WHERE is_mappable AND org_code IS NOT NULL
ORDER BY
    org_code ASC,
    reporting_year DESC,
    list_position(['top', 'upper_middle', 'lower_middle', 'lower'], pay_quarter)
