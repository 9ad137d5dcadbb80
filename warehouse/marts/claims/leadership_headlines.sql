/*
Cited figures on leadership: the one headline chosen for each measure, geography and period.

Grain: measure_id x area_name x period_end.
Source: core.headline, chosen line by line in reference.headline_measure (which gives the reasons and names the figures
that agree or disagree); measures from reference.leadership_measure.
Caveats: figures as printed in the cited pages, many of them secondary; numerators and denominators are rarely printed.
Lineage:
    core.headline, all
        WHERE figure.headline_id = made.headline_id
*/
SELECT
    mapped.measure_id,
    measure.title AS measure_title,
    measure.unit,
    measure.better,
    headline.geography AS area_name,
    headline.period_start::DATE AS period_start,
    headline.period_end::DATE AS period_end,
    least(
        headline.period_end::DATE,
        CASE length(headline.published_date::VARCHAR)
            WHEN 10 THEN headline.published_date::VARCHAR::DATE
            WHEN 7 THEN last_day((headline.published_date::VARCHAR || '-01')::DATE)
            WHEN 4 THEN make_date(headline.published_date::VARCHAR::INTEGER, 12, 31)
        END
    ) AS known_on,
    headline.value AS headline_value,
    measure.leadership_group,
    measure.characteristic,
    measure.category,
    coalesce(measure.population, headline.organisation_type) AS population,
    measure.mart_role,
    measure.workforce_measure_id,
    measure.question,
    measure.question_base,
    coalesce(cited.series, headline.series) AS source_series,
    headline.headline_id,
    headline.source_kind,
    concat_ws(', ', headline.publisher, headline.source_title, headline.source_url) AS source,
    mapped.reason AS chosen_because,
    headline.conflict_note AS disagreement,
    coalesce('Sources disagree: ' || headline.conflict_note, 'Note: ' || headline.note || '.') AS caveat
FROM reference.headline_measure AS mapped
INNER JOIN reference.leadership_measure AS measure USING (measure_id)
INNER JOIN core.headline AS headline USING (headline_id)
LEFT JOIN meta.series AS cited ON headline.series = cited.cited_as
WHERE mapped.use = 'chosen';

COMMENT ON COLUMN marts.leadership_headlines.measure_id IS
'Measure (reference.leadership_measure).';
COMMENT ON COLUMN marts.leadership_headlines.known_on IS
'Last day of its period, or day of its publication, whichever is earlier.';
COMMENT ON COLUMN marts.leadership_headlines.characteristic IS
'ethnicity or sex; NULL for the rest.';
COMMENT ON COLUMN marts.leadership_headlines.mart_role IS
'Mart that shows the figure, and how (reference.leadership_measure).';
COMMENT ON COLUMN marts.leadership_headlines.workforce_measure_id IS
'Measure that gives the workforce share to compare it with.';
COMMENT ON COLUMN marts.leadership_headlines.source_kind IS
'primary or secondary.';
COMMENT ON COLUMN marts.leadership_headlines.chosen_because IS
'Why this headline was chosen.';
COMMENT ON COLUMN marts.leadership_headlines.disagreement IS
'What other sources print that disagrees; NULL: nothing.';
