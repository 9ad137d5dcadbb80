/*
order = 2
title = "Does a claim of the speech hold?"
heading = "Three claims of the speech"
sentence = """
{% for row in rows %}{{ row.claim_id }}: claimed {{ figure(row, "claimed_value") }}, verdict by the newest figures:
{{ row.verdict_latest }}{{ ". " if loop.last else "; " }}{% endfor %}"""
source = "Each claim against every measure found"
caveat = """
Claims of the speech of November 2018; a verdict says where no figure was found or the nearest is of another year."""

[columns]
claim_id = "Claim"
claimed_value = "Claimed"
value_then = "Then"
verdict_then = "Verdict then"
value_latest = "Now"
verdict_latest = "Verdict now"
kind_of_evidence = "Evidence"
*/
SELECT
    claim_id,
    claimed_value,
    value_then,
    verdict_then,
    value_latest,
    verdict_latest,
    kind_of_evidence
FROM marts.speech_claims
WHERE claim_id IN ('S1.1', 'S2.1', 'S3.1')
ORDER BY claim_id
