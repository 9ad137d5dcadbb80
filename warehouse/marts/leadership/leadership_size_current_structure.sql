/*
Size of the leadership, with merged organisations added up under their current successor.

Grain: period_end x org_code x leadership_group x clinical.
Source: marts.leadership_size, organisation codes mapped to current organisations by marts.current_structure.
Caveats: figures of an organisation that was split are never apportioned: it keeps its own code with is_mappable false,
and the figures of its successors before the split do not include the part they received. A sum is NULL where a part is
not known. Shares are calculated from the summed numerator and denominator.
Lineage:
    marts.leadership_size, all
        WHERE figure.source_series = made.source_series AND figure.period_end = made.period_end
            AND list_contains(string_split(made.organisations, ', '), figure.org_code)
            AND figure.leadership_group = made.leadership_group AND figure.clinical = made.clinical
*/
WITH reporting AS ( -- noqa: ST03
    SELECT
        source_series,
        'month end' AS time_span,
        period_end AS period_start,
        period_end,
        -- The month end before an organisation's last day already shows its staff under the successor.
        period_end + 1 AS existing_on,
        org_code
    FROM marts.leadership_size
),

sums AS (
    SELECT
        figures.period_end,
        figures.leadership_group,
        figures.clinical,
        place.structure_code AS org_code,
        place.structure_name AS org_name,
        place.is_mappable,
        place.caveat,
        CASE WHEN bool_and(place.is_complete AND figures.fte IS NOT NULL) THEN sum(figures.fte) END AS fte,
        CASE WHEN bool_and(place.is_complete AND figures.all_staff_fte IS NOT NULL) THEN sum(figures.all_staff_fte) END
            AS all_staff_fte,
        CASE WHEN bool_and(place.is_complete AND figures.headcount IS NOT NULL) THEN sum(figures.headcount) END
            AS headcount,
        min(figures.value_status) AS missing_status,
        list_sort(list(figures.org_code)) AS organisations,
        count(*) AS organisations_summed,
        figures.source_series,
        max(figures.edition) AS edition
    FROM marts.leadership_size AS figures
    INNER JOIN marts.on_current_structure('reporting') AS place USING (source_series, period_end, org_code)
    GROUP BY ALL
)

SELECT
    period_end,
    leadership_group,
    clinical,
    org_code,
    org_name,
    is_mappable,
    fte,
    all_staff_fte,
    100 * fte / nullif(all_staff_fte, 0) AS share_of_fte_percent,
    headcount::BIGINT AS headcount,
    CASE WHEN fte IS NULL THEN coalesce(missing_status, 'x') END AS value_status,
    array_to_string(organisations, ', ') AS organisations,
    organisations_summed,
    source_series,
    edition,
    concat_ws(
        ' ',
        nullif(caveat, ''),
        CASE
            WHEN headcount IS NOT NULL AND organisations_summed > 1
                THEN 'Sum over organisations: a person who worked in two of them is counted twice.'
        END
    ) AS caveat
FROM sums
ORDER BY period_end, org_code, leadership_group, clinical;

COMMENT ON COLUMN marts.leadership_size_current_structure.org_code IS
'ODS code of the current organisation; where not mappable, the code as reported.';
COMMENT ON COLUMN marts.leadership_size_current_structure.fte IS
'Full-time equivalents in the group (numerator).';
COMMENT ON COLUMN marts.leadership_size_current_structure.headcount IS
'People in the group; NULL where a part is not given by a single printed figure.';
COMMENT ON COLUMN marts.leadership_size_current_structure.value_status IS
'Of fte. c: suppressed; x: not known for a part of the sum; NULL: a plain published number.';
