-- What each series covers, and when its next edition is due.
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
