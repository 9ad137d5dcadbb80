/*
order = 10
title = "Which vacancy figures have publishers and the press cited?"
heading = "Cited vacancy figures, England"
sentence = """
{% for row in rows if row.measure == "vacancy_rate_percent" and row.staff_group == "All staff" %}{% if loop.first %}At
{{ day(row.quarter_end) }}, {{ row.value_text }} of all posts in England were vacant, as {{ row.publisher }} is cited.
{% endif %}{% endfor %}"""
source = "Cited headlines, each with its page"
caveat = """
Headlines as printed, often rounded, and not revised afterwards. Where the workbook of the publisher is loaded, its own
figure stands beside them."""
mart = "marts.vacancy_headlines"

[columns]
quarter_end = "Quarter to"
staff_group = "Staff group"
measure = "Measure"
value_text = "As printed"
workbook_value = "In the workbook"
outcome = "Compared"
publisher = "Publisher"
*/
SELECT
    headline_id,
    quarter_end,
    staff_group,
    measure,
    value_text,
    workbook_value,
    outcome,
    publisher
FROM marts.vacancy_headlines
WHERE area_name = 'England' AND sector = 'All sectors' AND quarter_end IS NOT NULL
ORDER BY quarter_end DESC, publisher <> 'NHS England', staff_group ASC, measure ASC, headline_id ASC
