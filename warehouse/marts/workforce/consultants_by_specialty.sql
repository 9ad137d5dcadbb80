/*
Consultants of each organisation by specialty.

Grain: period_end x org_code x specialty_group x specialty.
Source: NHS Workforce Statistics, Core 3 (core.medical_staff), the latest month of each edition.
Caveats: FTE adds up over specialties, headcount does not: shares are of FTE. Some editions print FTE only. FTE above
headcount is published. Holders of medical leadership posts, such as medical or clinical director, are not published.
Lineage:
    core.medical_staff_latest, all
        WHERE figure.series = made.source_series AND figure.period_end = made.period_end
            AND figure.org_code = made.org_code AND figure.specialty_group = made.specialty_group
            AND figure.specialty = made.specialty AND figure.grade = 'Consultant'
        REMARK Headcount and FTE.
*/
WITH figures AS (
    SELECT
        series,
        period_end,
        org_code,
        specialty_group,
        specialty,
        arg_max(area_name, edition_order) AS org_name,
        arg_max(region_code, edition_order) AS region_code,
        arg_max(icb_code, edition_order) AS icb_code,
        max(edition) AS edition,
        max(value) FILTER (WHERE measure = 'headcount')::BIGINT AS headcount,
        max(value) FILTER (WHERE measure = 'fte') AS fte,
        min(value_status) FILTER (WHERE value IS NULL) AS value_status
    FROM core.medical_staff_latest
    WHERE geography_level = 'Organisation' AND grade = 'Consultant'
    GROUP BY ALL
),

with_totals AS (
    SELECT
        *,
        -- Where a specialty has no number, the total and every share of it are unknown.
        CASE WHEN count(*) OVER place = count(fte) OVER place THEN sum(fte) OVER place END AS all_specialties_fte
    FROM figures
    WINDOW place AS (PARTITION BY series, period_end, org_code)
)

SELECT
    period_end,
    region_code,
    icb_code,
    org_code,
    org_name,
    specialty_group,
    specialty,
    headcount,
    fte,
    all_specialties_fte,
    100 * fte / nullif(all_specialties_fte, 0) AS share_of_fte_percent,
    value_status,
    series AS source_series,
    edition,
    'Consultants of one specialty; posts of medical leadership are not published. Headcounts do not add up.' AS caveat
FROM with_totals
ORDER BY period_end, org_code, specialty_group, specialty;

COMMENT ON COLUMN marts.consultants_by_specialty.specialty_group IS
'Group of specialties as printed.';
COMMENT ON COLUMN marts.consultants_by_specialty.specialty IS
'Specialty as printed.';
COMMENT ON COLUMN marts.consultants_by_specialty.headcount IS
'Consultants, people; NULL where the edition prints FTE only.';
COMMENT ON COLUMN marts.consultants_by_specialty.fte IS
'Consultants, full-time equivalents (numerator).';
COMMENT ON COLUMN marts.consultants_by_specialty.all_specialties_fte IS
'Consultants of the organisation over all specialties, full-time equivalents (denominator).';
COMMENT ON COLUMN marts.consultants_by_specialty.share_of_fte_percent IS
'fte as a share of all_specialties_fte, 0-100.';
COMMENT ON COLUMN marts.consultants_by_specialty.value_status IS
'c, x: a figure is not printed; NULL: a plain published number.';
