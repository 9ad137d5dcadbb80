/*
Organisations of the NHS in England through time, from every list of the Organisation Data Service.

Grain: org_code x kind.
Source: Organisation Data Service lists (core.organisation).
Caveats: an organisation that stands in figures but in no list is in marts.organisation_exceptions.
*/
SELECT
    org_code,
    kind,
    max_by(name, (edition, edition_order)) AS org_name
FROM core.organisation
GROUP BY org_code, kind;

COMMENT ON TABLE marts.organisation IS 'Organisations through time, from every ODS list. Grain: org_code x kind.';
COMMENT ON COLUMN marts.organisation.org_code IS 'ODS code.';
COMMENT ON COLUMN marts.organisation.kind IS 'What the organisation is, as the list it stands in says.';
COMMENT ON COLUMN marts.organisation.org_name IS 'Newest name.';
