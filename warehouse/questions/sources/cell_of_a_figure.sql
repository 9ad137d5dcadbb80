/*
In which cell does a figure stand?

Caveat: The newest edition that prints the figure; earlier editions are in core.workforce_history.
*/
SELECT
    value,
    edition,
    source_sheet,
    core.cell_name(source_row, source_column) AS cell
FROM core.workforce_latest
WHERE geography_level = 'England' AND staff_group = 'All staff groups' AND measure = 'headcount'
ORDER BY period_end
LIMIT 1
