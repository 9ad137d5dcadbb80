/*
Vacant posts by quarter, region, sector and staff group, with rate and change on quarter and year. Do not compare with
marts.vacancies_advertised.

Grain: quarter_end x geography_level x region_code x sector x staff_group. England comes with 'All sectors' only.
Source: NHS Vacancy Statistics (core.vacancy), newest value of each figure.
Caveats: a vacancy is a post without a permanent or fixed-term member of staff; many are covered by temporary staff.
Establishment is derived (vacancies / rate), not published. Trusts may amend figures within the financial year. This
publication has no figures for single trusts. Total vacancy rates by organisation since 2017/18 were published once, in
2024, as supplementary information (series vacancy-rates-by-organisation); they are archived but not included here.
Never add to or compare with marts.vacancies_advertised.
Lineage:
    core.vacancy_latest, all
        WHERE figure.series = made.source_series AND figure.quarter_end = made.quarter_end
            AND figure.geography_level = made.geography_level
            AND figure.region_code IS NOT DISTINCT FROM made.region_code AND figure.sector = made.sector
            AND figure.staff_group = made.staff_group
        REMARK Figures of the quarter; earlier quarters and England have their own rows.
*/
WITH figures AS (
    SELECT
        series,
        quarter_end,
        geography_level,
        region_code,
        area_code,
        sector,
        sector_level,
        staff_group,
        staff_group_level,
        max(value) FILTER (WHERE measure = 'vacancy_fte') AS vacancy_fte,
        max(value) FILTER (WHERE measure = 'vacancy_rate_percent') AS vacancy_rate_percent,
        max(value_status) FILTER (WHERE measure = 'vacancy_fte') AS value_status,
        max(value_status) FILTER (WHERE measure = 'vacancy_rate_percent') AS rate_status,
        max(quarter_marker) AS quarter_marker,
        max(edition) AS edition
    FROM core.vacancy_latest
    GROUP BY ALL
),

regions AS (
    SELECT DISTINCT
        label AS region_name,
        region_code
    FROM reference.vacancy_region
    WHERE region_code IS NOT NULL
),

rate_ranks AS (
    SELECT
        series,
        quarter_end,
        area_code,
        sector,
        staff_group,
        rank() OVER (
            PARTITION BY series, quarter_end, sector, staff_group
            ORDER BY vacancy_rate_percent DESC
        ) AS rank_among_regions,
        count(*) OVER (PARTITION BY series, quarter_end, sector, staff_group) AS regions_ranked
    FROM figures
    WHERE geography_level = 'Region' AND vacancy_rate_percent IS NOT NULL
)

SELECT
    latest.quarter_end,
    latest.geography_level,
    latest.region_code,
    CASE latest.geography_level WHEN 'England' THEN 'England' ELSE regions.region_name END AS region_name,
    latest.sector,
    latest.sector_level,
    latest.staff_group,
    latest.staff_group_level,
    latest.vacancy_fte,
    latest.vacancy_rate_percent,
    CASE
        WHEN latest.vacancy_rate_percent <> 0 THEN 100 * latest.vacancy_fte / latest.vacancy_rate_percent
    END AS establishment_fte,
    'derived: vacancies / rate' AS establishment_basis,
    quarter_before.vacancy_fte AS vacancy_fte_quarter_before,
    quarter_before.vacancy_rate_percent AS vacancy_rate_percent_quarter_before,
    year_before.vacancy_fte AS vacancy_fte_year_before,
    year_before.vacancy_rate_percent AS vacancy_rate_percent_year_before,
    latest.vacancy_fte - quarter_before.vacancy_fte AS change_on_quarter_fte,
    latest.vacancy_rate_percent - quarter_before.vacancy_rate_percent AS change_on_quarter_points,
    latest.vacancy_fte - year_before.vacancy_fte AS change_on_year_fte,
    latest.vacancy_rate_percent - year_before.vacancy_rate_percent AS change_on_year_points,
    rate_ranks.rank_among_regions,
    rate_ranks.regions_ranked,
    england.vacancy_fte AS england_vacancy_fte,
    100 * latest.vacancy_fte / nullif(england.vacancy_fte, 0) AS share_of_england_vacancies_percent,
    latest.value_status,
    latest.rate_status,
    latest.quarter_marker,
    'Posts not filled by permanent or fixed-term staff; many are covered by temporary staff.'
    || CASE latest.quarter_marker
        WHEN 'p' THEN ' The publisher marks the quarter provisional.'
        WHEN 'r' THEN ' The publisher marks the quarter revised.'
        ELSE ''
    END
    || CASE
        WHEN latest.vacancy_fte IS NULL OR latest.vacancy_rate_percent IS NULL
            THEN ' No number is printed for part of this row, and none is imputed.'
        ELSE ''
    END AS caveat,
    latest.series AS source_series,
    latest.edition
FROM figures AS latest
LEFT JOIN regions USING (region_code)
LEFT JOIN rate_ranks USING (series, quarter_end, area_code, sector, staff_group)
LEFT JOIN figures AS quarter_before
    ON
        latest.series = quarter_before.series
        AND latest.area_code = quarter_before.area_code
        AND latest.geography_level = quarter_before.geography_level
        AND latest.sector = quarter_before.sector
        AND latest.staff_group = quarter_before.staff_group
        AND quarter_before.quarter_end = last_day(latest.quarter_end - INTERVAL 3 MONTH)
LEFT JOIN figures AS year_before
    ON
        latest.series = year_before.series
        AND latest.area_code = year_before.area_code
        AND latest.geography_level = year_before.geography_level
        AND latest.sector = year_before.sector
        AND latest.staff_group = year_before.staff_group
        AND year_before.quarter_end = last_day(latest.quarter_end - INTERVAL 12 MONTH)
LEFT JOIN figures AS england
    ON
        england.geography_level = 'England'
        AND england.sector = 'All sectors'
        AND latest.series = england.series
        AND latest.staff_group = england.staff_group
        AND latest.quarter_end = england.quarter_end
ORDER BY latest.quarter_end, latest.staff_group, latest.geography_level, region_name, latest.sector;

COMMENT ON COLUMN marts.vacancies.geography_level IS
'England or Region. NHS Vacancy Statistics have no figures by trust; total rates by organisation to 2024 were '
'published as supplementary information, which is archived but not included.';
COMMENT ON COLUMN marts.vacancies.sector IS
'Sector of trusts; All sectors is the published total.';
COMMENT ON COLUMN marts.vacancies.sector_level IS
'all: all sectors; sector: one of them. The two overlap: choose one before a sum, a rank or a mean.';
COMMENT ON COLUMN marts.vacancies.staff_group IS
'All staff, Registered nursing or Medical. Nursing and medical are parts of all staff.';
COMMENT ON COLUMN marts.vacancies.staff_group_level IS
'all: all staff; group: a part of it, choose one. Nursing and medical do not add up to all staff: others are not '
'printed.';
COMMENT ON COLUMN marts.vacancies.vacancy_fte IS
'Vacant posts at the end of the quarter, full-time equivalents: the rate''s numerator. Better: lower.';
COMMENT ON COLUMN marts.vacancies.vacancy_rate_percent IS
'Vacant posts per 100 posts of the establishment, as published. Better: lower. An average over regions counts each '
'once; marts.mean_and_weighted_rates has the weighted figure beside it.';
COMMENT ON COLUMN marts.vacancies.establishment_fte IS
'Posts, filled or not, full-time equivalents: the rate''s denominator. Derived from vacancies and rate, not published.';
COMMENT ON COLUMN marts.vacancies.establishment_basis IS
'How establishment_fte was obtained.';
COMMENT ON COLUMN marts.vacancies.vacancy_fte_quarter_before IS
'Vacant posts a quarter before; NULL where that quarter is not published.';
COMMENT ON COLUMN marts.vacancies.vacancy_rate_percent_quarter_before IS
'Rate a quarter before.';
COMMENT ON COLUMN marts.vacancies.vacancy_fte_year_before IS
'Vacant posts a year before.';
COMMENT ON COLUMN marts.vacancies.vacancy_rate_percent_year_before IS
'Rate a year before.';
COMMENT ON COLUMN marts.vacancies.change_on_quarter_fte IS
'Change of vacant posts on the quarter before, full-time equivalents. Quarters are not seasonally adjusted.';
COMMENT ON COLUMN marts.vacancies.change_on_quarter_points IS
'Change of the rate on the quarter before, percentage points.';
COMMENT ON COLUMN marts.vacancies.change_on_year_fte IS
'Change of vacant posts on the same quarter a year before, full-time equivalents.';
COMMENT ON COLUMN marts.vacancies.change_on_year_points IS
'Change of the rate on the same quarter a year before, percentage points.';
COMMENT ON COLUMN marts.vacancies.rank_among_regions IS
'Rank of the region by rate in this quarter, sector and staff group; 1 is the highest rate. NULL for England.';
COMMENT ON COLUMN marts.vacancies.regions_ranked IS
'Number of regions with a published rate, which are ranked.';
COMMENT ON COLUMN marts.vacancies.england_vacancy_fte IS
'England''s vacant posts of the staff group, all sectors: the share''s denominator.';
COMMENT ON COLUMN marts.vacancies.share_of_england_vacancies_percent IS
'Share of England''s vacant posts of the staff group, 0-100. NULL where no number is published.';
COMMENT ON COLUMN marts.vacancies.value_status IS
'Why vacancy_fte is NULL: c suppressed, x not available; NULL: a plain published number.';
COMMENT ON COLUMN marts.vacancies.rate_status IS
'Why vacancy_rate_percent is NULL: c suppressed, x not available.';
COMMENT ON COLUMN marts.vacancies.quarter_marker IS
'Mark that the publisher adds to the quarter: p provisional, r revised.';
