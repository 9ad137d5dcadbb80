/*
England's staff by personal characteristic from band 2 to very senior manager, each step against the step below.

Grain: period_end x population x source_series x characteristic x category x category_level x staff_group x step_kind
x step.
Source: marts.staff_by_characteristic; steps and band groups from reference.pipeline_band.
Caveats: NHS England's definition of the race disparity ratio (band groups and formula) was not found. The band groups
(reference.pipeline_band) and the formula are defined in this project, so disparity_ratio is not NHS England's
indicator. Very Senior Manager is the grade of the workforce statistics, printed within senior managers only: it follows
non-clinical band 9, clinical staff have no such step, and WRES counts a different population. Clinical and non-clinical
follow reference.clinical_staff_group. Doctors and dentists have other grades and are in no step. Headcounts over role
groups or grades may count a person twice.
Lineage:
    marts.staff_by_characteristic, all
        WHERE figure.source_series = made.source_series AND figure.period_end = made.period_end
            AND starts_with(made.population, figure.population) AND figure.characteristic = made.characteristic
            AND figure.category = made.category AND figure.category_level = made.category_level
            AND figure.staff_group = made.staff_group AND figure.staff_group_level IN ('all', 'clinical or not')
            AND figure.grade IN (SELECT band.grade FROM reference.pipeline_band AS band WHERE made.step = CASE
                made.step_kind
            WHEN 'grade' THEN band.grade ELSE band.band_group END)
        REMARK Figures of the step; the step below and the comparison category have their own rows.
*/
WITH steps AS (
    SELECT
        staff.*,
        'grade' AS step_kind,
        band.grade AS step,
        band.step_order
    FROM marts.staff_by_characteristic AS staff
    INNER JOIN reference.pipeline_band AS band USING (grade)
    WHERE staff.staff_group_level IN ('all', 'clinical or not') AND staff.category_level <> 'unknown'
    UNION ALL
    SELECT
        staff.*,
        'band group' AS step_kind,
        band.band_group AS step,
        band.band_group_order AS step_order
    FROM marts.staff_by_characteristic AS staff
    INNER JOIN reference.pipeline_band AS band USING (grade)
    WHERE staff.staff_group_level IN ('all', 'clinical or not') AND staff.category_level <> 'unknown'
),

step_headcounts AS (
    SELECT
        period_end,
        population,
        source_series,
        characteristic,
        category,
        category_level,
        staff_group,
        step_kind,
        step,
        step_order,
        CASE WHEN bool_and(headcount IS NOT NULL) THEN sum(headcount) END AS headcount,
        CASE WHEN bool_and(known_headcount IS NOT NULL) THEN sum(known_headcount) END AS known_headcount,
        min(value_status) FILTER (WHERE headcount IS NULL) AS missing_status,
        count(*) > 1 OR bool_or(is_sum_of_role_groups) AS is_sum,
        max(edition) AS edition
    FROM steps
    GROUP BY ALL
),

step_shares AS (
    SELECT
        *,
        100 * headcount / nullif(known_headcount, 0) AS share_percent
    FROM step_headcounts
),

steps_compared AS (
    SELECT
        step_shares.*,
        below.step AS step_below,
        below.headcount AS headcount_below,
        below.known_headcount AS known_headcount_below,
        below.share_percent AS share_percent_below,
        comparison.category AS comparison_category,
        comparison.headcount AS comparison_headcount,
        comparison_below.headcount AS comparison_headcount_below
    FROM step_shares
    LEFT JOIN step_shares AS below
        ON
            step_shares.period_end = below.period_end
            AND step_shares.population = below.population
            AND step_shares.source_series = below.source_series
            AND step_shares.characteristic = below.characteristic
            AND step_shares.category = below.category
            AND step_shares.category_level = below.category_level
            AND step_shares.staff_group = below.staff_group
            AND step_shares.step_kind = below.step_kind
            AND step_shares.step_order = below.step_order + 1
    LEFT JOIN reference.comparison_category AS pair
        ON step_shares.characteristic = pair.characteristic AND step_shares.category <> pair.comparison_category
    LEFT JOIN step_shares AS comparison
        ON
            pair.comparison_category = comparison.category
            AND comparison.category_level = 'group'
            AND step_shares.period_end = comparison.period_end
            AND step_shares.population = comparison.population
            AND step_shares.source_series = comparison.source_series
            AND step_shares.characteristic = comparison.characteristic
            AND step_shares.staff_group = comparison.staff_group
            AND step_shares.step_kind = comparison.step_kind
            AND step_shares.step_order = comparison.step_order
    LEFT JOIN step_shares AS comparison_below
        ON
            comparison.category = comparison_below.category
            AND comparison_below.category_level = 'group'
            AND step_shares.period_end = comparison_below.period_end
            AND step_shares.population = comparison_below.population
            AND step_shares.source_series = comparison_below.source_series
            AND step_shares.characteristic = comparison_below.characteristic
            AND step_shares.staff_group = comparison_below.staff_group
            AND step_shares.step_kind = comparison_below.step_kind
            AND step_shares.step_order = comparison_below.step_order + 1
)

SELECT
    period_end,
    population || ': workforce statistics' AS population,
    source_series,
    characteristic,
    category,
    category_level,
    staff_group,
    step_kind,
    step,
    step_order::INTEGER AS step_order,
    headcount::BIGINT AS headcount,
    known_headcount::BIGINT AS known_headcount,
    share_percent,
    step_below,
    headcount_below::BIGINT AS headcount_below,
    known_headcount_below::BIGINT AS known_headcount_below,
    share_percent_below,
    share_percent / nullif(share_percent_below, 0) AS ratio_to_step_below,
    comparison_category,
    comparison_headcount::BIGINT AS comparison_headcount,
    comparison_headcount_below::BIGINT AS comparison_headcount_below,
    (comparison_headcount / nullif(comparison_headcount_below, 0))
    / nullif(headcount / nullif(headcount_below, 0), 0) AS disparity_ratio,
    CASE
        WHEN headcount IS NULL THEN missing_status
        WHEN least(known_headcount, known_headcount_below) < 10 THEN 'u'
    END AS value_status,
    edition,
    concat_ws(
        ' ',
        CASE
            WHEN step = 'Very Senior Manager'
                THEN 'The grade within senior managers, not the WRES group, which adds executive board members.'
        END,
        CASE WHEN is_sum THEN 'Sum of printed figures: a person with roles in two is counted twice.' END,
        CASE
            WHEN step_kind = 'band group'
                THEN 'Band groups are defined in this project: NHS England''s were not found.'
        END
    ) AS caveat
FROM steps_compared
ORDER BY source_series, population, characteristic, category, staff_group, step_kind, step_order, period_end;

COMMENT ON COLUMN marts.leadership_pipeline.population IS
'Whose staff are counted, and by which source. WRES counts a different population and is not in this mart.';
COMMENT ON COLUMN marts.leadership_pipeline.category_level IS
'group: a category; BME total: sum of the groups outside White; detail: a part of a group.';
COMMENT ON COLUMN marts.leadership_pipeline.staff_group IS
'''All staff groups'', ''Clinical'' or ''Non-clinical'' (reference.clinical_staff_group). Doctors and dentists '
'are in no step.';
COMMENT ON COLUMN marts.leadership_pipeline.step_kind IS
'grade: a single grade; band group: a group of bands of reference.pipeline_band. The two overlap.';
COMMENT ON COLUMN marts.leadership_pipeline.step IS
'Grade or band group.';
COMMENT ON COLUMN marts.leadership_pipeline.step_order IS
'Order of the step, 1 is the lowest.';
COMMENT ON COLUMN marts.leadership_pipeline.headcount IS
'People of the category at this step (numerator).';
COMMENT ON COLUMN marts.leadership_pipeline.share_percent IS
'Share at this step among those whose category is known, 0-100.';
COMMENT ON COLUMN marts.leadership_pipeline.step_below IS
'The next lower step; NULL at the lowest.';
COMMENT ON COLUMN marts.leadership_pipeline.headcount_below IS
'People of the category at the step below (numerator).';
COMMENT ON COLUMN marts.leadership_pipeline.known_headcount_below IS
'People at the step below whose category is known (denominator).';
COMMENT ON COLUMN marts.leadership_pipeline.share_percent_below IS
'Share at the step below, 0-100.';
COMMENT ON COLUMN marts.leadership_pipeline.ratio_to_step_below IS
'share_percent / share_percent_below; 1: the same share as at the step below; below 1: a lower share.';
COMMENT ON COLUMN marts.leadership_pipeline.comparison_category IS
'Category this one is compared with (reference.comparison_category); NULL for that category itself.';
COMMENT ON COLUMN marts.leadership_pipeline.comparison_headcount IS
'People of the comparison category at this step.';
COMMENT ON COLUMN marts.leadership_pipeline.comparison_headcount_below IS
'People of the comparison category at the step below.';
COMMENT ON COLUMN marts.leadership_pipeline.disparity_ratio IS
'(comparison_headcount / comparison_headcount_below) / (headcount / headcount_below); above 1: a larger proportion '
'of the comparison category is at the higher step. Formula defined in this project; NHS England''s was not found.';
COMMENT ON COLUMN marts.leadership_pipeline.value_status IS
'Of share_percent and the ratios. u: a denominator under 10; c: suppressed; x: not published; NULL: a plain '
'published number.';
