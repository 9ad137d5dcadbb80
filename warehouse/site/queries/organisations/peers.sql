-- The measures by which organisations are compared with their peers: newest period of each.
WITH turnover AS (
    SELECT *
    FROM marts.leadership_turnover_current_structure AS figure
    WHERE
        is_mappable AND measure = 'headcount' AND flow = 'leavers' AND rate_percent IS NOT NULL
        AND time_span = (
            SELECT min(newest.time_span)
            FROM marts.leadership_turnover_current_structure AS newest
            WHERE starts_with(newest.time_span, '12') OR newest.time_span = figure.time_span
        )
        AND period_end = (
            SELECT max(newest.period_end)
            FROM marts.leadership_turnover_current_structure AS newest
            WHERE newest.time_span = figure.time_span
        )
)

SELECT
    org_code,
    'Staff in post, FTE' AS measure,
    period_end,
    value
FROM marts.workforce_by_organisation_current_structure
WHERE
    is_mappable AND staff_group = 'All staff groups' AND measure = 'fte' AND value IS NOT NULL
    AND period_end = (SELECT max(newest.period_end) FROM marts.workforce_by_organisation_current_structure AS newest)
UNION ALL
SELECT
    org_code,
    'Women in the top pay quarter, %' AS measure,
    snapshot_date AS period_end,
    women_share_percent AS value
FROM marts.leadership_pay_gap_current_structure
WHERE
    is_mappable AND pay_quarter = 'top' AND women_share_percent IS NOT NULL
    AND reporting_year = (SELECT max(newest.reporting_year) FROM marts.leadership_pay_gap_current_structure AS newest)
UNION ALL
SELECT
    org_code,
    'Leavers, ' || lower(staff_group) || ', ' || split_part(time_span, ',', 1) || ', %' AS measure,
    period_end,
    rate_percent AS value
FROM turnover
UNION ALL
SELECT
    org_code,
    'BME '
    || CASE leadership_group WHEN 'Board' THEN 'board members' ELSE 'very senior managers' END
    || ', WRES, %' AS measure,
    period_end,
    share_percent AS value
FROM marts.leadership_diversity_wres_trust
WHERE
    category = 'BME' AND leadership_group IN ('Board', 'Very Senior Manager') AND share_percent IS NOT NULL
    AND period_end = (SELECT max(newest.period_end) FROM marts.leadership_diversity_wres_trust AS newest)
UNION ALL
SELECT
    org_code,
    'Senior managers of all staff, FTE, %' AS measure,
    period_end,
    sum(share_of_fte_percent) AS value
FROM marts.leadership_size_current_structure
WHERE
    is_mappable AND leadership_group = 'Senior managers'
    AND period_end = (SELECT max(newest.period_end) FROM marts.leadership_size_current_structure AS newest)
GROUP BY org_code, period_end
HAVING count(*) = count(share_of_fte_percent)
ORDER BY measure, org_code
