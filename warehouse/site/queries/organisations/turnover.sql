-- Joiners and leavers in the newest period of each length, headcount, on today's structure.
SELECT
    org_code,
    period_start,
    period_end,
    time_span,
    is_mappable,
    staff_group,
    measure,
    flow,
    source_series,
    rate_percent,
    flow_value,
    average_in_post,
    value_status
FROM marts.leadership_turnover_current_structure AS figure
WHERE
    is_mappable AND measure = 'headcount'
    AND period_end = (
        SELECT max(newest.period_end)
        FROM marts.leadership_turnover_current_structure AS newest
        WHERE newest.time_span = figure.time_span
    )
ORDER BY org_code ASC, time_span ASC, flow DESC, staff_group ASC
