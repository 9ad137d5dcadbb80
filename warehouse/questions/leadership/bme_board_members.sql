/*
order = 5
title = "How diverse are the boards of trusts, now and in 2018?"
heading = "BME voting board members"
sentence = """
At {{ day(first.period_end) }}, {{ figure(first, "share_percent") }} of voting members of trust boards were black or
minority ethnic{% if last is not sameas first %}; at {{ day(last.period_end) }} it was
{{ figure(last, "share_percent") }}{% endif %}."""
source = "Race equality standard (WRES), England; unknown ethnicity among all staff"
caveat = """
WRES counts trusts' own reports, and its percentages are of all board members including those of unknown ethnicity."""
mart = "marts.leadership_diversity_wres_england"

[columns]
period_end = "As of"
population = "Who is counted"
share_percent = "BME, %"
workforce_share_percent = "Whole workforce, %"
*/
SELECT
    period_end,
    population,
    category,
    leadership_group,
    figure_basis,
    share_percent,
    workforce_share_percent
FROM marts.leadership_diversity_wres_england
WHERE category = 'BME' AND leadership_group = 'Board' AND starts_with(population, 'WRES indicator 9: voting')
ORDER BY period_end = '2018-03-31', period_end DESC
