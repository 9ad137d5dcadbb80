/*
Leadership groups by personal characteristic against the whole workforce: England, one population (workforce
statistics).

Grain: period_end x characteristic x category x leadership_group.
Source: marts.leadership_diversity_all_sources, rows counted from the workforce statistics. Where two series print one
period, the workforce statistics take precedence over the file of Ethnicity facts and figures.
Caveats: one population, so that a query without a filter cannot mix very senior managers of the workforce statistics
with those of WRES, which counts a different population: for those see marts.leadership_diversity_wres_england and
marts.leadership_diversity_wres_trust. Choose one category_level and one group_kind before adding up.
Lineage:
    marts.leadership_diversity_all_sources, all
        WHERE figure.period_end = made.period_end AND figure.source_series = made.source_series
            AND figure.population = made.population AND figure.area_code = made.area_code
            AND figure.characteristic = made.characteristic AND figure.category = made.category
            AND figure.leadership_group = made.leadership_group AND figure.figure_basis = made.figure_basis
*/
SELECT * EXCLUDE (figure_kind, data_quality_notes) -- noqa: AM04
FROM marts.leadership_diversity_all_sources
WHERE figure_basis = 'workforce statistics, counted'
QUALIFY
    dense_rank() OVER (
        PARTITION BY period_end, characteristic
        ORDER BY
            source_series IN (
                SELECT filling.series FROM meta.series_table AS filling
                WHERE filling.table_name = 'workforce'
            ) DESC,
            source_series
    ) = 1
ORDER BY characteristic, leadership_group, category_level, category, period_end;
