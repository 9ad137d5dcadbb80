/*
Published vacancy headlines, each beside the cell of the vacancy workbook it refers to.

Grain: headline_id.
Source: cited headlines (core.headline), the cell each refers to (reference.vacancy_headline), core.vacancy.
Outcomes: agrees: within half of the headline's last printed digit (a whole digit, or a round hundred or thousand, where
the source says about or over); revised: the workbook has another value, near enough for a revision (3 percent of the
posts, 0.3 points of the rate), or another headline prints the later value; differs: neither of these; not comparable:
no cell holds the same measure, or the workbook's figures are illustrative, as the reason says; not loaded: no workbook
with this quarter is loaded.
Caveats: a headline often rounds, and the publisher revises quarters after the headline was written: read reason before
taking a difference for an error.
Lineage:
    core.headline, all
        WHERE figure.headline_id = made.headline_id
    core.vacancy_latest, all
        WHERE figure.quarter_end = made.quarter_end AND figure.sector = made.sector
            AND figure.staff_group = made.staff_group AND figure.measure = made.measure
            AND figure.area_code IN (SELECT cell.area_code FROM reference.vacancy_headline AS cell WHERE
                cell.headline_id = made.headline_id)
        REMARK The cell of the workbook it is compared with.
*/
WITH workbook AS (
    SELECT
        vacancy.quarter_end,
        vacancy.area_code,
        vacancy.sector,
        vacancy.staff_group,
        vacancy.measure,
        vacancy.value,
        vacancy.edition,
        vacancy.file_sha256 IN (
            SELECT files.file_sha256 FROM meta.source_file AS files
            WHERE files.figure_kind = 'illustrative'
        ) AS is_illustrative
    FROM core.vacancy_latest AS vacancy
),

headlines_with_cells AS (
    SELECT
        headline.headline_id,
        headline.period_end AS quarter_end,
        headline.geography AS area_name,
        coalesce(cell.sector, headline.organisation_type) AS sector,
        coalesce(cell.staff_group, headline.staff_group) AS staff_group,
        coalesce(cell.measure, headline.measure) AS measure,
        headline.value AS headline_value,
        headline.value_text,
        CASE
            WHEN NOT headline.is_approximate THEN 0.5 * headline.printed_step
            WHEN cell.measure = 'vacancy_fte' AND headline.value % 1000 = 0 THEN 1000
            WHEN cell.measure = 'vacancy_fte' AND headline.value % 100 = 0 THEN 100
            ELSE headline.printed_step
        END AS precision,
        CASE WHEN cell.treatment = 'comparable' THEN workbook.value END AS workbook_value,
        later.value AS later_headline_value,
        cell.treatment,
        cell.reason,
        coalesce(workbook.is_illustrative, FALSE) AS is_illustrative,
        workbook.edition,
        headline.publisher,
        headline.source_title,
        headline.source_url
    FROM core.headline AS headline
    LEFT JOIN reference.vacancy_headline AS cell USING (headline_id)
    LEFT JOIN core.headline AS later ON cell.later_headline_id = later.headline_id
    LEFT JOIN workbook
        ON
            headline.period_end = workbook.quarter_end
            AND cell.area_code = workbook.area_code
            AND cell.sector = workbook.sector
            AND cell.staff_group = workbook.staff_group
            AND cell.measure = workbook.measure
    WHERE headline.series = 'vacancies'
),

differences AS (
    SELECT
        *,
        abs(workbook_value - headline_value) <= precision + 1e-6 AS is_within_precision,
        abs(workbook_value - headline_value)
        <= CASE measure WHEN 'vacancy_rate_percent' THEN 0.3 ELSE 0.03 * headline_value END AS is_near
    FROM headlines_with_cells
)

SELECT
    headline_id,
    quarter_end,
    area_name,
    sector,
    staff_group,
    measure,
    headline_value,
    value_text,
    precision,
    workbook_value,
    later_headline_value,
    CASE
        WHEN treatment IS NULL OR treatment = 'not comparable' THEN 'not comparable'
        WHEN is_within_precision THEN 'agrees'
        WHEN later_headline_value IS NOT NULL AND (workbook_value IS NULL OR is_illustrative) THEN 'revised'
        WHEN workbook_value IS NULL THEN 'not loaded'
        WHEN is_illustrative THEN 'not comparable'
        WHEN is_near OR later_headline_value IS NOT NULL THEN 'revised'
        ELSE 'differs'
    END AS outcome,
    CASE
        WHEN treatment IS NULL THEN 'Not yet reviewed which cell the headline refers to'
        WHEN treatment = 'not comparable' THEN reason
        WHEN is_within_precision THEN reason
        WHEN later_headline_value IS NOT NULL
            THEN 'The publisher revised it: a later source prints ' || later_headline_value
        WHEN workbook_value IS NULL THEN 'No vacancy workbook with this quarter is loaded'
        WHEN is_illustrative THEN 'The workbook loaded holds illustrative figures, not statistics'
        WHEN is_near THEN 'Trusts may amend figures within the financial year: the workbook has ' || workbook_value
        ELSE 'Compare both sources: the workbook has ' || workbook_value
    END AS reason,
    publisher,
    source_title,
    source_url,
    edition
FROM differences
ORDER BY headline_id;

COMMENT ON COLUMN marts.vacancy_headlines.quarter_end IS
'Last day of the quarter that the headline refers to.';
COMMENT ON COLUMN marts.vacancy_headlines.sector IS
'Sector, or the kind of organisations in the source''s words.';
COMMENT ON COLUMN marts.vacancy_headlines.measure IS
'Measure of core.vacancy, or in the source''s words where none is the same.';
COMMENT ON COLUMN marts.vacancy_headlines.precision IS
'Largest difference from the exact value that rounding explains: half of the last printed digit, or a whole digit '
'where the source says about.';
COMMENT ON COLUMN marts.vacancy_headlines.workbook_value IS
'Newest value of the cell in core.vacancy; NULL where no cell holds the same measure or none is loaded.';
COMMENT ON COLUMN marts.vacancy_headlines.later_headline_value IS
'What a later source prints for the same figure, where the publisher revised it.';
COMMENT ON COLUMN marts.vacancy_headlines.outcome IS
'agrees, revised, differs, not comparable, or not loaded.';
COMMENT ON COLUMN marts.vacancy_headlines.reason IS
'Why.';
COMMENT ON COLUMN marts.vacancy_headlines.edition IS
'Edition of the workbook''s value.';
