/*
Joiners and leavers among senior managers and managers, with merged organisations added up under their current successor
and rates calculated from the sums.

Grain: period_start x period_end x time_span x org_code x is_mappable x staff_group x measure x flow.
Source: marts.leadership_turnover, codes led to today's by marts.organisation_today.
Caveats: flows and staff in post of predecessors are added up where each that should report has a figure, and the rate
is worked out anew from the sums: rates are never averaged. Otherwise there is no number, never part of a sum. A period
in which organisations merged has none either: their staff all leave the one code and join the other. A split is never
apportioned: the organisation stays under its own code with is_mappable false. Whoever moves between two predecessors
is a leaver and a joiner, as long as they are two; whoever works in both is counted twice in a headcount.
Lineage:
    marts.leadership_turnover, all
        WHERE figure.source_series = made.source_series AND figure.period_start = made.period_start
            AND figure.period_end = made.period_end AND figure.time_span = made.time_span
            AND list_contains(string_split(made.organisations, ', '), figure.org_code)
            AND figure.staff_group = made.staff_group AND figure.measure = made.measure AND figure.flow = made.flow
*/
WITH place AS (
    SELECT
        org_code,
        bool_and(is_mappable) AS is_mappable,
        any_value(how ORDER BY today_code) AS how,
        CASE WHEN bool_and(is_mappable) THEN max(today_code) ELSE org_code END AS structure_code,
        CASE WHEN bool_and(is_mappable) THEN max(today_name) ELSE max(org_name) END AS structure_name,
        max(opened_on) AS opened_on,
        max(left_on) AS left_on
    FROM marts.organisation_today
    GROUP BY org_code
),

reported AS (
    SELECT
        figures.*,
        place.structure_code,
        place.structure_name,
        place.is_mappable,
        place.how,
        place.left_on
    FROM marts.leadership_turnover AS figures
    INNER JOIN place USING (org_code)
    WHERE figures.geography_level = 'Organisation'
),

reporting AS (
    SELECT
        source_series,
        period_start,
        period_end,
        time_span,
        structure_code,
        is_mappable,
        org_code,
        bool_or(left_on <= period_start) AS is_late
    FROM reported
    GROUP BY ALL
),

groups_of_codes AS (
    SELECT
        source_series,
        period_start,
        period_end,
        time_span,
        structure_code,
        is_mappable,
        count(*) AS organisations_summed,
        string_agg(org_code, ', ' ORDER BY org_code) AS organisations,
        string_agg(CASE WHEN is_late THEN org_code END, ', ' ORDER BY org_code) AS late_codes
    FROM reporting
    GROUP BY ALL
),

absent AS (
    SELECT
        groups_of_codes.source_series,
        groups_of_codes.period_start,
        groups_of_codes.period_end,
        groups_of_codes.time_span,
        groups_of_codes.structure_code,
        groups_of_codes.is_mappable,
        string_agg(
            CASE
                WHEN
                    NOT list_contains(string_split(groups_of_codes.organisations, ', '), place.org_code)
                    AND coalesce(place.opened_on <= groups_of_codes.period_end, TRUE)
                    AND coalesce(place.left_on > groups_of_codes.period_start, TRUE)
                    THEN place.org_code
            END, ', ' ORDER BY place.org_code
        ) AS missing_codes,
        -- The month end before the day itself already shows the staff under the successor.
        string_agg(
            CASE
                WHEN
                    place.left_on > groups_of_codes.period_start AND place.left_on <= groups_of_codes.period_end + 1
                    THEN place.org_code
            END, ', ' ORDER BY place.org_code
        ) AS moved_codes
    FROM groups_of_codes
    INNER JOIN place
        ON groups_of_codes.structure_code = place.structure_code AND groups_of_codes.is_mappable = place.is_mappable
    WHERE groups_of_codes.is_mappable
    GROUP BY ALL
),

left_out AS (
    SELECT
        groups_of_codes.structure_code,
        groups_of_codes.period_start,
        groups_of_codes.period_end,
        string_agg(DISTINCT split.org_code, ', ' ORDER BY split.org_code) AS left_out_codes
    FROM groups_of_codes
    INNER JOIN marts.organisation_today AS split
        ON groups_of_codes.structure_code = split.today_code AND groups_of_codes.period_start < split.left_on
    WHERE split.how = 'split' AND groups_of_codes.is_mappable
    GROUP BY ALL
),

summed AS (
    SELECT
        source_series,
        period_start,
        period_end,
        time_span,
        structure_code,
        is_mappable,
        staff_group,
        staff_group_level,
        measure,
        flow,
        max(structure_name) AS structure_name,
        max(how) AS how,
        count(*) AS with_figures,
        CASE WHEN bool_and(flow_value IS NOT NULL) THEN sum(flow_value ORDER BY org_code) END AS flow_value,
        CASE WHEN bool_and(in_post_at_start IS NOT NULL) THEN sum(in_post_at_start ORDER BY org_code) END
            AS in_post_at_start,
        CASE WHEN bool_and(in_post_at_end IS NOT NULL) THEN sum(in_post_at_end ORDER BY org_code) END
            AS in_post_at_end,
        bool_or(is_unprinted_zero) AS is_unprinted_zero,
        min(value_status) FILTER (WHERE flow_value IS NULL OR in_post_at_start IS NULL OR in_post_at_end IS NULL)
            AS missing_status,
        max(edition) AS edition
    FROM reported
    GROUP BY ALL
),

gathered AS (
    SELECT
        summed.*,
        groups_of_codes.organisations,
        groups_of_codes.organisations_summed,
        groups_of_codes.late_codes,
        absent.missing_codes,
        absent.moved_codes,
        left_out.left_out_codes
    FROM summed
    INNER JOIN groups_of_codes USING (source_series, period_start, period_end, time_span, structure_code, is_mappable)
    LEFT JOIN absent USING (source_series, period_start, period_end, time_span, structure_code, is_mappable)
    LEFT JOIN left_out USING (structure_code, period_start, period_end)
),

judged AS (
    SELECT
        *,
        CASE
            WHEN
                missing_codes IS NOT NULL
                THEN 'No figures of ' || missing_codes || ', which should report: not added up.'
            WHEN late_codes IS NOT NULL
                THEN 'Figures of ' || late_codes || ' after it had ended: staff still moving to the successor.'
            WHEN moved_codes IS NOT NULL
                THEN 'Merged in this period (' || moved_codes || '): the staff moved from one code to another.'
            WHEN with_figures < organisations_summed
                THEN 'Not every one of ' || organisations || ' has a figure of this staff group: not added up.'
        END AS reason
    FROM gathered
),

plain AS (
    SELECT
        * EXCLUDE (flow_value, in_post_at_start, in_post_at_end),
        CASE WHEN reason IS NULL THEN flow_value END AS flow_value,
        CASE WHEN reason IS NULL THEN in_post_at_start END AS in_post_at_start,
        CASE WHEN reason IS NULL THEN in_post_at_end END AS in_post_at_end
    FROM judged
)

SELECT
    period_start,
    period_end,
    time_span,
    structure_code AS org_code,
    structure_name AS org_name,
    is_mappable,
    organisations,
    organisations_summed,
    staff_group,
    staff_group_level,
    measure,
    flow,
    flow_value,
    in_post_at_start,
    in_post_at_end,
    (in_post_at_start + in_post_at_end) / 2 AS average_in_post,
    100 * flow_value / nullif((in_post_at_start + in_post_at_end) / 2, 0) AS rate_percent,
    is_unprinted_zero,
    CASE
        WHEN missing_codes IS NULL AND (late_codes IS NOT NULL OR moved_codes IS NOT NULL) THEN 'b'
        WHEN flow_value IS NULL OR in_post_at_start IS NULL OR in_post_at_end IS NULL THEN coalesce(missing_status, 'x')
        WHEN (in_post_at_start + in_post_at_end) / 2 < 10 THEN 'u'
    END AS value_status,
    source_series,
    edition,
    concat_ws(
        ' ',
        CASE
            WHEN NOT is_mappable
                THEN 'Not mappable (' || how || '): as reported under its own code, and part of no other row.'
        END,
        reason,
        CASE
            WHEN reason IS NULL AND organisations_summed > 1
                THEN
                    'Sum of ' || organisations || ': moves between them count as leaving and joining'
                    || CASE WHEN measure = 'headcount' THEN ', and people may be counted twice.' ELSE '.' END
        END,
        CASE WHEN is_mappable THEN 'Before their split without its part of ' || left_out_codes || '.' END,
        'Moves between organisations count in both; not a measure of recruitment from outside the NHS.',
        CASE WHEN is_unprinted_zero THEN 'A flow of zero is not printed.' END
    ) AS caveat
FROM plain
ORDER BY period_end, period_start, org_code, staff_group, measure, flow;

COMMENT ON COLUMN marts.leadership_turnover_current_structure.period_start IS
'Month end the period starts at.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.period_end IS
'Month end the period ends at.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.time_span IS
'As in marts.leadership_turnover. Choose one.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.org_code IS
'ODS code of today''s organisation; where not mappable, the code as reported.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.org_name IS
'Name of that organisation.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.is_mappable IS
'Whether the row is on today''s structure. False: split, closed without a successor or unknown; as reported, '
'and part of no other row.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.organisations IS
'Codes as reported that the row is of, separated by a comma and a blank.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.organisations_summed IS
'How many they are; 1: nothing was added up.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.staff_group IS
'Senior managers, Managers, or ''All staff groups'' for comparison.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.staff_group_level IS
'all: ''All staff groups''; group: a part of it. The two overlap: choose one before a sum, a rank or a mean.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.measure IS
'headcount: people; fte: full-time equivalents.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.flow IS
'joiners or leavers.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.flow_value IS
'Joiners or leavers in the period (numerator), in the unit of measure; NULL where a part of the sum is not '
'known.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.in_post_at_start IS
'Staff in post at the start (denominator); NULL where a part of the sum is not known.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.in_post_at_end IS
'Staff in post at the end (denominator); NULL where a part of the sum is not known.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.average_in_post IS
'Mean of the two: the publisher''s denominator of a rate.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.rate_percent IS
'Summed flow as a share of the summed average_in_post, 0-100 and more. Per period, not per year. For several '
'organisations divide the sum of flow_value by the sum of average_in_post: an average of rates counts each once.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.is_unprinted_zero IS
'Whether a flow in the row is a zero the publisher leaves out.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.value_status IS
'u: fewer than 10 in post on average; b: organisations merged in the period; c, x: a part is not printed; '
'NULL: plain.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.source_series IS
'Series of the source.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.edition IS
'Newest edition among the figures.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.caveat IS
'Why there is no number, and what to know before using the row.';
