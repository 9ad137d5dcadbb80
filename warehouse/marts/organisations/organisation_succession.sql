/*
Predecessor and successor organisations: from the published lists, from changes since those lists, and from mergers of
integrated care boards.

Grain: predecessor_code x successor_code x effective_on.
Source: core.organisation_succession, reference.succession_since_2022, reference.integrated_care_board.
Caveats: a code listed as its own successor is left out. A predecessor with several successors was split, or closed
twice.
Lineage:
    core.organisation_succession_latest, among
        WHERE figure.predecessor_code = made.predecessor_code AND figure.successor_code = made.successor_code
        REMARK Successions after the end of the list, and those of boards, are in hand-kept reference tables.
*/
SELECT
    predecessor_code,
    successor_code,
    effective_on
FROM core.organisation_succession_latest
WHERE predecessor_code <> successor_code
UNION
SELECT
    predecessor_code,
    successor_code,
    effective_on
FROM reference.succession_since_2022
UNION
SELECT
    icb_code,
    successor_code,
    closed_on::DATE + 1 AS effective_on
FROM reference.integrated_care_board
WHERE successor_code IS NOT NULL AND closed_on IS NOT NULL;

COMMENT ON COLUMN marts.organisation_succession.predecessor_code IS
'ODS code of the organisation that closed or changed.';
COMMENT ON COLUMN marts.organisation_succession.successor_code IS
'ODS code of the organisation that followed it.';
COMMENT ON COLUMN marts.organisation_succession.effective_on IS
'First day of the successor.';
