/*
Staff in post of each organisation, as reported: under the code in use at the time. Levels of staff group overlap: for
sums use marts.workforce_fte_by_organisation.

Grain: period_end x org_code x staff_group x measure.
Source: HCHS workforce statistics (core.workforce), newest value of each figure; mergers and splits from
marts.organisation_event.
Caveats: the publisher prints 0 for months in which an organisation did not exist: such months have no row
(core.workforce has them), unless the organisation lists show an employer with that code as open at the time, which the
caveat says. Compare organisations of one organisation_kind. Headcounts do not add up over staff groups or
organisations: people hold several roles. For current organisations see
marts.workforce_by_organisation_current_structure.
Lineage:
    core.workforce_latest, all
        WHERE figure.series = made.source_series AND figure.geography_level = 'Organisation'
            AND figure.period_end = made.period_end AND figure.org_code = made.org_code
            AND figure.staff_group = made.staff_group AND figure.measure = made.measure
*/
WITH printed_staff AS (
    SELECT *
    FROM core.workforce_latest
    WHERE geography_level = 'Organisation'
),

without_staff AS (
    SELECT
        series,
        period_end,
        org_code
    FROM printed_staff
    GROUP BY ALL
    HAVING bool_and(value = 0)
),

open_without_staff AS (
    SELECT
        without_staff.series,
        without_staff.period_end,
        without_staff.org_code
    FROM without_staff
    INNER JOIN marts.organisation_kind AS kind USING (org_code)
    WHERE
        -- A sub-ICB location has no staff of its own: they are those of the board.
        kind.organisation_kind IN ('trust', 'care trust', 'ICB', 'clinical commissioning group')
        AND kind.opened_on <= without_staff.period_end
        AND coalesce(without_staff.period_end < kind.left_on - 1, TRUE)
),

figures AS (
    SELECT
        printed_staff.*,
        open_without_staff.org_code IS NOT NULL AS is_open_without_staff,
        lag(printed_staff.value) OVER earlier AS value_before,
        lag(printed_staff.period_end) OVER earlier AS period_before
    FROM printed_staff
    LEFT JOIN open_without_staff USING (series, period_end, org_code)
    LEFT JOIN without_staff USING (series, period_end, org_code)
    WHERE without_staff.org_code IS NULL OR open_without_staff.org_code IS NOT NULL
    WINDOW
        earlier AS (
            PARTITION BY printed_staff.series, printed_staff.org_code, printed_staff.staff_group, printed_staff.measure
            ORDER BY printed_staff.period_end
        )
),

jumps AS (
    SELECT
        *,
        100 * (value / value_before - 1) AS change_percent
    FROM figures
    WHERE value_before > 0 AND abs(value / value_before - 1) > 0.2
),

explanations AS (
    SELECT
        jumps.series,
        jumps.period_end,
        jumps.org_code,
        jumps.staff_group,
        jumps.measure,
        printf('%+.0f %% against %s: ', any_value(jumps.change_percent), any_value(jumps.period_before))
        || coalesce(
            string_agg(event.event || ' on ' || event.effective_on, '; ' ORDER BY event.effective_on),
            'unexplained, no merger, split or boundary change of it is listed for that time'
        )
        || '.' AS change
    FROM jumps
    LEFT JOIN marts.organisation_event AS event
        ON
            jumps.org_code = event.org_code
            -- Staff may move to the successor's payroll a month early or late.
            AND event.effective_on BETWEEN jumps.period_before - 31 AND jumps.period_end + 32
    GROUP BY jumps.series, jumps.period_end, jumps.org_code, jumps.staff_group, jumps.measure
)

SELECT
    figures.period_end,
    figures.region_code,
    figures.icb_code,
    figures.org_code,
    figures.area_name AS org_name,
    figures.staff_group,
    figures.staff_group_level,
    figures.measure,
    figures.value,
    figures.value_status,
    figures.series AS source_series,
    figures.edition,
    nullif(
        concat_ws(
            ' ',
            CASE
                WHEN figures.is_open_without_staff
                    THEN 'Printed as 0 although listed as open: not in this source, or without staff of its own.'
            END,
            explanations.change
        ),
        ''
    ) AS caveat
FROM figures
LEFT JOIN explanations USING (series, period_end, org_code, staff_group, measure)
ORDER BY figures.period_end, figures.org_code, figures.staff_group, figures.measure;

COMMENT ON COLUMN marts.workforce_by_organisation.staff_group_level IS
'all, main group, group or sub-group (core.workforce): levels overlap, choose one before a sum, a rank or a mean; what '
'may be added up is in marts.workforce_fte_by_organisation.';
COMMENT ON COLUMN marts.workforce_by_organisation.value IS
'Staff in post, in the unit of measure.';
COMMENT ON COLUMN marts.workforce_by_organisation.caveat IS
'What to know before using the row: a change of more than 20 per cent on the month before, with the merger, split or '
'boundary change listed for it, or as unexplained; a printed 0 of an open organisation. NULL: nothing.';
