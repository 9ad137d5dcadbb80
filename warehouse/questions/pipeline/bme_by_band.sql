/*
How does the share of BME staff change from band 2 to very senior manager?

Caveat: Of staff of known ethnicity. Ratio 1: the same share as at the step below.
*/
SELECT
    step,
    round(share_percent, 1) AS share_percent,
    round(ratio_to_step_below, 2) AS ratio_to_step_below,
    headcount,
    known_headcount
FROM marts.leadership_pipeline
WHERE
    characteristic = 'ethnicity' AND category = 'BME' AND step_kind = 'band group'
    AND staff_group = 'All staff groups'
    AND period_end
    = (
        SELECT max(newest.period_end) FROM marts.leadership_pipeline AS newest
        WHERE newest.characteristic = 'ethnicity'
    )
ORDER BY step_order
