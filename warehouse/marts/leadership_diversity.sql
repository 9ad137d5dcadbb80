/*
Who leads: each leadership group by personal characteristic, against the whole workforce.

Grain: period_end x geography_level x area_code x population x source_series x characteristic x category
x leadership_group.
Sources: workforce statistics by characteristic and grade (core.person_characteristic), WRES and board figures as
printed in cited pages (core.headline, chosen line by line in reference.headline_measure), WRES files
(core.wres_indicator), gender pay gap reports (marts.leadership_pay_gap).
Caveats: very senior managers of the workforce statistics (a grade within senior managers) and of WRES (executive board
members added, trusts only) are different populations and never share a series. Headcounts of several grades or role
groups may count a person twice. BME is everyone outside the white groups; unknown ethnicity is in neither.
A category without a printed row counts 0 only where the printed categories add up to the printed total.
*/
WITH ethnic_group AS (
    SELECT DISTINCT
        label AS category,
        bme_group
    FROM reference.ethnicity
    WHERE category_level = 'group'
),

membership AS (
    SELECT
        leadership_group,
        'leadership group' AS group_kind,
        dimension,
        member
    FROM reference.leadership_group
    WHERE dimension IN ('grade', 'role_group')
    UNION ALL
    SELECT DISTINCT
        label AS leadership_group,
        'single grade' AS group_kind,
        'grade' AS dimension,
        label AS member
    FROM reference.grade
    WHERE label NOT IN ('All grades', 'Very Senior Manager')
    UNION ALL
    SELECT
        'Whole workforce' AS leadership_group,
        'workforce' AS group_kind,
        'grade' AS dimension,
        'All grades' AS member
),

people AS (
    SELECT
        *,
        bool_or(staff_group = 'All staff groups')
            OVER (PARTITION BY series, population, period_end, characteristic, grade) AS has_printed_total
    FROM core.person_characteristic_latest
    WHERE measure = 'headcount'
),

-- One set of rows that covers England once: the publisher's total over staff groups, or else every role group.
england AS (
    SELECT *
    FROM people
    WHERE
        CASE WHEN has_printed_total THEN staff_group = 'All staff groups' ELSE role_group <> 'All role groups' END
),

member_figures AS (
    SELECT
        membership.leadership_group,
        membership.group_kind,
        england.*
    FROM england
    INNER JOIN membership ON england.grade = membership.member AND membership.dimension = 'grade'
    UNION ALL
    SELECT
        membership.leadership_group,
        membership.group_kind,
        people.*
    FROM people
    INNER JOIN membership ON people.role_group = membership.member AND membership.dimension = 'role_group'
    WHERE people.grade = 'All grades'
),

group_figures AS (
    SELECT
        series,
        population,
        period_end,
        characteristic,
        leadership_group,
        group_kind,
        category,
        category_level,
        CASE WHEN bool_and(value IS NOT NULL) THEN sum(value) END AS headcount,
        CASE WHEN bool_or(value IS NULL) THEN min(coalesce(value_status, 'x')) FILTER (WHERE value IS NULL) END
            AS missing_status,
        bool_or(NOT has_printed_total) AS is_sum_of_role_groups,
        max(edition) AS edition
    FROM member_figures
    GROUP BY ALL
),

group_totals AS (
    SELECT
        series,
        population,
        period_end,
        characteristic,
        leadership_group,
        group_kind,
        max(headcount) FILTER (WHERE category_level = 'total') AS printed_total,
        max(headcount) FILTER (WHERE category_level = 'total_known') AS printed_known,
        sum(headcount) FILTER (WHERE category_level = 'group') AS sum_of_groups,
        coalesce(sum(headcount) FILTER (WHERE category_level = 'unknown'), 0) AS sum_of_unknown,
        coalesce(bool_or(missing_status IS NOT NULL) FILTER (WHERE category_level IN ('group', 'unknown')), FALSE)
            AS has_missing,
        min(missing_status) AS missing_status,
        bool_or(is_sum_of_role_groups) AS is_sum_of_role_groups,
        max(edition) AS edition
    FROM group_figures
    GROUP BY ALL
),

denominators AS (
    SELECT
        *,
        coalesce(printed_known, CASE WHEN NOT has_missing THEN sum_of_groups END) AS known_headcount,
        coalesce(printed_total, CASE WHEN NOT has_missing THEN sum_of_groups + sum_of_unknown END) AS all_headcount,
        -- Nothing is missing: what has no row is then a true zero.
        NOT has_missing
        AND coalesce(printed_known, sum_of_groups) = sum_of_groups
        AND coalesce(printed_total, sum_of_groups + sum_of_unknown) = sum_of_groups + sum_of_unknown AS parts_add_up
    FROM group_totals
),

category_list AS (
    SELECT DISTINCT
        series,
        population,
        characteristic,
        category,
        category_level
    FROM group_figures
    WHERE category_level IN ('group', 'unknown', 'detail')
),

category_figures AS (
    SELECT
        denominators.* EXCLUDE (missing_status, edition),
        category_list.category,
        category_list.category_level,
        coalesce(
            group_figures.headcount,
            CASE
                WHEN
                    denominators.parts_add_up
                    AND group_figures.category IS NULL
                    AND category_list.category_level <> 'detail'
                    THEN 0
            END
        ) AS headcount,
        CASE WHEN group_figures.category IS NULL THEN 'x' ELSE group_figures.missing_status END AS missing_status,
        coalesce(group_figures.edition, denominators.edition) AS edition
    FROM denominators
    INNER JOIN category_list USING (series, population, characteristic)
    LEFT JOIN group_figures
        USING (series, population, period_end, characteristic, leadership_group, group_kind, category, category_level)
),

with_bme AS (
    SELECT * FROM category_figures
    UNION ALL BY NAME
    SELECT
        figures.* EXCLUDE (category, category_level, headcount, missing_status, edition, bme_group),
        'BME' AS category,
        'BME total' AS category_level,
        CASE
            WHEN bool_and(figures.parts_add_up AND figures.bme_group IS NOT NULL)
                THEN sum(figures.headcount) FILTER (WHERE figures.bme_group = 'BME')
        END AS headcount,
        coalesce(min(figures.missing_status) FILTER (WHERE figures.headcount IS NULL), 'x') AS missing_status,
        max(figures.edition) AS edition
    FROM (
        SELECT
            category_figures.*,
            ethnic_group.bme_group
        FROM category_figures
        LEFT JOIN ethnic_group USING (category)
        WHERE category_figures.characteristic = 'ethnicity' AND category_figures.category_level = 'group'
    ) AS figures
    GROUP BY ALL
),

from_workforce_statistics AS (
    SELECT
        leaders.period_end,
        'England' AS geography_level,
        'England' AS area_code,
        NULL AS org_code,
        leaders.population || ': workforce statistics'
        || CASE WHEN leaders.leadership_group = 'Very Senior Manager' THEN ', grade within senior managers' ELSE '' END
            AS population,
        leaders.characteristic,
        leaders.category,
        leaders.category_level,
        leaders.leadership_group,
        leaders.group_kind,
        leaders.headcount,
        leaders.known_headcount,
        leaders.all_headcount,
        workforce.headcount AS workforce_headcount,
        workforce.known_headcount AS workforce_known_headcount,
        CASE
            WHEN leaders.category_level <> 'unknown' THEN 100 * leaders.headcount / nullif(leaders.known_headcount, 0)
        END AS share_percent,
        100 * leaders.headcount / nullif(leaders.all_headcount, 0) AS share_of_all_percent,
        CASE
            WHEN leaders.category_level <> 'unknown'
                THEN 100 * workforce.headcount / nullif(workforce.known_headcount, 0)
        END AS workforce_share_percent,
        leaders.missing_status,
        'workforce statistics, counted' AS figure_basis,
        leaders.series AS source_series,
        leaders.edition,
        concat_ws(
            ' ',
            CASE
                WHEN leaders.leadership_group = 'Very Senior Manager'
                    THEN 'Not the WRES group, which adds executive board members.'
                WHEN leaders.leadership_group = 'Bands 8a-9'
                    THEN 'Sum of five bands: a person with roles in two is counted twice.'
            END,
            CASE
                WHEN workforce.is_sum_of_role_groups
                    THEN
                        'No total over role groups is printed: whole workforce and grades are sums of role groups,'
                        || ' a person with roles in two is counted twice.'
            END
        ) AS caveat
    FROM with_bme AS leaders
    INNER JOIN with_bme AS workforce
        ON
            leaders.series = workforce.series
            AND leaders.population = workforce.population
            AND leaders.period_end = workforce.period_end
            AND leaders.characteristic = workforce.characteristic
            AND leaders.category = workforce.category
            AND leaders.category_level = workforce.category_level
            AND workforce.leadership_group = 'Whole workforce'
    WHERE leaders.leadership_group <> 'Whole workforce'
),

every_figure AS (
    SELECT * FROM from_workforce_statistics
)

SELECT
    period_end,
    geography_level,
    area_code,
    org_code,
    population,
    characteristic,
    category,
    category_level,
    leadership_group,
    group_kind,
    headcount::BIGINT AS headcount,
    known_headcount::BIGINT AS known_headcount,
    share_percent,
    all_headcount::BIGINT AS all_headcount,
    share_of_all_percent,
    workforce_headcount::BIGINT AS workforce_headcount,
    workforce_known_headcount::BIGINT AS workforce_known_headcount,
    workforce_share_percent,
    share_percent - workforce_share_percent AS gap_points,
    share_percent / nullif(workforce_share_percent, 0) AS representation_ratio,
    CASE
        WHEN missing_status IS NOT NULL AND headcount IS NULL AND share_percent IS NULL THEN missing_status
        WHEN category_level = 'unknown' THEN 'z'
        WHEN least(known_headcount, workforce_known_headcount) < 10 THEN 'u'
    END AS value_status,
    figure_basis,
    source_series,
    edition,
    caveat
FROM every_figure
ORDER BY source_series, population, area_code, characteristic, leadership_group, category_level, category, period_end;

COMMENT ON TABLE marts.leadership_diversity IS
'Leadership groups by personal characteristic against the whole workforce, numerators and denominators beside '
'every share. Grain: period_end x geography_level x area_code x population x source_series x characteristic x '
'category x leadership_group.';
COMMENT ON COLUMN marts.leadership_diversity.period_end IS
'Last day of the month the figures are of; 31 March of the year for WRES and pay gap reports; last day of the '
'survey period for surveys.';
COMMENT ON COLUMN marts.leadership_diversity.geography_level IS
'England, Region or Organisation.';
COMMENT ON COLUMN marts.leadership_diversity.area_code IS
'ODS code of the organisation, the region''s name as printed, or ''England''.';
COMMENT ON COLUMN marts.leadership_diversity.org_code IS
'ODS code of the trust; NULL above organisations.';
COMMENT ON COLUMN marts.leadership_diversity.population IS
'Whose leaders are counted, and by whom. Rows of different populations never make one series: very senior '
'managers of the workforce statistics and of WRES are different people.';
COMMENT ON COLUMN marts.leadership_diversity.characteristic IS
'ethnicity, sex, disability, age, religion, sexual orientation or nationality.';
COMMENT ON COLUMN marts.leadership_diversity.category IS
'Category of the characteristic; ''BME'' is everyone outside the white groups, unknown not among them.';
COMMENT ON COLUMN marts.leadership_diversity.category_level IS
'group: a category; BME total: sum of the groups outside White; unknown: not stated or not known; detail: a part '
'of a group. BME total and detail overlap with group: choose one level before adding up.';
COMMENT ON COLUMN marts.leadership_diversity.leadership_group IS
'Very Senior Manager, Bands 8a-9, Senior managers, Board, Top pay quarter (reference.leadership_group), or a '
'single grade.';
COMMENT ON COLUMN marts.leadership_diversity.group_kind IS
'leadership group or single grade; the two overlap.';
COMMENT ON COLUMN marts.leadership_diversity.headcount IS
'People of the category in the leadership group (numerator). NULL where only a share is published.';
COMMENT ON COLUMN marts.leadership_diversity.known_headcount IS
'People in the leadership group whose category is known (denominator of share_percent).';
COMMENT ON COLUMN marts.leadership_diversity.share_percent IS
'Share of the leadership group among those whose category is known, 0-100.';
COMMENT ON COLUMN marts.leadership_diversity.all_headcount IS
'Everyone in the leadership group, known or not (denominator of share_of_all_percent).';
COMMENT ON COLUMN marts.leadership_diversity.share_of_all_percent IS
'Share of everyone in the leadership group, those of unknown category included, 0-100.';
COMMENT ON COLUMN marts.leadership_diversity.workforce_headcount IS
'People of the category in the whole workforce of the same source and month.';
COMMENT ON COLUMN marts.leadership_diversity.workforce_known_headcount IS
'People in the whole workforce whose category is known (denominator of workforce_share_percent).';
COMMENT ON COLUMN marts.leadership_diversity.workforce_share_percent IS
'Share of the whole workforce among those whose category is known, 0-100. Top pay quarter: mean of the four '
'quarters, which are equal in size.';
COMMENT ON COLUMN marts.leadership_diversity.gap_points IS
'share_percent minus workforce_share_percent, percentage points; below 0: fewer among leaders than in the '
'workforce.';
COMMENT ON COLUMN marts.leadership_diversity.representation_ratio IS
'share_percent / workforce_share_percent; 1: as in the workforce, below 1: fewer among leaders.';
COMMENT ON COLUMN marts.leadership_diversity.value_status IS
'Of share_percent. u: a denominator under 10; z: not applicable (unknown category); c: suppressed; x: not '
'published; NULL: plain.';
COMMENT ON COLUMN marts.leadership_diversity.figure_basis IS
'workforce statistics, counted; published headline; WRES file; gender pay gap report.';
COMMENT ON COLUMN marts.leadership_diversity.source_series IS
'Series of the source.';
COMMENT ON COLUMN marts.leadership_diversity.edition IS
'Newest edition that gave a figure of the row, or the headline ids it was taken from.';
COMMENT ON COLUMN marts.leadership_diversity.caveat IS
'What to know before using the row.';
