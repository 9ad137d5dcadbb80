/*
order = 1
title = "Which board roles do trusts record in post?"
heading = "Roles recorded in post"
sentence = """
In the month to {{ day(first.period_end) }}, most trusts recorded the role {{ first.board_role }}
({{ figure(first, "recorded_percent") }} of {{ figure(first, "all_trusts") }}), fewest {{ last.board_role }}
({{ figure(last, "recorded_percent") }})."""
source = "NHS Workforce Statistics, NHS trusts in England on today's structure"
caveat = """
Trusts whose payroll records hold somebody in the role. Not recorded is not vacant: interims off the payroll and
shared posts are recorded elsewhere or not at all."""
needs = ["job_role"]

[columns]
board_role = "Role"
recorded_percent = "Recorded, %"
trusts = "Trusts with it"
all_trusts = "All trusts"
period_end = "Month to"
*/
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
