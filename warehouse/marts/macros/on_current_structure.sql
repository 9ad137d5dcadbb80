/*
The current organisation of each organisation that reports in a period, and the organisations whose figures are missing
from a sum.

Parameter reporting: name of a table or CTE with the columns source_series, time_span, period_start, period_end,
existing_on and org_code: which organisations have figures of a period. An organisation without figures is missing where
it opened by period_end and still existed on the day existing_on. period_start is period_end for a figure of one day.
Grain: source_series x time_span x period_start x period_end x org_code.
Source: successions followed to their end (marts.current_structure, marts.organisation_today).
Caveats: an organisation that was split, or closed without a successor, keeps its own code with is_mappable false;
nothing is apportioned.
Kind: macro (reporting)
*/
WITH reporters AS (
    SELECT
        reports.*,
        place.structure_code,
        place.structure_name,
        place.is_mappable,
        place.how,
        place.left_on,
        place.should_report
        AND coalesce(place.opened_on <= reports.period_end, TRUE)
        AND coalesce(place.left_on > reports.existing_on, TRUE) AS existed
    FROM
        (
            SELECT DISTINCT
                source_series,
                time_span,
                period_start,
                period_end,
                existing_on,
                org_code
            FROM query_table(reporting)
        ) AS reports
    INNER JOIN marts.current_structure AS place USING (org_code)
),

structures AS (
    SELECT
        source_series,
        time_span,
        period_start,
        period_end,
        existing_on,
        structure_code,
        is_mappable,
        list_sort(list(org_code)) AS organisations,
        -- Lists sorted afterwards: string_agg with ORDER BY sorts each group by itself, which took thrice as long.
        array_to_string(list_sort(list(org_code) FILTER (WHERE left_on <= period_start)), ', ') AS organisations_ended
    FROM reporters
    GROUP BY ALL
),

predecessors AS (
    SELECT
        structures.source_series,
        structures.time_span,
        structures.period_start,
        structures.period_end,
        structures.structure_code,
        structures.is_mappable,
        array_to_string(
            list_sort(
                list(place.org_code) FILTER (
                    WHERE place.should_report
                    AND coalesce(place.opened_on <= structures.period_end, TRUE)
                    AND coalesce(place.left_on > structures.existing_on, TRUE)
                    AND NOT list_contains(structures.organisations, place.org_code)
                )
            ), ', '
        ) AS organisations_missing,
        -- The month end before left_on already shows the staff under the successor.
        array_to_string(
            list_sort(
                list(place.org_code) FILTER (
                    WHERE place.left_on > structures.period_start AND place.left_on <= structures.period_end + 1
                )
            ), ', '
        ) AS organisations_merged
    FROM structures
    INNER JOIN marts.current_structure AS place USING (structure_code, is_mappable)
    WHERE structures.is_mappable
    GROUP BY ALL
),

splits AS (
    SELECT DISTINCT
        org_code AS split_code,
        today_code AS structure_code,
        left_on
    FROM marts.organisation_today
    WHERE how = 'split'
),

later_splits AS (
    SELECT
        structures.structure_code,
        structures.period_start,
        string_agg(DISTINCT splits.split_code, ', ' ORDER BY splits.split_code) AS gained_part_of
    FROM structures
    INNER JOIN splits
        ON structures.structure_code = splits.structure_code AND structures.period_start < splits.left_on
    GROUP BY ALL
)

SELECT
    reporters.source_series,
    reporters.time_span,
    reporters.period_start,
    reporters.period_end,
    reporters.org_code,
    reporters.structure_code,
    reporters.structure_name,
    reporters.is_mappable,
    reporters.how,
    reporters.existed,
    structures.organisations,
    predecessors.organisations_missing,
    predecessors.organisations_missing IS NULL AS is_complete,
    predecessors.organisations_merged,
    structures.organisations_ended,
    concat_ws(
        ' ',
        CASE
            WHEN NOT reporters.is_mappable
                THEN 'Not mappable (' || reporters.how || '): reported under its own code, not part of another row.'
        END,
        'No sum: no figures of ' || predecessors.organisations_missing || ', which existed at the time.',
        'Does not include the part received later in the split of ' || later_splits.gained_part_of || '.'
    ) AS caveat
FROM reporters
INNER JOIN structures USING (source_series, time_span, period_start, period_end, structure_code, is_mappable)
LEFT JOIN predecessors USING (source_series, time_span, period_start, period_end, structure_code, is_mappable)
LEFT JOIN later_splits USING (structure_code, period_start)
ORDER BY reporters.source_series, reporters.time_span, reporters.period_start, reporters.period_end, reporters.org_code;
