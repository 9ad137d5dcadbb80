-- Every name an organisation has had in the organisation lists or beside figures.
SELECT DISTINCT
    org_code,
    org_name AS former_name
FROM marts.organisation
UNION
SELECT DISTINCT
    org_code,
    org_name
FROM marts.workforce_by_organisation
ORDER BY org_code, former_name
