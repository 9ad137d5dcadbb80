/*
The claims of the speech of November 2018, each with what was measured then and now, by whom, and what is not known.

Grain: claim_id.
Source: claims of reference.speech_claim; values from marts.staff_by_characteristic, marts.leadership_pay_gap,
marts.board_roles, marts.leadership_culture and marts.leadership_headlines.
Rules: "then" is the nearest value before November 2018, by the end of its period or, where earlier, its publication;
"latest" is the newest value since the speech. A rounded claim holds within its tolerance. Two measures are compared
within one source only. Where two series give one measure for a month, the workforce statistics, which print totals over
staff groups, take precedence.
Caveats: a value more than 24 months older than the speech gives no verdict, nor does a proxy measure. Where no figure
was found, the row says so.
Lineage:
    core.headline, all
        WHERE contains(coalesce(made.source, ''), figure.headline_id || ':')
    marts.staff_by_characteristic, among
        WHERE figure.period_end IN (made.period_then, made.period_latest)
            AND figure.population = 'NHS trusts and core organisations'
            AND contains(coalesce(made.source, ''), figure.source_series || ' ' || figure.edition)
            AND (figure.category_level = 'BME total' OR (figure.characteristic = 'sex' AND figure.category = 'Female'))
            AND figure.grade IN ('All grades', 'Very Senior Manager') AND (figure.staff_group_level = 'all'
            OR figure.staff_group IN ('HCHS doctors', 'Nurses & health visitors'))
            AND figure.headcount IN (made.numerator_then, made.numerator_latest)
        REMARK Rows that have the numerators shown.
    marts.leadership_pay_gap, among
        WHERE contains(coalesce(made.source, ''), figure.source_series || ' ')
            AND figure.reporting_year IN (SELECT listed.reporting_year FROM marts.leadership_pay_gap AS listed WHERE
                listed.snapshot_date IN (made.period_then, made.period_latest))
            AND figure.pay_quarter = 'top' AND figure.body = 'NHS trust' AND figure.is_matched
            AND figure.report_contradiction IS NULL
        REMARK The mean over these employers.
    marts.board_roles, among
        WHERE contains(coalesce(made.source, ''), figure.source_series)
            AND contains(lower(coalesce(made.measure_title, '')), 'chief executive')
            AND figure.period_end IN (made.period_then, made.period_latest) AND figure.board_role = 'Chief Executive'
        REMARK Trusts among these organisations are counted, not added up.
    marts.leadership_culture, among
        WHERE made.kind_of_evidence = 'measured here'
            AND contains(coalesce(made.source, ''), figure.source_series || ' ' || figure.edition || ':
                core.staff_survey')
            AND year(made.period_latest) = figure.survey_year AND figure.figure_basis LIKE 'staff survey file%' AND CASE
            WHEN made.measure_title LIKE 'Trusts where%' THEN figure.geography_level = 'Organisation'
            AND figure.ethnic_group = 'BME' AND figure.population LIKE '%Trusts' AND figure.gap_points IS NOT NULL
            AND figure.question = CASE WHEN made.measure_title LIKE '%bullying%' THEN 'bullying_by_staff'
            ELSE 'discrimination_by_staff' END ELSE figure.geography_level = 'England'
            AND figure.answer_value IN (made.value_latest, made.compared_value_latest) END
        REMARK For counts of trusts: these trusts, each with the difference between the two rates.
*/
WITH claims AS (
    SELECT *
    FROM reference.speech_claim
),

headlines AS (
    SELECT
        measure_id,
        period_end,
        known_on,
        headline_value AS value,
        NULL::DOUBLE AS numerator,
        NULL::DOUBLE AS denominator,
        headline_id || ': ' || source AS source,
        disagreement,
        'headlines' AS source_series
    FROM marts.leadership_headlines
    WHERE area_name = 'England'
),

boards_without_bme AS (
    SELECT
        'trusts_without_bme_board_member_percent' AS measure_id,
        without.period_end,
        without.known_on,
        100 * without.value / counted.value AS value,
        without.value AS numerator,
        counted.value AS denominator,
        without.source || '; ' || counted.source AS source,
        without.disagreement,
        without.source_series
    FROM headlines AS without
    INNER JOIN headlines AS counted
        ON without.period_end = counted.period_end AND counted.measure_id = 'trusts_in_board_data'
    WHERE without.measure_id = 'trusts_without_bme_board_member'
),

staff AS (
    SELECT
        CASE
            WHEN characteristic = 'ethnicity' AND grade = 'Very Senior Manager' THEN 'measured_vsm_bme_share'
            WHEN characteristic = 'ethnicity' THEN 'measured_workforce_bme_share'
            WHEN grade = 'Very Senior Manager' THEN 'measured_women_vsm_share'
            ELSE 'measured_women_workforce_share'
        END AS measure_id,
        period_end,
        period_end AS known_on,
        share_percent AS value,
        headcount::DOUBLE AS numerator,
        known_headcount::DOUBLE AS denominator,
        source_series || ' ' || edition AS source,
        NULL AS disagreement,
        source_series
    FROM marts.staff_by_characteristic
    WHERE
        population = 'NHS trusts and core organisations'
        AND staff_group_level = 'all'
        AND grade IN ('All grades', 'Very Senior Manager')
        AND (category_level = 'BME total' OR (characteristic = 'sex' AND category = 'Female'))
    UNION ALL
    SELECT
        CASE staff_group
            WHEN 'HCHS doctors' THEN 'measured_doctors_bme_share_of_all' ELSE 'measured_nurses_bme_share_of_all'
        END AS measure_id,
        period_end,
        period_end AS known_on,
        share_of_all_percent AS value,
        headcount::DOUBLE AS numerator,
        all_headcount::DOUBLE AS denominator,
        source_series || ' ' || edition AS source,
        NULL AS disagreement,
        source_series
    FROM marts.staff_by_characteristic
    WHERE
        population = 'NHS trusts and core organisations'
        AND staff_group IN ('HCHS doctors', 'Nurses & health visitors')
        AND grade = 'All grades'
        AND category_level = 'BME total'
),

top_quarter_trusts AS (
    SELECT
        *,
        report_contradiction IS NULL AS is_used
    FROM marts.leadership_pay_gap
    WHERE
        pay_quarter = 'top'
        AND body = 'NHS trust'
        AND is_matched
        AND all_quarters_women_share_percent IS NOT NULL
),

top_quarter AS (
    SELECT
        sides.measure_id,
        -- A few trusts report for 5 April, as companies do: they belong to the same reporting year.
        min(trusts.snapshot_date) AS period_end,
        min(trusts.snapshot_date) AS known_on,
        avg(
            CASE sides.measure_id
                WHEN 'measured_top_quarter_women_share' THEN trusts.women_share_percent
                ELSE trusts.all_quarters_women_share_percent
            END
        ) FILTER (WHERE trusts.is_used) AS value,
        NULL::DOUBLE AS numerator,
        count(*) FILTER (WHERE trusts.is_used)::DOUBLE AS denominator,
        concat_ws(
            ', ',
            max(trusts.source_series) || ' ' || max(trusts.edition),
            'mean over ' || count(*) FILTER (WHERE trusts.is_used) || ' trusts',
            nullif(count(*) FILTER (WHERE NOT trusts.is_used), 0) || ' left out whose reports contradict themselves',
            CASE
                WHEN NOT bool_and(trusts.was_due)
                    THEN 'provisional: the reports of the year were not yet due'
            END,
            CASE
                WHEN sides.measure_id = 'measured_top_quarter_women_share'
                    THEN
                        'the ' || any_value(change.employers) || ' trusts that reported in '
                        || any_value(change.compared_year) || ' too: '
                        || round(any_value(change.mean_women_share_percent_compared_year), 1) || ' then, '
                        || round(any_value(change.mean_women_share_percent), 1) || ' in this year'
            END
        ) AS source,
        NULL AS disagreement,
        max(trusts.source_series) AS source_series
    FROM top_quarter_trusts AS trusts
    CROSS JOIN
        (VALUES ('measured_top_quarter_women_share'), ('measured_all_quarters_women_share')) AS sides (measure_id)
    -- The first year loaded is the one nearest to the speech: later years are compared with it over the same trusts.
    LEFT JOIN marts.leadership_pay_gap_change AS change
        ON
            trusts.reporting_year = change.reporting_year
            AND change.compared_year = (SELECT min(first_year.reporting_year) FROM top_quarter_trusts AS first_year)
            AND change.body = 'NHS trust'
            AND change.pay_quarter = 'top'
    GROUP BY sides.measure_id, trusts.reporting_year
),

chief_executives AS (
    SELECT
        'measured_trusts_without_recorded_chief_executive' AS measure_id,
        period_end,
        period_end AS known_on,
        100 * avg(CASE WHEN is_recorded THEN 0 ELSE 1 END) AS value,
        count(*) FILTER (WHERE NOT is_recorded)::DOUBLE AS numerator,
        count(*)::DOUBLE AS denominator,
        source_series || ' ' || max(edition) AS source,
        NULL AS disagreement,
        source_series
    FROM marts.board_roles
    WHERE
        board_role = 'Chief Executive'
        AND org_code IN (
            SELECT listed.org_code FROM core.organisation AS listed
            WHERE listed.kind IN ('trust', 'care trust')
        )
    GROUP BY period_end, source_series
),

staff_survey AS (
    SELECT
        measure.measure_id,
        make_date(culture.survey_year, 11, 30) AS period_end,
        make_date(culture.survey_year, 11, 30) AS known_on,
        culture.answer_value AS value,
        NULL::DOUBLE AS numerator,
        culture.answers::DOUBLE AS denominator,
        culture.source_series || ' ' || culture.edition || ': ' || culture.source AS source,
        NULL AS disagreement,
        culture.source_series
    FROM marts.leadership_culture AS culture
    INNER JOIN reference.leadership_measure AS measure
        ON
            culture.question = measure.question
            AND culture.ethnic_group = measure.category
            AND measure.mart_role = 'computed'
    WHERE culture.geography_level = 'England' AND culture.figure_basis LIKE 'staff survey file%'
),

trusts_by_ethnic_group AS (
    SELECT
        CASE question
            WHEN 'bullying_by_staff' THEN 'measured_trusts_bme_report_more_bullying'
            ELSE 'measured_trusts_bme_report_more_discrimination'
        END AS measure_id,
        make_date(survey_year, 11, 30) AS period_end,
        make_date(survey_year, 11, 30) AS known_on,
        100 * avg(CASE WHEN gap_points > 0 THEN 1 ELSE 0 END) AS value,
        count(*) FILTER (WHERE gap_points > 0)::DOUBLE AS numerator,
        count(*)::DOUBLE AS denominator,
        source_series || ' ' || max(edition) || ': core.staff_survey' AS source,
        NULL AS disagreement,
        source_series
    FROM marts.leadership_culture
    WHERE
        question IN ('bullying_by_staff', 'discrimination_by_staff')
        AND geography_level = 'Organisation'
        AND figure_basis = 'staff survey file'
        AND population LIKE '%Trusts'
        AND ethnic_group = 'BME'
        AND gap_points IS NOT NULL
    GROUP BY question, survey_year, source_series
),

joiners AS (
    SELECT
        CASE staff_group
            WHEN 'Senior managers' THEN 'joiners_senior_managers_percent' ELSE 'joiners_managers_percent'
        END AS measure_id,
        period_end,
        period_end AS known_on,
        100 * flow_value / nullif(in_post_at_start, 0) AS value,
        flow_value AS numerator,
        in_post_at_start AS denominator,
        source_series || ' ' || edition AS source,
        NULL AS disagreement,
        source_series
    FROM marts.leadership_turnover
    WHERE
        geography_level = 'England'
        AND time_span = '12 months, as published'
        AND measure = 'headcount'
        AND flow = 'joiners'
        AND staff_group IN ('Senior managers', 'Managers')
    UNION ALL
    SELECT
        'joiners_very_senior_managers_percent' AS measure_id,
        period_end,
        period_end AS known_on,
        100 * flow_value / nullif(in_post_at_start, 0) AS value,
        flow_value AS numerator,
        in_post_at_start AS denominator,
        source_series || ' ' || edition AS source,
        NULL AS disagreement,
        source_series
    FROM marts.leadership_turnover_by_grade
    WHERE
        staff_group = 'Senior managers'
        AND grade = 'Very Senior Manager'
        AND age_band = 'All age bands'
        AND measure = 'headcount'
        AND flow = 'joiners'
),

evidence AS (
    SELECT * FROM headlines
    UNION ALL BY NAME
    SELECT * FROM boards_without_bme
    UNION ALL BY NAME
    SELECT * FROM staff
    UNION ALL BY NAME
    SELECT * FROM top_quarter
    UNION ALL BY NAME
    SELECT * FROM chief_executives
    UNION ALL BY NAME
    SELECT * FROM joiners
    UNION ALL BY NAME
    SELECT * FROM staff_survey
    UNION ALL BY NAME
    SELECT * FROM trusts_by_ethnic_group
),

values_then_and_latest AS (
    SELECT
        *,
        'then' AS moment,
        known_on >= DATE '2018-11-01' - INTERVAL 24 MONTHS AS is_timely
    FROM evidence
    WHERE known_on < DATE '2018-11-01' AND value IS NOT NULL
    QUALIFY
        row_number()
            OVER (
                PARTITION BY measure_id
                ORDER BY
                    period_end DESC,
                    source_series IN (
                        SELECT filling.series FROM meta.series_table AS filling
                        WHERE filling.table_name = 'workforce'
                    ) DESC,
                    source ASC
            )
        = 1
    UNION ALL
    SELECT
        *,
        'latest' AS moment,
        TRUE AS is_timely
    FROM evidence
    WHERE known_on > DATE '2018-11-28' AND value IS NOT NULL
    QUALIFY
        row_number()
            OVER (
                PARTITION BY measure_id
                ORDER BY
                    period_end DESC,
                    source_series IN (
                        SELECT filling.series FROM meta.series_table AS filling
                        WHERE filling.table_name = 'workforce'
                    ) DESC,
                    source ASC
            )
        = 1
),

claims_judged AS (
    SELECT
        claims.claim_id,
        moment_name.moment,
        shown.period_end,
        shown.value,
        shown.numerator,
        shown.denominator,
        shown.source,
        shown.disagreement,
        compared.value AS compared_value,
        compared.source AS compared_source,
        compared.disagreement AS compared_disagreement,
        CASE
            WHEN shown.value IS NULL AND measure.mart_role = 'computed' THEN 'no figure is loaded'
            WHEN shown.value IS NULL THEN 'no figure was found'
            WHEN claims.kind_of_evidence = 'proxy' THEN 'a proxy gives no verdict'
            WHEN NOT shown.is_timely THEN 'the nearest figure is of ' || year(shown.period_end)
            WHEN claims.comparison = 'no figure claimed' THEN 'no figure was claimed'
            WHEN claims.comparison = 'rises after the speech' AND moment_name.moment = 'then'
                THEN 'an aim: nothing to compare at the time'
            WHEN claims.comparison = 'rises after the speech' AND earlier.value IS NULL
                THEN 'no figure before the speech to compare with'
            WHEN
                claims.comparison = 'rises after the speech'
                AND round(abs(shown.value - earlier.value), 6) <= claims.tolerance_points
                THEN 'the change is within the tolerance'
            WHEN claims.comparison LIKE '% than the measure compared' AND compared.value IS NULL
                THEN 'nothing to compare with in that period'
        END AS unknown_because,
        CASE
            WHEN claims.comparison = 'more than' THEN shown.value > claims.claimed_value
            WHEN claims.comparison = 'at least' THEN shown.value >= claims.claimed_value
            WHEN claims.comparison = 'about'
                THEN round(abs(shown.value - claims.claimed_value), 6) <= claims.tolerance_points
            WHEN claims.comparison = 'lower than the measure compared' THEN shown.value < compared.value
            WHEN claims.comparison = 'higher than the measure compared' THEN shown.value > compared.value
            WHEN claims.comparison = 'rises after the speech' THEN shown.value > earlier.value
        END AS comparison_holds
    FROM claims
    CROSS JOIN (VALUES ('then'), ('latest')) AS moment_name (moment)
    LEFT JOIN values_then_and_latest AS shown
        ON claims.measure_id = shown.measure_id AND moment_name.moment = shown.moment
    LEFT JOIN reference.leadership_measure AS measure ON claims.measure_id = measure.measure_id
    LEFT JOIN values_then_and_latest AS earlier ON claims.measure_id = earlier.measure_id AND earlier.moment = 'then'
    LEFT JOIN evidence AS compared
        ON
            claims.compared_measure_id = compared.measure_id
            AND shown.period_end = compared.period_end
            AND shown.source_series = compared.source_series
)

SELECT
    claims.claim_id,
    claims.speech_element,
    claims.topic,
    claims.statement,
    claims.claimed_value,
    claims.claimed_unit,
    claims.comparison,
    claims.tolerance_points,
    coalesce(measure.title, 'no measure was found') AS measure_title,
    measure.unit,
    compared_measure.title AS compared_with,
    at_the_time.value AS value_then,
    at_the_time.numerator AS numerator_then,
    at_the_time.denominator AS denominator_then,
    at_the_time.compared_value AS compared_value_then,
    at_the_time.period_end AS period_then,
    now.value AS value_latest,
    now.numerator AS numerator_latest,
    now.denominator AS denominator_latest,
    now.compared_value AS compared_value_latest,
    now.period_end AS period_latest,
    CASE WHEN at_the_time.unknown_because IS NULL THEN at_the_time.comparison_holds END AS holds_then,
    coalesce('not known: ' || at_the_time.unknown_because, at_the_time.comparison_holds::VARCHAR, 'not known')
        AS verdict_then,
    CASE WHEN now.unknown_because IS NULL THEN now.comparison_holds END AS holds_latest,
    coalesce('not known: ' || now.unknown_because, now.comparison_holds::VARCHAR, 'not known') AS verdict_latest,
    claims.kind_of_evidence,
    claims.claim_source,
    concat_ws(
        '; ',
        'then: ' || nullif(concat_ws('; compared: ', at_the_time.source, at_the_time.compared_source), ''),
        'latest: ' || nullif(concat_ws('; compared: ', now.source, now.compared_source), '')
    ) AS source,
    concat_ws(
        ' ',
        claims.caveat,
        'Sources disagree, then: '
        || nullif(concat_ws(' ', at_the_time.disagreement, at_the_time.compared_disagreement), ''),
        'Sources disagree, latest: ' || nullif(concat_ws(' ', now.disagreement, now.compared_disagreement), '')
    ) AS caveat
FROM claims
INNER JOIN claims_judged AS at_the_time ON claims.claim_id = at_the_time.claim_id AND at_the_time.moment = 'then'
INNER JOIN claims_judged AS now ON claims.claim_id = now.claim_id AND now.moment = 'latest'
LEFT JOIN reference.leadership_measure AS measure ON claims.measure_id = measure.measure_id
LEFT JOIN reference.leadership_measure AS compared_measure ON claims.compared_measure_id = compared_measure.measure_id
ORDER BY claims.speech_element, split_part(claims.claim_id, '.', 2)::INTEGER;

COMMENT ON COLUMN marts.speech_claims.claim_id IS
'Element of the speech and running number; one claim may be compared with several measures.';
COMMENT ON COLUMN marts.speech_claims.speech_element IS
'S1 ethnicity, S2 sex, S3 vacant posts, S4 clinicians, S5 bullying and discrimination, S6 learn not blame, S7 '
'training and people from outside, S8 CIO or CCIO.';
COMMENT ON COLUMN marts.speech_claims.statement IS
'What was said, in our words.';
COMMENT ON COLUMN marts.speech_claims.claimed_value IS
'The figure that the speech gave or aimed at; NULL where it gave none.';
COMMENT ON COLUMN marts.speech_claims.claimed_unit IS
'Unit of claimed_value.';
COMMENT ON COLUMN marts.speech_claims.comparison IS
'How the measure is compared with the claim.';
COMMENT ON COLUMN marts.speech_claims.tolerance_points IS
'Percentage points. For ''about'': half-width within which the claim holds; for ''rises'': change that gives no '
'verdict.';
COMMENT ON COLUMN marts.speech_claims.unit IS
'Unit of value_then and value_latest.';
COMMENT ON COLUMN marts.speech_claims.compared_with IS
'Second measure of a comparison of two measures.';
COMMENT ON COLUMN marts.speech_claims.value_then IS
'Nearest value before November 2018.';
COMMENT ON COLUMN marts.speech_claims.numerator_then IS
'Numerator of value_then; NULL where it is not known.';
COMMENT ON COLUMN marts.speech_claims.denominator_then IS
'Denominator of value_then, or the number of trusts for a mean over trusts; NULL where it is not known.';
COMMENT ON COLUMN marts.speech_claims.compared_value_then IS
'Value of the measure compared_with in the period of value_then.';
COMMENT ON COLUMN marts.speech_claims.period_then IS
'Last day of the period of value_then.';
COMMENT ON COLUMN marts.speech_claims.value_latest IS
'Newest value since the speech.';
COMMENT ON COLUMN marts.speech_claims.numerator_latest IS
'Numerator of value_latest; NULL where it is not known.';
COMMENT ON COLUMN marts.speech_claims.denominator_latest IS
'Denominator of value_latest, or the number of trusts for a mean over trusts; NULL where it is not known.';
COMMENT ON COLUMN marts.speech_claims.compared_value_latest IS
'Value of the measure compared_with in the period of value_latest.';
COMMENT ON COLUMN marts.speech_claims.period_latest IS
'Last day of the period of value_latest.';
COMMENT ON COLUMN marts.speech_claims.holds_then IS
'Whether the claim held by value_then; NULL: not known.';
COMMENT ON COLUMN marts.speech_claims.verdict_then IS
'holds_then in words: true, false, or not known and why.';
COMMENT ON COLUMN marts.speech_claims.holds_latest IS
'Whether the claim holds by value_latest; NULL: not known. For aims: whether the measure has risen since the speech.';
COMMENT ON COLUMN marts.speech_claims.verdict_latest IS
'holds_latest in words: true, false, or not known and why.';
COMMENT ON COLUMN marts.speech_claims.kind_of_evidence IS
'measured here, published headline, proxy, or no published source.';
COMMENT ON COLUMN marts.speech_claims.claim_source IS
'Address of the page that reports the claim.';
COMMENT ON COLUMN marts.speech_claims.source IS
'Where the values come from: headline ids with publisher, title and address, or series and edition.';
COMMENT ON COLUMN marts.speech_claims.caveat IS
'What the evidence can and cannot show, and which other sources print a different figure.';
