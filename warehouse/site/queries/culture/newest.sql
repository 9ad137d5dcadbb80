-- Every question on culture, England, all staff: the newest year of each.
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
