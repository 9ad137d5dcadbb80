-- Meta tables: source files, editions, the build, revisions, repeated figures, check results.

CREATE TABLE meta.build (
    build_id VARCHAR, built_at VARCHAR, figure_kind VARCHAR, fingerprint VARCHAR, code_version VARCHAR
);
COMMENT ON TABLE meta.build IS 'The build that created this file. Grain: one row.';
COMMENT ON COLUMN meta.build.build_id IS 'Id of the build: time it started, UTC.';
COMMENT ON COLUMN meta.build.built_at IS 'When it was built, UTC.';
COMMENT ON COLUMN meta.build.figure_kind IS
'published: figures as the publisher printed them; illustrative: made up for a trial or a test, not statistics.';
COMMENT ON COLUMN meta.build.fingerprint IS 'Hash of inputs and code: the same for the same inputs and the same code.';
COMMENT ON COLUMN meta.build.code_version IS 'Version of the code.';

CREATE TABLE meta.source_file (
    file_sha256 VARCHAR, series VARCHAR, edition VARCHAR, edition_order INTEGER, file_name VARCHAR, reader VARCHAR,
    reader_version INTEGER, publisher VARCHAR, address VARCHAR, page VARCHAR, size_bytes BIGINT, media_type VARCHAR,
    retrieved_at VARCHAR, licence VARCHAR, attribution VARCHAR, figure_kind VARCHAR
);
COMMENT ON TABLE meta.source_file IS 'Published files this warehouse was built from. Grain: file x series x edition.';
COMMENT ON COLUMN meta.source_file.file_sha256 IS 'SHA-256 of the file, its name in the raw archive.';
COMMENT ON COLUMN meta.source_file.series IS 'Series of the catalogue.';
COMMENT ON COLUMN meta.source_file.edition IS 'Edition, as the file itself says.';
COMMENT ON COLUMN meta.source_file.edition_order IS 'Order of the edition and issue in the series.';
COMMENT ON COLUMN meta.source_file.file_name IS 'Name the publisher gave the file.';
COMMENT ON COLUMN meta.source_file.reader IS 'Reader that read the file.';
COMMENT ON COLUMN meta.source_file.reader_version IS 'Version of the reader.';
COMMENT ON COLUMN meta.source_file.publisher IS 'Publisher.';
COMMENT ON COLUMN meta.source_file.address IS 'Address it was fetched from, or the path it was placed at.';
COMMENT ON COLUMN meta.source_file.page IS 'Page it was linked from.';
COMMENT ON COLUMN meta.source_file.size_bytes IS 'Size in bytes.';
COMMENT ON COLUMN meta.source_file.media_type IS 'Media type.';
COMMENT ON COLUMN meta.source_file.retrieved_at IS 'When it was fetched or placed, UTC.';
COMMENT ON COLUMN meta.source_file.licence IS 'Licence of the data.';
COMMENT ON COLUMN meta.source_file.attribution IS 'Attribution that must accompany the figures.';
COMMENT ON COLUMN meta.source_file.figure_kind IS 'published or illustrative.';

CREATE TABLE meta.edition (
    series VARCHAR, edition VARCHAR, edition_order INTEGER, issue INTEGER, title VARCHAR, published_on DATE,
    available_from DATE, coverage_end DATE, kind_of_statistics VARCHAR, key_facts VARCHAR
);
COMMENT ON TABLE meta.edition IS
'Editions in this warehouse; a re-issue has a row of its own. Grain: series x edition x issue.';
COMMENT ON COLUMN meta.edition.series IS 'Series of the catalogue.';
COMMENT ON COLUMN meta.edition.edition IS 'Edition, as its files say.';
COMMENT ON COLUMN meta.edition.edition_order IS 'Order in the series; the newest is the highest.';
COMMENT ON COLUMN meta.edition.issue IS
'1: as first retrieved; higher: a file was published again under the same name.';
COMMENT ON COLUMN meta.edition.title IS 'Title of the edition.';
COMMENT ON COLUMN meta.edition.published_on IS 'Publication date printed on the edition page; NULL where not known.';
COMMENT ON COLUMN meta.edition.available_from IS
'Day from which core.<table>_as_of includes it: published_on, or the day it was first fetched where that is not '
'known.';
COMMENT ON COLUMN meta.edition.coverage_end IS 'Last day the edition refers to.';
COMMENT ON COLUMN meta.edition.kind_of_statistics IS 'Kind of statistics, as the publisher says.';
COMMENT ON COLUMN meta.edition.key_facts IS 'Key facts, as printed on the edition page.';

CREATE TABLE meta.repeated_figure (
    table_name VARCHAR, series VARCHAR, edition VARCHAR, figure VARCHAR,
    value DOUBLE, other_value DOUBLE, value_status VARCHAR, other_value_status VARCHAR,
    file_sha256 VARCHAR, source_sheet VARCHAR, source_row INTEGER, source_column INTEGER,
    other_file_sha256 VARCHAR, other_source_sheet VARCHAR, other_source_row INTEGER, other_source_column INTEGER
);
COMMENT ON TABLE meta.repeated_figure IS
'Figures one edition prints in two places with two values; must be empty to publish. Grain: figure x second place.';
COMMENT ON COLUMN meta.repeated_figure.table_name IS 'Core table.';
COMMENT ON COLUMN meta.repeated_figure.series IS 'Series.';
COMMENT ON COLUMN meta.repeated_figure.edition IS 'Edition.';
COMMENT ON COLUMN meta.repeated_figure.figure IS 'Key of the figure, as JSON.';
COMMENT ON COLUMN meta.repeated_figure.value IS 'Value in the first place, which core.<table> has.';
COMMENT ON COLUMN meta.repeated_figure.other_value IS 'Value in the second place.';
COMMENT ON COLUMN meta.repeated_figure.value_status IS 'Status in the first place.';
COMMENT ON COLUMN meta.repeated_figure.other_value_status IS 'Status in the second place.';
COMMENT ON COLUMN meta.repeated_figure.file_sha256 IS 'File of the first place.';
COMMENT ON COLUMN meta.repeated_figure.source_sheet IS 'Sheet of the first place.';
COMMENT ON COLUMN meta.repeated_figure.source_row IS 'Row of the first place.';
COMMENT ON COLUMN meta.repeated_figure.source_column IS 'Column of the first place.';
COMMENT ON COLUMN meta.repeated_figure.other_file_sha256 IS 'File of the second place.';
COMMENT ON COLUMN meta.repeated_figure.other_source_sheet IS 'Sheet of the second place.';
COMMENT ON COLUMN meta.repeated_figure.other_source_row IS 'Row of the second place.';
COMMENT ON COLUMN meta.repeated_figure.other_source_column IS 'Column of the second place.';

CREATE TABLE meta.revision (
    table_name VARCHAR, series VARCHAR, figure VARCHAR, measure VARCHAR,
    old_value DOUBLE, new_value DOUBLE, old_value_status VARCHAR, new_value_status VARCHAR,
    old_edition VARCHAR, new_edition VARCHAR, old_file_sha256 VARCHAR, new_file_sha256 VARCHAR,
    old_sheet VARCHAR, old_row INTEGER, old_column INTEGER, new_sheet VARCHAR, new_row INTEGER, new_column INTEGER,
    seen_at VARCHAR
);
COMMENT ON TABLE meta.revision IS
'Figures that a later edition printed with another value. Grain: figure x new edition.';
COMMENT ON COLUMN meta.revision.table_name IS 'Core table.';
COMMENT ON COLUMN meta.revision.series IS 'Series.';
COMMENT ON COLUMN meta.revision.figure IS 'Key of the figure, as JSON.';
COMMENT ON COLUMN meta.revision.measure IS 'Measure, where the table has one.';
COMMENT ON COLUMN meta.revision.old_value IS 'Value before.';
COMMENT ON COLUMN meta.revision.new_value IS 'Value after.';
COMMENT ON COLUMN meta.revision.old_value_status IS 'Status before.';
COMMENT ON COLUMN meta.revision.new_value_status IS 'Status after.';
COMMENT ON COLUMN meta.revision.old_edition IS 'Edition whose row in core.<table> holds the value before.';
COMMENT ON COLUMN meta.revision.new_edition IS 'Edition that printed the value after.';
COMMENT ON COLUMN meta.revision.old_file_sha256 IS 'File of the value before.';
COMMENT ON COLUMN meta.revision.new_file_sha256 IS 'File of the value after.';
COMMENT ON COLUMN meta.revision.old_sheet IS 'Sheet of the value before.';
COMMENT ON COLUMN meta.revision.old_row IS 'Row of the value before.';
COMMENT ON COLUMN meta.revision.old_column IS 'Column of the value before.';
COMMENT ON COLUMN meta.revision.new_sheet IS 'Sheet of the value after.';
COMMENT ON COLUMN meta.revision.new_row IS 'Row of the value after.';
COMMENT ON COLUMN meta.revision.new_column IS 'Column of the value after.';
COMMENT ON COLUMN meta.revision.seen_at IS 'When the file with the new value was fetched, UTC.';

CREATE TABLE meta.attribute_change (
    table_name VARCHAR, series VARCHAR, edition VARCHAR, file_sha256 VARCHAR, column_name VARCHAR,
    old_text VARCHAR, new_text VARCHAR, rows BIGINT, first_figure VARCHAR, source_sheet VARCHAR, source_row INTEGER
);
COMMENT ON TABLE meta.attribute_change IS
'Attributes of earlier figures that a later edition changes while the value stays the same: region, board, '
'name, date. Grain: table x file x column x text before x text after.';
COMMENT ON COLUMN meta.attribute_change.table_name IS 'Core table.';
COMMENT ON COLUMN meta.attribute_change.series IS 'Series.';
COMMENT ON COLUMN meta.attribute_change.edition IS 'Edition with the changed attribute.';
COMMENT ON COLUMN meta.attribute_change.file_sha256 IS 'File of that edition.';
COMMENT ON COLUMN meta.attribute_change.column_name IS 'Column of the core table.';
COMMENT ON COLUMN meta.attribute_change.old_text IS 'Attribute before, as text; NULL: none.';
COMMENT ON COLUMN meta.attribute_change.new_text IS 'Attribute in this edition, as text; NULL: none.';
COMMENT ON COLUMN meta.attribute_change.rows IS 'Number of rows of the core table with the change.';
COMMENT ON COLUMN meta.attribute_change.first_figure IS 'Key of one of them, as JSON.';
COMMENT ON COLUMN meta.attribute_change.source_sheet IS 'Sheet that prints it.';
COMMENT ON COLUMN meta.attribute_change.source_row IS 'Row in that sheet.';

CREATE TABLE meta.withdrawn_figure (
    table_name VARCHAR, series VARCHAR, figure VARCHAR, measure VARCHAR, last_value DOUBLE, last_edition VARCHAR,
    file_sha256 VARCHAR, source_sheet VARCHAR, source_row INTEGER, source_column INTEGER,
    withdrawn_edition VARCHAR, withdrawing_sha256 VARCHAR, withdrawn_from DATE, printed_again_edition VARCHAR
);
COMMENT ON TABLE meta.withdrawn_figure IS
'Figures that a later edition of the same scope no longer prints: they stay in core.<table>, but are in '
'core.<table>_latest only if they are printed again. Grain: figure x withdrawing edition.';
COMMENT ON COLUMN meta.withdrawn_figure.table_name IS 'Core table.';
COMMENT ON COLUMN meta.withdrawn_figure.series IS 'Series.';
COMMENT ON COLUMN meta.withdrawn_figure.figure IS 'Key of the figure, as JSON.';
COMMENT ON COLUMN meta.withdrawn_figure.measure IS 'Measure, where the table has one.';
COMMENT ON COLUMN meta.withdrawn_figure.last_value IS 'Value as last printed; NULL where the table has none.';
COMMENT ON COLUMN meta.withdrawn_figure.last_edition IS 'Last edition that printed it.';
COMMENT ON COLUMN meta.withdrawn_figure.file_sha256 IS 'File that printed it last.';
COMMENT ON COLUMN meta.withdrawn_figure.source_sheet IS 'Sheet that printed it last.';
COMMENT ON COLUMN meta.withdrawn_figure.source_row IS 'Row in that sheet.';
COMMENT ON COLUMN meta.withdrawn_figure.source_column IS 'Column in that sheet.';
COMMENT ON COLUMN meta.withdrawn_figure.withdrawn_edition IS 'First edition of the same scope without it.';
COMMENT ON COLUMN meta.withdrawn_figure.withdrawing_sha256 IS 'SHA-256 of the file of that edition without the figure.';
COMMENT ON COLUMN meta.withdrawn_figure.withdrawn_from IS 'Day from which core.<table>_as_of leaves it out.';
COMMENT ON COLUMN meta.withdrawn_figure.printed_again_edition IS
'Edition that prints it again; NULL where none does.';

CREATE TABLE meta.moved_area (
    table_name VARCHAR, series VARCHAR, period_end DATE, geography_level VARCHAR, area_code VARCHAR,
    region_code VARCHAR, icb_code VARCHAR, area_name VARCHAR, edition VARCHAR, edition_order INTEGER
);
COMMENT ON TABLE meta.moved_area IS
'Areas that a later edition assigns to another region or board, or gives another name, in a month already published: '
'core.<table>_latest uses the newest assignment also for figures that edition did not print again. Grain: table x '
'month x area x edition.';
COMMENT ON COLUMN meta.moved_area.table_name IS 'Core table.';
COMMENT ON COLUMN meta.moved_area.series IS 'Series.';
COMMENT ON COLUMN meta.moved_area.period_end IS 'Last day of the month the figures are of.';
COMMENT ON COLUMN meta.moved_area.geography_level IS 'Level of the area.';
COMMENT ON COLUMN meta.moved_area.area_code IS 'Code of the area.';
COMMENT ON COLUMN meta.moved_area.region_code IS 'Region of the area in that edition.';
COMMENT ON COLUMN meta.moved_area.icb_code IS 'Board or system of the area in that edition.';
COMMENT ON COLUMN meta.moved_area.area_name IS 'Name of the area in that edition; NULL where it has several.';
COMMENT ON COLUMN meta.moved_area.edition IS 'Edition with the changed area.';
COMMENT ON COLUMN meta.moved_area.edition_order IS 'Its order in the series.';

CREATE TABLE meta.edition_step (
    table_name VARCHAR, series VARCHAR, edition VARCHAR, edition_order INTEGER, file_sha256 VARCHAR, measure VARCHAR,
    figures BIGINT, figures_before BIGINT, revised BIGINT, median_ratio DOUBLE, total_before DOUBLE, total_now DOUBLE
);
COMMENT ON TABLE meta.edition_step IS
'How each file differs from the values of the same figures in earlier editions. Grain: table x file x edition x '
'measure.';
COMMENT ON COLUMN meta.edition_step.table_name IS 'Core table.';
COMMENT ON COLUMN meta.edition_step.series IS 'Series.';
COMMENT ON COLUMN meta.edition_step.edition IS 'Edition of the file.';
COMMENT ON COLUMN meta.edition_step.edition_order IS 'Its order in the series.';
COMMENT ON COLUMN meta.edition_step.file_sha256 IS 'File.';
COMMENT ON COLUMN meta.edition_step.measure IS 'Measure; NULL where the table has none.';
COMMENT ON COLUMN meta.edition_step.figures IS 'Figures the file prints, each once.';
COMMENT ON COLUMN meta.edition_step.figures_before IS 'Figures among them that an earlier edition also printed.';
COMMENT ON COLUMN meta.edition_step.revised IS 'Figures among figures_before that have another value in this file.';
COMMENT ON COLUMN meta.edition_step.median_ratio IS
'Median of new value divided by old value of the revised figures; NULL where none has both values.';
COMMENT ON COLUMN meta.edition_step.total_before IS
'Sum of the values before of the figures printed in both: an indication of size, not a statistic.';
COMMENT ON COLUMN meta.edition_step.total_now IS 'Sum of the values of the same figures in this file.';

CREATE TABLE meta.refused_file (
    file_sha256 VARCHAR, series VARCHAR, edition VARCHAR, file_name VARCHAR, reason VARCHAR, findings VARCHAR
);
COMMENT ON TABLE meta.refused_file IS
'Files that were read but failed a check: this warehouse was built without them. Grain: file x edition.';
COMMENT ON COLUMN meta.refused_file.file_sha256 IS 'SHA-256 of the file.';
COMMENT ON COLUMN meta.refused_file.series IS 'Series.';
COMMENT ON COLUMN meta.refused_file.edition IS 'Edition.';
COMMENT ON COLUMN meta.refused_file.file_name IS 'Name the publisher gave the file.';
COMMENT ON COLUMN meta.refused_file.reason IS 'The rule, what it found in which cells, and what to do.';
COMMENT ON COLUMN meta.refused_file.findings IS
'The same as JSON: for each rule its message, up to five cells with published, expected and found value, what to do.';

CREATE TABLE meta.set_aside_file (
    file_sha256 VARCHAR, series VARCHAR, edition VARCHAR, file_name VARCHAR, reason VARCHAR
);
COMMENT ON TABLE meta.set_aside_file IS
'Archived files that an operator decided not to read: this warehouse was built without them. Grain: file x edition.';
COMMENT ON COLUMN meta.set_aside_file.file_sha256 IS 'SHA-256 of the file.';
COMMENT ON COLUMN meta.set_aside_file.series IS 'Series.';
COMMENT ON COLUMN meta.set_aside_file.edition IS 'Edition.';
COMMENT ON COLUMN meta.set_aside_file.file_name IS 'Name the publisher gave the file.';
COMMENT ON COLUMN meta.set_aside_file.reason IS 'Why the operator set it aside.';

CREATE TABLE meta.configuration (file_name VARCHAR, origin VARCHAR, place VARCHAR, entry VARCHAR);
COMMENT ON TABLE meta.configuration IS
'Known failures, tolerances, limits and exceptions that this warehouse was checked with. Grain: line.';
COMMENT ON COLUMN meta.configuration.file_name IS 'Name of the hand-kept list.';
COMMENT ON COLUMN meta.configuration.origin IS
'packaged: from the code; operator: from the folder config of the data folder, in addition to the packaged lines or in '
'the place of one.';
COMMENT ON COLUMN meta.configuration.place IS 'File and line number.';
COMMENT ON COLUMN meta.configuration.entry IS 'The line as JSON.';

CREATE TABLE meta.check_result (
    rule_id VARCHAR, table_name VARCHAR, severity VARCHAR, outcome VARCHAR, failing_rows BIGINT, message VARCHAR,
    guidance VARCHAR, examples VARCHAR, ran_in VARCHAR
);
COMMENT ON TABLE meta.check_result IS 'Results of the checks on this file before it was published. Grain: rule.';
COMMENT ON COLUMN meta.check_result.rule_id IS 'Id of the rule.';
COMMENT ON COLUMN meta.check_result.table_name IS 'Table that is checked.';
COMMENT ON COLUMN meta.check_result.severity IS 'reject file, reject rows, or warn.';
COMMENT ON COLUMN meta.check_result.outcome IS
'passed, ran over no rows (nothing the rule looks at is loaded), failed, warned, rows taken out (see '
'meta.rejected_row), or known (a known failure, until its end date).';
COMMENT ON COLUMN meta.check_result.failing_rows IS 'Number of rows that break the rule.';
COMMENT ON COLUMN meta.check_result.message IS 'What was found.';
COMMENT ON COLUMN meta.check_result.guidance IS 'What to do.';
COMMENT ON COLUMN meta.check_result.examples IS 'Examples of these rows with file, sheet and cell, as JSON.';
COMMENT ON COLUMN meta.check_result.ran_in IS
'Build in which the rule ran (meta.build.build_id): an earlier one where it passed there, and neither the rule nor any '
'table that it reads has changed since.';

CREATE TABLE meta.applied_correction (
    table_name VARCHAR, series VARCHAR, edition VARCHAR, figure VARCHAR, printed_value DOUBLE, corrected_value DOUBLE,
    reason VARCHAR, source VARCHAR, corrected_by VARCHAR, corrected_on DATE, file_sha256 VARCHAR, source_sheet VARCHAR,
    source_row INTEGER, source_column INTEGER, origin VARCHAR
);
COMMENT ON TABLE meta.applied_correction IS
'Printed figures corrected in this warehouse (reference.corrections), with the value as printed. Grain: cell.';
COMMENT ON COLUMN meta.applied_correction.table_name IS 'Core table.';
COMMENT ON COLUMN meta.applied_correction.series IS 'Series.';
COMMENT ON COLUMN meta.applied_correction.edition IS 'Edition.';
COMMENT ON COLUMN meta.applied_correction.figure IS 'Key of the figure, as JSON.';
COMMENT ON COLUMN meta.applied_correction.printed_value IS 'Value as printed.';
COMMENT ON COLUMN meta.applied_correction.corrected_value IS 'Value used; NULL where the figure was dropped.';
COMMENT ON COLUMN meta.applied_correction.reason IS 'Why.';
COMMENT ON COLUMN meta.applied_correction.source IS
'What shows the right value, and to whom the error was reported.';
COMMENT ON COLUMN meta.applied_correction.corrected_by IS 'Who entered the correction.';
COMMENT ON COLUMN meta.applied_correction.corrected_on IS 'Day on which it was entered.';
COMMENT ON COLUMN meta.applied_correction.file_sha256 IS 'File.';
COMMENT ON COLUMN meta.applied_correction.source_sheet IS 'Sheet.';
COMMENT ON COLUMN meta.applied_correction.source_row IS 'Row.';
COMMENT ON COLUMN meta.applied_correction.source_column IS 'Column.';
COMMENT ON COLUMN meta.applied_correction.origin IS
'packaged: from the code; operator: from config/corrections.toml of the data folder.';

CREATE TABLE meta.mart (
    mart VARCHAR, kind VARCHAR, made_by VARCHAR, source VARCHAR, caveats VARCHAR, core_tables VARCHAR[]
);
COMMENT ON TABLE meta.mart IS 'What each mart is made from, its caveats and its SQL. Grain: mart.';
COMMENT ON COLUMN meta.mart.mart IS 'Table or view of schema marts.';
COMMENT ON COLUMN meta.mart.kind IS 'table or view.';
COMMENT ON COLUMN meta.mart.made_by IS
'SQL statement of the mart; reference.lineage states from which rows it is calculated.';
COMMENT ON COLUMN meta.mart.source IS 'Sources of its figures, in words.';
COMMENT ON COLUMN meta.mart.caveats IS 'What to bear in mind when using it.';
COMMENT ON COLUMN meta.mart.core_tables IS
'Core tables that its rows are made from, directly or through other marts: meta.series_table has the series of each.';

CREATE TABLE meta.rejected_row (
    rule_id VARCHAR, table_name VARCHAR, figure VARCHAR, value DOUBLE, series VARCHAR, edition VARCHAR,
    file_sha256 VARCHAR, source_sheet VARCHAR, source_row INTEGER, source_column INTEGER, expected VARCHAR,
    found VARCHAR
);
COMMENT ON TABLE meta.rejected_row IS
'Rows that a check of severity "reject rows" took out of core before publication. Grain: rule x cell.';
COMMENT ON COLUMN meta.rejected_row.rule_id IS 'Rule that refused the row.';
COMMENT ON COLUMN meta.rejected_row.table_name IS 'Core table.';
COMMENT ON COLUMN meta.rejected_row.figure IS 'Key of the figure, as JSON.';
COMMENT ON COLUMN meta.rejected_row.value IS 'Value as printed.';
COMMENT ON COLUMN meta.rejected_row.series IS 'Series.';
COMMENT ON COLUMN meta.rejected_row.edition IS 'Edition.';
COMMENT ON COLUMN meta.rejected_row.file_sha256 IS 'File.';
COMMENT ON COLUMN meta.rejected_row.source_sheet IS 'Sheet.';
COMMENT ON COLUMN meta.rejected_row.source_row IS 'Row.';
COMMENT ON COLUMN meta.rejected_row.source_column IS 'Column.';
COMMENT ON COLUMN meta.rejected_row.expected IS 'What the rule expected of the row.';
COMMENT ON COLUMN meta.rejected_row.found IS 'What the rule found in the row.';

CREATE TABLE meta.unread_part (
    series VARCHAR, edition VARCHAR, file_name VARCHAR, file_sha256 VARCHAR, kind VARCHAR, source_sheet VARCHAR,
    name VARCHAR, why VARCHAR, is_known BOOLEAN
);
COMMENT ON TABLE meta.unread_part IS
'Sheets, zip members and columns of a file that are not read, empty editions, and archived files that have no reader '
'yet. Grain: file x part.';
COMMENT ON COLUMN meta.unread_part.series IS 'Series.';
COMMENT ON COLUMN meta.unread_part.edition IS 'Edition.';
COMMENT ON COLUMN meta.unread_part.file_name IS 'Name of the file.';
COMMENT ON COLUMN meta.unread_part.file_sha256 IS 'File.';
COMMENT ON COLUMN meta.unread_part.kind IS
'sheet, member, column, absent sheet (one that other editions have), rows (headings only: an empty edition), or file '
'(the whole file: archived, without a reader yet).';
COMMENT ON COLUMN meta.unread_part.source_sheet IS 'Sheet or zip member that holds it; blank for a plain CSV.';
COMMENT ON COLUMN meta.unread_part.name IS 'Its name: of the sheet or member, or the heading of the column.';
COMMENT ON COLUMN meta.unread_part.why IS 'Why it is not read.';
COMMENT ON COLUMN meta.unread_part.is_known IS
'TRUE: reviewed, and not needed. FALSE: not yet reviewed; each refresh that reads the file reports it.';

CREATE TABLE meta.series (
    series VARCHAR, title VARCHAR, publisher VARCHAR, licence VARCHAR, attribution VARCHAR, landing VARCHAR,
    may_redistribute BOOLEAN, months INTEGER, lag_days INTEGER, grace_days INTEGER, announced_on DATE, cited_as VARCHAR
);
COMMENT ON TABLE meta.series IS
'Every series of the catalogue, loaded or not: licence and publication schedule. Grain: series.';
COMMENT ON COLUMN meta.series.series IS 'Series.';
COMMENT ON COLUMN meta.series.title IS 'Its title.';
COMMENT ON COLUMN meta.series.publisher IS 'Publisher of the series.';
COMMENT ON COLUMN meta.series.licence IS 'Licence its figures are published under.';
COMMENT ON COLUMN meta.series.attribution IS 'Attribution that must accompany figures of the series.';
COMMENT ON COLUMN meta.series.landing IS 'Publisher''s page.';
COMMENT ON COLUMN meta.series.may_redistribute IS
'Whether the licence allows redistribution without asking; false: ask the publisher first. Exports and public copies '
'leave such series out; meta.series_table lists their tables.';
COMMENT ON COLUMN meta.series.months IS 'Months of the period that an edition adds; 0: no regular schedule, never due.';
COMMENT ON COLUMN meta.series.lag_days IS 'Usual days from the end of the period to publication.';
COMMENT ON COLUMN meta.series.grace_days IS 'Days after the due date before an edition counts as late.';
COMMENT ON COLUMN meta.series.announced_on IS
'Next publication date the publisher had announced when the warehouse was built; NULL: none known.';
COMMENT ON COLUMN meta.series.cited_as IS
'Name of the series in reference.headline, if those headlines are figures of the series; else NULL.';

CREATE TABLE meta.series_table (series VARCHAR, table_name VARCHAR, is_loaded BOOLEAN, covered_until DATE);
COMMENT ON TABLE meta.series_table IS 'Core tables that files of a series fill. Grain: series x table_name.';
COMMENT ON COLUMN meta.series_table.series IS 'Series.';
COMMENT ON COLUMN meta.series_table.table_name IS 'Table of schema core.';
COMMENT ON COLUMN meta.series_table.is_loaded IS 'Whether the table holds a row of the series.';
COMMENT ON COLUMN meta.series_table.covered_until IS
'Newest period in the table; NULL: no row is loaded, or the table has no period.';

CREATE TABLE meta.figure_count (
    series VARCHAR, table_name VARCHAR, edition VARCHAR, measure VARCHAR, figures BIGINT
);
COMMENT ON TABLE meta.figure_count IS
'How many rows each core.<table>_latest holds. Grain: series x table_name x edition x measure.';
COMMENT ON COLUMN meta.figure_count.series IS 'Series.';
COMMENT ON COLUMN meta.figure_count.table_name IS 'Table of schema core.';
COMMENT ON COLUMN meta.figure_count.edition IS 'Edition that printed the newest value of these figures first.';
COMMENT ON COLUMN meta.figure_count.measure IS 'Measure; NULL where the table has none.';
COMMENT ON COLUMN meta.figure_count.figures IS 'Number of rows, including rows without a number.';

CREATE TABLE meta.published_organisation (
    series VARCHAR, table_name VARCHAR, org_code VARCHAR, org_name VARCHAR, first_period_end DATE,
    last_period_end DATE, figures BIGINT
);
COMMENT ON TABLE meta.published_organisation IS
'Organisations that core tables have figures of, listed or not. Grain: series x table_name x org_code.';
COMMENT ON COLUMN meta.published_organisation.series IS 'Series.';
COMMENT ON COLUMN meta.published_organisation.table_name IS 'Table of schema core.';
COMMENT ON COLUMN meta.published_organisation.org_code IS 'Code as published.';
COMMENT ON COLUMN meta.published_organisation.org_name IS 'Newest name printed beside it; NULL where none is.';
COMMENT ON COLUMN meta.published_organisation.first_period_end IS
'First day or end of period with a figure; NULL where the table says the year only.';
COMMENT ON COLUMN meta.published_organisation.last_period_end IS 'Last day or end of period with a figure.';
COMMENT ON COLUMN meta.published_organisation.figures IS
'Figures with a number; counts of 0, printed for organisations that are closed, are left out.';

CREATE VIEW meta.freshness AS
WITH newest AS (
    SELECT
        series,
        max(coverage_end) AS covered_until,
        arg_max(edition, edition_order) AS edition
    FROM meta.edition
    GROUP BY series
),

held AS (
    SELECT
        coalesce(series.series, newest.series) AS series,
        NULL AS table_name,
        newest.edition,
        newest.covered_until
    FROM meta.series AS series
    FULL JOIN newest ON series.series = newest.series
    UNION ALL
    SELECT
        parts.series,
        parts.table_name,
        newest.edition,
        parts.covered_until
    FROM meta.series_table AS parts
    LEFT JOIN newest ON parts.series = newest.series
),

due AS (
    SELECT
        held.*,
        series.grace_days,
        coalesce(
            CASE WHEN held.table_name IS NULL THEN series.announced_on END,
            last_day(held.covered_until + to_months(nullif(series.months, 0))) + series.lag_days
        ) AS due_on
    FROM held
    LEFT JOIN meta.series AS series ON held.series = series.series
)

SELECT
    series,
    table_name,
    edition,
    edition IS NOT NULL AS is_loaded,
    covered_until,
    CASE WHEN covered_until IS NOT NULL THEN due_on END AS due_on,
    CASE WHEN covered_until IS NOT NULL THEN due_on + grace_days END AS late_after
FROM due
ORDER BY series, table_name NULLS FIRST;
COMMENT ON VIEW meta.freshness IS
'Newest period of each series and of each of its core tables, and when the next edition is due; used by workforce '
'status, the check meta.fresh and the web site. Grain: series x table_name.';
COMMENT ON COLUMN meta.freshness.series IS 'Series of the catalogue, loaded or not.';
COMMENT ON COLUMN meta.freshness.table_name IS 'Core table; NULL: the series as a whole.';
COMMENT ON COLUMN meta.freshness.edition IS 'Newest edition of the series that is loaded.';
COMMENT ON COLUMN meta.freshness.is_loaded IS
'Whether any edition of the series is loaded; false does not mean that there are no figures.';
COMMENT ON COLUMN meta.freshness.covered_until IS 'Newest day the loaded figures refer to.';
COMMENT ON COLUMN meta.freshness.due_on IS
'Day the next edition is due: announced by the publisher, else by the schedule of the series; NULL: no schedule is '
'known.';
COMMENT ON COLUMN meta.freshness.late_after IS 'Last day before the edition counts as late: due_on plus grace_days.';

-- Names of cells as a spreadsheet shows them (C7). sqlfluff cannot check the indentation of a macro.
-- noqa: disable=LT02,CP05,RF02
CREATE MACRO core.column_letters(place) AS
    CASE
        WHEN place <= 0 THEN ''
        WHEN place <= 26 THEN chr(64 + place)
        WHEN place <= 702 THEN chr(64 + (place - 1) // 26) || chr(65 + (place - 1) % 26)
        ELSE chr(64 + (place - 703) // 676 + 1) || chr(65 + ((place - 703) // 26) % 26) || chr(65 + (place - 1) % 26)
    END;
CREATE MACRO core.cell_name(source_row, source_column) AS
    CASE WHEN source_column > 0 THEN core.column_letters(source_column) || source_row ELSE 'row ' || source_row END;

-- noqa: enable=all

CREATE TABLE meta.staged_file (
    parquet VARCHAR, table_name VARCHAR, series VARCHAR, edition VARCHAR, file_sha256 VARCHAR, edition_order INTEGER,
    issue INTEGER, issued VARCHAR, reader VARCHAR, file_name VARCHAR
);
