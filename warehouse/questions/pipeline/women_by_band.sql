/*
order = 2
title = "Where in the pay bands do women become fewer?"
heading = "Women"
sentence = """
{% set of = (rows | selectattr("staff_group", "equalto", "All staff groups") | list) or rows %}
At {{ day(of[0].period_end) }}, women were {{ figure(of[0], "share_percent") }} at the step “{{ of[0].step }}” and
{{ figure(of[-1], "share_percent") }} at the step “{{ of[-1].step }}”."""
source = "NHS Workforce Statistics, England"
caveat = """
Each step of pay bands against the one below. Ratio 1: the same share as at the step below. Disparity ratio above 1:
the group compared is more likely to have got from the step below to this one."""
mart = "marts.leadership_pipeline"
needs = ["person_characteristic"]

[columns]
staff_group = "Staff"
step = "Step"
share_percent = "Share, %"
share_percent_below = "Step below, %"
ratio_to_step_below = "Ratio to step below"
disparity_ratio = "Disparity ratio"
headcount = "People"
known_headcount = "Of known"
*/
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
