/*
The publisher's notes on the quality of its figures, with the organisation and period each note applies to.

Grain: source_series x reference_number x org_code.
Source: Data Quality Annex of the workforce statistics (core.data_quality_note), the newest edition's wording.
Caveats: a note without months applies to every period, and a note for all years to its months of every year. National
notes apply to the rows of England and of every organisation; an organisation's notes apply to that organisation only,
although it is part of England's total.
Kind: view
Lineage:
    core.data_quality_note_latest, all
        WHERE figure.series = made.source_series AND figure.reference_number = made.reference_number
            AND figure.org_code IS NOT DISTINCT FROM made.org_code
*/
WITH note_wordings AS (
    SELECT
        *,
        string_split(regexp_extract(months, '^([A-Z][a-z]{2}-[A-Z][a-z]{2}) - all years$', 1), '-') AS named_months
    FROM core.data_quality_note_latest
),

note_months AS (
    SELECT
        *,
        list_transform(
            named_months,
            LAMBDA name: list_position(
                ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'], name
            )
        ) AS month_numbers
    FROM note_wordings
)

SELECT
    series AS source_series,
    reference_number,
    level,
    org_code,
    org_name,
    months,
    period_start,
    period_end,
    CASE
        WHEN len(named_months) < 2 THEN NULL
        WHEN month_numbers[1] <= month_numbers[2] THEN range(month_numbers[1], month_numbers[2] + 1)
        ELSE list_concat(range(month_numbers[1], 13), range(1, month_numbers[2] + 1))
    END AS months_of_year,
    issue_type,
    details,
    edition,
    file_sha256,
    source_sheet,
    source_row
FROM note_months
ORDER BY source_series, reference_number, org_code;

COMMENT ON COLUMN marts.data_quality_notes.source_series IS 'Series that the note is about.';
COMMENT ON COLUMN marts.data_quality_notes.reference_number IS 'Publisher''s reference.';
COMMENT ON COLUMN marts.data_quality_notes.level IS 'National or Organisation, as printed.';
COMMENT ON COLUMN marts.data_quality_notes.org_code IS
'Organisation that the note is about (ODS code); NULL: all of England.';
COMMENT ON COLUMN marts.data_quality_notes.org_name IS 'Its name as printed.';
COMMENT ON COLUMN marts.data_quality_notes.months IS 'Months as printed.';
COMMENT ON COLUMN marts.data_quality_notes.period_start IS
'First month end to which the note applies; NULL: from the beginning.';
COMMENT ON COLUMN marts.data_quality_notes.period_end IS
'Last month end to which the note applies; NULL: until further notice.';
COMMENT ON COLUMN marts.data_quality_notes.months_of_year IS
'Months of the year (1 to 12) to which the note applies; NULL: all.';
COMMENT ON COLUMN marts.data_quality_notes.issue_type IS 'Type of issue as printed.';
COMMENT ON COLUMN marts.data_quality_notes.details IS 'The note.';
COMMENT ON COLUMN marts.data_quality_notes.edition IS 'First edition with this wording.';
COMMENT ON COLUMN marts.data_quality_notes.file_sha256 IS 'File that prints the note (meta.source_file).';
COMMENT ON COLUMN marts.data_quality_notes.source_sheet IS 'Sheet.';
COMMENT ON COLUMN marts.data_quality_notes.source_row IS 'Row.';
