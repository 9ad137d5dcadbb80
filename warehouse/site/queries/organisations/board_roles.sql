-- Board roles recorded in post in the newest month, on today's structure.
SELECT
    org_code,
    period_end,
    board_role,
    is_recorded,
    headcount,
    value_status
FROM marts.board_roles_current_structure
WHERE
    is_mappable AND makes_board
    AND period_end = (SELECT max(newest.period_end) FROM marts.board_roles_current_structure AS newest)
ORDER BY org_code, board_role
