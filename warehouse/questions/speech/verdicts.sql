/*
Did the speech of 2018 get it right?

Caveat: Counts of measures; a claim may have several, and their sources may disagree.
*/
SELECT
    count(*) AS measures_count,
    count(DISTINCT statement) AS statements_count,
    count(*) FILTER (WHERE verdict_latest = 'true') AS true_count,
    count(*) FILTER (WHERE verdict_latest = 'false') AS false_count,
    count(*) FILTER (WHERE starts_with(verdict_latest, 'not known')) AS not_known_count
FROM marts.speech_claims
