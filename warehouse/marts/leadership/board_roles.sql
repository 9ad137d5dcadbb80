/*
Board roles that each organisation's payroll records show in post, by month.

Grain: period_end x org_code x board_role.
Source: HCHS workforce statistics, job roles of the National Workforce Data Set by organisation (core.job_role), board
roles from reference.board_role.
Caveats: a role is recorded where the payroll record names it. Interims who are not on the payroll, secondees, and chief
executives shared between trusts are recorded elsewhere or not at all: a trust without a recorded chief executive need
not have a vacancy. Headcounts over areas of work do not add up and are shown only where one row, or the publisher's own
total, gives them; FTE adds up. A role without a row is not recorded; no number is imputed.
Lineage:
    core.job_role_latest, all
        WHERE figure.series = made.source_series AND figure.geography_level = 'Organisation'
            AND figure.period_end = made.period_end AND figure.org_code = made.org_code
            AND figure.nwd_job_role = made.board_role AND (figure.primary_area_of_work = 'All areas of work'
            OR NOT EXISTS (SELECT 1 FROM core.job_role_latest AS whole WHERE whole.series = figure.series
            AND whole.period_end = figure.period_end AND whole.geography_level = 'Organisation'
            AND whole.org_code = figure.org_code AND whole.nwd_job_role = figure.nwd_job_role
            AND whole.primary_area_of_work = 'All areas of work'))
        REMARK The role's printed total over areas of work where there is one, otherwise its rows by area of work.
*/
WITH roles AS (
    SELECT DISTINCT
        label AS nwd_job_role,
        label AS board_role,
        makes_board = 'yes' AS makes_board,
        is_executive = 'yes' AS is_executive,
        is_clinical
    FROM reference.board_role
),

organisation_rows AS (
    SELECT
        *,
        bool_or(primary_area_of_work = 'All areas of work')
            OVER (PARTITION BY series, period_end, org_code, nwd_staff_group, nwd_job_role, measure) AS has_total
    FROM core.job_role_latest
    WHERE geography_level = 'Organisation'
),

organisations AS (
    SELECT
        series,
        period_end,
        org_code,
        max(area_name) AS org_name,
        max(region_code) AS region_code,
        max(icb_code) AS icb_code,
        max(edition) AS edition
    FROM organisation_rows
    GROUP BY ALL
),

recorded_roles AS (
    SELECT
        series,
        period_end,
        org_code,
        nwd_job_role,
        CASE
            WHEN count(*) FILTER (WHERE measure = 'headcount') = 1
                THEN max(value) FILTER (WHERE measure = 'headcount')
        END AS headcount,
        CASE
            WHEN bool_and(value IS NOT NULL) FILTER (WHERE measure = 'fte')
                THEN sum(value) FILTER (WHERE measure = 'fte')
        END AS fte,
        bool_or(coalesce(value > 0, value_status IN ('c', 'low'))) AS has_somebody,
        min(value_status) AS missing_status
    FROM organisation_rows
    WHERE CASE WHEN has_total THEN primary_area_of_work = 'All areas of work' ELSE TRUE END
    GROUP BY ALL
)

SELECT
    organisations.period_end,
    organisations.region_code,
    organisations.icb_code,
    organisations.org_code,
    organisations.org_name,
    roles.board_role,
    roles.makes_board,
    roles.is_executive,
    roles.is_clinical AS clinician_required,
    coalesce(recorded_roles.has_somebody, FALSE) AS is_recorded,
    recorded_roles.headcount::BIGINT AS headcount,
    recorded_roles.fte,
    CASE
        WHEN recorded_roles.org_code IS NULL THEN 'x'
        WHEN recorded_roles.headcount IS NULL THEN coalesce(recorded_roles.missing_status, 'x')
    END AS value_status,
    organisations.series AS source_series,
    organisations.edition,
    CASE
        WHEN roles.board_role = 'Chief Executive' AND recorded_roles.org_code IS NULL
            THEN
                'None recorded: interims and chief executives shared with another trust are not on its payroll,'
                || ' so the post need not be vacant.'
        WHEN recorded_roles.org_code IS NULL
            THEN 'None recorded: the post may be held by somebody who is not on the payroll.'
        WHEN roles.makes_board AND roles.is_clinical = 'yes'
            THEN 'The role is also given to deputies and divisional directors: more holders than board seats.'
    END AS caveat
FROM organisations
CROSS JOIN roles
LEFT JOIN recorded_roles USING (series, period_end, org_code, nwd_job_role)
ORDER BY organisations.period_end, organisations.org_code, roles.board_role;

COMMENT ON COLUMN marts.board_roles.is_executive IS
'Whether the role is executive.';
COMMENT ON COLUMN marts.board_roles.clinician_required IS
'yes: only a clinician can hold the role; no: it is not a clinical role; not known: either.';
COMMENT ON COLUMN marts.board_roles.is_recorded IS
'Whether anybody is recorded in the role. FALSE for Chief Executive does not mean a vacancy: see caveat.';
COMMENT ON COLUMN marts.board_roles.headcount IS
'People in the role, where a single printed figure gives it; NULL where it would have to be added up over areas of '
'work, or where nobody is recorded.';
COMMENT ON COLUMN marts.board_roles.fte IS
'Full-time equivalents in the role, added up over areas of work.';
COMMENT ON COLUMN marts.board_roles.value_status IS
'Of headcount. x: not printed; c: suppressed; NULL: a plain published number.';
