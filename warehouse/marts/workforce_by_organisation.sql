-- kind: view
/*
Staff in post of each organisation, as reported: under the code of its time.

Grain: period_end x org_code x staff_group x measure.
Source: HCHS workforce statistics (core.workforce), newest value of each figure.
Caveats: the publisher prints 0 for months in which an organisation did not exist. Headcounts do not add up over staff
groups or organisations: people hold several roles. For today's structure see
marts.workforce_by_organisation_current_structure.
*/
SELECT
    period_end,
    region_code,
    icb_code,
    org_code,
    area_name AS org_name,
    staff_group,
    measure,
    value,
    value_status,
    series AS source_series,
    edition
FROM core.workforce_latest
WHERE geography_level = 'Organisation'
ORDER BY period_end, org_code, staff_group, measure;

COMMENT ON VIEW marts.workforce_by_organisation IS
'Staff in post of each organisation, as reported: under the code of its time. Grain: period_end x org_code x '
'staff_group x measure.';
COMMENT ON COLUMN marts.workforce_by_organisation.period_end IS
'Last day of the month.';
COMMENT ON COLUMN marts.workforce_by_organisation.region_code IS
'NHS England region (ODS code).';
COMMENT ON COLUMN marts.workforce_by_organisation.icb_code IS
'Integrated care board (ODS code).';
COMMENT ON COLUMN marts.workforce_by_organisation.org_code IS
'ODS code as published.';
COMMENT ON COLUMN marts.workforce_by_organisation.org_name IS
'Name as printed.';
COMMENT ON COLUMN marts.workforce_by_organisation.staff_group IS
'Staff group; ''All staff groups'' is the total.';
COMMENT ON COLUMN marts.workforce_by_organisation.measure IS
'headcount: people; fte: full-time equivalents.';
COMMENT ON COLUMN marts.workforce_by_organisation.value IS
'Staff in post, in the unit of measure.';
COMMENT ON COLUMN marts.workforce_by_organisation.value_status IS
'Why there is no number; NULL: plain.';
COMMENT ON COLUMN marts.workforce_by_organisation.source_series IS
'Series of the source.';
COMMENT ON COLUMN marts.workforce_by_organisation.edition IS
'Edition that gave the figure.';
