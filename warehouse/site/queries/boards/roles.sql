-- Trusts that record somebody in each board role, newest month, on today's structure.
SELECT
    board_role,
    max(period_end) AS period_end,
    count(*) FILTER (WHERE is_recorded) AS trusts,
    count(*) AS all_trusts,
    100.0 * count(*) FILTER (WHERE is_recorded) / count(*) AS recorded_percent
FROM marts.board_roles_current_structure
WHERE
    makes_board AND is_mappable AND organisation_kind IN ('trust', 'care trust')
    AND period_end = (SELECT max(newest.period_end) FROM marts.board_roles_current_structure AS newest)
GROUP BY board_role
ORDER BY recorded_percent DESC, board_role ASC
