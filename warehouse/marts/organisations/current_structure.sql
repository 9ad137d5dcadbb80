/*
The organisation under which each organisation's figures are shown on the current structure: its successor, or itself.

Grain: org_code.
Source: successions followed to their end (marts.organisation_today).
Caveats: an organisation that was split, or closed without a successor, is not mappable: its figures are shown under its
own code and are not part of any other organisation's. gained_part_of names it for the organisations that received a
part of it.
Lineage:
    marts.organisation_today, all
        WHERE figure.org_code = made.org_code
*/
WITH current_organisations AS (
    SELECT
        org_code,
        bool_and(is_mappable) AS is_mappable,
        max(org_name) AS org_name,
        max(today_code) AS today_code,
        max(today_name) AS today_name,
        max(how) AS how,
        string_agg(today_code, ', ' ORDER BY today_code) AS leads_to,
        max(opened_on) AS opened_on,
        max(left_on) AS left_on
    FROM marts.organisation_today
    GROUP BY org_code
),

parts_gained AS (
    SELECT
        today_code AS structure_code,
        string_agg(DISTINCT org_code, ', ' ORDER BY org_code) AS gained_part_of,
        max(left_on) AS gained_on
    FROM marts.organisation_today
    WHERE how = 'split'
    GROUP BY today_code
),

structures AS (
    SELECT
        *,
        CASE WHEN is_mappable THEN today_code ELSE org_code END AS structure_code,
        CASE WHEN is_mappable THEN today_name ELSE org_name END AS structure_name
    FROM current_organisations
),

followed_by_hand AS (SELECT DISTINCT predecessor_code AS org_code FROM reference.succession_since_2022)

SELECT
    structures.org_code,
    structures.org_name,
    structures.structure_code,
    structures.structure_name,
    structures.is_mappable,
    structures.how,
    structures.leads_to,
    parts_gained.gained_part_of,
    parts_gained.gained_on,
    -- An organisation without list entry and figures is expected to report where it is a hand-kept trust succession.
    structures.org_name IS NOT NULL OR followed_by_hand.org_code IS NOT NULL AS should_report,
    structures.opened_on,
    structures.left_on
FROM structures
LEFT JOIN parts_gained USING (structure_code)
LEFT JOIN followed_by_hand
    ON structures.org_code = followed_by_hand.org_code
ORDER BY structures.org_code;

COMMENT ON COLUMN marts.current_structure.structure_code IS
'Code of the current organisation under which its figures are shown; its own code where not mappable.';
COMMENT ON COLUMN marts.current_structure.structure_name IS
'Name of the organisation structure_code.';
COMMENT ON COLUMN marts.current_structure.is_mappable IS
'Whether the whole organisation became (part of) one current organisation.';
COMMENT ON COLUMN marts.current_structure.leads_to IS
'Code or codes of its current successors.';
COMMENT ON COLUMN marts.current_structure.gained_part_of IS
'Organisations that were split and of which the current organisation received a part; its figures before the split '
'do not include that part.';
COMMENT ON COLUMN marts.current_structure.gained_on IS
'Day of the newest such split.';
COMMENT ON COLUMN marts.current_structure.should_report IS
'Whether figures are expected while it exists, so that a sum without them is incomplete.';
