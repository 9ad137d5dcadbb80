/*
order = 1
title = "How many staff does a trust have, year by year?"
heading = "Staff in post of a trust or board"
sentence = """
At {{ day(first.period_end) }}, {{ name(first.org_name) }} had {{ figure(first, "fte") }} full-time equivalent staff in
post{% if rows | length > 1 %}; at {{ day(last.period_end) }} it was {{ figure(last, "fte") }}{% endif %}."""
source = "NHS Workforce Statistics"
caveat = """
Full-time equivalents on today's structure: organisations that merged are added up under their successor."""
needs = ["workforce"]

[columns]
period_end = "Month to"
fte = "Staff, FTE"

[parameters]
org_code = "RJ1"
*/
SELECT
    org_name,
    period_end,
    value AS fte,
    value_status
FROM marts.workforce_by_organisation_current_structure
WHERE org_code = getvariable('org_code') AND staff_group = 'All staff groups' AND measure = 'fte'
ORDER BY period_end DESC
