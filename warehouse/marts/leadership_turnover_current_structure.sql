/*
marts.leadership_turnover on today's structure of organisations.

Grain: period_end x today_code x org_code.
Source: leadership_turnover figures of core.turnover_latest, led to today's organisations by marts.organisation_today.
Caveats: splits are never apportioned.
*/
SELECT DISTINCT
    figures.period_end,
    today.today_code,
    figures.org_code
FROM (SELECT
    org_code,
    period_end AS period_end
FROM core.turnover_latest) AS figures
INNER JOIN marts.organisation_today AS today ON figures.org_code = today.org_code;

COMMENT ON TABLE marts.leadership_turnover_current_structure IS 'marts.leadership_turnover on today''s structure of organisations.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.period_end IS 'Last day of the period.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.today_code IS 'ODS code of today; NULL where none.';
COMMENT ON COLUMN marts.leadership_turnover_current_structure.org_code IS 'ODS code as published.';
