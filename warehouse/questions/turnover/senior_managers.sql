/*
Do leaders stay?

Caveat: Headcount over twelve months. A move between two NHS organisations is no leaving for England.
*/
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
    rate_percent
FROM marts.leadership_turnover
WHERE
    geography_level = 'England' AND measure = 'headcount' AND flow = 'leavers'
    AND staff_group IN ('Senior managers', 'All staff groups')
    AND time_span = '12 months, as published'
ORDER BY period_end DESC, staff_group DESC
LIMIT 2
