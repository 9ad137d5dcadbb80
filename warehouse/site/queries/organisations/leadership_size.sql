-- How large the leadership is in the newest month, on today's structure.
SELECT
    org_code,
    period_end,
    leadership_group,
    clinical,
    fte,
    all_staff_fte,
    share_of_fte_percent,
    value_status
FROM marts.leadership_size_current_structure
WHERE
    is_mappable
    AND period_end = (SELECT max(newest.period_end) FROM marts.leadership_size_current_structure AS newest)
ORDER BY org_code, leadership_group, clinical
