/*
Staff in post, with merged organisations added up under their current successor.

Grain: period_end x org_code x staff_group x measure.
Source: marts.workforce_by_organisation (core.workforce for the organisations that report), organisation codes mapped to
current organisations by marts.current_structure.
Caveats: figures of an organisation that was split are never apportioned: it keeps its own code with is_mappable false,
and the figures of its successors before the split do not include the part they received. A summed headcount counts a
person twice who worked in two of the organisations. A sum is NULL where a part is not printed, or where an organisation
that existed at the time has no figures.
Lineage:
    marts.workforce_by_organisation, all
        WHERE figure.source_series = made.source_series AND figure.period_end = made.period_end
            AND list_contains(string_split(made.organisations, ', '), figure.org_code)
            AND figure.staff_group = made.staff_group AND figure.measure = made.measure
*/
WITH reporting AS ( -- noqa: ST03
    -- Also organisations with only zeros, which marts.workforce_by_organisation leaves out.
    SELECT
        series AS source_series,
        'month end' AS time_span,
        period_end AS period_start,
        period_end,
        -- The month end before an organisation's last day already shows its staff under the successor.
        period_end + 1 AS existing_on,
        org_code
    FROM core.workforce_latest
    WHERE geography_level = 'Organisation'
),

sums AS (
    SELECT
        figures.period_end,
        place.structure_code AS org_code,
        place.structure_name AS org_name,
        place.is_mappable,
        place.caveat,
        figures.staff_group,
        figures.staff_group_level,
        figures.measure,
        CASE WHEN bool_and(place.is_complete AND figures.value IS NOT NULL) THEN sum(figures.value) END AS value,
        min(figures.value_status) AS missing_status,
        list(figures.org_code) FILTER (WHERE figures.value IS DISTINCT FROM 0) AS organisations,
        greatest(count(*) FILTER (WHERE figures.value IS DISTINCT FROM 0), 1) AS organisations_summed,
        figures.source_series,
        max(figures.edition) AS edition
    FROM marts.workforce_by_organisation AS figures
    INNER JOIN marts.on_current_structure('reporting') AS place USING (source_series, period_end, org_code)
    -- An organisation without any staff did not exist.
    WHERE figures.value IS DISTINCT FROM 0 OR figures.staff_group <> 'All staff groups'
    GROUP BY ALL
)

SELECT
    period_end,
    org_code,
    org_name,
    is_mappable,
    staff_group,
    staff_group_level,
    measure,
    value,
    CASE WHEN value IS NULL THEN coalesce(missing_status, 'x') END AS value_status,
    coalesce(array_to_string(list_sort(organisations), ', '), org_code) AS organisations,
    organisations_summed,
    source_series,
    edition,
    concat_ws(
        ' ',
        nullif(caveat, ''),
        CASE
            WHEN measure = 'headcount' AND organisations_summed > 1
                THEN 'Sum over organisations: a person who worked in two of them is counted twice.'
        END
    ) AS caveat
FROM sums
ORDER BY period_end, org_code, staff_group, measure;

COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.org_code IS
'ODS code of the current organisation; where not mappable, the code as reported.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.value IS
'Staff in post, in the unit of measure; NULL where a part of the sum is not known.';
COMMENT ON COLUMN marts.workforce_by_organisation_current_structure.caveat IS
'Why there is no sum, and what else to know before using the row; empty: nothing.';
