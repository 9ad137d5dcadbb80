/*
Leadership groups by ethnicity as the Workforce Race Equality Standard (WRES) counts them: England. Shares are of all
staff including unknown ethnicity, as WRES prints them.

Grain: period_end x population x category x leadership_group x figure_basis.
Source: marts.leadership_diversity_all_sources, rows of WRES for England: published headlines and WRES files.
Caveats: very senior managers here are those of NHS trusts, including executive board members, and not the grade of the
workforce statistics. Boards and very senior managers are two populations: keep to one leadership_group. Shares are of
all staff, including unknown ethnicity, as WRES prints them (denominator_population).
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
    AND geography_level = 'England'
ORDER BY population, leadership_group, category, period_end;
