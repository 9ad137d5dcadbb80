/*
Which series revise their figures, by how much, and how long after: by table, measure and lag.

Grain: source_series x table_name x measure x lag_level x months_after.
Source: meta.revision, editions from meta.edition, figures from meta.figure_count.
Caveats: a figure revised twice counts twice. figures counts the figures that could have been revised at all: those that
only the newest edition prints are among them. A change to or from a symbol (suppressed, not available) has no size and
is counted apart. The lag runs from the end of the figure's period to the last day that the revising edition covers.
*/
WITH figures AS (
    SELECT
        series,
        table_name,
        measure,
        sum(figures)::BIGINT AS figures
    FROM meta.figure_count
    WHERE measure IS NOT NULL
    GROUP BY ALL
),

editions AS (
    SELECT
        series,
        edition,
        max(coverage_end) AS coverage_end
    FROM meta.edition
    GROUP BY ALL
),

held AS (
    SELECT
        series,
        count(*) AS editions
    FROM editions
    GROUP BY series
),

revised AS (
    SELECT
        revision.series AS source_series,
        revision.table_name,
        revision.measure,
        revision.figure,
        revision.old_value,
        revision.new_value,
        revision.new_edition,
        datediff(
            'month',
            coalesce(
                revision.figure ->> 'period_end',
                revision.figure ->> 'quarter_end',
                revision.figure ->> 'month'
            )::DATE,
            edition.coverage_end
        ) AS months_after,
        abs(revision.new_value - revision.old_value) AS step,
        100 * abs(revision.new_value - revision.old_value) / nullif(abs(revision.old_value), 0) AS step_percent
    FROM meta.revision AS revision
    LEFT JOIN editions AS edition ON revision.series = edition.series AND revision.new_edition = edition.edition
),

counted AS (
    SELECT
        source_series,
        table_name,
        measure,
        CASE WHEN grouping(months_after) = 1 THEN 'all lags' ELSE 'one lag' END AS lag_level,
        months_after,
        count(*) AS revisions,
        count(DISTINCT figure) AS figures_revised,
        count(*) FILTER (WHERE step IS NULL) AS to_or_from_a_symbol,
        median(step) AS median_step,
        max(step) AS largest_step,
        median(step_percent) AS median_step_percent,
        max(step_percent) AS largest_step_percent,
        count(*) FILTER (WHERE new_value > old_value) AS raised,
        count(*) FILTER (WHERE new_value < old_value) AS lowered,
        min(new_edition) AS first_edition,
        max(new_edition) AS last_edition
    FROM revised
    GROUP BY GROUPING SETS (
        (source_series, table_name, measure),
        (source_series, table_name, measure, months_after)
    )
)

SELECT
    figures.series AS source_series,
    figures.table_name,
    figures.measure,
    coalesce(counted.lag_level, 'all lags') AS lag_level,
    counted.months_after,
    CASE WHEN held.editions > 1 THEN coalesce(counted.revisions, 0) END AS revisions,
    CASE WHEN held.editions > 1 THEN coalesce(counted.figures_revised, 0) END AS figures_revised,
    figures.figures,
    CASE WHEN held.editions > 1 THEN 100 * coalesce(counted.figures_revised, 0) / figures.figures END
        AS share_revised_percent,
    CASE WHEN held.editions > 1 THEN coalesce(counted.to_or_from_a_symbol, 0) END AS to_or_from_a_symbol,
    CASE WHEN held.editions > 1 THEN coalesce(counted.raised, 0) END AS raised,
    CASE WHEN held.editions > 1 THEN coalesce(counted.lowered, 0) END AS lowered,
    counted.median_step,
    counted.largest_step,
    counted.median_step_percent,
    counted.largest_step_percent,
    counted.first_edition,
    counted.last_edition,
    held.editions
FROM figures
INNER JOIN held ON figures.series = held.series
LEFT JOIN counted
    ON
        figures.series = counted.source_series
        AND figures.table_name = counted.table_name
        AND figures.measure = counted.measure
ORDER BY figures.series, figures.table_name, figures.measure, counted.lag_level, counted.months_after;

COMMENT ON COLUMN marts.revisions.table_name IS
'Core table.';
COMMENT ON COLUMN marts.revisions.measure IS
'Measure.';
COMMENT ON COLUMN marts.revisions.lag_level IS
'all lags: every revision; one lag: those so many months after the period.';
COMMENT ON COLUMN marts.revisions.months_after IS
'Months from the end of the figure''s period to the end of what the revising edition covers; NULL on ''all '
'lags'', or where no period is known.';
COMMENT ON COLUMN marts.revisions.revisions IS
'Times a figure was printed with another value (meta.revision).';
COMMENT ON COLUMN marts.revisions.figures_revised IS
'Figures that were revised (numerator).';
COMMENT ON COLUMN marts.revisions.figures IS
'Figures of the series and measure in the table (denominator); the same on every lag.';
COMMENT ON COLUMN marts.revisions.share_revised_percent IS
'figures_revised as a share of figures, 0-100.';
COMMENT ON COLUMN marts.revisions.to_or_from_a_symbol IS
'Revisions from or to a figure that is not printed: they have no size.';
COMMENT ON COLUMN marts.revisions.raised IS
'Revisions upwards.';
COMMENT ON COLUMN marts.revisions.lowered IS
'Revisions downwards.';
COMMENT ON COLUMN marts.revisions.median_step IS
'Median size of a revision, in the unit of measure.';
COMMENT ON COLUMN marts.revisions.largest_step IS
'Largest size of a revision, in the unit of measure.';
COMMENT ON COLUMN marts.revisions.median_step_percent IS
'Median size as a share of the value before, percent; a value before of 0 is left out.';
COMMENT ON COLUMN marts.revisions.largest_step_percent IS
'Largest size as a share of the value before, percent.';
COMMENT ON COLUMN marts.revisions.first_edition IS
'First edition that revised one of them.';
COMMENT ON COLUMN marts.revisions.editions IS
'Editions of the series that are loaded. With one alone nothing can be known of revisions: the counts are NULL.';
COMMENT ON COLUMN marts.revisions.last_edition IS
'Last edition that revised one of them.';
