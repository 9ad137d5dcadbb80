/*
Vacancy rates of each trust's region, and of its likely sector in that region. Not the trust's own figures: NHS Vacancy
Statistics publish none by trust.

Grain: org_code x staff_group x quarter_end. A trust whose region has no vacancy figures has one row without a quarter.
Source: marts.vacancies; trusts and their regions from the organisation lists, else from the workforce statistics
(core.organisation, core.turnover, core.workforce); sector from the trust's cluster there
(reference.vacancy_sector_of_cluster).
Caveats: NHS Vacancy Statistics have no figures of single trusts; total rates by organisation were published once, in
2024, as supplementary information that is not included here. A trust's own rate may be far from that of its region.
Lineage:
    marts.vacancies, all
        WHERE figure.quarter_end = made.quarter_end AND figure.staff_group = made.staff_group
            AND ((figure.region_code = made.region_code AND figure.sector IN ('All sectors', made.trust_sector))
            OR (figure.geography_level = 'England' AND figure.sector = 'All sectors'))
        REMARK The region, its likely sector, and England.
*/
WITH regions AS (
    SELECT DISTINCT
        region_code,
        label AS region_name
    FROM reference.vacancy_region
    WHERE region_code IS NOT NULL
),

listed_trusts AS (
    SELECT org_code
    FROM marts.organisation_kind
    WHERE is_trust AND is_open
),

printed_trusts AS (
    SELECT
        org_code,
        name AS org_name,
        region_code,
        1 AS preference,
        edition
    FROM core.organisation_latest
    WHERE org_code IN (SELECT listed_trusts.org_code FROM listed_trusts) AND kind IN ('trust', 'care trust')
    UNION ALL
    SELECT
        org_code,
        org_name,
        region_code,
        2 AS preference,
        edition
    FROM core.turnover_latest
    WHERE org_code IN (SELECT listed_trusts.org_code FROM listed_trusts)
    UNION ALL
    SELECT
        org_code,
        area_name AS org_name,
        region_code,
        3 AS preference,
        edition
    FROM core.workforce_latest
    WHERE
        geography_level = 'Organisation'
        AND org_code IN (SELECT listed_trusts.org_code FROM listed_trusts)
),

trusts AS (
    SELECT
        printed_trusts.org_code,
        arg_min(printed_trusts.org_name, printed_trusts.preference) AS org_name,
        arg_min(printed_trusts.region_code, printed_trusts.preference) AS region_code
    FROM printed_trusts
    INNER JOIN regions USING (region_code)
    GROUP BY ALL
),

clusters AS (
    SELECT
        org_code,
        arg_max(cluster_group, period_end) AS cluster_group,
        arg_max(benchmark_group, period_end) AS benchmark_group
    FROM core.turnover_latest
    WHERE cluster_group IS NOT NULL
    GROUP BY ALL
),

sectors AS (
    SELECT
        clusters.org_code,
        coalesce(special.sector, usual.sector) AS sector
    FROM clusters
    LEFT JOIN reference.vacancy_sector_of_cluster AS special
        ON clusters.cluster_group = special.cluster_group AND clusters.benchmark_group = special.benchmark_group
    LEFT JOIN reference.vacancy_sector_of_cluster AS usual
        ON clusters.cluster_group = usual.cluster_group AND usual.benchmark_group IS NULL
),

-- Not as a window over all rows: DuckDB 1.5.5 now and then fails on those.
newest AS (
    SELECT max(quarter_end) AS quarter_end
    FROM marts.vacancies
    WHERE
        sector = 'All sectors'
        AND region_code IN (SELECT trusts.region_code FROM trusts INNER JOIN regions USING (region_code))
)

SELECT
    trusts.org_code,
    trusts.org_name,
    trusts.region_code,
    regions.region_name,
    sectors.sector AS trust_sector,
    region.staff_group,
    region.quarter_end,
    region.quarter_end = newest.quarter_end AS is_latest_quarter,
    region.vacancy_fte AS regional_vacancy_fte,
    region.establishment_fte AS regional_establishment_fte,
    region.vacancy_rate_percent AS regional_vacancy_rate_percent,
    region.rank_among_regions AS regional_rank_among_regions,
    regional_sector.vacancy_fte AS regional_sector_vacancy_fte,
    regional_sector.establishment_fte AS regional_sector_establishment_fte,
    regional_sector.vacancy_rate_percent AS regional_sector_vacancy_rate_percent,
    england.vacancy_rate_percent AS england_vacancy_rate_percent,
    region.value_status AS regional_value_status,
    regional_sector.value_status AS regional_sector_value_status,
    'Regional figures, not those of this trust. NHS Vacancy Statistics have no figures for single trusts; total '
    || 'rates by organisation to 2024, published as supplementary information, are not included.' AS caveat,
    region.edition
FROM trusts
INNER JOIN regions USING (region_code)
CROSS JOIN newest
LEFT JOIN sectors USING (org_code)
LEFT JOIN marts.vacancies AS region
    ON trusts.region_code = region.region_code AND region.sector = 'All sectors'
LEFT JOIN marts.vacancies AS regional_sector
    ON
        region.region_code = regional_sector.region_code
        AND region.quarter_end = regional_sector.quarter_end
        AND region.staff_group = regional_sector.staff_group
        AND sectors.sector = regional_sector.sector
LEFT JOIN marts.vacancies AS england
    ON
        england.geography_level = 'England'
        AND region.quarter_end = england.quarter_end
        AND region.staff_group = england.staff_group
        AND england.sector = 'All sectors';

COMMENT ON COLUMN marts.vacancy_context.trust_sector IS
'Sector the trust is likely in, from its cluster in the workforce statistics; NULL where not known.';
COMMENT ON COLUMN marts.vacancy_context.staff_group IS
'All staff, Registered nursing or Medical.';
COMMENT ON COLUMN marts.vacancy_context.quarter_end IS
'Last day of the quarter; NULL where no vacancy figures are loaded.';
COMMENT ON COLUMN marts.vacancy_context.is_latest_quarter IS
'Whether it is the newest quarter in the warehouse.';
COMMENT ON COLUMN marts.vacancy_context.regional_vacancy_fte IS
'Vacant posts in the whole region, full-time equivalents: numerator of the regional rate.';
COMMENT ON COLUMN marts.vacancy_context.regional_establishment_fte IS
'Posts in the whole region, derived from vacancies and rate: denominator of the regional rate.';
COMMENT ON COLUMN marts.vacancy_context.regional_vacancy_rate_percent IS
'Vacancy rate of the whole region, 0-100, not of the trust. Better: lower.';
COMMENT ON COLUMN marts.vacancy_context.regional_rank_among_regions IS
'Rank of the region by that rate; 1 is the highest.';
COMMENT ON COLUMN marts.vacancy_context.regional_sector_vacancy_fte IS
'Vacant posts of the region''s trusts of that sector; NULL where the sector is not known.';
COMMENT ON COLUMN marts.vacancy_context.regional_sector_establishment_fte IS
'Posts of the region''s trusts of that sector, derived from vacancies and rate.';
COMMENT ON COLUMN marts.vacancy_context.regional_sector_vacancy_rate_percent IS
'Vacancy rate of the region''s trusts of that sector, 0-100, not of the trust. Better: lower.';
COMMENT ON COLUMN marts.vacancy_context.england_vacancy_rate_percent IS
'Vacancy rate of England, for comparison.';
COMMENT ON COLUMN marts.vacancy_context.regional_value_status IS
'Why the regional figure is NULL: c suppressed, x not available.';
COMMENT ON COLUMN marts.vacancy_context.regional_sector_value_status IS
'Why the figure of the regional sector is NULL.';
