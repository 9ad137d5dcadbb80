/*
What each organisation is, as the lists say: trust, care trust, ICB and others. The form of its code decides nothing.

Grain: org_code.
Sources: organisation lists (core.organisation, sites left out) and the list of integrated care boards
(reference.integrated_care_board).
Caveats: the newest list that has a code decides. A code in no list has no row here, and its kind is NULL in every mart:
not known, never guessed. Since 2026 trusts and boards may have codes of five characters (K0N6A, Z9B2Z).
*/
WITH listed AS (
    SELECT
        org_code,
        kind,
        opened_on,
        closed_on,
        edition,
        edition_order
    FROM core.organisation
    WHERE kind <> 'site'
    UNION ALL
    SELECT
        icb_code,
        'ICB' AS kind,
        opened_on::DATE,
        closed_on::DATE,
        '' AS edition,
        0 AS edition_order
    FROM reference.integrated_care_board
),

newest AS (
    SELECT
        org_code,
        arg_max(kind, (edition, edition_order)) AS kind,
        arg_max(opened_on, (edition, edition_order)) AS opened_on,
        arg_max_null(closed_on, (edition, edition_order)) AS closed_on,
        nullif(max(edition), '') AS listed_in
    FROM listed
    GROUP BY org_code
)

SELECT
    org_code,
    CASE
        WHEN kind IN ('trust', 'care trust', 'ICB', 'sub-ICB location', 'clinical commissioning group') THEN kind
        ELSE 'other'
    END AS organisation_kind,
    kind IN ('trust', 'care trust') AS is_trust,
    opened_on,
    closed_on,
    listed_in
FROM newest
ORDER BY org_code;

COMMENT ON TABLE marts.organisation_kind IS
'What each organisation is, as the lists say; the form of its code decides nothing. Grain: org_code.';
COMMENT ON COLUMN marts.organisation_kind.org_code IS
'ODS code.';
COMMENT ON COLUMN marts.organisation_kind.organisation_kind IS
'trust, care trust, ICB, sub-ICB location, clinical commissioning group or other.';
COMMENT ON COLUMN marts.organisation_kind.is_trust IS
'True for NHS trusts and care trusts.';
COMMENT ON COLUMN marts.organisation_kind.opened_on IS
'Open date in the newest list that has one.';
COMMENT ON COLUMN marts.organisation_kind.closed_on IS
'Close date in the newest list; NULL: open.';
COMMENT ON COLUMN marts.organisation_kind.listed_in IS
'Newest list that has the code; NULL: only in reference.integrated_care_board.';
