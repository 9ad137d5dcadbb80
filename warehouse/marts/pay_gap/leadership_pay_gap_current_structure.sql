/*
Share of women in each pay quarter under the current organisation, where one report covers the whole of it.

Grain: reporting_year x employer_name x pay_quarter.
Source: marts.leadership_pay_gap, organisation codes mapped to current organisations by marts.current_structure.
Caveats: the publisher prints shares without headcounts: shares of two employers are never averaged. A report is shown
under the current organisation only where no other trust that existed on the snapshot date became part of it; all other
reports keep their own code with is_mappable false.
Lineage:
    marts.leadership_pay_gap, all
        WHERE figure.source_series = made.source_series AND figure.reporting_year = made.reporting_year
            AND figure.employer_name = made.employer_name AND figure.pay_quarter = made.pay_quarter
*/
WITH reporting AS ( -- noqa: ST03
    SELECT
        source_series,
        'snapshot' AS time_span,
        snapshot_date AS period_start,
        snapshot_date AS period_end,
        snapshot_date AS existing_on,
        org_code
    FROM marts.leadership_pay_gap
),

placed_reports AS (
    SELECT
        pay_gap.*,
        place.structure_code,
        place.structure_name,
        coalesce(
            place.is_mappable
            AND place.how <> 'merged'
            -- The report is from the only trust of the time that became part of the current organisation.
            AND place.existed
            AND place.is_complete
            AND len(place.organisations) = 1,
            FALSE
        ) AS is_mappable
    FROM marts.leadership_pay_gap AS pay_gap
    LEFT JOIN marts.on_current_structure('reporting') AS place
        ON
            pay_gap.source_series = place.source_series
            AND pay_gap.snapshot_date = place.period_end
            AND pay_gap.org_code = place.org_code
)

SELECT
    reporting_year,
    snapshot_date,
    employer_name,
    CASE WHEN is_mappable THEN structure_code ELSE org_code END AS org_code,
    CASE WHEN is_mappable THEN structure_name ELSE org_name END AS org_name,
    is_mappable,
    org_code AS org_code_then,
    pay_quarter,
    women_share_percent,
    all_quarters_women_share_percent,
    gap_points,
    mean_hourly_gap_percent,
    median_hourly_gap_percent,
    value_status,
    source_series,
    edition,
    concat_ws(
        ' ',
        caveat,
        CASE
            WHEN NOT is_mappable AND org_code IS NOT NULL
                THEN 'Not mappable: not the whole of one current organisation, or in no organisation list; as reported.'
        END
    ) AS caveat
FROM placed_reports
ORDER BY reporting_year, employer_name, pay_quarter;

COMMENT ON COLUMN marts.leadership_pay_gap_current_structure.org_code IS
'ODS code of the current organisation; where not mappable, the code as reported, or NULL.';
COMMENT ON COLUMN marts.leadership_pay_gap_current_structure.is_mappable IS
'Whether the report covers the whole of one current organisation.';
COMMENT ON COLUMN marts.leadership_pay_gap_current_structure.org_code_then IS
'ODS code on the snapshot date.';
