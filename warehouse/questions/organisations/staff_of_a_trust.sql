/*
How many staff does a trust have, year by year?

Caveat: Full-time equivalents on today's structure: organisations that merged are added up under their successor.
Parameter org_code: RJ1
*/
SELECT
    org_name,
    period_end,
    value AS fte,
    value_status
FROM marts.workforce_by_organisation_current_structure
WHERE org_code = getvariable('org_code') AND staff_group = 'All staff groups' AND measure = 'fte'
ORDER BY period_end
