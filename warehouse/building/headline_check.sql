/*
Every cited headline compared with the value that the loaded files give, calculated at each build.

Grain: headline_id.
Source: reference.headline; the measure of each headline (reference.headline_measure) and the table that has it
(reference.leadership_measure, measured_in); for vacancies marts.vacancy_headlines.
Rules: a figure agrees within half of the headline's last printed digit, or a whole digit where its source says about or
over. One headline per measure, area and period is compared; where two series have the measure, the workforce statistics
or a WRES file take precedence.
*/
WITH measures AS (
    SELECT * FROM reference.leadership_measure
    WHERE measured_in IS NOT NULL
),

staff_in_post AS (
    SELECT
        measures.measure_id,
        'England' AS geography,
        figures.period_end,
        figures.value,
        figures.series AS source_series,
        figures.edition
    FROM measures
    INNER JOIN core.workforce_latest AS figures
        ON
            measures.measured_in = 'core.workforce_latest'
            AND measures.staff_group = figures.staff_group
            AND measures.unit = figures.measure
    WHERE figures.geography_level = 'England'
),

joiners AS (
    SELECT
        measures.measure_id,
        coalesce(figures.area_name, figures.area_code) AS geography,
        CASE measures.flow WHEN 'in_post_at_start' THEN figures.period_start ELSE figures.period_end END AS period_end,
        CASE
            WHEN measures.flow = 'in_post_at_start' THEN figures.in_post_at_start
            WHEN measures.unit = 'percent' THEN 100 * figures.flow_value / nullif(figures.in_post_at_start, 0)
            ELSE figures.flow_value
        END AS value,
        figures.source_series,
        figures.edition
    FROM measures
    INNER JOIN marts.leadership_turnover AS figures
        ON measures.measured_in = 'marts.leadership_turnover' AND measures.staff_group = figures.staff_group
    WHERE
        figures.geography_level IN ('England', 'Region')
        AND figures.time_span = '12 months, as published'
        AND figures.measure = 'headcount'
        AND figures.flow = 'joiners'
),

counted AS (
    SELECT
        measures.measure_id,
        'England' AS geography,
        figures.period_end,
        CASE
            WHEN measures.category = 'Known' THEN figures.known_headcount
            WHEN measures.unit = 'percent' THEN figures.share_percent
            ELSE figures.headcount
        END AS value,
        figures.source_series,
        figures.edition
    FROM measures
    INNER JOIN marts.staff_by_characteristic AS figures
        ON
            measures.measured_in = 'marts.staff_by_characteristic'
            AND measures.population = figures.population
            AND measures.characteristic = figures.characteristic
            AND coalesce(measures.leadership_group, 'All grades') = figures.grade
            AND replace(measures.category, 'Known', 'BME') = figures.category
    WHERE figures.staff_group_level = 'all'
),

-- The share of a WRES report is of all staff, those of unknown ethnicity among them.
race_equality AS (
    SELECT
        measures.measure_id,
        figures.area_code AS geography,
        figures.period_end,
        CASE measures.unit WHEN 'percent' THEN figures.share_of_all_percent ELSE figures.headcount END AS value,
        figures.source_series,
        figures.edition
    FROM measures
    INNER JOIN marts.wres_leadership AS figures
        ON
            measures.measured_in = 'marts.wres_leadership'
            AND measures.population = figures.population
            AND measures.category = figures.category
    WHERE figures.geography_level <> 'Organisation'
),

-- A survey has a year, no day.
culture AS (
    SELECT
        measures.measure_id,
        figures.area_code AS geography,
        make_date(figures.survey_year, 12, 31) AS period_end,
        figures.answer_value AS value,
        figures.source_series,
        figures.edition
    FROM measures
    INNER JOIN marts.leadership_culture AS figures
        ON
            measures.measured_in = 'marts.leadership_culture'
            AND measures.question = figures.question
            AND measures.category = figures.ethnic_group
    WHERE figures.geography_level IN ('England', 'Region') AND figures.figure_basis <> 'published headline'
),

every_figure AS (
    SELECT * FROM staff_in_post
    UNION ALL BY NAME
    SELECT * FROM joiners
    UNION ALL BY NAME
    SELECT * FROM counted
    UNION ALL BY NAME
    SELECT * FROM race_equality
    UNION ALL BY NAME
    SELECT * FROM culture
),

measured AS (
    SELECT * FROM every_figure
    WHERE value IS NOT NULL
    QUALIFY
        row_number() OVER (
            PARTITION BY measure_id, geography, period_end
            ORDER BY
                source_series IN (
                    SELECT filling.series FROM meta.series_table AS filling
                    WHERE filling.table_name IN ('workforce', 'wres_indicator')
                ) DESC,
                source_series ASC,
                edition DESC
        ) = 1
),

-- A line that says how to check a headline comes before one that says where the marts show it.
mapped AS (
    SELECT
        lines.headline_id,
        lines.measure_id,
        lines.use,
        lines.reason,
        measures.measured_in
    FROM reference.headline_measure AS lines
    LEFT JOIN measures USING (measure_id)
    QUALIFY
        row_number() OVER (
            PARTITION BY lines.headline_id
            ORDER BY lines.use = 'checked' DESC, measures.measured_in IS NULL ASC, lines.measure_id ASC
        ) = 1
),

compared AS (
    SELECT
        headline.*,
        mapped.measure_id,
        mapped.use,
        mapped.reason AS mapped_because,
        cells.outcome,
        cells.reason AS outcome_because,
        CASE WHEN cells.headline_id IS NULL THEN mapped.measured_in ELSE 'core.vacancy_latest' END AS answered_by,
        coalesce(cells.workbook_value, measured.value) AS measured_value,
        CASE
            WHEN cells.workbook_value IS NULL THEN measured.source_series
            ELSE (
                SELECT filling.series FROM meta.series_table AS filling
                WHERE filling.table_name = 'vacancy'
            )
        END AS source_series,
        coalesce(cells.edition, measured.edition) AS edition,
        headline.printed_step * CASE WHEN headline.is_approximate THEN 1 ELSE 0.5 END + 1e-9 AS precision
    FROM reference.headline AS headline
    LEFT JOIN mapped USING (headline_id)
    LEFT JOIN marts.vacancy_headlines AS cells USING (headline_id)
    LEFT JOIN measured
        ON
            mapped.measure_id = measured.measure_id
            AND headline.geography = measured.geography
            AND CASE mapped.measured_in
                WHEN 'marts.leadership_culture' THEN make_date(year(headline.period_end), 12, 31)
                ELSE headline.period_end
            END = measured.period_end
),

judged AS (
    SELECT
        *,
        CASE
            WHEN outcome <> 'not comparable' AND measured_value IS NULL THEN 'not known: no figure is loaded'
            WHEN outcome IS NOT NULL THEN outcome
            WHEN answered_by IS NULL THEN 'not known: not measured here'
            WHEN measured_value IS NULL THEN 'not known: no figure is loaded'
            WHEN use = 'other definition' THEN 'not comparable'
            WHEN (SELECT build.figure_kind FROM meta.build AS build) = 'illustrative' THEN 'not comparable'
            WHEN abs(measured_value - value) <= precision THEN 'agrees'
            ELSE 'differs'
        END AS verdict
    FROM compared
)

SELECT
    headline_id,
    series,
    coalesce(measure_id, measure) AS measure,
    geography,
    period_end,
    value AS headline_value,
    printed_step,
    measured_value,
    measured_value - value AS difference,
    100 * (measured_value - value) / nullif(value, 0) AS difference_percent,
    verdict,
    answered_by,
    source_series,
    edition,
    CASE
        WHEN outcome IS NOT NULL THEN outcome_because
        WHEN verdict = 'not known: not measured here'
            THEN
                coalesce(
                    'No table of the warehouse has the measure ' || measure_id,
                    'Not yet reviewed which measure the headline is of'
                )
        WHEN verdict = 'not known: no figure is loaded'
            THEN answered_by || ' has no figure of ' || measure_id || ' for this place and period'
        WHEN use <> 'other definition' AND verdict = 'not comparable'
            THEN 'The figures loaded are illustrative, not statistics'
        WHEN verdict = 'differs'
            THEN concat_ws('. ', 'Compare both sources', mapped_because, conflict_note)
        ELSE mapped_because
    END AS reason
FROM judged
ORDER BY headline_id;

COMMENT ON TABLE reference.headline_check IS
'Every cited headline compared with the value that the loaded files give (table answered_by), calculated at each '
'build. Grain: headline_id.';
COMMENT ON COLUMN reference.headline_check.headline_id IS
'Headline (reference.headline).';
COMMENT ON COLUMN reference.headline_check.series IS
'Series of the headline, as in reference.headline.';
COMMENT ON COLUMN reference.headline_check.measure IS
'Measure (reference.leadership_measure); where the headline has none, what is measured in the source''s words.';
COMMENT ON COLUMN reference.headline_check.geography IS
'England or an NHS England region.';
COMMENT ON COLUMN reference.headline_check.period_end IS
'Last day the figure refers to.';
COMMENT ON COLUMN reference.headline_check.headline_value IS
'The figure as printed in the cited page, in the unit of reference.headline.';
COMMENT ON COLUMN reference.headline_check.printed_step IS
'Size of the last digit printed: the headline is exact to half of it at best.';
COMMENT ON COLUMN reference.headline_check.measured_value IS
'The same figure from the loaded files; NULL where none is loaded or none holds the same measure.';
COMMENT ON COLUMN reference.headline_check.difference IS
'measured_value minus headline_value, in the headline''s unit.';
COMMENT ON COLUMN reference.headline_check.difference_percent IS
'The difference in percent of the headline.';
COMMENT ON COLUMN reference.headline_check.verdict IS
'agrees: within the printed precision; revised: a later edition or source prints another value; differs: neither of '
'these; not comparable: another population or method of counting, or illustrative figures; not known: no figure is '
'loaded; not known: not measured here (no table of the warehouse has the measure).';
COMMENT ON COLUMN reference.headline_check.answered_by IS
'Table or mart that gives the figure where its source is loaded; NULL: none does.';
COMMENT ON COLUMN reference.headline_check.source_series IS
'Series the measured value comes from.';
COMMENT ON COLUMN reference.headline_check.edition IS
'Edition the measured value comes from.';
COMMENT ON COLUMN reference.headline_check.reason IS
'Why the figures agree or differ, or why it is not known.';
