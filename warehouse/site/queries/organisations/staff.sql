-- Staff in post on today's structure: the newest month, and the same month of earlier years.
SELECT
    org_code,
    period_end,
    staff_group,
    measure,
    value AS staff_count,
    organisations,
    organisations_summed,
    value_status
FROM marts.workforce_by_organisation_current_structure
WHERE
    is_mappable AND staff_group = 'All staff groups'
    AND month(period_end)
    = (SELECT month(max(newest.period_end)) FROM marts.workforce_by_organisation_current_structure AS newest)
ORDER BY org_code ASC, period_end DESC, measure ASC
