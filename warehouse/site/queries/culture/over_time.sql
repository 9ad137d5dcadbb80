-- Discrimination and bullying by staff, England, white and BME staff, by year of the survey.
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
