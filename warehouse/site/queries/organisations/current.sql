-- Every open trust and integrated care board of today's structure: kind, region, board, newest number of staff.
SELECT
    org_code,
    org_name,
    organisation_kind,
    peer_kind,
    size_band,
    staff_on,
    staff_fte,
    region_name,
    icb_code,
    icb_name,
    opened_on
FROM marts.current_organisation
ORDER BY upper(org_name), org_code
