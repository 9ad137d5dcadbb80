/*
Staff in post, with merged organisations added up under their current successor.

Grain: period_end x org_code x staff_group x measure.
Source: marts.workforce_by_organisation (core.workforce for who reports at all), codes led to today's by
marts.current_structure.
Caveats: a split is never apportioned: the organisation stays under its own code with is_mappable false, and those who
received a part of it lack that part before the split. A headcount that was added up may count a person twice who worked
in two of the organisations. A sum of which a part is not printed, or of which an organisation that existed then has no
figures, is NULL.
Lineage:
    marts.workforce_by_organisation, all
        WHERE figure.source_series = made.source_series AND figure.period_end = made.period_end
            AND list_contains(string_split(made.organisations, ', '), figure.org_code)
            AND figure.staff_group = made.staff_group AND figure.measure = made.measure
*/
WITH reported AS (
    SELECT
        figures.*,
        place.structure_code,
        place.structure_name,
        place.is_mappable,
        place.gained_part_of,
        place.gained_on
    FROM marts.workforce_by_organisation AS figures
    INNER JOIN marts.current_structure AS place USING (org_code)
    -- An organisation without any staff did not exist.
    WHERE figures.value IS DISTINCT FROM 0 OR figures.staff_group <> 'All staff groups'
),

reporting AS (
    -- Also those with nothing but zeros, which marts.workforce_by_organisation leaves out.
    SELECT DISTINCT
        period_end,
        org_code,
        series AS source_series
    FROM core.workforce_latest
    WHERE geography_level = 'Organisation'
),

periods AS (
    SELECT DISTINCT
        period_end,
        source_series
    FROM reporting
),

missing AS (
    SELECT
        periods.period_end,
        periods.source_series,
        place.structure_code,
        string_agg(place.org_code, ', ' ORDER BY place.org_code) AS organisations_missing
    FROM periods
    INNER JOIN marts.current_structure AS place
        ON
            place.should_report
            AND coalesce(periods.period_end >= place.opened_on, TRUE)
            AND coalesce(periods.period_end < place.left_on - 1, TRUE)
    LEFT JOIN reporting
        ON
            periods.period_end = reporting.period_end
            AND periods.source_series = reporting.source_series
            AND place.org_code = reporting.org_code
    WHERE place.is_mappable AND reporting.org_code IS NULL
    GROUP BY ALL
),

summed AS (
    SELECT
        period_end,
        structure_code AS org_code,
        max(structure_name) AS org_name,
        is_mappable,
        staff_group,
        staff_group_level,
        measure,
        CASE WHEN bool_and(value IS NOT NULL) THEN sum(value) END AS value,
        min(value_status) AS missing_status,
        list(org_code) FILTER (WHERE value IS NULL OR value <> 0) AS organisations,
        greatest(count(*) FILTER (WHERE value IS NULL OR value <> 0), 1) AS organisations_summed,
        max(gained_part_of) FILTER (WHERE period_end < gained_on) AS gained_part_of,
        source_series,
        max(edition) AS edition
    FROM reported
    GROUP BY ALL
)

SELECT
    summed.period_end,
    summed.org_code,
    summed.org_name,
    summed.is_mappable,
    summed.staff_group,
    summed.staff_group_level,
    summed.measure,
    CASE WHEN missing.organisations_missing IS NULL THEN summed.value END AS value,
    CASE
        WHEN summed.value IS NULL OR missing.organisations_missing IS NOT NULL THEN coalesce(summed.missing_status, 'x')
    END AS value_status,
    coalesce(array_to_string(list_sort(summed.organisations), ', '), summed.org_code) AS organisations,
    summed.organisations_summed,
    summed.source_series,
    summed.edition,
    concat_ws(
        ' ',
        CASE
            WHEN NOT summed.is_mappable
                THEN 'Not mappable: split or closed without a successor; as reported, part of no other row.'
        END,
        CASE
            WHEN summed.measure = 'headcount' AND summed.organisations_summed > 1
                THEN 'Sum over organisations: a person who worked in two of them is counted twice.'
        END,
        'Before their split without its part of ' || summed.gained_part_of || '.',
        'No figures of ' || missing.organisations_missing || ', which existed then: not added up.'
    ) AS caveat
FROM summed
LEFT JOIN missing
    ON
        summed.period_end = missing.period_end
        AND summed.source_series = missing.source_series
        AND summed.org_code = missing.structure_code
        AND summed.is_mappable
ORDER BY summed.period_end, summed.org_code, summed.staff_group, summed.measure;

COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.period_end IS
'Last day of the month.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.org_code IS
'Code on today''s structure; where not mappable, the code as reported.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.org_name IS
'Name of that organisation.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.is_mappable IS
'Whether the row is on today''s structure. FALSE: split or closed without a successor, as reported, part of no '
'other row.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.organisations IS
'Codes as reported whose figures are in the row.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.organisations_summed IS
'How many they are; 1: nothing was added up.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.staff_group IS
'Staff group; ''All staff groups'' is the total.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.staff_group_level IS
'all, main group, group or sub-group: levels overlap, choose one before a sum, a rank or a mean.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.measure IS
'headcount: people; fte: full-time equivalents.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.value IS
'Staff in post, in the unit of measure; NULL where a part of the sum is not known.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.value_status IS
'Why there is no number; NULL: plain.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.source_series IS
'Series of the source.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.edition IS
'Newest edition among the figures.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.caveat IS
'What to know before using the row.';
