-- kind: view
/*
Who followed whom: the lists of successions, those followed by hand since the lists end, and boards that merged.

Grain: predecessor_code x successor_code x effective_on.
Sources: core.organisation_succession, reference.succession_since_2022, reference.integrated_care_board.
Caveats: a code that follows itself is left out. A predecessor with several successors was split, or ended twice.
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

COMMENT ON VIEW marts.organisation_succession IS
'Who followed whom, from lists, from what was followed by hand since, and of boards. Grain: predecessor_code x '
'successor_code x effective_on.';
COMMENT ON COLUMN marts.organisation_succession.predecessor_code IS
'ODS code of the organisation before.';
COMMENT ON COLUMN marts.organisation_succession.successor_code IS
'ODS code of the organisation after.';
COMMENT ON COLUMN marts.organisation_succession.effective_on IS
'First day of the successor.';
