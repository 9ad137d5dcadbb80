-- The publisher's data quality notes on single organisations.
SELECT
    source_series,
    reference_number,
    org_code,
    months,
    issue_type,
    details,
    edition
FROM marts.data_quality_notes
WHERE org_code IS NOT NULL
ORDER BY org_code, reference_number
