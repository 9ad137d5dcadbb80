/*
Which organisations became part of others, and when?

Caveat: Where one was split, its figures are never apportioned: is_mappable is false.
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
