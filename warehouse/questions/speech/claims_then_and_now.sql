/*
Does a claim of the speech hold?

Caveat: Claims of the speech of November 2018; a verdict says where no figure was found or the nearest is of another
year.
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
