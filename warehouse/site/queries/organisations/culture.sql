-- Bullying and discrimination by staff in single organisations, newest survey, white and BME staff.
SELECT
    org_code,
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
    geography_level = 'Organisation' AND unit = 'percent' AND ethnic_group IN ('White', 'BME')
    AND question IN (
        'discrimination_by_staff', 'bullying_by_staff', 'bullying_by_managers', 'bullying_by_colleagues'
    )
    AND survey_year
    = (
        SELECT max(newest.survey_year) FROM marts.leadership_culture AS newest
        WHERE newest.geography_level = 'Organisation'
    )
ORDER BY org_code ASC, question ASC, ethnic_group DESC
