/*
The current organisation or organisations that each organisation code leads to, found by following successions to the
end.

Grain: org_code x today_code. An organisation has several rows only where it was split.
Source: Organisation Data Service lists (core.organisation), successions (marts.organisation_succession), and the codes
that figures are published for.
Caveats: sites are left out. Figures of an organisation that was split are never apportioned: is_mappable is false.
Headcounts of merged organisations count a person twice who worked in both. An organisation that merges into another
keeps its own figures to its last day. A code in none of the loaded lists is unknown and is kept as itself while it
still reports. Predecessors that closed within the period of the figures are included even where no list and no figure
has them, since the current organisation must not be added up without them.
Lineage:
    core.organisation, all
        WHERE figure.org_code IN (made.org_code, made.today_code) AND figure.kind <> 'site'
        REMARK List entries of the organisation and of its current successor.
    core.organisation_succession_latest, among
        WHERE figure.predecessor_code = made.org_code OR figure.successor_code = made.today_code
        REMARK Successions from the organisation, and to the current one.
*/
WITH RECURSIVE published AS (
    SELECT
        org_code,
        area_name AS name,
        period_end
    FROM core.workforce_latest
    WHERE geography_level = 'Organisation' AND value > 0
    UNION ALL
    SELECT
        org_code,
        org_name,
        period_end
    FROM core.turnover_latest
    WHERE value > 0
    UNION ALL
    SELECT
        org_code,
        employer_name,
        snapshot_date
    FROM core.pay_gap_latest
    WHERE org_code IS NOT NULL
),

reporting AS (
    SELECT
        published.org_code,
        max_by(name, published.period_end) AS name,
        max(published.period_end) AS last_period_end,
        max(published.period_end)
        >= (SELECT max(newest.period_end) FROM published AS newest) - INTERVAL 12 MONTH AS still_reports
    FROM published
    GROUP BY published.org_code
),

list_entries AS (
    SELECT
        org_code,
        max_by(name, (edition, edition_order)) AS name,
        arg_max_null(closed_on, (edition, edition_order)) AS closed_on,
        max_by(opened_on, (edition, edition_order)) AS opened_on,
        count(DISTINCT regexp_replace(upper(name), '^THE |[^A-Z0-9]', '', 'g')) > 1 AS had_other_names
    FROM core.organisation
    WHERE kind <> 'site'
    GROUP BY org_code
),

newest_list AS (
    -- A close date after the newest list is to come: the organisation is open.
    SELECT
        coalesce(
            max(last_day(strptime(rpad(edition, 7, '-01') || '-01', '%Y-%m-%d'))), DATE '9999-12-31'
        ) AS listed_on
    FROM core.organisation
),

boards AS (
    SELECT
        icb_code,
        name,
        successor_code,
        opened_on::DATE AS opened_on,
        closed_on::DATE AS closed_on
    FROM reference.integrated_care_board
),

successions AS (
    SELECT
        predecessor_code,
        successor_code,
        min(effective_on) AS effective_on
    FROM marts.organisation_succession
    GROUP BY predecessor_code, successor_code
),

known_codes AS (
    SELECT org_code FROM list_entries
    UNION
    SELECT org_code FROM reporting
),

organisation_codes AS (
    SELECT org_code FROM known_codes
    UNION
    SELECT successions.predecessor_code
    FROM successions
    INNER JOIN organisation_codes ON successions.successor_code = organisation_codes.org_code
    WHERE successions.effective_on > (SELECT min(published.period_end) FROM published)
),

left_behind AS (
    SELECT
        predecessor_code AS org_code,
        min(effective_on) AS left_on
    FROM successions
    GROUP BY predecessor_code
),

organisations AS (
    SELECT
        organisation_codes.org_code,
        coalesce(list_entries.name, reporting.name) AS name,
        list_entries.org_code IS NOT NULL AS is_listed,
        list_entries.opened_on,
        list_entries.closed_on,
        coalesce(list_entries.had_other_names, FALSE) AS had_other_names,
        coalesce(reporting.still_reports, FALSE) AS still_reports
    FROM organisation_codes
    LEFT JOIN list_entries ON organisation_codes.org_code = list_entries.org_code
    LEFT JOIN reporting ON organisation_codes.org_code = reporting.org_code
),

chains AS (
    SELECT
        org_code,
        org_code AS reached_code,
        0 AS steps,
        NULL::DATE AS effective_on,
        [org_code] AS passed
    FROM organisations
    UNION ALL
    SELECT
        chains.org_code,
        successions.successor_code,
        chains.steps + 1 AS steps,
        successions.effective_on,
        list_append(chains.passed, successions.successor_code) AS passed
    FROM chains
    INNER JOIN successions ON chains.reached_code = successions.predecessor_code
    WHERE
        NOT list_contains(chains.passed, successions.successor_code)
        AND successions.effective_on >= coalesce(chains.effective_on, successions.effective_on)
),

ends AS (
    SELECT
        chains.org_code,
        chains.reached_code,
        max(chains.steps) AS steps,
        max(chains.effective_on) AS effective_on
    FROM chains
    WHERE
        NOT EXISTS (
            SELECT 1
            FROM successions
            WHERE
                chains.reached_code = successions.predecessor_code
                AND NOT list_contains(chains.passed, successions.successor_code)
                AND successions.effective_on >= coalesce(chains.effective_on, successions.effective_on)
        )
    GROUP BY chains.org_code, chains.reached_code
),

predecessor_counts AS (
    SELECT
        successor_code,
        count(*) AS predecessors
    FROM successions
    GROUP BY successor_code
),

outcomes AS (
    SELECT
        ends.org_code,
        ends.reached_code,
        ends.steps,
        ends.effective_on,
        before.name,
        coalesce(now.name, board.name) AS reached_name,
        before.still_reports,
        before.opened_on,
        least(left_behind.left_on, before.closed_on + 1) AS left_on,
        CASE
            WHEN count(*) OVER (PARTITION BY ends.org_code) > 1 THEN 'split'
            WHEN now.closed_on <= newest_list.listed_on OR board.closed_on IS NOT NULL
                THEN 'closed without successor'
            WHEN
                ends.steps = 1
                AND coalesce(now.opened_on, board.opened_on) = ends.effective_on
                AND predecessor_counts.predecessors = 1
                THEN 'renamed'
            WHEN ends.steps > 0 THEN 'merged'
            WHEN NOT before.is_listed THEN 'unknown'
            WHEN before.had_other_names THEN 'renamed'
            ELSE 'same'
        END AS how
    FROM ends
    INNER JOIN organisations AS before ON ends.org_code = before.org_code
    LEFT JOIN organisations AS now ON ends.reached_code = now.org_code
    LEFT JOIN predecessor_counts ON ends.reached_code = predecessor_counts.successor_code
    LEFT JOIN left_behind ON ends.org_code = left_behind.org_code
    LEFT JOIN boards AS board ON ends.reached_code = board.icb_code
    CROSS JOIN newest_list
)

SELECT
    org_code,
    name AS org_name,
    CASE
        WHEN how = 'closed without successor' OR how = 'unknown' AND NOT still_reports THEN NULL ELSE reached_code
    END AS today_code,
    CASE
        WHEN how = 'closed without successor' OR how = 'unknown' AND NOT still_reports THEN NULL ELSE reached_name
    END AS today_name,
    how,
    steps,
    effective_on,
    opened_on,
    left_on,
    how IN ('same', 'renamed', 'merged') OR how = 'unknown' AND still_reports AS is_mappable
FROM outcomes
ORDER BY org_code, today_code;

COMMENT ON COLUMN marts.organisation_today.org_code IS 'ODS code figures are or were published for.';
COMMENT ON COLUMN marts.organisation_today.org_name IS 'Its newest name in the ODS lists, else as figures print it.';
COMMENT ON COLUMN marts.organisation_today.today_code IS
'ODS code of the current organisation; NULL where it closed without a successor, or is unknown and no longer '
'reports.';
COMMENT ON COLUMN marts.organisation_today.today_name IS 'Newest name of the current organisation.';
COMMENT ON COLUMN marts.organisation_today.how IS
'same; renamed (new name, or a new code for one organisation); merged; split (several current codes, never '
'apportioned); closed without successor; unknown (in none of the loaded lists).';
COMMENT ON COLUMN marts.organisation_today.steps IS 'Number of successions followed.';
COMMENT ON COLUMN marts.organisation_today.effective_on IS
'Day of the last succession that was followed; NULL where there is none.';
COMMENT ON COLUMN marts.organisation_today.opened_on IS
'Open date of org_code in the newest list; NULL where no loaded list gives one. Figures are expected from then on.';
COMMENT ON COLUMN marts.organisation_today.left_on IS
'First day on which org_code no longer existed: the day of its first succession, or the day after its close date; '
'NULL: it still exists. Figures are expected until then.';
COMMENT ON COLUMN marts.organisation_today.is_mappable IS
'Whether figures of org_code may be added to those of today_code (headcounts may count a person twice).';
