-- Each element of the speech of November 2018 against every measure it can be held against, then and now.
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
