/*
Joiners and leavers among senior managers and managers, with merged organisations added up under their current successor
and rates calculated from the sums.

Grain: period_start x period_end x time_span x org_code x is_mappable x staff_group x measure x flow.
Source: marts.leadership_turnover, organisation codes mapped to current organisations by marts.current_structure.
Caveats: flows and staff in post of predecessors are added up where each that existed in the period has a figure, and
the rate is calculated from the sums: rates are never averaged. Otherwise there is no number; partial sums are not
shown. A period in which organisations merged has no number either, since all their staff leave one code and join the
other. Figures of an organisation that was split are never apportioned: it keeps its own code with is_mappable false. A
person who moves between two predecessors counts as a leaver and a joiner; a person who works in both is counted twice
in a headcount.
Lineage:
    marts.leadership_turnover, all
        WHERE figure.source_series = made.source_series AND figure.period_start = made.period_start
            AND figure.period_end = made.period_end AND figure.time_span = made.time_span
            AND list_contains(string_split(made.organisations, ', '), figure.org_code)
            AND figure.staff_group = made.staff_group AND figure.measure = made.measure AND figure.flow = made.flow
*/
WITH figures AS (
    SELECT * FROM marts.leadership_turnover
    WHERE geography_level = 'Organisation'
),

reporting AS ( -- noqa: ST03
    SELECT
        source_series,
        time_span,
        period_start,
        period_end,
        period_start AS existing_on,
        org_code
    FROM figures
),

sums AS (
    SELECT
        figures.source_series,
        figures.period_start,
        figures.period_end,
        figures.time_span,
        figures.staff_group,
        figures.staff_group_level,
        figures.measure,
        figures.flow,
        place.structure_code AS org_code,
        place.structure_name AS org_name,
        place.is_mappable,
        place.is_complete,
        place.caveat AS structure_caveat,
        place.organisations_ended,
        place.organisations_merged,
        array_to_string(place.organisations, ', ') AS organisations,
        len(place.organisations) AS organisations_summed,
        count(*) AS organisations_with_figures,
        CASE WHEN bool_and(figures.flow_value IS NOT NULL) THEN sum(figures.flow_value ORDER BY figures.org_code) END
            AS flow_value,
        CASE
            WHEN bool_and(figures.in_post_at_start IS NOT NULL)
                THEN sum(figures.in_post_at_start ORDER BY figures.org_code)
        END AS in_post_at_start,
        CASE
            WHEN bool_and(figures.in_post_at_end IS NOT NULL) THEN sum(figures.in_post_at_end ORDER BY figures.org_code)
        END AS in_post_at_end,
        bool_or(figures.is_unprinted_zero) AS is_unprinted_zero,
        min(
            CASE
                WHEN figures.flow_value IS NULL OR figures.in_post_at_start IS NULL OR figures.in_post_at_end IS NULL
                    THEN figures.value_status
            END
        ) AS missing_status,
        max(figures.edition) AS edition
    FROM figures
    INNER JOIN marts.on_current_structure('reporting') AS place
        USING (source_series, time_span, period_start, period_end, org_code)
    GROUP BY ALL
),

sums_with_reasons AS (
    SELECT
        *,
        CASE
            WHEN organisations_ended IS NOT NULL
                THEN 'No sum: ' || organisations_ended || ' has figures after it closed, as its staff move away.'
            WHEN organisations_merged IS NOT NULL
                THEN 'No sum: ' || organisations_merged || ' merged in this period: all its staff change code.'
        END AS merger,
        CASE
            WHEN organisations_with_figures < organisations_summed
                THEN 'No sum: not all of ' || organisations || ' have a figure for this staff group.'
        END AS gap
    FROM sums
),

usable_sums AS (
    SELECT
        * EXCLUDE (flow_value, in_post_at_start, in_post_at_end),
        is_complete AND merger IS NULL AND gap IS NULL AS is_added_up,
        CASE WHEN is_added_up THEN flow_value END AS flow_value,
        CASE WHEN is_added_up THEN in_post_at_start END AS in_post_at_start,
        CASE WHEN is_added_up THEN in_post_at_end END AS in_post_at_end
    FROM sums_with_reasons
)

SELECT
    period_start,
    period_end,
    time_span,
    org_code,
    org_name,
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
        WHEN is_complete AND merger IS NOT NULL THEN 'b'
        WHEN flow_value IS NULL OR in_post_at_start IS NULL OR in_post_at_end IS NULL THEN coalesce(missing_status, 'x')
        WHEN (in_post_at_start + in_post_at_end) / 2 < 10 THEN 'u'
    END AS value_status,
    source_series,
    edition,
    concat_ws(
        ' ',
        nullif(structure_caveat, ''),
        CASE WHEN is_complete THEN coalesce(merger, gap) END,
        CASE
            WHEN is_added_up AND organisations_summed > 1
                THEN
                    'Sum of ' || organisations || ': moves between them count as leaving and joining'
                    || CASE WHEN measure = 'headcount' THEN ', and people may be counted twice.' ELSE '.' END
        END,
        'Moves between organisations count in both; not a measure of recruitment from outside the NHS.',
        CASE WHEN is_unprinted_zero THEN 'Zero: the publisher does not print a flow of zero.' END
    ) AS caveat
FROM usable_sums
ORDER BY period_end, period_start, org_code, staff_group, measure, flow;

COMMENT ON COLUMN marts.leadership_turnover_current_structure.org_code IS
'ODS code of the current organisation; where not mappable, the code as reported.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.staff_group IS
'Senior managers, Managers, or ''All staff groups'' for comparison.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.flow_value IS
'Joiners or leavers in the period (numerator of rate_percent), in the unit of measure; NULL where a part of the sum '
'is not known.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.in_post_at_start IS
'Staff in post at the start (denominator); NULL where a part of the sum is not known.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.in_post_at_end IS
'Staff in post at the end (denominator); NULL where a part of the sum is not known.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.rate_percent IS
'Summed flow as a share of the summed average_in_post, 0-100 and more. Per period, not per year. For several '
'organisations divide the sum of flow_value by the sum of average_in_post: an average of rates counts each once.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.value_status IS
'u: fewer than 10 in post on average; b: organisations merged in the period; c, x: a part is not printed; NULL: a '
'plain published number.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.caveat IS
'Why there is no number, and what else to know before using the row.';
