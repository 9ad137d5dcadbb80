/*
How common are bullying and discrimination?

Caveat: Of those who answered the survey. Discrimination by a manager, team leader or colleagues.
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
