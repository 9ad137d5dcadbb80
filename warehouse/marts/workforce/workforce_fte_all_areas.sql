/*
Staff in post in full-time equivalents, each area by the most detailed staff groups printed for it, which do not
overlap. Areas overlap: keep to one geography_level, or use marts.workforce_fte_by_organisation or
marts.workforce_fte_by_staff_group.

Grain: period_end x geography_level x area_code x staff_group.
Source: HCHS workforce statistics (core.workforce), newest value of each figure; parent of each staff group from
reference.staff_group.
Rules: a staff group of which parts are printed for the same area and month is left out; so are the grades of doctors,
which are parts of a group. Where an area has no staff groups in a month, 'All staff groups' is its one row.
Caveats: areas overlap: the organisations of England add up to England. marts.workforce_fte_by_organisation and
marts.workforce_fte_by_staff_group keep to one level each. There is no headcount: people hold several roles.
Lineage:
    core.workforce_latest, all
        WHERE figure.series = made.source_series AND figure.period_end = made.period_end
            AND figure.geography_level = made.geography_level AND figure.area_code = made.area_code
            AND figure.staff_group = made.staff_group AND figure.measure = 'fte'
*/
WITH parents AS (
    SELECT DISTINCT
        label AS staff_group,
        parent
    FROM reference.staff_group
),

figures AS (
    SELECT
        staff.*,
        parents.parent
    FROM core.workforce_latest AS staff
    LEFT JOIN parents USING (staff_group)
    WHERE staff.measure = 'fte' AND staff.staff_group_level <> 'sub-group'
),

-- Staff groups of which finer ones are printed for the same area and month.
with_parts AS (
    SELECT
        series,
        period_end,
        geography_level,
        area_code,
        parent AS staff_group
    FROM figures
    WHERE staff_group_level = 'group'
    UNION
    SELECT
        series,
        period_end,
        geography_level,
        area_code,
        'All staff groups' AS staff_group
    FROM figures
    WHERE staff_group_level <> 'all'
)

SELECT
    figures.period_end,
    figures.geography_level,
    figures.area_code,
    figures.area_name,
    figures.region_code,
    figures.icb_code,
    figures.org_code,
    CASE figures.staff_group_level WHEN 'group' THEN figures.parent ELSE figures.staff_group END AS main_staff_group,
    figures.staff_group,
    figures.staff_group_level,
    figures.value AS fte,
    figures.value_status,
    figures.series AS source_series,
    figures.edition,
    CASE
        WHEN figures.staff_group_level = 'all' THEN 'No staff groups of this area and month are in the files loaded.'
    END AS caveat
FROM figures
ANTI JOIN with_parts
    ON
        figures.series = with_parts.series
        AND figures.period_end = with_parts.period_end
        AND figures.geography_level = with_parts.geography_level
        AND figures.area_code = with_parts.area_code
        AND figures.staff_group = with_parts.staff_group;

COMMENT ON COLUMN marts.workforce_fte_all_areas.geography_level IS
'England, Region, Integrated care system or Organisation: each is the whole of England, so choose one.';
COMMENT ON COLUMN marts.workforce_fte_all_areas.org_code IS
'Organisation (ODS code as published); NULL above organisations.';
COMMENT ON COLUMN marts.workforce_fte_all_areas.staff_group IS
'The most detailed staff group printed, except grades of doctors: rows of one area and month do not overlap and '
'together are all its staff.';
COMMENT ON COLUMN marts.workforce_fte_all_areas.staff_group_level IS
'group; main group where it has no groups; all where the month is not printed by staff group. A filter is not needed: '
'rows of different levels do not overlap here.';
COMMENT ON COLUMN marts.workforce_fte_all_areas.fte IS
'Staff in post, full-time equivalents: adds up over staff groups of one area. No headcount is given, since headcounts '
'never add up.';
COMMENT ON COLUMN marts.workforce_fte_all_areas.value_status IS
'Why there is no number; NULL: a plain published number. A sum over a row without a number is too low.';
