/*
Staff survey results on bullying, discrimination, fairness after errors and speaking up, by year and ethnic group.

Grain: survey_year x geography_level x area_code x population x question x question_base x ethnic_group
x source_series x figure_basis.
Source: NHS Staff Survey by organisation (core.staff_survey; by ethnic group: WRES indicators 5 to 8, unweighted), for
all trusts, their regions and ethnic groups (core.staff_survey_answer), WRES files (core.wres_indicator), national
figures in cited pages (marts.leadership_headlines).
Rules: shares from the detailed spreadsheets are calculated as in the publisher's benchmark workbook (answers that count
as agreement over all answers that are not left out, reference.staff_survey_answer) and are used only where that
workbook has no figure for the same organisation, question and year. Sectors of a trust that the survey reports on
separately have a geography_level of their own.
Caveats: survey_year is the autumn of the fieldwork; a WRES report uses the survey of the previous autumn. Bullying by
staff combines managers and colleagues and is higher than either question alone. The base of the question on equal
opportunities changed: the two time series have two question_base values and must not be joined. Each edition of the
survey may re-weight earlier years. Numbers of answers are printed in the survey's files only.
Lineage:
    core.staff_survey_latest, all
        WHERE made.figure_basis = 'staff survey file' AND figure.series = made.source_series
            AND figure.survey_year = made.survey_year AND figure.reporting_unit = made.area_code
            AND figure.question = made.question AND figure.ethnic_group IN (made.ethnic_group, CASE
            WHEN made.ethnic_group <> 'All' THEN 'White' END)
        REMARK The group's answer, and the answer of white staff.
    core.staff_survey_answer_latest, all
        WHERE made.figure_basis = 'staff survey file, computed from its answers' AND figure.series = made.source_series
            AND figure.survey_year = made.survey_year AND figure.question = made.question AND CASE made.geography_level
            WHEN 'England' THEN figure.results_of IN ('all trusts', 'group of all trusts')
            AND figure.ethnic_group IN (made.ethnic_group, CASE WHEN made.ethnic_group <> 'All' THEN 'White' END)
            WHEN 'Region' THEN figure.breakdown = 'Region' AND figure.breakdown_group = made.area_code
            ELSE figure.reporting_unit = made.area_code END
        REMARK All answers to the question that are in numerator or denominator, also those of white staff where the row
            has them.
    core.wres_indicator_latest, all
        WHERE made.figure_basis = 'WRES file' AND figure.series = made.source_series
            AND figure.wres_year = made.survey_year + 1 AND figure.geography_level = made.geography_level
            AND figure.area_code = made.area_code AND figure.measure = 'percent'
            AND figure.ethnic_group IN (made.ethnic_group, 'White')
            AND figure.indicator IN (SELECT asked.wres_indicator::VARCHAR FROM reference.culture_question AS asked WHERE
                asked.question = made.question)
        REMARK The group's answer, and the answer of white staff.
    core.headline, all
        WHERE made.figure_basis = 'published headline' AND figure.headline_id = made.edition
*/
WITH from_headlines AS (
    SELECT
        year(period_end)::INTEGER AS survey_year,
        CASE WHEN area_name = 'England' THEN 'England' ELSE 'Region' END AS geography_level,
        area_name AS area_code,
        population,
        question,
        question_base,
        category AS ethnic_group,
        headline_value AS value,
        source_series,
        'published headline' AS figure_basis,
        headline_id AS edition,
        source,
        caveat AS remark
    FROM marts.leadership_headlines
    WHERE mart_role = 'culture'
),

from_wres AS (
    SELECT
        wres.wres_year - 1 AS survey_year,
        wres.geography_level,
        wres.area_code,
        wres.org_code,
        'NHS trusts' AS population,
        asked.question,
        wres.ethnic_group,
        wres.value,
        wres.value_status AS missing_status,
        wres.denominator AS answers,
        wres.series AS source_series,
        'WRES file' AS figure_basis,
        wres.edition,
        'core.wres_indicator' AS source
    FROM core.wres_indicator_latest AS wres
    INNER JOIN reference.culture_question AS asked ON wres.indicator = asked.wres_indicator::VARCHAR
    WHERE wres.measure = 'percent'
),

benchmarks AS (
    SELECT
        survey.survey_year,
        CASE
            WHEN survey.reporting_unit = survey.org_code THEN 'Organisation' ELSE 'Part of an organisation'
        END AS geography_level,
        survey.reporting_unit AS area_code,
        survey.org_code,
        survey.benchmark_group AS population,
        survey.question,
        survey.ethnic_group,
        survey.value,
        survey.value_status AS missing_status,
        survey.respondents AS answers,
        survey.series AS source_series,
        'staff survey file' AS figure_basis,
        survey.edition,
        'core.staff_survey' AS source,
        CASE WHEN survey.weighting = 'Unweighted' THEN 'Unweighted, as the publisher prints rates by ethnic group.' END
            AS computed_remark
    FROM core.staff_survey_latest AS survey
),

answer_shares AS (
    SELECT
        printed.survey_year,
        CASE
            WHEN printed.results_of = 'organisation' THEN 'Organisation'
            WHEN printed.results_of = 'part of an organisation' THEN 'Part of an organisation'
            WHEN printed.breakdown = 'Region' THEN 'Region'
            ELSE 'England'
        END AS geography_level,
        coalesce(
            printed.reporting_unit, CASE WHEN printed.breakdown = 'Region' THEN printed.breakdown_group END, 'England'
        ) AS area_code,
        printed.org_code,
        coalesce(printed.benchmark_group, 'NHS trusts') AS population,
        printed.question,
        coalesce(printed.ethnic_group, 'All') AS ethnic_group,
        CASE
            WHEN count(*) <> count(printed.value) THEN NULL
            WHEN printed.measure = 'score' THEN max(printed.value)
            -- NULL where an answer is not classified in reference.staff_survey_answer.
            WHEN count(*) = count(mapped.counts)
                THEN
                    round(
                        100 * sum(printed.value) FILTER (WHERE mapped.counts = 'yes')
                        / sum(printed.value) FILTER (WHERE mapped.counts <> 'left out'),
                        10
                    )
        END AS value,
        max(printed.value_status) AS missing_status,
        CASE WHEN count(*) FILTER (WHERE mapped.counts = 'left out') = 0 THEN max(printed.respondents) END AS answers,
        printed.series AS source_series,
        'staff survey file, computed from its answers' AS figure_basis,
        max(printed.edition) AS edition,
        'core.staff_survey_answer, ' || max(printed.question_number) AS source,
        concat_ws(
            ' ',
            CASE WHEN printed.measure <> 'score' THEN 'Calculated: answers that count, as a share of all answers' END
            || CASE
                WHEN count(*) FILTER (WHERE mapped.counts = 'left out') = 0 THEN '.'
                ELSE
                    ' but '
                    || string_agg(printed.answer, ', ' ORDER BY printed.answer)
                    FILTER (WHERE mapped.counts = 'left out')
                    || '; ' || max(printed.respondents)::BIGINT || ' answers with them.'
            END,
            CASE
                WHEN printed.measure <> 'score' AND count(*) <> count(mapped.counts)
                    THEN 'Not yet classified which of the answers count.'
            END,
            'Weighted by: ' || lower(max(printed.weighting)) || '.'
        ) AS computed_remark
    FROM core.staff_survey_answer_latest AS printed
    LEFT JOIN reference.staff_survey_answer AS mapped
        ON printed.question = mapped.question AND lower(printed.answer) = lower(mapped.answer)
    WHERE
        printed.question IS NOT NULL
        AND (printed.ethnic_group IS NOT NULL OR printed.breakdown = 'Region')
    GROUP BY
        printed.survey_year, printed.results_of, printed.reporting_unit, printed.org_code, printed.benchmark_group,
        printed.breakdown, printed.breakdown_group, printed.ethnic_group, printed.question, printed.measure,
        printed.series
),

not_in_benchmarks AS (
    SELECT answer_shares.*
    FROM answer_shares
    ANTI JOIN benchmarks
        ON
            answer_shares.survey_year = benchmarks.survey_year
            AND answer_shares.area_code = benchmarks.area_code
            AND answer_shares.question = benchmarks.question
            AND answer_shares.ethnic_group = benchmarks.ethnic_group
),

from_survey AS (
    SELECT
        survey.*,
        -- Its base and wording changed between editions.
        CASE
            WHEN survey.question = 'fair_career_progression' THEN 'as in the workbook of ' || survey.edition
        END AS question_base,
        concat_ws(
            ' ',
            survey.computed_remark,
            CASE
                WHEN survey.geography_level = 'Part of an organisation'
                    THEN 'A part of ' || survey.org_code || ' which the survey reports on separately.'
            END,
            'Note: ' || noted.note || '.'
        ) AS remark
    FROM (
        SELECT * FROM benchmarks
        UNION ALL BY NAME
        SELECT * FROM not_in_benchmarks
    ) AS survey
    LEFT JOIN reference.staff_survey_question AS noted USING (question)
),

answers AS (
    SELECT * FROM from_headlines
    UNION ALL BY NAME
    SELECT * FROM from_wres
    UNION ALL BY NAME
    SELECT * FROM from_survey
),

compared AS (
    SELECT
        answers.*,
        white.value AS white_value,
        white.source AS white_source
    FROM answers
    LEFT JOIN answers AS white
        ON
            answers.survey_year = white.survey_year
            AND answers.geography_level = white.geography_level
            AND answers.area_code = white.area_code
            AND answers.population = white.population
            AND answers.question = white.question
            AND answers.question_base IS NOT DISTINCT FROM white.question_base
            AND answers.source_series = white.source_series
            AND answers.figure_basis = white.figure_basis
            AND answers.ethnic_group NOT IN ('All', 'White')
            AND white.ethnic_group = 'White'
)

SELECT
    compared.survey_year,
    compared.geography_level,
    compared.area_code,
    compared.org_code,
    compared.population,
    compared.question,
    asked.title AS question_title,
    compared.question_base,
    compared.ethnic_group,
    CASE WHEN compared.question LIKE '%score' THEN 'score' ELSE 'percent' END AS unit,
    compared.value AS answer_value,
    compared.answers::BIGINT AS answers,
    compared.white_value AS white_answer_value,
    compared.value - compared.white_value AS gap_points,
    asked.better,
    CASE
        WHEN compared.value IS NULL THEN coalesce(compared.missing_status, 'x')
        WHEN compared.answers < 10 THEN 'u'
        WHEN compared.question_base <> 'answers without do not know' THEN 'b'
    END AS value_status,
    compared.figure_basis,
    compared.source_series,
    compared.edition,
    compared.source,
    concat_ws(
        ' ',
        CASE
            WHEN compared.figure_basis = 'published headline'
                THEN 'As printed in a cited page; the number of answers is not printed.'
        END,
        CASE WHEN compared.question = 'bullying_by_staff' THEN 'Managers and colleagues together.' END,
        CASE
            WHEN compared.question = 'fair_career_progression'
                THEN 'The base of the question changed over time: never join rows of different question_base.'
        END,
        CASE
            WHEN compared.white_source <> compared.source
                THEN 'The value of white staff is from another page: ' || compared.white_source || '.'
        END,
        compared.remark
    ) AS caveat
FROM compared
LEFT JOIN reference.culture_question AS asked USING (question)
ORDER BY compared.question, compared.geography_level, compared.area_code, compared.ethnic_group, compared.survey_year;

COMMENT ON COLUMN marts.leadership_culture.survey_year IS
'Year of the survey''s autumn fieldwork; a WRES report of 2024 uses the survey of 2023.';
COMMENT ON COLUMN marts.leadership_culture.geography_level IS
'England, Region, Organisation, or Part of an organisation (a sector of a trust, which is not under Organisation).';
COMMENT ON COLUMN marts.leadership_culture.area_code IS
'Code of the organisation or of its part as printed, the region''s name as printed, or ''England''.';
COMMENT ON COLUMN marts.leadership_culture.population IS
'Staff whose answers are counted: kinds of organisation as printed, or benchmark group of the survey.';
COMMENT ON COLUMN marts.leadership_culture.question_title IS
'What is asked.';
COMMENT ON COLUMN marts.leadership_culture.ethnic_group IS
'All, White, BME or Black; in the survey''s files BME is staff from all other ethnic groups combined.';
COMMENT ON COLUMN marts.leadership_culture.unit IS
'percent: share of answers, 0-100; score: 0-10.';
COMMENT ON COLUMN marts.leadership_culture.answer_value IS
'Share of staff who gave these answers, or score, in unit. An average over organisations counts each once; '
'marts.mean_and_weighted_rates has the average weighted by answers.';
COMMENT ON COLUMN marts.leadership_culture.answers IS
'Number of answers (denominator of the share); NULL where it is not printed, or includes answers that are left out.';
COMMENT ON COLUMN marts.leadership_culture.white_answer_value IS
'Value of white staff in the same source and year, on the rows of other groups.';
COMMENT ON COLUMN marts.leadership_culture.gap_points IS
'answer_value minus white_answer_value, percentage points.';
COMMENT ON COLUMN marts.leadership_culture.value_status IS
'b: break in the series, the base of the question changed; u: fewer than 10 answers; c: suppressed; x: not printed; '
'NULL: a plain published number.';
COMMENT ON COLUMN marts.leadership_culture.figure_basis IS
'published headline; WRES file; staff survey file; or staff survey file, computed from its answers.';
COMMENT ON COLUMN marts.leadership_culture.edition IS
'Edition of the file, or id of the headline.';
COMMENT ON COLUMN marts.leadership_culture.source IS
'Core table and, of the survey''s answers, the question''s number; or publisher, title and address of the cited page.';
