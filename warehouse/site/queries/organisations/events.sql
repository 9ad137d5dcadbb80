-- Mergers, splits and changes of boundary.
SELECT
    org_code,
    effective_on,
    event
FROM marts.organisation_event
ORDER BY org_code, effective_on
