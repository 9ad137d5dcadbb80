/*
Joiners and leavers among senior managers and managers (all staff beside them), of organisations, regions and England.
Choose one geography_level: organisations never add up to England.

Grain: period_start x period_end x time_span x geography_level x area_code x staff_group x measure x flow.
Source: HCHS workforce statistics, turnover benchmarking (core.turnover) for organisations, Turnover 1 and 2
(core.national_turnover) for England and its regions, a year each.
Levels: choose one geography_level. A move between two organisations is a leaver and a joiner at that level, and neither
in England: organisations never add up to England.
Caveats: the publisher does not print a flow of zero: where staff in post is printed for both dates, a missing flow is
0. The rate is the publisher's: flow over the mean of staff in post at the start and at the end. Joiners of an
organisation do not show recruitment from outside the NHS; joiners in England come from outside the trusts and core
organisations, including from other NHS bodies. Twelve-month figures are as published where the publisher prints them,
and otherwise the sum of twelve consecutive loaded months: a person who joins and leaves within the year is then in both
flows.
Lineage:
    core.turnover_latest, all
        WHERE figure.series = made.source_series AND figure.org_code = made.org_code
            AND figure.staff_group = made.staff_group AND figure.measure = made.measure
            AND figure.period_start >= made.period_start AND figure.period_end <= made.period_end AND CASE
            WHEN made.time_span = '12 months, added up' THEN datediff('month', figure.period_start, figure.period_end) =
                1
            ELSE figure.period_start = made.period_start AND figure.period_end = made.period_end END
            AND (figure.flow = made.flow OR (figure.flow = 'in_post_at_start'
            AND figure.period_start = made.period_start) OR (figure.flow = 'in_post_at_end'
            AND figure.period_end = made.period_end))
        REMARK Flow and staff in post at both dates; a flow of zero is not printed and has no cell.
    core.national_turnover_latest, all
        WHERE made.geography_level <> 'Organisation' AND figure.series = made.source_series
            AND figure.area_code = made.area_code AND figure.staff_group = made.staff_group
            AND figure.grade = 'All grades' AND figure.age_band = 'All age bands' AND figure.measure = made.measure
            AND figure.period_start = made.period_start AND figure.period_end = made.period_end
            AND figure.flow IN (made.flow, 'in_post_at_start', 'in_post_at_end')
        REMARK Flow and staff in post at both dates; a flow of zero is not printed and has no cell.
*/
WITH flows (flow) AS (
    VALUES ('joiners'), ('leavers')
),

in_post AS (
    SELECT
        series,
        period_start,
        period_end,
        org_code,
        staff_group,
        staff_group_level,
        measure,
        arg_max(org_name, edition_order) AS org_name,
        arg_max(region_code, edition_order) AS region_code,
        arg_max(icb_code, edition_order) AS icb_code,
        arg_max(cluster_group, edition_order) AS cluster_group,
        max(value) FILTER (WHERE flow = 'in_post_at_start') AS in_post_at_start,
        max(value) FILTER (WHERE flow = 'in_post_at_end') AS in_post_at_end,
        min(value_status) FILTER (WHERE value IS NULL) AS missing_status
    FROM core.turnover_latest
    WHERE staff_group IN ('Senior managers', 'Managers', 'All staff groups')
    GROUP BY ALL
    HAVING count(*) FILTER (WHERE flow IN ('in_post_at_start', 'in_post_at_end')) = 2
),

published_flows AS (
    SELECT
        in_post.series,
        in_post.period_start,
        in_post.period_end,
        in_post.org_code,
        in_post.staff_group,
        in_post.staff_group_level,
        in_post.measure,
        flows.flow,
        in_post.org_name,
        in_post.region_code,
        in_post.icb_code,
        in_post.cluster_group,
        in_post.in_post_at_start,
        in_post.in_post_at_end,
        CASE WHEN printed.org_code IS NULL THEN 0 ELSE printed.value END AS flow_value,
        printed.org_code IS NULL AS is_unprinted_zero,
        coalesce(printed.value_status, in_post.missing_status) AS missing_status,
        datediff('month', in_post.period_start, in_post.period_end) AS months,
        coalesce(printed.edition, (
            SELECT max(every_row.edition) FROM core.turnover AS every_row
            WHERE
                every_row.series = in_post.series
                AND every_row.period_end = in_post.period_end
                AND every_row.period_start = in_post.period_start
        )) AS edition
    FROM in_post
    CROSS JOIN flows
    LEFT JOIN core.turnover_latest AS printed
        USING (series, period_start, period_end, org_code, staff_group, measure, flow)
),

single_months AS (
    SELECT
        *,
        count(*) OVER twelve AS months_in_reach,
        sum(flow_value) OVER twelve AS flow_in_reach,
        count(flow_value) OVER twelve AS counted_in_reach,
        bool_or(is_unprinted_zero) OVER twelve AS has_unprinted_zero,
        first_value(period_start) OVER twelve AS first_start,
        first_value(in_post_at_start) OVER twelve AS first_in_post
    FROM published_flows
    WHERE months = 1
    WINDOW twelve AS (
        PARTITION BY series, org_code, staff_group, measure, flow
        ORDER BY period_end
        ROWS BETWEEN 11 PRECEDING AND CURRENT ROW
    )
),

twelve_months AS (
    SELECT
        * EXCLUDE (
            months_in_reach,
            flow_in_reach,
            counted_in_reach,
            has_unprinted_zero,
            first_start,
            first_in_post,
            period_start,
            flow_value,
            is_unprinted_zero,
            in_post_at_start,
            months
        ),
        first_start AS period_start,
        first_in_post AS in_post_at_start,
        flow_in_reach AS flow_value,
        has_unprinted_zero AS is_unprinted_zero,
        12 AS months,
        '12 months, added up' AS time_span
    FROM single_months
    WHERE
        months_in_reach = 12
        AND counted_in_reach = 12
        AND datediff('month', first_start, period_end) = 12
        -- A published twelve-month figure is better than twelve months added up.
        AND NOT EXISTS (
            SELECT 1 FROM published_flows AS whole_year
            WHERE
                whole_year.months = 12
                AND whole_year.series = single_months.series
                AND whole_year.org_code = single_months.org_code
                AND whole_year.staff_group = single_months.staff_group
                AND whole_year.measure = single_months.measure
                AND whole_year.period_end = single_months.period_end
        )
),

national AS (
    SELECT * FROM core.national_turnover_latest
    WHERE
        staff_group IN ('Senior managers', 'Managers', 'All staff groups')
        AND grade = 'All grades'
        AND age_band = 'All age bands'
),

national_in_post AS (
    SELECT
        series,
        period_start,
        period_end,
        geography_level,
        area_code,
        staff_group,
        staff_group_level,
        measure,
        arg_max(area_name, edition_order) AS area_name,
        arg_max(region_code, edition_order) AS region_code,
        arg_max(edition, edition_order) AS edition,
        max(value) FILTER (WHERE flow = 'in_post_at_start') AS in_post_at_start,
        max(value) FILTER (WHERE flow = 'in_post_at_end') AS in_post_at_end,
        min(value_status) FILTER (WHERE value IS NULL) AS missing_status
    FROM national
    GROUP BY ALL
    HAVING count(*) FILTER (WHERE flow IN ('in_post_at_start', 'in_post_at_end')) = 2
),

every_span AS (
    SELECT
        *,
        months || CASE WHEN months = 1 THEN ' month' ELSE ' months' END || ', as published' AS time_span
    FROM published_flows
    UNION ALL BY NAME
    SELECT * FROM twelve_months
),

areas AS (
    SELECT
        period_start,
        period_end,
        time_span,
        'Organisation' AS geography_level,
        org_code AS area_code,
        org_name AS area_name,
        region_code,
        icb_code,
        org_code,
        org_name,
        cluster_group,
        staff_group,
        staff_group_level,
        measure,
        flow,
        flow_value,
        in_post_at_start,
        in_post_at_end,
        is_unprinted_zero,
        missing_status,
        series,
        edition
    FROM every_span
    UNION ALL BY NAME
    SELECT
        in_post.period_start,
        in_post.period_end,
        datediff('month', in_post.period_start, in_post.period_end) || ' months, as published' AS time_span,
        in_post.geography_level,
        in_post.area_code,
        in_post.area_name,
        in_post.region_code,
        in_post.staff_group,
        in_post.staff_group_level,
        in_post.measure,
        flows.flow,
        CASE WHEN printed.area_code IS NULL THEN 0 ELSE printed.value END AS flow_value,
        in_post.in_post_at_start,
        in_post.in_post_at_end,
        printed.area_code IS NULL AS is_unprinted_zero,
        coalesce(printed.value_status, in_post.missing_status) AS missing_status,
        in_post.series,
        coalesce(printed.edition, in_post.edition) AS edition
    FROM national_in_post AS in_post
    CROSS JOIN flows
    LEFT JOIN national AS printed
        ON
            in_post.series = printed.series
            AND in_post.period_start = printed.period_start
            AND in_post.period_end = printed.period_end
            AND in_post.area_code = printed.area_code
            AND in_post.staff_group = printed.staff_group
            AND in_post.measure = printed.measure
            AND flows.flow = printed.flow
)

SELECT
    period_start,
    period_end,
    time_span,
    geography_level,
    area_code,
    area_name,
    region_code,
    icb_code,
    org_code,
    org_name,
    cluster_group,
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
        WHEN flow_value IS NULL OR in_post_at_start IS NULL OR in_post_at_end IS NULL THEN coalesce(missing_status, 'x')
        WHEN (in_post_at_start + in_post_at_end) / 2 < 10 THEN 'u'
    END AS value_status,
    series AS source_series,
    edition,
    concat_ws(
        ' ',
        CASE geography_level
            WHEN 'Organisation'
                THEN 'Moves between organisations count in both; not a measure of recruitment from outside the NHS.'
            WHEN 'Region'
                THEN
                    'Joiners and leavers as published for the region; whether a move between two regions counts in'
                    ' both is not known.'
            ELSE
                'Joiners from outside the trusts and core organisations, including returners and staff of other NHS'
                ' bodies; a move between two of these organisations is neither.'
        END,
        CASE WHEN is_unprinted_zero THEN 'Zero: the publisher does not print a flow of zero.' END,
        CASE
            WHEN time_span = '12 months, added up'
                THEN 'Sum of twelve published months: a person who joins and leaves within them is in both flows.'
        END
    ) AS caveat
FROM areas
ORDER BY period_end, period_start, geography_level, area_code, staff_group, measure, flow;

COMMENT ON COLUMN marts.leadership_turnover.cluster_group IS
'Publisher''s cluster, e.g. Acute.';
COMMENT ON COLUMN marts.leadership_turnover.staff_group IS
'Senior managers, Managers, or ''All staff groups'' for comparison.';
COMMENT ON COLUMN marts.leadership_turnover.flow_value IS
'Joiners or leavers in the period (numerator of rate_percent), in the unit of measure; 0 where the flow is not '
'printed but staff in post is.';
COMMENT ON COLUMN marts.leadership_turnover.rate_percent IS
'Flow as a share of average_in_post, 0-100 and more: the publisher''s formula. Per period, not per year. An average '
'over organisations counts each once; marts.mean_and_weighted_rates has the weighted figure beside it.';
COMMENT ON COLUMN marts.leadership_turnover.value_status IS
'u: fewer than 10 in post on average; c, x: not printed; NULL: a plain published number.';
