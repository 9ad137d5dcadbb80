/*
Mergers, splits and boundary changes of organisations, from the lists of successions.

Grain: org_code x effective_on.
Source: marts.organisation_succession.
Caveats: each event has a row for the organisations that gave and for those that received. Where no event is listed,
there may still have been one: services move between organisations without any of them closing.
Lineage:
    marts.organisation_succession, all
        WHERE figure.effective_on = made.effective_on
            AND made.org_code IN (figure.predecessor_code, figure.successor_code)
*/
WITH successions AS (
    SELECT
        followed.*,
        count(*) OVER (PARTITION BY followed.predecessor_code, followed.effective_on) AS successors,
        coalesce(kind.is_trust, FALSE) AS is_trust
    FROM marts.organisation_succession AS followed
    -- The lists of successions also hold sites: only codes of organisations are events of an organisation.
    INNER JOIN marts.organisation_kind AS kind ON followed.successor_code = kind.org_code
),

listed_events AS (
    SELECT
        *,
        CASE
            WHEN successors = 1 THEN 'merger'
            WHEN is_trust THEN 'split'
            ELSE 'boundary change'
        END AS event_type
    FROM successions
),

events_by_organisation AS (
    SELECT
        successor_code AS org_code,
        effective_on,
        event_type || ': '
        || CASE event_type WHEN 'merger' THEN 'took over ' ELSE 'received a part of ' END
        || string_agg(predecessor_code, ', ' ORDER BY predecessor_code) AS event
    FROM listed_events
    GROUP BY successor_code, effective_on, event_type
    UNION ALL
    SELECT
        predecessor_code,
        effective_on,
        event_type || ': '
        || CASE event_type WHEN 'merger' THEN 'became part of ' ELSE 'parts went to ' END
        || string_agg(successor_code, ', ' ORDER BY successor_code) AS event
    FROM listed_events
    GROUP BY predecessor_code, effective_on, event_type
)

SELECT
    org_code,
    effective_on,
    string_agg(event, '; ' ORDER BY event) AS event
FROM events_by_organisation
GROUP BY org_code, effective_on
ORDER BY org_code, effective_on;

COMMENT ON COLUMN marts.organisation_event.org_code IS
'ODS code of an organisation that gave or received staff or services.';
COMMENT ON COLUMN marts.organisation_event.event IS
'merger (one successor), split (several successors, of a trust) or boundary change (several, of a board or '
'commissioner), and with whom.';
