-- Staff in post by staff group in the newest month, on today's structure.
SELECT
    org_code,
    period_end,
    staff_group,
    measure,
    value AS staff_count,
    value_status
FROM marts.workforce_by_organisation_current_structure
WHERE
    is_mappable AND measure = 'fte' AND staff_group_level IN ('main group', 'group')
    AND period_end = (SELECT max(newest.period_end) FROM marts.workforce_by_organisation_current_structure AS newest)
ORDER BY org_code ASC, staff_count DESC NULLS LAST, staff_group ASC
