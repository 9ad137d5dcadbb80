-- Women from bands 2-4 to very senior manager in the newest month, each step against the one below.
SELECT
    period_end,
    population,
    source_series,
    characteristic,
    category,
    category_level,
    staff_group,
    step_kind,
    step,
    share_percent,
    share_percent_below,
    ratio_to_step_below,
    disparity_ratio,
    headcount,
    known_headcount,
    value_status
FROM marts.leadership_pipeline
WHERE
    characteristic = 'sex' AND category IN ('Female', 'Women') AND step_kind = 'band group'
    AND period_end
    = (
        SELECT max(newest.period_end) FROM marts.leadership_pipeline AS newest
        WHERE newest.characteristic = 'sex'
    )
ORDER BY staff_group, step_order
