/*
order = 1
title = "What does each series cover, and when is the next edition due?"
heading = "Series and their freshness"
sentence = """
{% set of = rows | selectattr("is_loaded") | list %} {{ of | length }} of {{ rows | length }} series are
loaded{% if of %}; the newest figures are of
{{ day(of | rejectattr("covered_until", "none") | map(attribute="covered_until") | max) }}{% endif %}."""
source = "The warehouse's own record of editions"
caveat = "A series that is not loaded is missing here; that is not the same as zero."

[columns]
title = "Series"
publisher = "Publisher"
is_loaded = "Loaded"
edition = "Newest edition"
covered_until = "Covers until"
due_on = "Next is due"
*/
SELECT
    series.series,
    series.title,
    series.publisher,
    series.landing,
    series.may_redistribute,
    freshness.is_loaded,
    freshness.edition,
    freshness.covered_until,
    freshness.due_on
FROM meta.series AS series
LEFT JOIN meta.freshness AS freshness ON series.series = freshness.series AND freshness.table_name IS NULL
ORDER BY series.title
