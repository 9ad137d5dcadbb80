/*
order = 3
title = "What did all staff answer on culture, question by question?"
heading = "Every question, all staff"
sentence = """
{% set of = (rows | selectattr("question", "equalto", "discrimination_by_staff")
| rejectattr("answer_value", "none") | list) or rows %}
In the survey of {{ of[0].survey_year }}, “{{ of[0].question_title }}”:
{{ figure(of[0], "answer_value", "%" if of[0].unit == "percent" else " (" ~ of[0].unit ~ ")") }}, all staff in
England."""
source = "NHS Staff Survey and race equality standard, England"
caveat = "The newest survey that has the question. Percent of answers, or a score from 0 to 10."
mart = "marts.leadership_culture"

[columns]
question_title = "What was asked"
survey_year = "Survey"
answer_value = "Value"
unit = "Unit"
better = "Better"
answers = "Answers"
figure_basis = "From"
*/
SELECT
    survey_year,
    geography_level,
    area_code,
    population,
    question,
    question_base,
    ethnic_group,
    source_series,
    figure_basis,
    question_title,
    answer_value,
    unit,
    better,
    answers,
    value_status
FROM marts.leadership_culture AS figure
WHERE
    geography_level = 'England' AND ethnic_group = 'All'
    AND survey_year = (
        SELECT max(newest.survey_year)
        FROM marts.leadership_culture AS newest
        WHERE
            newest.geography_level = 'England' AND newest.ethnic_group = 'All'
            AND newest.question = figure.question
    )
ORDER BY question, figure_basis
