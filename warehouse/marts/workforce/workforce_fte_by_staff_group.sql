/*
England's staff in post in full-time equivalents by staff group and month: groups do not overlap, and all rows of a
month are England's total. Headcounts never add up and are not included.

Grain: period_end x staff_group.
Source: marts.workforce_fte_all_areas, England.
Caveats: the sum over all rows of a month is England's printed total. The grades of doctors, which are parts of HCHS
doctors, are not included (core.workforce has them). There is no headcount: people hold several roles.
Lineage:
    marts.workforce_fte_all_areas, all
        WHERE figure.source_series = made.source_series AND figure.period_end = made.period_end
            AND figure.geography_level = 'England' AND figure.staff_group = made.staff_group
        REMARK The other staff groups of the month have their own rows; together they are the denominator.
*/
SELECT
    period_end,
    main_staff_group,
    staff_group,
    staff_group_level,
    fte,
    CASE WHEN bool_and(fte IS NOT NULL) OVER every_group THEN sum(fte) OVER every_group END AS all_staff_fte,
    100 * fte / nullif(all_staff_fte, 0) AS share_of_fte_percent,
    value_status,
    source_series,
    edition,
    caveat
FROM marts.workforce_fte_all_areas
WHERE geography_level = 'England'
WINDOW every_group AS (PARTITION BY source_series, period_end)
ORDER BY period_end, main_staff_group, staff_group;

COMMENT ON COLUMN marts.workforce_fte_by_staff_group.fte IS
'Staff in post in England, full-time equivalents (numerator): adds up over staff groups to England''s total of the '
'month.';
COMMENT ON COLUMN marts.workforce_fte_by_staff_group.all_staff_fte IS
'Full-time equivalents of all staff groups of the month (denominator).';
