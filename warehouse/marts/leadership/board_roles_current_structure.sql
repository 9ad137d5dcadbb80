/*
Board roles recorded in post, by month, with merged organisations added up under their current successor.

Grain: period_end x org_code x board_role.
Source: marts.board_roles, codes led to today's by marts.current_structure.
Caveats: a split is never apportioned: the organisation stays under its own code with is_mappable false, and those who
received a part of it lack that part before the split. A sum of which a part is not known is NULL.
Two boards that merged later held two of each role: compare with care.
Lineage:
    marts.board_roles, all
        WHERE figure.source_series = made.source_series AND figure.period_end = made.period_end
            AND list_contains(string_split(made.organisations, ', '), figure.org_code)
            AND figure.board_role = made.board_role
*/
WITH reported AS (
    SELECT
        figures.*,
        place.structure_code,
        place.structure_name,
        place.is_mappable,
        place.gained_part_of,
        place.gained_on
    FROM marts.board_roles AS figures
    INNER JOIN marts.current_structure AS place USING (org_code)
),

reporting AS (
    SELECT DISTINCT
        source_series,
        period_end,
        org_code
    FROM marts.board_roles
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
        board_role,
        structure_code AS org_code,
        max(structure_name) AS org_name,
        is_mappable,
        bool_or(makes_board) AS makes_board,
        bool_or(is_recorded) AS is_recorded,
        CASE WHEN bool_and(headcount IS NOT NULL) FILTER (WHERE is_recorded) THEN sum(headcount) END AS headcount,
        CASE WHEN bool_and(fte IS NOT NULL) FILTER (WHERE is_recorded) THEN sum(fte) END AS fte,
        count(*) FILTER (WHERE NOT is_recorded) AS organisations_without,
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
    summed.board_role,
    summed.org_code,
    summed.org_name,
    summed.is_mappable,
    CASE WHEN missing.organisations_missing IS NULL THEN summed.headcount::BIGINT END AS headcount,
    CASE WHEN missing.organisations_missing IS NULL THEN summed.makes_board END AS makes_board,
    CASE WHEN missing.organisations_missing IS NULL THEN summed.is_recorded END AS is_recorded,
    CASE WHEN missing.organisations_missing IS NULL THEN summed.fte END AS fte,
    CASE WHEN missing.organisations_missing IS NULL THEN summed.organisations_without END AS organisations_without,
    CASE
        WHEN
            summed.headcount::BIGINT IS NULL OR missing.organisations_missing IS NOT NULL
            THEN coalesce(summed.missing_status, 'x')
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
            WHEN summed.organisations_summed > 1
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
ORDER BY summed.period_end, summed.org_code, summed.board_role;

COMMENT ON COLUMN marts.board_roles_current_structure.period_end IS
'Last day of the month.';
COMMENT ON COLUMN marts.board_roles_current_structure.board_role IS
'Job role of the National Workforce Data Set (reference.board_role).';
COMMENT ON COLUMN marts.board_roles_current_structure.org_code IS
'Code on today''s structure; where not mappable, the code as reported.';
COMMENT ON COLUMN marts.board_roles_current_structure.org_name IS
'Name of that organisation.';
COMMENT ON COLUMN marts.board_roles_current_structure.is_mappable IS
'Whether the row is on today''s structure. FALSE: split or closed without a successor, as reported, part of no '
'other row.';
COMMENT ON COLUMN marts.board_roles_current_structure.headcount IS
'People in the role; NULL where nobody is recorded or a part is not printed.';
COMMENT ON COLUMN marts.board_roles_current_structure.makes_board IS
'Whether the role is a seat at the board.';
COMMENT ON COLUMN marts.board_roles_current_structure.is_recorded IS
'Whether anybody is recorded in the role in any of the organisations.';
COMMENT ON COLUMN marts.board_roles_current_structure.fte IS
'Full-time equivalents in the role.';
COMMENT ON COLUMN marts.board_roles_current_structure.organisations_without IS
'How many of the organisations record nobody in the role; not recorded is not vacant.';
COMMENT ON COLUMN marts.board_roles_current_structure.value_status IS
'Why there is no number: c suppressed, x not known for a part of the sum; NULL: plain.';
COMMENT ON COLUMN marts.board_roles_current_structure.organisations IS
'Codes as reported whose figures are in the row.';
COMMENT ON COLUMN marts.board_roles_current_structure.organisations_summed IS
'How many they are; 1: nothing was added up.';
COMMENT ON COLUMN marts.board_roles_current_structure.source_series IS
'Series of the source.';
COMMENT ON COLUMN marts.board_roles_current_structure.edition IS
'Newest edition among the figures.';
COMMENT ON COLUMN marts.board_roles_current_structure.caveat IS
'What to know before using the row.';
