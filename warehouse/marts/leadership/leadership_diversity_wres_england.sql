/*
Leadership groups by ethnicity as the race equality standard (WRES) counts them: England.

Grain: period_end x population x category x leadership_group x figure_basis.
Source: marts.leadership_diversity_all_sources, rows of WRES for England: published headlines and WRES files.
Caveats: very senior managers here are those of NHS trusts with executive board members among them, not the grade of
the workforce statistics. Boards and very senior managers are two populations: keep to one leadership_group.
Shares are of all staff, those of unknown ethnicity among them, as WRES prints them (denominator_population).
*/
-- kind: view
SELECT * EXCLUDE (figure_kind, data_quality_notes) -- noqa: AM04
FROM marts.leadership_diversity_all_sources
WHERE source_series = 'wres' AND geography_level = 'England'
ORDER BY population, leadership_group, category, period_end;

COMMENT ON VIEW marts.leadership_diversity_wres_england IS
'Leadership groups by ethnicity as the race equality standard (WRES) counts them: England. '
'Shares are of all staff including unknown ethnicity, as WRES prints them. '
'Grain: period_end x population x category x leadership_group x figure_basis.';
