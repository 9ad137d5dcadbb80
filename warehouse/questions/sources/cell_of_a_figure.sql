/*
order = 2
title = "In which cell does a figure stand?"
heading = "The cell of a figure"
sentence = """
The earliest headcount of all staff in England, {{ "{:,.10g}".format(first.value) }}, is printed in sheet
“{{ first.source_sheet }}”, cell {{ first.cell }}, of edition {{ first.edition }}."""
source = "NHS Workforce Statistics, England"
caveat = """
The newest edition that prints the figure; earlier editions are in core.workforce_history."""
needs = ["workforce"]

[columns]
value = "Value"
edition = "Edition"
source_sheet = "Sheet"
cell = "Cell"
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
