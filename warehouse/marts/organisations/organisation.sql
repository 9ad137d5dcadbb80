/*
Organisations of the NHS in England through time: name, kind, region, integrated care board and dates, from every
organisation list.

Grain: org_code x organisation_kind x valid_from.
Source: every loaded organisation list (core.organisation); current board and region from the newest list of memberships
(core.organisation_membership), else the board printed with the figures and its successors in
reference.integrated_care_board, which also has the dates of the boards.
Caveats: a list describes the organisations on its own date: a change between two lists is dated by the later one. The
first entry starts on the open date, the last one ends on the close date. Sites are left out (core.organisation has
them). Organisations with figures but in no list are in marts.organisation_exceptions.
Lineage:
    core.organisation, among
        WHERE figure.org_code = made.org_code AND figure.kind = made.organisation_kind
        REMARK The entry of each list in which it is new or changed.
    core.organisation_membership_latest, among
        WHERE figure.org_code = made.org_code AND figure.icb_code = made.icb_code_today
        REMARK The list of memberships that gives the current board; without one, the board is printed with the figures.
*/
WITH RECURSIVE icbs AS (
    SELECT
        icb_code,
        short_name,
        region_code,
        successor_code,
        opened_on::DATE AS opened_on,
        closed_on::DATE AS closed_on
    FROM reference.integrated_care_board
),

icbs_followed AS (
    SELECT
        icb_code,
        icb_code AS reached_code,
        [icb_code] AS passed
    FROM icbs
    UNION ALL
    SELECT
        icbs_followed.icb_code,
        icbs.successor_code,
        list_append(icbs_followed.passed, icbs.successor_code) AS passed
    FROM icbs_followed
    INNER JOIN icbs ON icbs_followed.reached_code = icbs.icb_code
    WHERE icbs.successor_code IS NOT NULL AND NOT list_contains(icbs_followed.passed, icbs.successor_code)
),

icbs_today AS (
    SELECT
        icb_code,
        max_by(reached_code, len(passed)) AS icb_code_today
    FROM icbs_followed
    GROUP BY icb_code
),

list_entries AS (
    SELECT
        *,
        strptime(rpad(edition, 7, '-01') || '-01', '%Y-%m-%d')::DATE AS listed_on
    FROM core.organisation
    WHERE kind <> 'site'
),

changed_entries AS (
    SELECT *
    FROM list_entries
    WINDOW before AS (PARTITION BY org_code, kind ORDER BY edition_order)
    QUALIFY
        row_number() OVER before = 1
        OR (
            -- Changes of an organisation that was already closed are not part of its history.
            lag(closed_on) OVER before IS NULL
            AND (
                upper(name) IS DISTINCT FROM upper(lag(name) OVER before)
                OR region_code IS DISTINCT FROM lag(region_code) OVER before
                OR opened_on IS DISTINCT FROM lag(opened_on) OVER before
                OR closed_on IS DISTINCT FROM lag(closed_on) OVER before
            )
        )
),

dated AS (
    SELECT
        *,
        row_number() OVER earlier = 1 AS is_first,
        row_number() OVER later = 1 AS is_newest,
        CASE
            WHEN row_number() OVER earlier = 1 THEN least(coalesce(opened_on, listed_on), listed_on)
            ELSE least(coalesce(closed_on, listed_on), listed_on)
        END AS valid_from
    FROM changed_entries
    WINDOW
        earlier AS (PARTITION BY org_code, kind ORDER BY edition_order),
        later AS (PARTITION BY org_code, kind ORDER BY edition_order DESC)
),

boards AS (
    SELECT
        org_code,
        max_by(icb_code, period_end) AS icb_code
    FROM (
        SELECT
            org_code,
            icb_code,
            period_end
        FROM core.workforce_latest
        WHERE geography_level = 'Organisation' AND icb_code IS NOT NULL AND value <> 0
        UNION ALL
        SELECT
            org_code,
            icb_code,
            period_end
        FROM core.turnover_latest
        WHERE icb_code IS NOT NULL
    ) AS printed
    GROUP BY org_code
),

members AS (
    SELECT
        org_code,
        max_by(icb_code, valid_from) AS icb_code,
        max_by(icb_name, valid_from) AS icb_name,
        max_by(region_code, valid_from) AS region_code
    FROM core.organisation_membership_latest
    GROUP BY org_code
)

SELECT
    dated.org_code,
    dated.kind AS organisation_kind,
    dated.name AS org_name,
    coalesce(dated.region_code, icbs.region_code) AS region_code,
    region.name AS region_name,
    boards.icb_code,
    coalesce(members.icb_code, icbs_today.icb_code_today, boards.icb_code) AS icb_code_today,
    coalesce(icb_names.short_name, members.icb_name) AS icb_name_today,
    CASE
        WHEN members.icb_code IS NOT NULL THEN 'list of memberships'
        WHEN boards.icb_code IS NOT NULL THEN 'printed with figures'
    END AS icb_today_from,
    coalesce(members.region_code, region.region_code) AS region_code_today,
    coalesce(dated.opened_on, icbs.opened_on) AS opened_on,
    coalesce(dated.closed_on, icbs.closed_on) AS closed_on,
    dated.valid_from,
    coalesce(
        lead(dated.valid_from) OVER (PARTITION BY dated.org_code, dated.kind ORDER BY dated.edition_order) - 1,
        dated.closed_on
    ) AS valid_to,
    dated.is_newest,
    dated.edition
FROM dated
LEFT JOIN boards ON dated.org_code = boards.org_code
LEFT JOIN icbs_today ON boards.icb_code = icbs_today.icb_code
LEFT JOIN members ON dated.org_code = members.org_code
LEFT JOIN icbs AS icb_names
    ON coalesce(members.icb_code, icbs_today.icb_code_today, boards.icb_code) = icb_names.icb_code
LEFT JOIN icbs ON dated.org_code = icbs.icb_code AND dated.kind = 'ICB'
LEFT JOIN reference.region ON coalesce(dated.region_code, icbs.region_code) = region.region_code
ORDER BY dated.org_code, dated.kind, dated.valid_from;

COMMENT ON COLUMN marts.organisation.region_code IS
'NHS England region, or the older geography in the list.';
COMMENT ON COLUMN marts.organisation.icb_code IS
'Integrated care board printed with the newest figures; the same on every row of the organisation.';
COMMENT ON COLUMN marts.organisation.icb_code_today IS
'Current integrated care board: from the newest list of memberships (core.organisation_membership), else the one '
'printed with the figures, or its successor. Column 4 of the organisation lists is not used, since it follows the '
'postcode.';
COMMENT ON COLUMN marts.organisation.icb_name_today IS
'Name of icb_code_today as in the workforce statistics, else as in the list of memberships.';
COMMENT ON COLUMN marts.organisation.icb_today_from IS
'Source of icb_code_today: list of memberships, or printed with figures.';
COMMENT ON COLUMN marts.organisation.region_code_today IS
'Current NHS England region: from the newest list of memberships, else region_code.';
COMMENT ON COLUMN marts.organisation.closed_on IS
'Close date; NULL: open.';
COMMENT ON COLUMN marts.organisation.valid_from IS
'First day of this entry: the open date, or the date of the first list with the entry.';
COMMENT ON COLUMN marts.organisation.valid_to IS
'Last day of this entry: before the next one, or the close date; NULL: until today.';
COMMENT ON COLUMN marts.organisation.is_newest IS
'Whether this is the organisation''s newest entry.';
COMMENT ON COLUMN marts.organisation.edition IS
'First list with the entry.';
