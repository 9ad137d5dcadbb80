/*
Board roles recorded in post, by month, with merged organisations added up under their current successor.

Grain: period_end x org_code x board_role.
Source: marts.board_roles, organisation codes mapped to current organisations by marts.current_structure.
Caveats: figures of an organisation that was split are never apportioned: it keeps its own code with is_mappable false,
and the figures of its successors before the split do not include the part they received. A sum is NULL where a part is
not known. Two boards that merged later had two holders of each role: compare with care.
Lineage:
    marts.board_roles, all
        WHERE figure.source_series = made.source_series AND figure.period_end = made.period_end
            AND list_contains(string_split(made.organisations, ', '), figure.org_code)
            AND figure.board_role = made.board_role
*/
WITH reporting AS ( -- noqa: ST03
    SELECT
        source_series,
        'month end' AS time_span,
        period_end AS period_start,
        period_end,
        -- The month end before an organisation's last day already shows its staff under the successor.
        period_end + 1 AS existing_on,
        org_code
    FROM marts.board_roles
),

sums AS (
    SELECT
        figures.period_end,
        figures.board_role,
        place.structure_code AS org_code,
        place.structure_name AS org_name,
        place.is_mappable,
        place.caveat,
        bool_or(figures.makes_board) FILTER (WHERE place.is_complete) AS makes_board,
        bool_or(figures.is_recorded) FILTER (WHERE place.is_complete) AS is_recorded,
        CASE
            WHEN bool_and(place.is_complete AND figures.headcount IS NOT NULL) FILTER (WHERE figures.is_recorded)
                THEN sum(figures.headcount)
        END AS headcount,
        CASE
            WHEN bool_and(place.is_complete AND figures.fte IS NOT NULL) FILTER (WHERE figures.is_recorded)
                THEN sum(figures.fte)
        END AS fte,
        CASE WHEN bool_and(place.is_complete) THEN count(*) FILTER (WHERE NOT figures.is_recorded) END
            AS organisations_without,
        min(figures.value_status) AS missing_status,
        list_sort(list(figures.org_code)) AS organisations,
        count(*) AS organisations_summed,
        figures.source_series,
        max(figures.edition) AS edition
    FROM marts.board_roles AS figures
    INNER JOIN marts.on_current_structure('reporting') AS place USING (source_series, period_end, org_code)
    GROUP BY ALL
)

SELECT
    period_end,
    board_role,
    org_code,
    org_name,
    is_mappable,
    headcount::BIGINT AS headcount,
    makes_board,
    is_recorded,
    fte,
    organisations_without,
    CASE WHEN headcount IS NULL THEN coalesce(missing_status, 'x') END AS value_status,
    array_to_string(organisations, ', ') AS organisations,
    organisations_summed,
    source_series,
    edition,
    concat_ws(
        ' ',
        nullif(caveat, ''),
        CASE
            WHEN organisations_summed > 1
                THEN 'Sum over organisations: a person who worked in two of them is counted twice.'
        END
    ) AS caveat
FROM sums
ORDER BY period_end, org_code, board_role;

COMMENT ON COLUMN marts.board_roles_current_structure.org_code IS
'ODS code of the current organisation; where not mappable, the code as reported.';
COMMENT ON COLUMN marts.board_roles_current_structure.headcount IS
'People in the role; NULL where nobody is recorded or a part is not printed.';
COMMENT ON COLUMN marts.board_roles_current_structure.is_recorded IS
'Whether anybody is recorded in the role in any of the organisations.';
COMMENT ON COLUMN marts.board_roles_current_structure.fte IS
'Full-time equivalents in the role.';
COMMENT ON COLUMN marts.board_roles_current_structure.organisations_without IS
'Number of these organisations that record nobody in the role; this does not mean that the post is vacant.';
