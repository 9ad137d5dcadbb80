/*
Joiners and leavers among senior managers and managers in England (all staff beside them) by grade and age band, over
twelve months. Choose one breakdown.

Grain: period_start x period_end x staff_group x grade x age_band x measure x flow.
Source: HCHS workforce statistics, Turnover 2 (core.national_turnover).
Levels: choose one breakdown. In FTE the rows of 'grade' or of 'age band' add up to 'all'; in headcount they need not.
Caveats: joiners come from outside the trusts and core organisations, including from other NHS bodies and returners; a
promotion within them does not count. A flow of zero is not printed: where staff in post is printed for both dates, a
missing flow is 0. Where it is printed for one date only (a grade without staff on the other date) the other is 0.
Lineage:
    core.national_turnover_latest, all
        WHERE figure.series = made.source_series AND figure.geography_level = 'England'
            AND figure.staff_group = made.staff_group AND figure.grade = made.grade AND figure.age_band = made.age_band
            AND figure.measure = made.measure AND figure.period_start = made.period_start
            AND figure.period_end = made.period_end AND figure.flow IN (made.flow, 'in_post_at_start', 'in_post_at_end')
        REMARK Flow and staff in post at both dates; a flow of zero is not printed and has no cell.
*/
WITH flows (flow) AS (
    VALUES ('joiners'), ('leavers')
),

figures AS (
    SELECT * FROM core.national_turnover_latest
    WHERE
        geography_level = 'England'
        AND staff_group IN ('Senior managers', 'Managers', 'All staff groups')
),

in_post AS (
    SELECT
        series,
        period_start,
        period_end,
        staff_group,
        staff_group_level,
        grade,
        age_band,
        measure,
        arg_max(edition, edition_order) AS edition,
        CASE
            WHEN count(*) FILTER (WHERE flow = 'in_post_at_start') > 0
                THEN max(value) FILTER (WHERE flow = 'in_post_at_start')
            ELSE 0
        END AS in_post_at_start,
        CASE
            WHEN count(*) FILTER (WHERE flow = 'in_post_at_end') > 0
                THEN max(value) FILTER (WHERE flow = 'in_post_at_end')
            ELSE 0
        END AS in_post_at_end,
        min(value_status) FILTER (WHERE value IS NULL) AS missing_status
    FROM figures
    GROUP BY ALL
    HAVING count(*) FILTER (WHERE flow IN ('in_post_at_start', 'in_post_at_end')) > 0
),

flow_values AS (
    SELECT
        in_post.*,
        flows.flow,
        CASE WHEN printed.flow IS NULL THEN 0 ELSE printed.value END AS flow_value,
        printed.flow IS NULL AS is_unprinted_zero
    FROM in_post
    CROSS JOIN flows
    LEFT JOIN figures AS printed
        ON
            in_post.series = printed.series
            AND in_post.period_start = printed.period_start
            AND in_post.period_end = printed.period_end
            AND in_post.staff_group = printed.staff_group
            AND in_post.grade = printed.grade
            AND in_post.age_band = printed.age_band
            AND in_post.measure = printed.measure
            AND flows.flow = printed.flow
)

SELECT
    period_start,
    period_end,
    staff_group,
    staff_group_level,
    CASE
        WHEN grade = 'All grades' AND age_band = 'All age bands' THEN 'all'
        WHEN age_band = 'All age bands' THEN 'grade'
        WHEN grade = 'All grades' THEN 'age band'
        ELSE 'grade and age band'
    END AS breakdown,
    grade,
    age_band,
    measure,
    flow,
    flow_value,
    in_post_at_start,
    in_post_at_end,
    (in_post_at_start + in_post_at_end) / 2 AS average_in_post,
    100 * flow_value / nullif((in_post_at_start + in_post_at_end) / 2, 0) AS rate_percent,
    is_unprinted_zero,
    CASE
        WHEN missing_status IS NOT NULL THEN missing_status
        WHEN (in_post_at_start + in_post_at_end) / 2 < 10 THEN 'u'
    END AS value_status,
    series AS source_series,
    edition,
    concat_ws(
        ' ',
        'Joiners from outside the trusts and core organisations, including returners and staff of other NHS bodies.',
        CASE WHEN is_unprinted_zero THEN 'Zero: the publisher does not print a flow of zero.' END
    ) AS caveat
FROM flow_values
ORDER BY period_end, period_start, staff_group, grade, age_band, measure, flow;

COMMENT ON COLUMN marts.leadership_turnover_by_grade.staff_group IS
'Senior managers, Managers, or ''All staff groups'' for comparison.';
COMMENT ON COLUMN marts.leadership_turnover_by_grade.breakdown IS
'all, grade, age band, or grade and age band. Choose one: rows of one breakdown are parts of the rows of another.';
COMMENT ON COLUMN marts.leadership_turnover_by_grade.grade IS
'Agenda for Change band or Very Senior Manager; ''All grades'' is the total.';
COMMENT ON COLUMN marts.leadership_turnover_by_grade.age_band IS
'Age band; ''All age bands'' is the total.';
COMMENT ON COLUMN marts.leadership_turnover_by_grade.flow_value IS
'Joiners or leavers in the period (numerator of rate_percent), in the unit of measure; 0 where the flow is not '
'printed but staff in post is.';
COMMENT ON COLUMN marts.leadership_turnover_by_grade.rate_percent IS
'Flow as a share of average_in_post: the publisher''s formula, per year.';
COMMENT ON COLUMN marts.leadership_turnover_by_grade.value_status IS
'u: fewer than 10 in post on average; c, x: not printed; NULL: a plain published number.';
