/*
order = 1
title = "Did the speech of 2018 get it right?"
heading = "The claims of the speech, counted"
sentence = """
Of {{ figure(first, "measures_count") }} measures for its {{ figure(first, "statements_count") }} claims,
{{ figure(first, "true_count") }} hold today, {{ figure(first, "false_count") }} do not, and for
{{ figure(first, "not_known_count") }} nothing is known or the measure is only near."""
source = "Each claim against every measure found"
caveat = """
A verdict compares the claimed figure with the measure named beside it; a proxy measures something near and gives no
verdict."""

[columns]
measures_count = "Measures"
statements_count = "Claims"
true_count = "Hold"
false_count = "Do not"
not_known_count = "Not known"
*/
SELECT
    count(*) AS measures_count,
    count(DISTINCT statement) AS statements_count,
    count(*) FILTER (WHERE verdict_latest = 'true') AS true_count,
    count(*) FILTER (WHERE verdict_latest = 'false') AS false_count,
    count(*) FILTER (WHERE starts_with(verdict_latest, 'not known')) AS not_known_count
FROM marts.speech_claims
