/*
Share of women in each pay quarter of an NHS employer against all four quarters, with the hourly pay gap.

Grain: reporting_year x employer_name x pay_quarter.
Source: gender pay gap reports of employers (core.pay_gap), organisation codes from the reviewed mapping file.
Caveats: the publisher prints percentages only, no headcounts: there is no numerator or denominator to show. The four
quarters are equal in size by definition, so the mean of their shares is the share among all staff, within rounding.
Reporting was voluntary in 2019-20, and the newest year may still be open: its rows are provisional (value_status 'p')
and employers are missing. A report that contradicts itself is flagged in report_contradiction: leave it out of means.
Comparisons between years need employers that reported in both: marts.leadership_pay_gap_change. Doctors and dentists
are included, bank staff with pay in the period too: a different population from the workforce statistics. An employer
without a reviewed code is kept with org_code NULL and is not matched by name to anything.
Lineage:
    core.pay_gap_latest, all
        WHERE figure.series = made.source_series AND figure.reporting_year = made.reporting_year
            AND figure.employer_name = made.employer_name AND (figure.measure LIKE '%\_quarter\_percent' ESCAPE '\'
            OR figure.measure LIKE '%\_hourly\_pay\_gap\_percent' ESCAPE '\')
        REMARK All four quarters: their mean is the share among all staff.
*/
WITH printed_figures AS (
    SELECT
        *,
        regexp_extract(measure, '^(female|male)_(.+)_quarter_percent$', ['sex', 'pay_quarter']) AS part
    FROM core.pay_gap_latest
),

quarters AS (
    SELECT
        printed_figures.series,
        printed_figures.reporting_year,
        printed_figures.snapshot_date,
        printed_figures.employer_name,
        printed_figures.org_code,
        printed_figures.employer_size,
        printed_figures.was_due,
        part.pay_quarter AS pay_quarter,
        max(printed_figures.value) FILTER (WHERE part.sex = 'female') AS women_share_percent,
        max(printed_figures.value) FILTER (WHERE part.sex = 'male') AS men_share_percent,
        max(printed_figures.value_status) AS printed_status,
        max(edition) AS edition,
        min(source_row) AS source_row
    FROM printed_figures
    WHERE part.pay_quarter <> ''
    GROUP BY ALL
),

hourly_pay AS (
    SELECT
        series,
        reporting_year,
        employer_name,
        max(value) FILTER (WHERE measure = 'mean_hourly_pay_gap_percent') AS mean_hourly_gap_percent,
        max(value) FILTER (WHERE measure = 'median_hourly_pay_gap_percent') AS median_hourly_gap_percent
    FROM core.pay_gap_latest
    GROUP BY ALL
),

all_quarters AS (
    SELECT
        series,
        reporting_year,
        employer_name,
        CASE WHEN count(women_share_percent) = 4 THEN avg(women_share_percent) END AS all_quarters_women_share_percent,
        max(women_share_percent) FILTER (WHERE pay_quarter = 'top') AS top_women_share_percent
    FROM quarters
    GROUP BY ALL
),

/*
Women cannot be over-represented in the top quarter (by more than a point, which rounding does not explain) and be paid
much less on average (5 per cent or more), nor the reverse: quarters, or a sign, were entered the wrong way round.
Under a third of women among all staff: no NHS body is known to have so few (ambulance services have about 40 per cent
or more), so women's and men's shares were probably exchanged.
*/
contradictions AS (
    SELECT
        all_quarters.series,
        all_quarters.reporting_year,
        all_quarters.employer_name,
        nullif(
            concat_ws(
                ' ',
                CASE
                    WHEN
                        all_quarters.top_women_share_percent - all_quarters.all_quarters_women_share_percent > 1
                        AND hourly_pay.mean_hourly_gap_percent >= 5
                        THEN
                            'Women are over-represented in the top pay quarter, yet paid '
                            || round(hourly_pay.mean_hourly_gap_percent, 1) || ' per cent less on average.'
                    WHEN
                        all_quarters.top_women_share_percent - all_quarters.all_quarters_women_share_percent < -1
                        AND hourly_pay.mean_hourly_gap_percent <= -5
                        THEN
                            'Women are under-represented in the top pay quarter, yet paid '
                            || -round(hourly_pay.mean_hourly_gap_percent, 1) || ' per cent more on average.'
                END,
                CASE
                    WHEN all_quarters.all_quarters_women_share_percent < 100.0 / 3
                        THEN
                            'Women are ' || round(all_quarters.all_quarters_women_share_percent, 1)
                            || ' per cent of the staff: their shares and men''s look exchanged.'
                END
            ),
            ''
        ) AS report_contradiction
    FROM all_quarters
    INNER JOIN hourly_pay USING (series, reporting_year, employer_name)
),

reviewed_employers AS (
    SELECT DISTINCT
        body,
        -- As the readers compare labels: regardless of case, repeated blanks, and forms of apostrophe and dash.
        lower(trim(regexp_replace(translate(printed, '‘’ʼ–—', '''''''--'), '\s+', ' ', 'g'))) AS name_key
    FROM reference.pay_gap_employer
),

trust AS (
    SELECT
        org_code,
        arg_max(name, edition_order) AS org_name
    FROM core.organisation
    WHERE kind IN ('trust', 'care trust')
    GROUP BY org_code
)

SELECT
    quarters.reporting_year,
    quarters.snapshot_date,
    quarters.employer_name,
    coalesce(reviewed_employers.body, 'not reviewed') AS body,
    quarters.org_code,
    trust.org_name,
    quarters.org_code IS NOT NULL AS is_matched,
    quarters.employer_size,
    quarters.pay_quarter,
    quarters.women_share_percent,
    quarters.men_share_percent,
    all_quarters.all_quarters_women_share_percent,
    quarters.women_share_percent - all_quarters.all_quarters_women_share_percent AS gap_points,
    quarters.women_share_percent / nullif(all_quarters.all_quarters_women_share_percent, 0) AS representation_ratio,
    hourly_pay.mean_hourly_gap_percent,
    hourly_pay.median_hourly_gap_percent,
    contradictions.report_contradiction,
    quarters.was_due,
    CASE
        WHEN quarters.women_share_percent IS NULL THEN coalesce(quarters.printed_status, 'x')
        WHEN abs(quarters.women_share_percent + quarters.men_share_percent - 100) > 0.2 THEN 'u'
        WHEN NOT quarters.was_due THEN 'p'
    END AS value_status,
    quarters.series AS source_series,
    quarters.edition,
    quarters.source_row,
    concat_ws(
        ' ',
        'Shares only: the publisher prints no headcounts.',
        CASE WHEN quarters.reporting_year = '2019-20' THEN 'Reporting was voluntary in this year.' END,
        CASE
            WHEN NOT quarters.was_due
                THEN 'Provisional: the reports of this year were not yet due when the file was made; many are missing.'
        END,
        'The report contradicts itself: ' || contradictions.report_contradiction,
        CASE WHEN quarters.org_code IS NULL THEN 'No reviewed organisation code.' END,
        CASE
            WHEN abs(quarters.women_share_percent + quarters.men_share_percent - 100) > 0.2
                THEN 'Women and men as printed do not add up to 100.'
        END,
        CASE
            WHEN
                quarters.women_share_percent IS NOT NULL
                AND all_quarters.all_quarters_women_share_percent IS NULL
                THEN 'Not all four quarters are printed.'
        END
    ) AS caveat
FROM quarters
INNER JOIN all_quarters USING (series, reporting_year, employer_name)
INNER JOIN hourly_pay USING (series, reporting_year, employer_name)
INNER JOIN contradictions USING (series, reporting_year, employer_name)
LEFT JOIN trust USING (org_code)
LEFT JOIN reviewed_employers
    ON
        lower(trim(regexp_replace(translate(quarters.employer_name, '‘’ʼ–—', '''''''--'), '\s+', ' ', 'g')))
        = reviewed_employers.name_key
ORDER BY quarters.reporting_year, quarters.employer_name, quarters.pay_quarter;

COMMENT ON COLUMN marts.leadership_pay_gap.org_code IS
'ODS code from the reviewed mapping file; NULL: no reviewed match.';
COMMENT ON COLUMN marts.leadership_pay_gap.is_matched IS
'Whether a reviewed organisation code exists.';
COMMENT ON COLUMN marts.leadership_pay_gap.employer_size IS
'Size class as printed; the only published indication of the number of staff.';
COMMENT ON COLUMN marts.leadership_pay_gap.men_share_percent IS
'Share of men in the quarter, 0-100, as printed.';
COMMENT ON COLUMN marts.leadership_pay_gap.gap_points IS
'women_share_percent minus all_quarters_women_share_percent, percentage points; below 0 in the top quarter: fewer '
'women among the best paid.';
COMMENT ON COLUMN marts.leadership_pay_gap.representation_ratio IS
'women_share_percent / all_quarters_women_share_percent; 1: as among all staff, below 1 in the top quarter: fewer '
'among the best paid.';
COMMENT ON COLUMN marts.leadership_pay_gap.report_contradiction IS
'Which figures of the employer''s report contradict each other, in words; NULL: none were found. Leave such rows out '
'of means over employers.';
COMMENT ON COLUMN marts.leadership_pay_gap.was_due IS
'Whether the report was due when the publisher made the file; FALSE: reporting for the year was still open, and the '
'row is provisional.';
COMMENT ON COLUMN marts.leadership_pay_gap.value_status IS
'Of women_share_percent. x: not printed; u: women and men as printed do not add up to 100 within 0.2; p: '
'provisional, the reports of the year were not yet due when the file was made; NULL: a plain published number.';
