/*
Leadership groups by ethnicity as the Workforce Race Equality Standard (WRES) counts them: single trusts. Shares are of
all staff including unknown ethnicity, as WRES prints them.

Grain: period_end x org_code x population x category x leadership_group.
Source: marts.leadership_diversity_all_sources, rows of WRES files for single trusts.
Caveats: very senior managers here include executive board members and are not the grade of the workforce statistics.
Small numbers: value_status 'u' marks denominators under 10. Shares are of all staff, including unknown ethnicity, as
WRES prints them (denominator_population).
Lineage:
    marts.leadership_diversity_all_sources, all
        WHERE figure.period_end = made.period_end AND figure.source_series = made.source_series
            AND figure.population = made.population AND figure.area_code = made.area_code
            AND figure.characteristic = made.characteristic AND figure.category = made.category
            AND figure.leadership_group = made.leadership_group AND figure.figure_basis = made.figure_basis
*/
SELECT * EXCLUDE (figure_kind, data_quality_notes) -- noqa: AM04
FROM marts.leadership_diversity_all_sources
WHERE
    source_series IN (
        SELECT filling.series FROM meta.series_table AS filling
        WHERE filling.table_name = 'wres_indicator'
    )
    AND geography_level = 'Organisation'
ORDER BY population, org_code, leadership_group, category, period_end;
