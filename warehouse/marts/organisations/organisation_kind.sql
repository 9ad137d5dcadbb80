/*
What kind of body each organisation is (trust, care trust, ICB and others) according to the organisation lists.

Grain: org_code.
Source: organisation lists (core.organisation, sites left out), the list of integrated care boards
(reference.integrated_care_board) and, for organisations that closed after their list was published,
marts.organisation_succession.
Caveats: the newest list with the code decides. A code in no list has no row here, and its kind is NULL in every mart;
it is never guessed from the form of the code. Since 2026 trusts and boards may have codes of five characters (K0N6A,
Z9B2Z).
Lineage:
    core.organisation, all
        WHERE figure.org_code = made.org_code AND figure.kind <> 'site'
        REMARK The entries of every list that has the code; the newest decides.
*/
WITH list_entries AS (
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
    FROM list_entries
    GROUP BY org_code
),

newest_list AS (
    SELECT max(last_day(strptime(rpad(edition, 7, '-01') || '-01', '%Y-%m-%d'))) AS listed_on
    FROM core.organisation
),

newest_of_kind AS (
    SELECT
        kind,
        max(last_day(strptime(rpad(edition, 7, '-01') || '-01', '%Y-%m-%d'))) AS listed_on
    FROM core.organisation
    GROUP BY kind
),

-- A list cannot show that an organisation closed after the list's date; a succession can.
followed_since AS (
    SELECT
        newest.org_code,
        min(succession.effective_on) AS effective_on
    FROM newest
    INNER JOIN newest_of_kind ON newest.kind = newest_of_kind.kind
    INNER JOIN marts.organisation_succession AS succession ON newest.org_code = succession.predecessor_code
    WHERE succession.effective_on > newest_of_kind.listed_on
    GROUP BY newest.org_code
),

left_behind AS (
    SELECT
        newest.*,
        coalesce(newest.closed_on + 1, followed_since.effective_on) AS left_on
    FROM newest
    LEFT JOIN followed_since USING (org_code)
)

SELECT
    left_behind.org_code,
    CASE
        WHEN left_behind.kind IN ('trust', 'care trust', 'ICB', 'sub-ICB location', 'clinical commissioning group')
            THEN left_behind.kind
        ELSE 'other'
    END AS organisation_kind,
    left_behind.kind IN ('trust', 'care trust') AS is_trust,
    left_behind.opened_on,
    left_behind.left_on,
    coalesce(left_behind.left_on > newest_list.listed_on + 1, TRUE) AS is_open,
    left_behind.listed_in
FROM left_behind
CROSS JOIN newest_list
ORDER BY left_behind.org_code;

COMMENT ON COLUMN marts.organisation_kind.is_trust IS
'True for NHS trusts and care trusts.';
COMMENT ON COLUMN marts.organisation_kind.opened_on IS
'Open date in the newest list that gives one.';
COMMENT ON COLUMN marts.organisation_kind.left_on IS
'First day on which it no longer existed: the day after the close date in the newest list, or the day of a '
'succession since that list; NULL: it still exists.';
COMMENT ON COLUMN marts.organisation_kind.is_open IS
'Whether it existed on the date of the newest list.';
COMMENT ON COLUMN marts.organisation_kind.listed_in IS
'Newest list in which its entry changed; NULL: only in reference.integrated_care_board.';
