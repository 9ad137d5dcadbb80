/*
order = 3
title = "Which figures did publishers revise most?"
heading = "Figures revised most"
sentence = """
Most revised: {{ first.table_name }}, {{ first.measure }}{%
if first.months_after is not none %}, {{ first.months_after }} months
after{% endif %}, {{ figure(first, "figures_revised", "") }} of {{ figure(first, "figures", "") }} figures."""
source = "The editions in this warehouse"
caveat = """
A revision: a later edition prints another value for the same figure."""

[columns]
source_series = "Series"
table_name = "Table"
measure = "Measure"
months_after = "Months after"
figures_revised = "Revised"
figures = "Figures"
share_revised_percent = "Share revised, %"
largest_step_percent = "Largest step, %"
*/
SELECT
    source_series,
    table_name,
    measure,
    months_after,
    figures_revised,
    figures,
    round(share_revised_percent, 1) AS share_revised_percent,
    round(largest_step_percent, 1) AS largest_step_percent
FROM marts.revisions
ORDER BY figures_revised DESC, source_series ASC, table_name ASC, measure ASC, months_after ASC
LIMIT 20
