/*
Advertised vacancies by month, region and staff group, with the mean of twelve months. A different measure from
marts.vacancies: never add or compare the two.

Grain: month x geography_level x region_code x staff_group.
Source: NHS Vacancy Statistics, sheet "ESR source data" (core.vacancy_advert), newest value of each figure. The sheet
has no totals: England and 'All staff groups' are sums calculated in this mart, as figure_basis says.
Caveats: an advert may be for several posts, one or none that is vacant now; early records counted adverts, later ones
full-time equivalents, so the first years are not comparable. Never add to or compare with marts.vacancies.
Lineage:
    core.vacancy_advert_latest, all
        WHERE figure.series = made.source_series AND figure.month = made.month AND figure.geography_level = 'Region'
            AND (made.geography_level = 'England' OR figure.region_code = made.region_code)
            AND made.staff_group IN (figure.nwd_staff_group, 'All staff groups')
        REMARK Figures of the month; earlier months and England have their own rows.
*/
WITH records AS (
    SELECT
        series,
        month,
        region_code,
        nwd_staff_group AS staff_group,
        value,
        value_status,
        edition
    FROM core.vacancy_advert_latest
    WHERE geography_level = 'Region'
),

advert_sums AS (
    SELECT
        series,
        month,
        CASE WHEN grouping(region_code) = 1 THEN 'England' ELSE 'Region' END AS geography_level,
        region_code,
        CASE WHEN grouping(staff_group) = 1 THEN 'All staff groups' ELSE staff_group END AS staff_group,
        CASE
            WHEN grouping(region_code, staff_group) = 0 THEN 'published' ELSE 'sum of published records'
        END AS figure_basis,
        CASE WHEN bool_and(value IS NOT NULL) THEN sum(value) END AS advertised_fte,
        min(value_status) FILTER (WHERE value IS NULL) AS value_status,
        count(*) AS records,
        max(edition) AS edition
    FROM records
    GROUP BY GROUPING SETS (
        (series, month, region_code, staff_group),
        (series, month, region_code),
        (series, month, staff_group),
        (series, month)
    )
),

advert_sums_with_means AS (
    SELECT
        *,
        count(advertised_fte) OVER year_to_month AS months_in_mean,
        avg(advertised_fte) OVER year_to_month AS mean_of_months
    FROM advert_sums
    WINDOW
        year_to_month AS (
            PARTITION BY series, geography_level, region_code, staff_group
            ORDER BY month
            RANGE BETWEEN INTERVAL 11 MONTH PRECEDING AND CURRENT ROW
        )
),

regions AS (
    SELECT DISTINCT
        label AS region_name,
        region_code
    FROM reference.vacancy_region
    WHERE region_code IS NOT NULL
)

SELECT
    latest.month,
    latest.geography_level,
    latest.region_code,
    CASE latest.geography_level WHEN 'England' THEN 'England' ELSE regions.region_name END AS region_name,
    latest.staff_group,
    CASE latest.staff_group WHEN 'All staff groups' THEN 'all' ELSE 'group' END AS staff_group_level,
    latest.figure_basis,
    latest.advertised_fte,
    CASE WHEN latest.months_in_mean = 12 THEN latest.mean_of_months END AS twelve_month_mean_fte,
    month_before.advertised_fte AS advertised_fte_month_before,
    year_before.advertised_fte AS advertised_fte_year_before,
    latest.advertised_fte - month_before.advertised_fte AS change_on_month_fte,
    latest.advertised_fte - year_before.advertised_fte AS change_on_year_fte,
    CASE
        WHEN latest.geography_level = 'Region' AND latest.advertised_fte IS NOT NULL
            THEN rank() OVER (
                PARTITION BY latest.series, latest.month, latest.geography_level, latest.staff_group
                ORDER BY latest.advertised_fte DESC NULLS LAST
            )
    END AS rank_among_regions,
    england.advertised_fte AS england_advertised_fte,
    100 * latest.advertised_fte / nullif(england.advertised_fte, 0) AS share_of_england_adverts_percent,
    latest.records,
    latest.value_status,
    'Adverts published in the month, full-time equivalents: a measure of recruitment, not of posts without staff.'
        AS caveat,
    latest.series AS source_series,
    latest.edition
FROM advert_sums_with_means AS latest
LEFT JOIN regions USING (region_code)
LEFT JOIN advert_sums AS month_before
    ON
        latest.series = month_before.series
        AND latest.geography_level = month_before.geography_level
        AND latest.region_code IS NOT DISTINCT FROM month_before.region_code
        AND latest.staff_group = month_before.staff_group
        AND month_before.month = latest.month - INTERVAL 1 MONTH
LEFT JOIN advert_sums AS year_before
    ON
        latest.series = year_before.series
        AND latest.geography_level = year_before.geography_level
        AND latest.region_code IS NOT DISTINCT FROM year_before.region_code
        AND latest.staff_group = year_before.staff_group
        AND year_before.month = latest.month - INTERVAL 12 MONTH
LEFT JOIN advert_sums AS england
    ON
        england.geography_level = 'England'
        AND latest.series = england.series
        AND latest.month = england.month
        AND latest.staff_group = england.staff_group
ORDER BY latest.month, latest.geography_level, region_name, latest.staff_group;

COMMENT ON COLUMN marts.vacancies_advertised.month IS
'First day of the month the adverts were published in.';
COMMENT ON COLUMN marts.vacancies_advertised.geography_level IS
'Region as published; England is the sum of the regions.';
COMMENT ON COLUMN marts.vacancies_advertised.staff_group IS
'Staff group of the National Workforce Data Set; ''All staff groups'' is a sum calculated in this mart.';
COMMENT ON COLUMN marts.vacancies_advertised.figure_basis IS
'published: a record of the sheet; sum of published records: calculated in this mart.';
COMMENT ON COLUMN marts.vacancies_advertised.advertised_fte IS
'Advertised full-time equivalents. NULL where a record, or one of those summed, has no number.';
COMMENT ON COLUMN marts.vacancies_advertised.twelve_month_mean_fte IS
'Mean of this month and the eleven before; NULL unless all twelve have a number.';
COMMENT ON COLUMN marts.vacancies_advertised.advertised_fte_month_before IS
'Advertised a month before.';
COMMENT ON COLUMN marts.vacancies_advertised.advertised_fte_year_before IS
'Advertised a year before.';
COMMENT ON COLUMN marts.vacancies_advertised.change_on_month_fte IS
'Change on the month before, full-time equivalents. Months are not seasonally adjusted.';
COMMENT ON COLUMN marts.vacancies_advertised.change_on_year_fte IS
'Change on the same month a year before, full-time equivalents.';
COMMENT ON COLUMN marts.vacancies_advertised.rank_among_regions IS
'Rank of the region by adverts in the month and staff group; 1 is the most. Regions differ in size.';
COMMENT ON COLUMN marts.vacancies_advertised.england_advertised_fte IS
'Advertised in all regions, the same staff group: the share''s denominator.';
COMMENT ON COLUMN marts.vacancies_advertised.share_of_england_adverts_percent IS
'Share of what all regions advertised, 0-100.';
COMMENT ON COLUMN marts.vacancies_advertised.records IS
'Number of records of the sheet in the row.';
COMMENT ON COLUMN marts.vacancies_advertised.value_status IS
'Why advertised_fte is NULL: c suppressed, x not available.';
