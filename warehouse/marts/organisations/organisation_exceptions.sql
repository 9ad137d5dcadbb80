/*
Organisation codes that have published figures but are in none of the loaded organisation lists.

Grain: org_code.
Source: meta.published_organisation against core.organisation.
Caveats: an exception is not an error in a figure; a list is missing. No figure is left out because of it. Load the list
named in likely_list (Organisation Data Service, Data Search and Export) to resolve the exception.
Lineage:
    core.*, among
        WHERE {org_code} = made.org_code AND coalesce({day} = made.last_period_end, TRUE)
        REMARK The newest of the figures published under the code.
*/
SELECT
    figures.org_code,
    coalesce(max_by(figures.org_name, figures.last_period_end), max(figures.org_name)) AS org_name,
    string_agg(DISTINCT figures.table_name, ', ' ORDER BY figures.table_name) AS tables,
    min(figures.first_period_end) AS first_period_end,
    max(figures.last_period_end) AS last_period_end,
    sum(figures.figures)::BIGINT AS figures,
    CASE
        WHEN contains(max(upper(figures.org_name)), 'PCT') THEN 'none: primary care trust, closed in 2013'
        WHEN regexp_matches(max(upper(figures.org_name)), 'INTEGRATED CARE BOARD|\bICB$') THEN 'integrated care boards'
        WHEN regexp_matches(max(upper(figures.org_name)), '\bTRUST( PLUS)?$')
            THEN 'etr or ect (trusts, care trusts), perhaps of an earlier month'
        ELSE 'not known'
    END AS likely_list
FROM meta.published_organisation AS figures
WHERE
    NOT EXISTS (
        SELECT 1 FROM core.organisation
        WHERE figures.org_code = core.organisation.org_code
    )
GROUP BY figures.org_code
ORDER BY figures.org_code;

COMMENT ON COLUMN marts.organisation_exceptions.org_code IS 'Code as published.';
COMMENT ON COLUMN marts.organisation_exceptions.org_name IS 'Newest name printed beside it.';
COMMENT ON COLUMN marts.organisation_exceptions.tables IS 'Tables of schema core that have figures for it.';
COMMENT ON COLUMN marts.organisation_exceptions.first_period_end IS 'First period with a figure.';
COMMENT ON COLUMN marts.organisation_exceptions.last_period_end IS 'Last period with a figure.';
COMMENT ON COLUMN marts.organisation_exceptions.figures IS 'Number of figures.';
COMMENT ON COLUMN marts.organisation_exceptions.likely_list IS
'The list that probably has the code, judged by the printed name; for information only.';
