/*
Which board roles do trusts record, and how many trusts record nobody?

Caveat: Job roles in payroll records: not recorded is not vacant. Interims and secondees are not on the payroll.
*/
SELECT
    board_role,
    max(period_end) AS period_end,
    count(*) FILTER (WHERE is_recorded) AS trusts_that_record,
    count(*) AS trusts,
    round(100.0 * count(*) FILTER (WHERE is_recorded) / count(*), 1) AS recorded_percent
FROM marts.board_roles_current_structure
WHERE
    makes_board AND is_mappable AND organisation_kind IN ('trust', 'care trust')
    AND period_end = (SELECT max(newest.period_end) FROM marts.board_roles_current_structure AS newest)
GROUP BY board_role
ORDER BY recorded_percent DESC, board_role ASC
