/*
Size of the leadership, with merged organisations added up under their current successor.

Grain: period_end x org_code x leadership_group x clinical.
Source: marts.leadership_size, codes led to today's by marts.current_structure.
Caveats: a split is never apportioned: the organisation stays under its own code with is_mappable false, and those who
received a part of it lack that part before the split. A sum of which a part is not known is NULL.
Shares are worked out anew from the added-up numerator and denominator.
Lineage:
    marts.leadership_size, all
        WHERE figure.source_series = made.source_series AND figure.period_end = made.period_end
            AND list_contains(string_split(made.organisations, ', '), figure.org_code)
            AND figure.leadership_group = made.leadership_group AND figure.clinical = made.clinical
*/
WITH reported AS (
    SELECT
        figures.*,
        place.structure_code,
        place.structure_name,
        place.is_mappable,
        place.gained_part_of,
        place.gained_on
    FROM marts.leadership_size AS figures
    INNER JOIN marts.current_structure AS place USING (org_code)
),

reporting AS (
    SELECT DISTINCT
        source_series,
        period_end,
        org_code
    FROM marts.leadership_size
),

periods AS (
    SELECT DISTINCT
        source_series,
        period_end
    FROM reporting
),

missing AS (
    SELECT
        periods.source_series,
        periods.period_end,
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
            periods.source_series = reporting.source_series
            AND periods.period_end = reporting.period_end
            AND place.org_code = reporting.org_code
    WHERE place.is_mappable AND reporting.org_code IS NULL
    GROUP BY ALL
),

summed AS (
    SELECT
        period_end,
        leadership_group,
        clinical,
        structure_code AS org_code,
        max(structure_name) AS org_name,
        is_mappable,
        CASE WHEN bool_and(fte IS NOT NULL) THEN sum(fte) END AS fte,
        CASE WHEN bool_and(all_staff_fte IS NOT NULL) THEN sum(all_staff_fte) END AS all_staff_fte,
        CASE WHEN bool_and(headcount IS NOT NULL) THEN sum(headcount) END AS headcount,
        min(value_status) AS missing_status,
        list_sort(list(org_code)) AS organisations,
        count(*) AS organisations_summed,
        max(gained_part_of) FILTER (WHERE period_end < gained_on) AS gained_part_of,
        source_series,
        max(edition) AS edition
    FROM reported
    GROUP BY ALL
)

SELECT
    summed.period_end,
    summed.leadership_group,
    summed.clinical,
    summed.org_code,
    summed.org_name,
    summed.is_mappable,
    CASE WHEN missing.organisations_missing IS NULL THEN summed.fte END AS fte,
    CASE WHEN missing.organisations_missing IS NULL THEN summed.all_staff_fte END AS all_staff_fte,
    CASE WHEN missing.organisations_missing IS NULL THEN 100 * summed.fte / nullif(summed.all_staff_fte, 0) END
        AS share_of_fte_percent,
    CASE WHEN missing.organisations_missing IS NULL THEN summed.headcount::BIGINT END AS headcount,
    CASE
        WHEN summed.fte IS NULL OR missing.organisations_missing IS NOT NULL THEN coalesce(summed.missing_status, 'x')
    END AS value_status,
    array_to_string(summed.organisations, ', ') AS organisations,
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
            WHEN summed.headcount IS NOT NULL AND summed.organisations_summed > 1
                THEN 'Sum over organisations: a person who worked in two of them is counted twice.'
        END,
        'Before their split without its part of ' || summed.gained_part_of || '.',
        'No figures of ' || missing.organisations_missing || ', which existed then: not added up.'
    ) AS caveat
FROM summed
LEFT JOIN missing
    ON
        summed.source_series = missing.source_series
        AND summed.period_end = missing.period_end
        AND summed.org_code = missing.structure_code
        AND summed.is_mappable
ORDER BY summed.period_end, summed.org_code, summed.leadership_group, summed.clinical;

COMMENT ON COLUMN marts.leadership_size_current_structure.period_end IS
'Last day of the month.';
COMMENT ON COLUMN marts.leadership_size_current_structure.leadership_group IS
'As in marts.leadership_size.';
COMMENT ON COLUMN marts.leadership_size_current_structure.clinical IS
'Clinical, Non-clinical or Not classified.';
COMMENT ON COLUMN marts.leadership_size_current_structure.org_code IS
'Code on today''s structure; where not mappable, the code as reported.';
COMMENT ON COLUMN marts.leadership_size_current_structure.org_name IS
'Name of that organisation.';
COMMENT ON COLUMN marts.leadership_size_current_structure.is_mappable IS
'Whether the row is on today''s structure. FALSE: split or closed without a successor, as reported, part of no '
'other row.';
COMMENT ON COLUMN marts.leadership_size_current_structure.fte IS
'Full-time equivalents in the group (numerator).';
COMMENT ON COLUMN marts.leadership_size_current_structure.all_staff_fte IS
'Full-time equivalents of all staff (denominator), of the organisations in the row.';
COMMENT ON COLUMN marts.leadership_size_current_structure.share_of_fte_percent IS
'fte as a share of all_staff_fte, worked out anew.';
COMMENT ON COLUMN marts.leadership_size_current_structure.headcount IS
'People; NULL where one part is not printed as one figure.';
COMMENT ON COLUMN marts.leadership_size_current_structure.value_status IS
'Why there is no number: c suppressed, x not known for a part of the sum; NULL: plain.';
COMMENT ON COLUMN marts.leadership_size_current_structure.organisations IS
'Codes as reported whose figures are in the row.';
COMMENT ON COLUMN marts.leadership_size_current_structure.organisations_summed IS
'How many they are; 1: nothing was added up.';
COMMENT ON COLUMN marts.leadership_size_current_structure.source_series IS
'Series of the source.';
COMMENT ON COLUMN marts.leadership_size_current_structure.edition IS
'Newest edition among the figures.';
COMMENT ON COLUMN marts.leadership_size_current_structure.caveat IS
'What to know before using the row.';
