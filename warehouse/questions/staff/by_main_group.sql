/*
order = 1
title = "How many staff, by main staff group?"
heading = "Staff by main staff group"
sentence = """
{{ first.main_staff_group }} are {{ figure(first, "share_percent") }} of all staff, {{ figure(first, "fte") }} full-time
equivalents."""
source = "NHS Workforce Statistics, England"
caveat = """
Full-time equivalents of groups that do not overlap: `core.workforce_latest` has the total, main groups, groups and
grades of doctors beside each other, and their sum is three times England."""
needs = ["workforce"]

[columns]
main_staff_group = "Main staff group"
fte = "FTE"
share_percent = "Share, %"
*/
SELECT
    main_staff_group,
    round(sum(fte)) AS fte,
    round(sum(share_of_fte_percent), 2) AS share_percent
FROM marts.workforce_fte_by_staff_group
WHERE period_end = (SELECT max(newest.period_end) FROM marts.workforce_fte_by_staff_group AS newest)
GROUP BY main_staff_group
ORDER BY fte DESC
