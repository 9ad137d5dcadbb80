/*
order = 2
title = "How many executive posts have no permanent holder?"
heading = "Executive posts without a permanent holder"
sentence = """
As of {{ day(first.period_end) }}: {{ first.measure }}, {{ figure(first, "value") }} {{ first.unit }} among
{{ first.population }} ({{ first.publisher }})."""
source = "Surveys as cited, and NHS Workforce Statistics"
caveat = """
Surveys of other publishers, as they print them. No official statistic counts vacant board posts, and the two kinds
of evidence are not one series."""
mart = "marts.leadership_vacancies"

[columns]
period_end = "As of"
measure = "What is measured"
value = "Value"
unit = "Unit"
population = "Among"
publisher = "Publisher"
*/
SELECT
    figure_basis,
    headline_id,
    period_end,
    population,
    post,
    measure,
    value,
    unit,
    publisher
FROM marts.leadership_vacancies
ORDER BY period_end DESC, figure_basis ASC, headline_id ASC
