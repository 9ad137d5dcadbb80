-- Executive posts without a permanent holder: surveys as cited, and trusts that record no chief executive.
SELECT
    evidence,
    headline_id,
    period_end,
    organisation_type,
    post,
    measure,
    value,
    unit,
    publisher
FROM marts.leadership_vacancies
ORDER BY period_end DESC, evidence ASC, headline_id ASC
