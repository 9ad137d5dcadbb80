/*
Leadership groups by ethnicity as the race equality standard (WRES) counts them: England.

Grain: period_end x population x category x leadership_group x figure_basis.
Source: marts.leadership_diversity_all_sources, rows of WRES for England: published headlines and WRES files.
Caveats: very senior managers here are those of NHS trusts with executive board members among them, not the grade of
the workforce statistics. Boards and very senior managers are two populations: keep to one leadership_group.
*/
-- kind: view
SELECT * EXCLUDE (figure_kind, data_quality_notes) -- noqa: AM04
FROM marts.leadership_diversity_all_sources
WHERE source_series = 'wres' AND geography_level = 'England'
ORDER BY population, leadership_group, category, period_end;

COMMENT ON VIEW marts.leadership_diversity_wres_england IS
'Leadership groups by ethnicity as the race equality standard (WRES) counts them: England. '
'Grain: period_end x population x category x leadership_group x figure_basis.';
