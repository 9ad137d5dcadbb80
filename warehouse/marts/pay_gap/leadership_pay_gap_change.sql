/*
Mean share of women in each pay quarter in two reporting years, over the employers that reported in both.

Grain: reporting_year x compared_year x body x pay_quarter.
Source: marts.leadership_pay_gap.
Caveats: a mean of shares: every employer counts once, whatever its size (no headcounts are published). An employer is
the same in both years by its organisation code, else by its name as printed; merged trusts have a different code and
are not included. Reports that contradict themselves in either year are left out and counted. A year whose reports were
not yet due is compared over the employers that had reported by then.
Lineage:
    marts.leadership_pay_gap, among
        WHERE figure.source_series = made.source_series
            AND figure.reporting_year IN (made.reporting_year, made.compared_year) AND figure.body = made.body
            AND figure.pay_quarter = made.pay_quarter AND figure.report_contradiction IS NULL
        REMARK The means are over those of these employers that reported in both years.
*/
WITH employer_reports AS (
    SELECT
        source_series,
        reporting_year,
        body,
        pay_quarter,
        coalesce(org_code, employer_name) AS employer,
        avg(women_share_percent) AS women_share_percent,
        bool_or(report_contradiction IS NOT NULL) AS is_contradictory,
        bool_and(was_due) AS was_due,
        max(edition) AS edition
    FROM marts.leadership_pay_gap
    WHERE women_share_percent IS NOT NULL
    GROUP BY ALL
),

pairs AS (
    SELECT
        later.source_series,
        later.reporting_year,
        earlier.reporting_year AS compared_year,
        later.body,
        later.pay_quarter,
        later.employer,
        later.women_share_percent AS share,
        earlier.women_share_percent AS compared_share,
        later.is_contradictory OR earlier.is_contradictory AS is_contradictory,
        later.was_due,
        later.edition
    FROM employer_reports AS later
    INNER JOIN employer_reports AS earlier
        ON
            later.source_series = earlier.source_series
            AND later.body = earlier.body
            AND later.pay_quarter = earlier.pay_quarter
            AND later.employer = earlier.employer
            AND later.reporting_year > earlier.reporting_year
)

SELECT
    reporting_year,
    compared_year,
    body,
    pay_quarter,
    count(*) FILTER (WHERE NOT is_contradictory) AS employers,
    count(*) FILTER (WHERE is_contradictory) AS employers_left_out,
    avg(share) FILTER (WHERE NOT is_contradictory) AS mean_women_share_percent,
    avg(compared_share) FILTER (WHERE NOT is_contradictory) AS mean_women_share_percent_compared_year,
    avg(share - compared_share) FILTER (WHERE NOT is_contradictory) AS mean_change_points,
    CASE WHEN NOT bool_and(was_due) THEN 'p' END AS value_status,
    source_series,
    max(edition) AS edition,
    concat_ws(
        ' ',
        'Mean over employers that reported in both years; merged trusts are not among them.',
        CASE
            WHEN count(*) FILTER (WHERE is_contradictory) > 0
                THEN count(*) FILTER (WHERE is_contradictory) || ' left out: a report contradicts itself.'
        END,
        CASE
            WHEN NOT bool_and(was_due)
                THEN 'Provisional: the reports of the later year were not yet due when the file was made.'
        END
    ) AS caveat
FROM pairs
GROUP BY source_series, reporting_year, compared_year, body, pay_quarter
ORDER BY reporting_year, compared_year, body, pay_quarter;

COMMENT ON COLUMN marts.leadership_pay_gap_change.reporting_year IS
'The later reporting year, as the publisher names it.';
COMMENT ON COLUMN marts.leadership_pay_gap_change.compared_year IS
'The earlier reporting year; every pair of loaded years has rows.';
COMMENT ON COLUMN marts.leadership_pay_gap_change.employers IS
'Employers the means are over: those that reported in both years without a contradiction.';
COMMENT ON COLUMN marts.leadership_pay_gap_change.employers_left_out IS
'Employers that reported in both years but are left out, since one of their reports contradicts itself.';
COMMENT ON COLUMN marts.leadership_pay_gap_change.mean_women_share_percent IS
'Mean of the employers'' shares of women in the quarter in reporting_year, 0-100; each employer counts once. There is '
'no weighted figure: the publisher prints no number of staff.';
COMMENT ON COLUMN marts.leadership_pay_gap_change.mean_women_share_percent_compared_year IS
'The same employers'' mean in compared_year, 0-100.';
COMMENT ON COLUMN marts.leadership_pay_gap_change.mean_change_points IS
'Mean change of the employers'' shares from compared_year to reporting_year, percentage points.';
COMMENT ON COLUMN marts.leadership_pay_gap_change.value_status IS
'p: provisional, the reports of reporting_year were not yet due; NULL: a plain published number.';
COMMENT ON COLUMN marts.leadership_pay_gap_change.edition IS
'Newest edition that gave a figure of the later year.';
