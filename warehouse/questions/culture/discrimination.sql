/*
order = 1
title = "How common is discrimination by managers and colleagues?"
heading = "Discrimination, BME and white staff"
sentence = """
In the survey of {{ first.survey_year }}, {{ figure(first, "answer_value", "%") }} of black and minority ethnic
staff and {{ figure(first, "white_answer_value", "%") }} of white staff reported discrimination by a manager, team
leader or colleagues."""
source = "NHS Staff Survey and race equality standard, England"
caveat = """
Share of staff who answered that they experienced it. Lower is better. Figures of two bases never make one line."""
mart = "marts.leadership_culture"

[columns]
survey_year = "Survey"
answer_value = "BME staff, %"
white_answer_value = "White staff, %"
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
    answer_value,
    white_answer_value
FROM marts.leadership_culture
WHERE
    geography_level = 'England' AND question = 'discrimination_by_staff' AND ethnic_group = 'BME'
    AND answer_value IS NOT NULL AND white_answer_value IS NOT NULL
ORDER BY survey_year DESC, figure_basis ASC
LIMIT 1
