/*
order = 2
title = "What was claimed in the speech, and what was measured then and since?"
heading = "The speech, claim by claim"
sentence = """
Of {{ rows | length }} measures, {{ rows | selectattr("verdict_latest", "equalto", "true") | list | length }} hold
by the newest figures and {{ rows | selectattr("verdict_latest", "equalto", "false") | list | length }} do not; the
others give no verdict."""
source = "Each claim against every measure found"
caveat = """
A verdict compares the claimed figure with the measure named beside it; a proxy measures something near and gives no
verdict."""
mart = "marts.speech_claims"

[columns]
claim_id = "Claim"
measure_title = "Measure"
claimed_value = "Claimed"
value_then = "Then"
value_latest = "Now"
verdict_then = "Verdict then"
verdict_latest = "Verdict now"
kind_of_evidence = "Evidence"
*/
SELECT
    claim_id,
    speech_element,
    topic,
    statement,
    claimed_value,
    claimed_unit,
    comparison,
    measure_title,
    unit,
    compared_with,
    value_then,
    compared_value_then,
    period_then,
    value_latest,
    compared_value_latest,
    period_latest,
    verdict_then,
    verdict_latest,
    kind_of_evidence,
    claim_source,
    source
FROM marts.speech_claims
ORDER BY speech_element, claim_id
