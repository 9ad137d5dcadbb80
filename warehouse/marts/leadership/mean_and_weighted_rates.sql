/*
Rates of single organisations (or regions) taken together: the unweighted mean, and the weighted rate of all of them.
Use weighted_percent where there is one.

Grain: topic x rate x subgroup x rates_of x period_end x source_series.
Source: marts.leadership_turnover, marts.leadership_culture, marts.leadership_pay_gap, marts.leadership_size,
marts.vacancies.
Rules: weighted_percent is the sum of numerators over the sum of denominators that are printed beside the rates; rates
without a number, or without their denominator, are in neither the mean nor the weighted rate. Where the publisher
prints no denominator at all (gender pay gap reports: percentages only) there is no weighted figure.
Caveats: an unweighted mean of rates is not a rate: a small organisation counts as much as a large one. Pay gap reports
that contradict themselves are left out. A move between two organisations counts as a leaver and a joiner, so rates of
organisations taken together are not a rate of England. Survey results by organisation are weighted by occupation, so
the weighted figure is close to the published national result but not equal to it. Vacancy rates are of regions.
Lineage:
    marts.leadership_turnover, among
        WHERE made.topic = 'turnover' AND figure.source_series = made.source_series
            AND figure.period_end = made.period_end AND figure.geography_level = 'Organisation'
            AND made.subgroup = figure.staff_group || ', ' || figure.time_span AND starts_with(made.rate, figure.flow)
            AND ends_with(made.rate, figure.measure)
        REMARK Those with a denominator; of NHS trusts only where rates_of says so.
    marts.leadership_culture, among
        WHERE made.topic = 'culture' AND figure.source_series = made.source_series
            AND figure.survey_year = year(made.period_end) AND figure.geography_level = 'Organisation'
            AND figure.question = made.rate AND starts_with(made.subgroup, figure.ethnic_group)
        REMARK Those with a number of answers; of NHS trusts only where rates_of says so.
    marts.leadership_size, among
        WHERE made.topic = 'leadership size' AND figure.source_series = made.source_series
            AND figure.period_end = made.period_end
            AND made.subgroup = figure.leadership_group || ', ' || figure.clinical
        REMARK Those with a denominator; of NHS trusts only where rates_of says so.
    marts.leadership_pay_gap, among
        WHERE made.topic = 'pay gap' AND figure.source_series = made.source_series
            AND year(figure.snapshot_date) = year(made.period_end)
            AND made.subgroup IN ('all staff', figure.pay_quarter)
        REMARK Reports that contradict themselves are left out; of NHS trusts only where rates_of says so.
    marts.vacancies, all
        WHERE made.topic = 'vacancies' AND figure.source_series = made.source_series
            AND figure.quarter_end = made.period_end AND figure.geography_level = 'Region'
            AND made.subgroup = figure.staff_group || ', ' || figure.sector
*/
WITH chosen (rates_of, is_trust_only) AS (
    VALUES ('every organisation', FALSE), ('NHS trusts', TRUE)
),

trusts AS (
    SELECT org_code FROM marts.organisation_kind
    WHERE is_trust
),

rates AS (
    SELECT
        'turnover' AS topic,
        flow || ' as a share of average staff in post, ' || measure AS rate,
        staff_group || ', ' || time_span AS subgroup,
        org_code,
        period_end,
        rate_percent,
        flow_value AS numerator,
        average_in_post AS denominator,
        'average staff in post, printed' AS weight,
        source_series,
        edition
    FROM marts.leadership_turnover
    WHERE geography_level = 'Organisation'
    UNION ALL
    SELECT
        'culture' AS topic,
        question AS rate,
        concat_ws(', ', ethnic_group, question_base) AS subgroup,
        org_code,
        make_date(survey_year, 11, 30) AS period_end,
        answer_value AS rate_percent,
        answer_value * answers / 100 AS numerator,
        answers AS denominator,
        'answers, printed' AS weight,
        source_series,
        edition
    FROM marts.leadership_culture
    WHERE geography_level = 'Organisation' AND unit = 'percent' AND answers IS NOT NULL
    UNION ALL
    SELECT
        'leadership size' AS topic,
        'share of FTE' AS rate,
        leadership_group || ', ' || clinical AS subgroup,
        org_code,
        period_end,
        share_of_fte_percent AS rate_percent,
        fte AS numerator,
        all_staff_fte AS denominator,
        'FTE of all staff, printed' AS weight,
        source_series,
        edition
    FROM marts.leadership_size
),

pay_gap_reports AS (
    SELECT * FROM marts.leadership_pay_gap
    WHERE report_contradiction IS NULL
),

pay_gap AS (
    SELECT
        'women in the pay quarter' AS rate,
        pay_quarter AS subgroup,
        org_code,
        snapshot_date,
        reporting_year,
        women_share_percent AS rate_percent,
        source_series,
        edition
    FROM pay_gap_reports
    UNION ALL
    SELECT
        unnest(['mean hourly pay gap', 'median hourly pay gap']) AS rate,
        'all staff' AS subgroup,
        org_code,
        snapshot_date,
        reporting_year,
        unnest([mean_hourly_gap_percent, median_hourly_gap_percent]) AS rate_percent,
        source_series,
        edition
    FROM pay_gap_reports
    WHERE pay_quarter = 'top'
),

every_rate AS (
    SELECT
        rates.*,
        chosen.rates_of
    FROM rates
    CROSS JOIN chosen
    WHERE
        rates.denominator IS NOT NULL
        AND (NOT chosen.is_trust_only OR rates.org_code IN (SELECT trusts.org_code FROM trusts))
    UNION ALL BY NAME
    SELECT
        'pay gap' AS topic,
        pay_gap.rate,
        pay_gap.subgroup,
        chosen.rates_of,
        -- A few employers report for 5 April, as companies do: they belong to the same reporting year.
        min(pay_gap.snapshot_date) OVER (PARTITION BY pay_gap.source_series, pay_gap.reporting_year) AS period_end,
        pay_gap.rate_percent,
        pay_gap.source_series,
        pay_gap.edition
    FROM pay_gap
    CROSS JOIN chosen
    WHERE NOT chosen.is_trust_only OR pay_gap.org_code IN (SELECT trusts.org_code FROM trusts)
    UNION ALL BY NAME
    SELECT
        'vacancies' AS topic,
        'vacant posts as a share of posts' AS rate,
        staff_group || ', ' || sector AS subgroup,
        'regions' AS rates_of,
        quarter_end AS period_end,
        vacancy_rate_percent AS rate_percent,
        vacancy_fte AS numerator,
        establishment_fte AS denominator,
        'posts, derived from vacancies and rate' AS weight,
        source_series,
        edition
    FROM marts.vacancies
    WHERE geography_level = 'Region' AND establishment_fte IS NOT NULL
)

SELECT
    topic,
    rate,
    subgroup,
    rates_of,
    period_end,
    count(*) AS rates_counted,
    avg(rate_percent) AS mean_of_rates_percent,
    100 * sum(numerator) / nullif(sum(denominator), 0) AS weighted_percent,
    sum(numerator) AS numerator,
    sum(denominator) AS denominator,
    coalesce(any_value(weight), 'none: the publisher prints percentages only') AS weight,
    source_series,
    max(edition) AS edition,
    CASE
        WHEN any_value(weight) IS NULL
            THEN 'No weighted figure: the publisher prints no numbers of staff. The mean counts each employer once.'
        ELSE 'The mean counts each once, whatever its size; the weighted figure is the rate of all of them together.'
    END AS caveat
FROM every_rate
WHERE rate_percent IS NOT NULL
GROUP BY topic, rate, subgroup, rates_of, period_end, source_series
ORDER BY topic, rate, subgroup, rates_of, period_end;

COMMENT ON COLUMN marts.mean_and_weighted_rates.topic IS
'turnover, culture, leadership size, pay gap or vacancies: which mart the rates are from.';
COMMENT ON COLUMN marts.mean_and_weighted_rates.rate IS
'The rate: flow and measure, question of the survey, share of women, and so on.';
COMMENT ON COLUMN marts.mean_and_weighted_rates.subgroup IS
'Subgroup the rates are of: staff group and length of the period; ethnic group and base of the question; leadership '
'group, clinical or not; pay quarter; staff group and sector.';
COMMENT ON COLUMN marts.mean_and_weighted_rates.rates_of IS
'Whose rates are taken together: every organisation (pay gap: employer) of the mart, NHS trusts alone (as the '
'organisation lists say), or regions.';
COMMENT ON COLUMN marts.mean_and_weighted_rates.period_end IS
'Last day of the period; pay gap: snapshot date; survey: end of November of the year of fieldwork.';
COMMENT ON COLUMN marts.mean_and_weighted_rates.rates_counted IS
'Number of rates: those with a number and, except for the pay gap, with a denominator.';
COMMENT ON COLUMN marts.mean_and_weighted_rates.mean_of_rates_percent IS
'Mean of the rates, each counted once whatever its size, 0-100 (pay gap: below 0 where women are paid more).';
COMMENT ON COLUMN marts.mean_and_weighted_rates.weighted_percent IS
'numerator over denominator, 0-100: the rate of all of them together. NULL for the pay gap: no number of staff is '
'printed to weight by.';
COMMENT ON COLUMN marts.mean_and_weighted_rates.numerator IS
'Sum of the numerators: joiners or leavers, answers counted, FTE of the leadership group, vacant posts. Headcounts '
'of several organisations count a person twice who works in two of them. NULL for the pay gap.';
COMMENT ON COLUMN marts.mean_and_weighted_rates.denominator IS
'Sum of the denominators, the weights. NULL for the pay gap.';
COMMENT ON COLUMN marts.mean_and_weighted_rates.weight IS
'What the rates are weighted by, and whether it is printed.';
