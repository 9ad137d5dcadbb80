/*
Leadership groups by personal characteristic against the whole workforce, for every source and population. Do not add up
or compare rows of different populations; marts.leadership_diversity holds one population only.

Grain: period_end x geography_level x area_code x population x source_series x characteristic x category
x leadership_group x figure_basis.
Source: workforce statistics by characteristic and grade (marts.staff_by_characteristic), WRES and board figures as
printed in cited pages (marts.leadership_headlines), WRES files (marts.wres_leadership), gender pay gap reports
(marts.leadership_pay_gap).
Caveats: very senior managers of the workforce statistics (a grade within senior managers) and of WRES (executive board
members added, trusts only) are different populations and are never one time series. Headcounts of several grades or
role groups may count a person twice. BME is everyone outside the white groups; unknown ethnicity is in neither. Shares
have different denominators (denominator_population): those of WRES (reports and files) are of all staff, including
unknown ethnicity; those of the workforce statistics are of staff whose category is known.
Lineage:
    marts.staff_by_characteristic, all
        WHERE made.figure_basis = 'workforce statistics, counted' AND figure.source_series = made.source_series
            AND figure.period_end = made.period_end AND starts_with(made.population, figure.population)
            AND figure.characteristic = made.characteristic AND figure.category = made.category
            AND figure.category_level = made.category_level AND ((figure.staff_group_level = 'all'
            AND (figure.grade IN ('All grades', made.leadership_group)
            OR figure.grade IN (SELECT part.member FROM reference.leadership_group AS part WHERE part.dimension =
                'grade'
            AND part.leadership_group = made.leadership_group))) OR (figure.staff_group_level = 'role group'
            AND figure.grade = 'All grades'
            AND figure.staff_group IN (SELECT part.member FROM reference.leadership_group AS part WHERE part.dimension =
                'role_group'
            AND part.leadership_group = made.leadership_group)))
        REMARK The leadership group's grades or role groups, and all grades: the whole workforce.
    marts.leadership_pay_gap, all
        WHERE made.figure_basis = 'gender pay gap report' AND figure.source_series = made.source_series
            AND figure.snapshot_date = made.period_end AND figure.org_code = made.org_code
            AND figure.pay_quarter = 'top'
    marts.wres_leadership, all
        WHERE made.figure_basis = 'WRES file' AND figure.source_series = made.source_series
            AND figure.period_end = made.period_end AND figure.geography_level = made.geography_level
            AND figure.area_code = made.area_code AND figure.category = made.category
            AND figure.leadership_group IN (made.leadership_group, 'Whole workforce')
        REMARK The group and the whole workforce.
    core.headline, all
        WHERE made.figure_basis = 'published headline'
            AND list_contains(string_split(made.edition, ', '), figure.headline_id)
*/
WITH membership AS (
    SELECT DISTINCT
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
),

leaders AS (
    SELECT
        staff.source_series,
        staff.population,
        staff.period_end,
        staff.characteristic,
        staff.category,
        staff.category_level,
        membership.leadership_group,
        membership.group_kind,
        CASE WHEN bool_and(staff.headcount IS NOT NULL) THEN sum(staff.headcount) END AS headcount,
        CASE WHEN bool_and(staff.known_headcount IS NOT NULL) THEN sum(staff.known_headcount) END AS known_headcount,
        CASE WHEN bool_and(staff.all_headcount IS NOT NULL) THEN sum(staff.all_headcount) END AS all_headcount,
        min(staff.value_status) FILTER (WHERE staff.headcount IS NULL) AS missing_status,
        count(*) > 1 AS is_sum_of_grades,
        max(staff.edition) AS edition
    FROM marts.staff_by_characteristic AS staff
    INNER JOIN membership
        ON
            (
                membership.dimension = 'grade'
                AND staff.staff_group_level = 'all'
                AND staff.grade = membership.member
            )
            OR (
                membership.dimension = 'role_group'
                AND staff.staff_group_level = 'role group'
                AND staff.staff_group = membership.member
                AND staff.grade = 'All grades'
            )
    GROUP BY ALL
),

workforce AS (
    SELECT *
    FROM marts.staff_by_characteristic
    WHERE staff_group_level = 'all' AND grade = 'All grades'
),

from_workforce_statistics AS (
    SELECT
        leaders.period_end,
        'England' AS geography_level,
        'England' AS area_code,
        NULL::VARCHAR AS org_code,
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
        workforce.share_percent AS workforce_share_percent,
        workforce.share_of_all_percent AS workforce_share_of_all_percent,
        'staff of known ' || leaders.characteristic AS denominator_population,
        leaders.missing_status,
        'workforce statistics, counted' AS figure_basis,
        leaders.source_series,
        leaders.edition,
        'core.person_characteristic' AS source,
        concat_ws(
            ' ',
            CASE
                WHEN leaders.leadership_group = 'Very Senior Manager'
                    THEN 'Not the WRES group, which adds executive board members.'
            END,
            CASE WHEN leaders.is_sum_of_grades THEN 'Sum of grades: a person with roles in two is counted twice.' END,
            CASE
                WHEN workforce.is_sum_of_role_groups
                    THEN
                        'No total over role groups is printed: whole workforce and grades are sums of role groups,'
                        || ' a person with roles in two is counted twice.'
            END
        ) AS caveat
    FROM leaders
    INNER JOIN workforce
        USING (source_series, population, period_end, characteristic, category, category_level)
),

-- Pay quarters are shares of one employer's staff; no headcount is published.
from_pay_gap AS (
    SELECT
        pay_gap.snapshot_date AS period_end,
        'Organisation' AS geography_level,
        pay_gap.org_code AS area_code,
        pay_gap.org_code,
        'Employees of one trust: gender pay gap report' AS population,
        'sex' AS characteristic,
        sex.category,
        'group' AS category_level,
        'Top pay quarter' AS leadership_group,
        'leadership group' AS group_kind,
        CASE
            WHEN sex.category = 'Female' THEN pay_gap.women_share_percent ELSE pay_gap.men_share_percent
        END AS share_percent,
        CASE
            WHEN sex.category = 'Female' THEN pay_gap.all_quarters_women_share_percent
            ELSE 100 - pay_gap.all_quarters_women_share_percent
        END AS workforce_share_percent,
        'staff of the pay quarter' AS denominator_population,
        pay_gap.value_status AS missing_status,
        'gender pay gap report' AS figure_basis,
        pay_gap.source_series,
        pay_gap.edition,
        'core.pay_gap' AS source,
        pay_gap.caveat
    FROM marts.leadership_pay_gap AS pay_gap
    CROSS JOIN (VALUES ('Female'), ('Male')) AS sex (category)
    WHERE pay_gap.pay_quarter = 'top' AND pay_gap.body = 'NHS trust' AND pay_gap.is_matched
),

-- Cited pages print shares, rarely headcounts; one line was chosen for each figure, the others are named in the caveat.
from_headlines AS (
    SELECT
        share.period_end,
        CASE WHEN share.area_name = 'England' THEN 'England' ELSE 'Region' END AS geography_level,
        share.area_name AS area_code,
        share.population,
        share.characteristic,
        share.category,
        CASE WHEN share.category = 'BME' THEN 'BME total' ELSE 'group' END AS category_level,
        share.leadership_group,
        'leadership group' AS group_kind,
        counted.headline_value AS headcount,
        share.headline_value AS share_percent,
        workforce.headline_value AS workforce_share_percent,
        CASE
            WHEN starts_with(share.population, 'WRES') THEN 'all staff including unknown ethnicity'
            ELSE 'not printed in the source'
        END AS denominator_population,
        CASE WHEN starts_with(share.population, 'WRES') THEN share.headline_value END AS share_of_all_percent,
        CASE
            WHEN starts_with(workforce.population, 'WRES') THEN workforce.headline_value
        END AS workforce_share_of_all_percent,
        'published headline' AS figure_basis,
        share.source_series,
        concat_ws(', ', share.headline_id, counted.headline_id, workforce.headline_id) AS edition,
        share.source,
        concat_ws(
            ' ',
            'As printed in a cited page; no denominator is printed.',
            CASE
                WHEN share.leadership_group = 'Very Senior Manager'
                    THEN 'Not the grade of the workforce statistics: trusts only, executive board members added.'
            END,
            share.caveat,
            'Of the headcount: ' || counted.caveat,
            'Of the workforce share: ' || workforce.caveat
        ) AS caveat
    FROM marts.leadership_headlines AS share
    LEFT JOIN marts.leadership_headlines AS counted
        ON
            counted.mart_role = 'headcount'
            AND share.leadership_group = counted.leadership_group
            AND share.category = counted.category
            AND share.population = counted.population
            AND share.area_name = counted.area_name
            AND share.period_end = counted.period_end
    LEFT JOIN marts.leadership_headlines AS workforce
        ON
            share.workforce_measure_id = workforce.measure_id
            AND share.area_name = workforce.area_name
            AND share.period_end = workforce.period_end
    WHERE share.mart_role = 'share'
),

from_wres_files AS (
    SELECT
        leaders.period_end,
        leaders.geography_level,
        leaders.area_code,
        leaders.org_code,
        leaders.population,
        'ethnicity' AS characteristic,
        leaders.category,
        CASE leaders.category WHEN 'BME' THEN 'BME total' WHEN 'Unknown' THEN 'unknown' ELSE 'group' END
            AS category_level,
        leaders.leadership_group,
        'leadership group' AS group_kind,
        leaders.headcount,
        leaders.known_headcount,
        leaders.all_headcount,
        workforce.headcount AS workforce_headcount,
        workforce.known_headcount AS workforce_known_headcount,
        -- As WRES prints it; known ethnicity only where a file does not give the number of all staff.
        CASE
            WHEN leaders.share_of_all_percent IS NULL THEN leaders.share_percent
            WHEN leaders.category <> 'Unknown' THEN leaders.share_of_all_percent
        END AS share_percent,
        leaders.share_percent AS share_of_known_percent,
        leaders.share_of_all_percent,
        CASE
            WHEN leaders.share_of_all_percent IS NULL THEN workforce.share_percent
            WHEN leaders.category <> 'Unknown' THEN workforce.share_of_all_percent
        END AS workforce_share_percent,
        workforce.share_of_all_percent AS workforce_share_of_all_percent,
        CASE
            WHEN leaders.share_of_all_percent IS NULL THEN leaders.denominator_population
            ELSE 'all staff including unknown ethnicity'
        END AS denominator_population,
        leaders.value_status AS missing_status,
        'WRES file' AS figure_basis,
        leaders.source_series,
        leaders.edition,
        'core.wres_indicator' AS source,
        leaders.caveat
    FROM marts.wres_leadership AS leaders
    LEFT JOIN marts.wres_leadership AS workforce
        ON
            workforce.leadership_group = 'Whole workforce'
            AND leaders.source_series = workforce.source_series
            AND leaders.period_end = workforce.period_end
            AND leaders.geography_level = workforce.geography_level
            AND leaders.area_code = workforce.area_code
            AND leaders.category = workforce.category
    WHERE leaders.leadership_group <> 'Whole workforce'
),

every_figure AS (
    SELECT * FROM from_workforce_statistics
    UNION ALL BY NAME
    SELECT * FROM from_pay_gap
    UNION ALL BY NAME
    SELECT * FROM from_headlines
    UNION ALL BY NAME
    SELECT * FROM from_wres_files
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
    denominator_population,
    CASE WHEN starts_with(denominator_population, 'staff of known ') THEN share_percent ELSE share_of_known_percent END
        AS share_of_known_percent,
    all_headcount::BIGINT AS all_headcount,
    share_of_all_percent,
    workforce_headcount::BIGINT AS workforce_headcount,
    workforce_known_headcount::BIGINT AS workforce_known_headcount,
    workforce_share_percent,
    workforce_share_of_all_percent,
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
    source,
    caveat
FROM every_figure
ORDER BY source_series, population, area_code, characteristic, leadership_group, category_level, category, period_end;

COMMENT ON COLUMN marts.leadership_diversity_all_sources.period_end IS
'Last day of the month the figures are of; 31 March of the year for WRES and pay gap reports; last day of the '
'survey period for surveys.';
COMMENT ON COLUMN marts.leadership_diversity_all_sources.population IS
'Whose leaders are counted, and by which source. Rows of different populations never make one time series: very '
'senior managers of the workforce statistics and of WRES are different groups of people.';
COMMENT ON COLUMN marts.leadership_diversity_all_sources.headcount IS
'People of the category in the leadership group (numerator). NULL where only a share is published.';
COMMENT ON COLUMN marts.leadership_diversity_all_sources.share_percent IS
'Share of the leadership group, 0-100, of the staff that denominator_population names: compare rows of one '
'denominator only.';
COMMENT ON COLUMN marts.leadership_diversity_all_sources.gap_points IS
'share_percent minus workforce_share_percent, percentage points; below 0: fewer among leaders than in the '
'workforce.';
COMMENT ON COLUMN marts.leadership_diversity_all_sources.representation_ratio IS
'share_percent / workforce_share_percent; 1: as in the workforce, below 1: fewer among leaders.';
COMMENT ON COLUMN marts.leadership_diversity_all_sources.value_status IS
'Of share_percent. u: a denominator under 10; z: not applicable (unknown category); c: suppressed; x: not published; '
'NULL: a plain published number.';
COMMENT ON COLUMN marts.leadership_diversity_all_sources.figure_basis IS
'workforce statistics, counted; published headline; WRES file; gender pay gap report.';
COMMENT ON COLUMN marts.leadership_diversity_all_sources.edition IS
'Newest edition that gave a figure of the row, or the ids of the headlines it is quoted from.';
COMMENT ON COLUMN marts.leadership_diversity_all_sources.source IS
'Core table the figure is counted from, or publisher, title and address of the cited page.';
