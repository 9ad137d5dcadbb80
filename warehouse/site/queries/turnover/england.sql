-- Leavers and joiners over twelve months as a share of average staff in post, England, headcount.
SELECT
    period_start,
    period_end,
    time_span,
    geography_level,
    area_code,
    staff_group,
    measure,
    flow,
    source_series,
    rate_percent,
    flow_value,
    average_in_post,
    value_status
FROM marts.leadership_turnover
WHERE
    geography_level = 'England' AND measure = 'headcount' AND time_span = '12 months, as published'
ORDER BY period_end DESC, flow DESC, staff_group ASC
