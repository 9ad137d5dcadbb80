/*
Every open trust and integrated care board of today's structure: region, board, newest number of staff, and the kind and
size band by which it is compared with its peers.

Grain: org_code.
Source: marts.organisation_today and marts.organisation_kind; names as printed beside figures, else as listed.
Caveats: peers are organisations of the same peer_kind and size_band; nothing else about them need be alike. Where no
figure of staff is loaded, the size band is 'size not known'.
Lineage:
    core.organisation, all
        WHERE figure.org_code = made.org_code AND figure.kind <> 'site'
        REMARK List entries of the organisation.
    marts.workforce_by_organisation_current_structure, all
        WHERE figure.org_code = made.org_code AND figure.staff_group = 'All staff groups' AND figure.measure = 'fte'
            AND figure.period_end = made.staff_on
    core.turnover_latest, among
        WHERE figure.org_code = made.org_code AND figure.cluster_group IS NOT NULL
        REMARK The publisher's cluster of trusts.
*/
WITH staff AS (
    SELECT
        org_code,
        max(period_end) AS staff_on,
        arg_max(value, period_end) AS staff_fte
    FROM marts.workforce_by_organisation_current_structure
    WHERE staff_group = 'All staff groups' AND measure = 'fte' AND value IS NOT NULL
    GROUP BY org_code
),

cluster AS (
    SELECT
        org_code,
        arg_max(cluster_group, period_end) AS cluster_group
    FROM marts.leadership_turnover
    WHERE geography_level = 'Organisation' AND cluster_group IS NOT NULL
    GROUP BY org_code
),

printed AS (
    SELECT
        org_code,
        arg_max(org_name, period_end) AS org_name
    FROM marts.workforce_by_organisation
    GROUP BY org_code
),

listed AS (
    SELECT
        org_code,
        any_value(region_name) AS region_name,
        any_value(icb_code_today) AS icb_code,
        any_value(icb_name_today) AS icb_name
    FROM marts.organisation
    WHERE is_newest
    GROUP BY org_code
)

SELECT
    today.org_code,
    coalesce(printed.org_name, today.org_name) AS org_name,
    kind.organisation_kind,
    CASE
        WHEN kind.organisation_kind = 'ICB' THEN 'Integrated care board'
        ELSE coalesce(cluster.cluster_group || ' trust', 'Trust')
    END AS peer_kind,
    CASE
        WHEN staff.staff_fte IS NULL THEN 'size not known'
        WHEN kind.organisation_kind = 'ICB' AND staff.staff_fte < 500 THEN 'under 500 FTE'
        WHEN kind.organisation_kind = 'ICB' THEN '500 FTE and more'
        WHEN staff.staff_fte < 3000 THEN 'under 3,000 FTE'
        WHEN staff.staff_fte < 6000 THEN '3,000 to 5,999 FTE'
        WHEN staff.staff_fte < 10000 THEN '6,000 to 9,999 FTE'
        ELSE '10,000 FTE and more'
    END AS size_band,
    staff.staff_on,
    staff.staff_fte,
    listed.region_name,
    listed.icb_code,
    listed.icb_name,
    today.opened_on
FROM marts.organisation_today AS today
INNER JOIN marts.organisation_kind AS kind ON today.org_code = kind.org_code
LEFT JOIN staff ON today.org_code = staff.org_code
LEFT JOIN cluster ON today.org_code = cluster.org_code
LEFT JOIN printed ON today.org_code = printed.org_code
LEFT JOIN listed ON today.org_code = listed.org_code
WHERE today.today_code = today.org_code AND kind.is_open AND (kind.is_trust OR kind.organisation_kind = 'ICB')
ORDER BY upper(coalesce(printed.org_name, today.org_name)), today.org_code;

COMMENT ON COLUMN marts.current_organisation.peer_kind IS
'Integrated care board, or the publisher''s cluster of trusts (Acute trust, Mental Health trust, ...); Trust where no '
'cluster is loaded.';
COMMENT ON COLUMN marts.current_organisation.size_band IS
'Band of staff_fte: peers are the organisations of the same peer_kind and size_band.';
COMMENT ON COLUMN marts.current_organisation.staff_on IS
'Last day of the month of staff_fte.';
COMMENT ON COLUMN marts.current_organisation.staff_fte IS
'Staff in post of all groups, full-time equivalents, newest month that has them.';
COMMENT ON COLUMN marts.current_organisation.icb_name IS
'Name of the integrated care board of today that it belongs to.';
