-- Organisations whose code leads to an organisation of today.
SELECT
    today_code AS org_code,
    org_code AS former_code,
    org_name AS former_name,
    how,
    effective_on,
    is_mappable
FROM marts.organisation_today
WHERE today_code <> org_code
ORDER BY today_code ASC, effective_on DESC, org_code ASC
