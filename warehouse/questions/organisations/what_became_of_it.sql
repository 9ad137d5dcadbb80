/*
order = 9
title = "Which organisations became part of others, and when?"
heading = "Organisations that became part of others"
sentence = """
Most recently, {{ name(first.org_name) }} ({{ first.org_code }}) {{ first.how }} on {{ day(first.effective_on) }}, today
{{ name(first.today_name) }} ({{ first.today_code }})."""
source = "Organisation lists of the NHS (ODS)"
caveat = """
Where one was split, its figures are never apportioned: is_mappable is false."""

[columns]
org_code = "Code"
org_name = "Name"
today_code = "Today"
today_name = "Name today"
how = "How"
effective_on = "On"
is_mappable = "Whole"
*/
SELECT
    org_code,
    org_name,
    today_code,
    today_name,
    how,
    effective_on,
    is_mappable
FROM marts.organisation_today
WHERE today_code <> org_code
ORDER BY effective_on DESC, org_code ASC
