/*
England's staff by personal characteristic, grade and staff group, with shares: the counts that the leadership marts
use.

Grain: period_end x population x source_series x characteristic x category x category_level x staff_group x grade.
Source: core.person_characteristic (ethnicity facts and figures; workforce statistics by characteristic and grade).
Caveats: headcounts over several role groups may count a person twice; where the publisher prints a total over staff
groups, the total is used instead. A category without a printed row counts 0 only where the printed categories add up to
the printed total. BME is everyone outside the white groups; unknown ethnicity is in neither.
Lineage:
    core.person_characteristic_latest, among
        WHERE figure.series = made.source_series AND figure.period_end = made.period_end
            AND figure.population = made.population AND figure.characteristic = made.characteristic
            AND figure.grade = made.grade AND figure.measure = 'headcount'
            AND (figure.category_level IN ('total', 'total_known') OR figure.category = made.category
            OR (made.category_level = 'BME total' AND figure.category_level = 'group' AND figure.category <> 'White'))
            AND CASE made.staff_group_level WHEN 'role group' THEN figure.role_group = made.staff_group
            WHEN 'sub-group' THEN figure.role_group = made.staff_group
            WHEN 'clinical or not' THEN figure.staff_group IN (SELECT class.staff_group FROM
                reference.clinical_staff_group AS class WHERE class.clinical = made.staff_group)
            ELSE figure.staff_group = 'All staff groups'
            OR NOT EXISTS (SELECT 1 FROM core.person_characteristic_latest AS whole WHERE whole.series = figure.series
            AND whole.population = figure.population AND whole.period_end = figure.period_end
            AND whole.characteristic = figure.characteristic AND whole.grade = figure.grade
            AND whole.measure = 'headcount' AND whole.staff_group = 'All staff groups') END
        REMARK The category and the totals it is a share of; where a total of the role groups is printed, only the total
            is used.
*/
WITH ethnic_group AS (
    SELECT DISTINCT
        label AS category,
        bme_group
    FROM reference.ethnicity
    WHERE category_level = 'group'
),

people AS (
    SELECT
        * EXCLUDE (population, staff_group_level),
        population AS population,
        bool_or(staff_group = 'All staff groups')
            OVER (PARTITION BY series, population, period_end, characteristic, grade) AS has_total,
        bool_or(role_group = 'All role groups')
            OVER (PARTITION BY series, population, period_end, characteristic, grade, staff_group) AS has_main_total
    FROM core.person_characteristic_latest
    WHERE measure = 'headcount'
),

-- Rows that cover each main staff group once: its printed total, or else its role groups.
main_groups AS (
    SELECT *
    FROM people
    WHERE
        staff_group <> 'All staff groups'
        AND role_group_level = CASE WHEN has_main_total THEN 'all' ELSE 'group' END
),

group_rows AS (
    SELECT
        'All staff groups' AS placed_group,
        'all' AS staff_group_level,
        people.*
    FROM people
    WHERE people.staff_group = 'All staff groups' AND people.role_group = 'All role groups'
    UNION ALL
    SELECT
        'All staff groups' AS placed_group,
        'all' AS staff_group_level,
        main_groups.*
    FROM main_groups
    WHERE NOT main_groups.has_total
    UNION ALL
    SELECT
        clinical_staff_group.clinical AS placed_group,
        'clinical or not' AS staff_group_level,
        main_groups.*
    FROM main_groups
    INNER JOIN reference.clinical_staff_group USING (staff_group)
    WHERE clinical_staff_group.clinical <> 'Not classified'
    UNION ALL
    SELECT
        people.role_group AS placed_group,
        CASE people.role_group_level WHEN 'sub-group' THEN 'sub-group' ELSE 'role group' END
            AS staff_group_level,
        people.*
    FROM people
    WHERE people.role_group_level <> 'all'
),

figures AS (
    SELECT
        series,
        population,
        period_end,
        characteristic,
        placed_group AS staff_group,
        staff_group_level,
        grade,
        category,
        category_level,
        CASE WHEN bool_and(value IS NOT NULL) THEN sum(value) END AS headcount,
        min(coalesce(value_status, 'x')) FILTER (WHERE value IS NULL) AS missing_status,
        count(*) AS summed_figures,
        max(edition) AS edition
    FROM group_rows
    GROUP BY ALL
),

totals AS (
    SELECT
        series,
        population,
        period_end,
        characteristic,
        staff_group,
        staff_group_level,
        grade,
        max(headcount) FILTER (WHERE category_level = 'total') AS printed_total,
        max(headcount) FILTER (WHERE category_level = 'total_known') AS printed_known,
        coalesce(sum(headcount) FILTER (WHERE category_level = 'group'), 0) AS sum_of_groups,
        coalesce(sum(headcount) FILTER (WHERE category_level = 'unknown'), 0) AS sum_of_unknown,
        bool_or(headcount IS NULL) AS has_missing,
        max(summed_figures) > 1 AS is_sum,
        max(edition) AS edition
    FROM figures
    GROUP BY ALL
),

denominators AS (
    SELECT
        *,
        coalesce(printed_known, CASE WHEN NOT has_missing THEN sum_of_groups END) AS known_headcount,
        coalesce(printed_total, CASE WHEN NOT has_missing THEN sum_of_groups + sum_of_unknown END) AS all_headcount,
        -- Nothing is missing, so a category without a row is a true zero.
        NOT has_missing
        AND coalesce(printed_known, sum_of_groups) = sum_of_groups
        AND coalesce(printed_total, sum_of_groups + sum_of_unknown) = sum_of_groups + sum_of_unknown AS parts_add_up
    FROM totals
),

category_list AS (
    SELECT DISTINCT
        series,
        population,
        characteristic,
        category,
        category_level
    FROM figures
    WHERE category_level IN ('group', 'unknown', 'detail')
),

category_figures AS (
    SELECT
        denominators.* EXCLUDE (edition),
        category_list.category,
        category_list.category_level,
        coalesce(
            figures.headcount,
            CASE
                WHEN
                    denominators.parts_add_up AND figures.category IS NULL AND category_list.category_level <> 'detail'
                    THEN 0
            END
        ) AS headcount,
        coalesce(figures.missing_status, 'x') AS missing_status,
        coalesce(figures.edition, denominators.edition) AS edition
    FROM denominators
    INNER JOIN category_list USING (series, population, characteristic)
    LEFT JOIN figures
        USING (
            series,
            population,
            period_end,
            characteristic,
            staff_group,
            staff_group_level,
            grade,
            category,
            category_level
        )
    WHERE figures.category IS NOT NULL OR category_list.category_level <> 'detail'
),

bme_parts AS (
    SELECT
        category_figures.*,
        ethnic_group.bme_group
    FROM category_figures
    LEFT JOIN ethnic_group USING (category)
    WHERE category_figures.characteristic = 'ethnicity' AND category_figures.category_level = 'group'
),

with_bme AS (
    SELECT * FROM category_figures
    UNION ALL BY NAME
    SELECT
        * EXCLUDE (category, category_level, headcount, missing_status, edition, bme_group),
        'BME' AS category,
        'BME total' AS category_level,
        -- No total where a part is missing: the missing part could be derived from total and other parts.
        CASE
            WHEN bool_and(parts_add_up AND bme_group IS NOT NULL)
                THEN sum(headcount) FILTER (WHERE bme_group = 'BME')
        END AS headcount,
        coalesce(min(missing_status) FILTER (WHERE headcount IS NULL), 'x') AS missing_status,
        max(edition) AS edition
    FROM bme_parts
    GROUP BY ALL
)

SELECT
    period_end,
    population,
    series AS source_series,
    characteristic,
    category,
    category_level,
    staff_group,
    staff_group_level,
    grade,
    CASE grade WHEN 'All grades' THEN 'all' ELSE 'grade' END AS grade_level,
    headcount::BIGINT AS headcount,
    known_headcount::BIGINT AS known_headcount,
    CASE WHEN category_level <> 'unknown' THEN 100 * headcount / nullif(known_headcount, 0) END AS share_percent,
    all_headcount::BIGINT AS all_headcount,
    100 * headcount / nullif(all_headcount, 0) AS share_of_all_percent,
    CASE
        WHEN headcount IS NULL THEN missing_status
        WHEN category_level = 'unknown' THEN 'z'
        WHEN known_headcount < 10 THEN 'u'
    END AS value_status,
    is_sum AS is_sum_of_role_groups,
    edition,
    CASE
        WHEN is_sum THEN 'Sum of printed role groups: a person with roles in two is counted twice.'
    END AS caveat
FROM with_bme
ORDER BY source_series, population, characteristic, staff_group_level, staff_group, grade, category, period_end;

COMMENT ON COLUMN marts.staff_by_characteristic.population IS
'Whose staff: NHS trusts and core organisations, or support organisations and central bodies. They are never one '
'time series.';
COMMENT ON COLUMN marts.staff_by_characteristic.staff_group IS
'A role group as published; ''Clinical'' and ''Non-clinical'' by reference.clinical_staff_group; ''All staff '
'groups'' is everyone.';
COMMENT ON COLUMN marts.staff_by_characteristic.staff_group_level IS
'role group; sub-group (grades of doctors, parts of HCHS doctors); clinical or not; all: they overlap, '
'choose one before a sum, a rank or a mean.';
COMMENT ON COLUMN marts.staff_by_characteristic.grade IS
'Agenda for Change band or other grade; ''All grades'' is everyone.';
COMMENT ON COLUMN marts.staff_by_characteristic.grade_level IS
'all: all grades; grade: one of them. The two overlap: choose one before a sum, a rank or a mean.';
COMMENT ON COLUMN marts.staff_by_characteristic.share_percent IS
'Share among those whose category is known, 0-100; NULL for the unknown themselves.';
COMMENT ON COLUMN marts.staff_by_characteristic.value_status IS
'u: denominator under 10; z: not applicable (unknown category); c: suppressed; x: not published; NULL: a plain '
'published number.';
COMMENT ON COLUMN marts.staff_by_characteristic.is_sum_of_role_groups IS
'Whether the headcounts are sums over role groups, because no total is printed.';
