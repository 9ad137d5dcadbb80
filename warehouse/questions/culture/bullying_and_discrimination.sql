/*
order = 2
title = "How have bullying and discrimination changed, for white and for BME staff?"
heading = "Bullying and discrimination by staff, white and BME staff"
sentence = """
{% set of = (rows | selectattr("question", "equalto", "discrimination_by_staff")
| selectattr("ethnic_group", "equalto", "BME") | rejectattr("answer_value", "none") | list) or rows %}
In the survey of {{ of[0].survey_year }}, {{ figure(of[0], "answer_value", "%") }} of black and minority ethnic
staff answered “{{ of[0].question_title }}”{% if of[0].gap_points is not none %}, {{ figure(of[0], "gap_points") }}
against white staff{% endif %}."""
source = "NHS Staff Survey and race equality standard, England"
caveat = """
Share of staff who answered that they experienced it. Lower is better. Figures of two bases never make one line."""
mart = "marts.leadership_culture"

[columns]
question_title = "What was asked"
survey_year = "Survey"
ethnic_group = "Staff"
answer_value = "Share, %"
gap_points = "Gap to white staff, points"
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
    gap_points,
    answers,
    value_status
FROM marts.leadership_culture
WHERE
    geography_level = 'England' AND unit = 'percent'
    AND question IN ('discrimination_by_staff', 'bullying_by_staff', 'bullying_by_managers', 'bullying_by_colleagues')
    AND ethnic_group IN ('White', 'BME')
ORDER BY question ASC, survey_year DESC, figure_basis ASC, ethnic_group DESC
