/*
order = 5
title = "What share of the best paid quarter of a trust are women, among its peers?"
heading = "Women in the best paid quarter, a trust and its peers"
sentence = """
{% set own = rows | selectattr("is_asked") | list %}
{% if own %}At {{ day(own[0].snapshot_date) }}, women held {{ figure(own[0], "women_share_percent") }} of the best paid
quarter of jobs at {{ name(own[0].org_name) }}, place {{ own[0].place }} of {{ rows | length }} trusts of its kind
and size; their median is {{ figure(own[0], "median_percent") }}.{% else %}The trust has no report of its own for the
year of its peers.{% endif %}"""
source = "Gender pay gap reports of the trusts"
caveat = """
As the trusts reported it, newest reporting year. Peers are open trusts of the same kind and size band; place 1 has the
highest share. Small differences between trusts are no finding."""
mart = "marts.leadership_pay_gap_current_structure"
needs = ["pay_gap"]

[columns]
org_name = "Trust"
women_share_percent = "Women in the top quarter, %"
all_quarters_women_share_percent = "Women in all quarters, %"
place = "Place"
is_asked = "Asked for"

[parameters]
org_code = "RJ1"
*/
WITH peer AS (
    SELECT other.org_code
    FROM marts.current_organisation AS own
    INNER JOIN marts.current_organisation AS other
        ON own.peer_kind = other.peer_kind AND own.size_band = other.size_band
    WHERE own.org_code = getvariable('org_code')
)

SELECT
    reporting_year,
    employer_name,
    pay_quarter,
    org_code,
    org_name,
    snapshot_date,
    women_share_percent,
    all_quarters_women_share_percent,
    value_status,
    rank() OVER (PARTITION BY pay_quarter ORDER BY women_share_percent DESC) AS place,
    median(women_share_percent) OVER (PARTITION BY pay_quarter) AS median_percent,
    org_code = getvariable('org_code') AS is_asked
FROM marts.leadership_pay_gap_current_structure
WHERE
    pay_quarter = 'top' AND is_mappable AND women_share_percent IS NOT NULL
    AND org_code IN (SELECT peer.org_code FROM peer)
    AND reporting_year = (SELECT max(newest.reporting_year) FROM marts.leadership_pay_gap_current_structure AS newest)
ORDER BY women_share_percent DESC, org_code ASC
