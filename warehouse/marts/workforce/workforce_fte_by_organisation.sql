/*
Staff in post of organisations in full-time equivalents that may be added up over staff groups and organisations: all
rows of a month are England's total. Headcounts never add up and are not included.

Grain: period_end x org_code x staff_group.
Source: marts.workforce_fte_all_areas, organisations.
Caveats: the sum over all rows of a month is England's printed total. The workbook prints organisations by staff group
for its newest month only: for other months an organisation has one row, 'All staff groups'; England by staff group over
time is in marts.workforce_fte_by_staff_group. Organisations have the code in use at the time; those with 0 FTE have no
row. There is no headcount: people hold several roles, and headcounts never add up.
Lineage:
    marts.workforce_fte_all_areas, all
        WHERE figure.source_series = made.source_series AND figure.period_end = made.period_end
            AND figure.geography_level = 'Organisation' AND figure.org_code = made.org_code
            AND figure.staff_group = made.staff_group
*/
SELECT
    period_end,
    region_code,
    icb_code,
    org_code,
    area_name AS org_name,
    main_staff_group,
    staff_group,
    staff_group_level,
    fte,
    value_status,
    source_series,
    edition,
    caveat
FROM marts.workforce_fte_all_areas
WHERE geography_level = 'Organisation' AND fte IS DISTINCT FROM 0
ORDER BY period_end, org_code, staff_group;

COMMENT ON COLUMN marts.workforce_fte_by_organisation.org_code IS
'Organisation (ODS code as published).';
COMMENT ON COLUMN marts.workforce_fte_by_organisation.fte IS
'Staff in post, full-time equivalents: adds up over staff groups and organisations to England''s total of the month.';
