/*
Boards, very senior managers and bands 8a to 9 by ethnicity, from WRES files of trusts, regions and England.

Grain: period_end x geography_level x area_code x source_series x leadership_group x category.
Source: core.wres_indicator, indicators 1 and 9.
Caveats: a different population from the workforce statistics. Very senior managers are counted over clinical and
non-clinical pay clusters and include executive board members. Unknown ethnicity is in the denominator of a WRES
percentage, but not in that of a share of known ethnicity, which needs both White and BME to be printed.
Lineage:
    core.wres_indicator_latest, all
        WHERE figure.series = made.source_series AND figure.wres_year = year(made.period_end)
            AND figure.geography_level = made.geography_level AND figure.area_code = made.area_code
            AND figure.ethnic_group IN ('White', 'BME', 'Unknown') AND CASE made.leadership_group
            WHEN 'Board' THEN figure.indicator = '9' AND figure.pay_cluster = 'Voting members'
            WHEN 'Very Senior Manager' THEN figure.indicator = '1' AND figure.pay_cluster LIKE '%: VSM'
            WHEN 'Bands 8a-9' THEN figure.indicator = '1' AND regexp_matches(figure.pay_cluster, ': Band (8[a-d]|9)$')
            ELSE figure.indicator = '1' AND figure.pay_cluster = 'All' END
        REMARK All ethnic groups of the same staff; White and BME together are those of known ethnicity.
*/
WITH wres_counts AS (
    SELECT
        series,
        wres_year,
        geography_level,
        area_code,
        org_code,
        CASE
            WHEN indicator = '9' THEN 'Board'
            WHEN pay_cluster LIKE '%: VSM' THEN 'Very Senior Manager'
            WHEN regexp_matches(pay_cluster, ': Band (8[a-d]|9)$') THEN 'Bands 8a-9'
            WHEN pay_cluster = 'All' THEN 'Whole workforce'
        END AS leadership_group,
        pay_cluster,
        ethnic_group AS category,
        max(coalesce(numerator, CASE WHEN measure = 'headcount' THEN value END)) AS headcount,
        max(denominator) AS cluster_headcount,
        min(value_status) AS missing_status,
        max(edition) AS edition
    FROM core.wres_indicator_latest
    WHERE
        ethnic_group IN ('White', 'BME', 'Unknown')
        AND (indicator = '1' OR (indicator = '9' AND pay_cluster = 'Voting members'))
    GROUP BY ALL
),

wres_groups AS (
    SELECT
        series,
        wres_year,
        geography_level,
        area_code,
        org_code,
        leadership_group,
        category,
        CASE WHEN bool_and(headcount IS NOT NULL) THEN sum(headcount) END AS headcount,
        CASE WHEN bool_and(cluster_headcount IS NOT NULL) THEN sum(cluster_headcount) END AS all_headcount,
        min(missing_status) AS missing_status,
        count(*) > 1 AS is_sum_of_clusters,
        max(edition) AS edition
    FROM wres_counts
    WHERE leadership_group IS NOT NULL
    GROUP BY ALL
),

wres_shares AS (
    SELECT
        *,
        sum(CASE WHEN category <> 'Unknown' THEN headcount END) OVER everyone AS known_headcount_of_groups,
        count(headcount) FILTER (WHERE category <> 'Unknown') OVER everyone AS known_groups
    FROM wres_groups
    WINDOW everyone AS (PARTITION BY series, wres_year, geography_level, area_code, leadership_group)
)

SELECT
    make_date(wres_year, 3, 31) AS period_end,
    geography_level,
    area_code,
    org_code,
    CASE leadership_group
        WHEN 'Board' THEN 'WRES indicator 9: voting members of NHS trust boards'
        WHEN 'Very Senior Manager'
            THEN 'WRES indicator 1: very senior managers of NHS trusts, executive board members among them'
        WHEN 'Bands 8a-9' THEN 'WRES indicator 1: staff of NHS trusts in bands 8a to 9'
        ELSE 'WRES: workforce of NHS trusts'
    END AS population,
    leadership_group,
    category,
    headcount::BIGINT AS headcount,
    CASE WHEN known_groups = 2 THEN known_headcount_of_groups END::BIGINT AS known_headcount,
    CASE WHEN category <> 'Unknown' AND known_groups = 2 THEN 100 * headcount / nullif(known_headcount_of_groups, 0) END
        AS share_percent,
    'staff of known ethnicity' AS denominator_population,
    all_headcount::BIGINT AS all_headcount,
    100 * headcount / nullif(all_headcount, 0) AS share_of_all_percent,
    CASE
        WHEN headcount IS NULL THEN coalesce(missing_status, 'x')
        WHEN all_headcount < 10 THEN 'u'
    END AS value_status,
    series AS source_series,
    edition,
    concat_ws(
        ' ',
        CASE
            WHEN leadership_group = 'Very Senior Manager'
                THEN 'Not the grade of the workforce statistics: trusts only, executive board members added.'
        END,
        CASE WHEN is_sum_of_clusters THEN 'Sum of pay clusters, clinical and non-clinical.' END,
        CASE WHEN known_groups < 2 THEN 'White and BME are not both printed: no share of known ethnicity.' END
    ) AS caveat
FROM wres_shares
ORDER BY source_series, geography_level, area_code, leadership_group, category, wres_year;

COMMENT ON COLUMN marts.wres_leadership.period_end IS
'31 March of the WRES year.';
COMMENT ON COLUMN marts.wres_leadership.leadership_group IS
'Board, Very Senior Manager, Bands 8a-9 or Whole workforce.';
COMMENT ON COLUMN marts.wres_leadership.category IS
'White, BME or Unknown.';
COMMENT ON COLUMN marts.wres_leadership.known_headcount IS
'White and BME together (denominator of share_percent); NULL where one is not printed.';
COMMENT ON COLUMN marts.wres_leadership.share_percent IS
'Share of White and BME together, 0-100: calculated from the counts; the percentage that WRES prints is '
'share_of_all_percent.';
COMMENT ON COLUMN marts.wres_leadership.denominator_population IS
'Whom share_percent is of: staff of known ethnicity. share_of_all_percent is of all staff including unknown ethnicity.';
COMMENT ON COLUMN marts.wres_leadership.value_status IS
'u: denominator under 10; c: suppressed; x: not printed; NULL: a plain published number.';
