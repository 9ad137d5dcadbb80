-- Executive posts without a permanent holder: surveys as cited, and trusts that record no chief executive.
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
