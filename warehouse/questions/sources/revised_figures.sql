/*
Which figures did publishers revise most?

Caveat: A revision: a later edition prints another value for the same figure.
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
