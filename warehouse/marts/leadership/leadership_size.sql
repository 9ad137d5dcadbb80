/*
Size of each organisation's leadership: very senior managers, bands 8a to 9 and senior managers, clinical or not.

Grain: period_end x org_code x leadership_group x clinical.
Rows by: period_end.
Source: HCHS workforce statistics, staff groups and grades by organisation, without doctors (core.workforce_by_grade).
Caveats: counted in full-time equivalents, which add up; a headcount is shown only where one printed figure gives it,
since a person may be counted in several rows. Senior managers overlap with the other two. Personal characteristics are
not published at this level; those of a trust's leaders are in WRES only.
Lineage:
    core.workforce_by_grade_latest, all
        WHERE figure.series = made.source_series AND figure.geography_level = 'Organisation'
            AND figure.period_end = made.period_end AND figure.org_code = made.org_code
            AND made.clinical = coalesce((SELECT class.clinical FROM reference.clinical_staff_group AS class WHERE
                class.staff_group = figure.main_staff_group), 'Not classified')
            AND EXISTS (SELECT 1 FROM reference.leadership_group AS part WHERE part.leadership_group =
                made.leadership_group
            AND ((part.dimension = 'grade' AND part.member = figure.grade) OR (part.dimension = 'role_group'
            AND part.member = figure.staff_group_1)))
    core.workforce_latest, all
        WHERE figure.series = made.source_series AND figure.geography_level = 'Organisation'
            AND figure.period_end = made.period_end AND figure.org_code = made.org_code
            AND figure.staff_group = 'All staff groups' AND figure.measure = 'fte'
        REMARK All staff: the denominator.
*/
WITH leaders AS (
    SELECT DISTINCT
        leadership_group,
        dimension,
        member
    FROM reference.leadership_group
    WHERE dimension IN ('grade', 'role_group')
),

leader_rows AS (
    SELECT
        leaders.leadership_group,
        coalesce(clinical_staff_group.clinical, 'Not classified') AS clinical,
        staff.*
    FROM core.workforce_by_grade_latest AS staff
    INNER JOIN leaders
        ON
            (leaders.dimension = 'grade' AND staff.grade = leaders.member)
            OR (leaders.dimension = 'role_group' AND staff.staff_group_1 = leaders.member)
    LEFT JOIN reference.clinical_staff_group ON staff.main_staff_group = clinical_staff_group.staff_group
    WHERE staff.geography_level = 'Organisation'
),

leader_totals AS (
    SELECT
        series,
        period_end,
        org_code,
        leadership_group,
        clinical,
        max(area_name) AS org_name,
        max(region_code) AS region_code,
        max(icb_code) AS icb_code,
        CASE
            WHEN bool_and(value IS NOT NULL) FILTER (WHERE measure = 'fte')
                THEN sum(value) FILTER (WHERE measure = 'fte')
        END AS fte,
        CASE
            WHEN count(*) FILTER (WHERE measure = 'headcount') = 1
                THEN max(value) FILTER (WHERE measure = 'headcount')
        END AS headcount,
        min(value_status) AS missing_status,
        max(edition) AS edition
    FROM leader_rows
    GROUP BY ALL
),

all_staff AS (
    SELECT
        series,
        period_end,
        org_code,
        value AS all_staff_fte
    FROM core.workforce_latest
    WHERE geography_level = 'Organisation' AND staff_group = 'All staff groups' AND measure = 'fte'
)

SELECT
    leader_totals.period_end,
    leader_totals.region_code,
    leader_totals.icb_code,
    leader_totals.org_code,
    leader_totals.org_name,
    leader_totals.leadership_group,
    leader_totals.clinical,
    leader_totals.fte,
    all_staff.all_staff_fte,
    100 * leader_totals.fte / nullif(all_staff.all_staff_fte, 0) AS share_of_fte_percent,
    leader_totals.headcount::BIGINT AS headcount,
    CASE
        WHEN leader_totals.fte IS NULL THEN coalesce(leader_totals.missing_status, 'x')
        WHEN all_staff.all_staff_fte < 10 THEN 'u'
    END AS value_status,
    leader_totals.series AS source_series,
    leader_totals.edition,
    concat_ws(
        ' ',
        CASE
            WHEN leader_totals.leadership_group = 'Very Senior Manager'
                THEN 'Not the WRES group, which adds executive board members.'
        END,
        CASE WHEN leader_totals.headcount IS NULL THEN 'Headcounts of several rows are not added up.' END
    ) AS caveat
FROM leader_totals
LEFT JOIN all_staff USING (series, period_end, org_code)
ORDER BY leader_totals.period_end, leader_totals.org_code, leader_totals.leadership_group, leader_totals.clinical;

COMMENT ON COLUMN marts.leadership_size.leadership_group IS
'Very Senior Manager, Bands 8a-9 or Senior managers (reference.leadership_group); Senior managers overlap with '
'the others.';
COMMENT ON COLUMN marts.leadership_size.fte IS
'Full-time equivalents in the group (numerator).';
COMMENT ON COLUMN marts.leadership_size.share_of_fte_percent IS
'fte as a share of all_staff_fte, 0-100. An average over organisations counts each once; marts.mean_and_weighted_rates '
'has the weighted figure beside it.';
COMMENT ON COLUMN marts.leadership_size.headcount IS
'People in the group, where a single printed figure gives it; NULL otherwise.';
COMMENT ON COLUMN marts.leadership_size.value_status IS
'Of fte. u: organisation of fewer than 10 FTE; c, x: not printed; NULL: a plain published number.';
