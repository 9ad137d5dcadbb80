/*
Executive posts without a substantive holder: survey headlines, and the share of trusts with no chief executive recorded
on payroll. The two kinds of evidence are not one time series.

Grain: figure_basis x headline_id x period_end. Job roles have no headline.
Source: cited headlines of the series 'executive vacancies' (core.headline, units in
reference.executive_vacancy_headline); job roles by trust (marts.board_roles), where that table is loaded.
Caveats: no publication counts vacant executive posts today; the surveys are of 2013, 2014 and 2017. A trust without a
recorded chief executive need not have a vacancy: interims who are not on the payroll, secondees and chief executives
shared between trusts are not recorded there. The two kinds of evidence must not be put in one time series.
Lineage:
    core.headline, all
        WHERE made.figure_basis = 'published headline' AND figure.headline_id = made.headline_id
    marts.board_roles, among
        WHERE made.figure_basis = 'job role records' AND figure.period_end = made.period_end
            AND figure.board_role = 'Chief Executive'
        REMARK Trusts among these organisations are counted, not added up.
*/
WITH headlines AS (
    SELECT
        'published headline' AS figure_basis,
        headline.headline_id,
        headline.period_start,
        headline.period_end,
        headline.organisation_type AS population,
        headline.staff_group AS post,
        headline.measure,
        detail.unit,
        headline.value,
        detail.numerator::DOUBLE AS numerator,
        detail.denominator::DOUBLE AS denominator,
        headline.value_text,
        headline.is_approximate OR headline.is_computed AS is_approximate,
        headline.publisher,
        headline.source_title,
        headline.source_url,
        nullif(concat_ws(' ', headline.note || '.', headline.conflict_note), '') AS caveat,
        NULL::VARCHAR AS edition
    FROM core.headline AS headline
    INNER JOIN reference.executive_vacancy_headline AS detail USING (headline_id)
),

chief_executives AS (
    SELECT
        roles.period_end,
        count(*) AS trusts,
        count(*) FILTER (WHERE NOT roles.is_recorded) AS trusts_without,
        max(roles.edition) AS edition
    FROM marts.board_roles AS roles
    INNER JOIN marts.organisation_kind AS kind ON roles.org_code = kind.org_code AND kind.is_trust
    WHERE roles.board_role = 'Chief Executive'
    GROUP BY ALL
),

trusts_without_chief_executive AS (
    SELECT
        'job role records' AS figure_basis,
        NULL::VARCHAR AS headline_id,
        period_end AS period_start,
        period_end,
        'NHS trusts with job roles published' AS population,
        'chief executives' AS post,
        'trusts with no chief executive recorded in post' AS measure,
        'percent of trusts' AS unit,
        100.0 * trusts_without / trusts AS value,
        trusts_without::DOUBLE AS numerator,
        trusts::DOUBLE AS denominator,
        NULL::VARCHAR AS value_text,
        FALSE AS is_approximate,
        'NHS England' AS publisher,
        'NHS Workforce Statistics, job roles by organisation' AS source_title,
        NULL::VARCHAR AS source_url,
        'Not recorded does not mean vacant: interims, secondees and shared chief executives may not be on the payroll.'
            AS caveat,
        edition
    FROM chief_executives
)

SELECT * FROM headlines
UNION ALL
SELECT * FROM trusts_without_chief_executive
ORDER BY period_end, figure_basis, headline_id;

COMMENT ON COLUMN marts.leadership_vacancies.figure_basis IS
'published headline: a cited survey; job role records: payroll records of trusts.';
COMMENT ON COLUMN marts.leadership_vacancies.headline_id IS
'Headline (reference.headline); NULL for job role records.';
COMMENT ON COLUMN marts.leadership_vacancies.post IS
'Posts that are counted.';
COMMENT ON COLUMN marts.leadership_vacancies.measure IS
'What is measured, in the source''s words.';
COMMENT ON COLUMN marts.leadership_vacancies.unit IS
'Unit of value: percent of trusts, of posts or of vacant posts (0-100), trusts, or months.';
COMMENT ON COLUMN marts.leadership_vacancies.value IS
'The figure. Better: lower.';
COMMENT ON COLUMN marts.leadership_vacancies.numerator IS
'Trusts counted; NULL where the source does not print it.';
COMMENT ON COLUMN marts.leadership_vacancies.denominator IS
'Trusts asked, or trusts with job roles recorded; NULL where the source does not print it.';
COMMENT ON COLUMN marts.leadership_vacancies.is_approximate IS
'Whether the source rounds the figure (about, nearly), or the value was calculated from its words.';
COMMENT ON COLUMN marts.leadership_vacancies.edition IS
'Edition of the job roles; NULL for headlines.';
