"""Organisations of the NHS in England through time, as the Organisation Data Service lists them."""

from __future__ import annotations

from transforms.tables.declare import Table, date, text

ORGANISATION = Table(
    name="organisation",
    grain="organisation, as one list (vintage) has it; a row again only where a list differs from the one before",
    description=(
        "NHS trusts, care trusts, sites, sub-ICB locations and integrated care boards, with codes and dates. The lists"
        " of trusts hold no care trust (TAD, TAF, TAH, TAJ): those are in the list ect. The kind of an organisation is"
        " determined by the list that contains it, not by the format of its code."
    ),
    columns=(
        text("org_code", "ODS code."),
        text(
            "kind",
            "Kind of organisation, determined by the list that contains it.",
            allowed=(
                "trust",
                "care trust",
                "site",
                "ICB",
                "sub-ICB location",
                "sub-ICB reporting entity",
                "clinical commissioning group",
                "commissioning hub",
                "other",
            ),
        ),
        text("name", "Name as the list has it."),
        text("region_code", "NHS England region, or the older geography the list used.", required=False),
        text(
            "high_level_geography_code",
            "Column 4 of the list. It follows the postcode and is not the membership of an integrated care board: see"
            " core.organisation_membership.",
            required=False,
        ),
        text("postcode", "Postcode.", required=False),
        date("opened_on", "Open date.", required=False),
        date("closed_on", "Close date; NULL where open.", required=False),
    ),
    key=("org_code", "kind"),
    values=("name", "region_code", "high_level_geography_code", "postcode", "opened_on", "closed_on"),
)

ORGANISATION_SUCCESSION = Table(
    name="organisation_succession",
    grain="predecessor x successor x date",
    description="Which organisation became which, when. A predecessor can have several successors (a split).",
    columns=(
        text("predecessor_code", "ODS code of the organisation before."),
        text("successor_code", "ODS code of the organisation after."),
        date("effective_on", "First day of the successor."),
        text("reason", "Publisher's reason code: F code change, O type change, R reconfiguration.", required=False),
    ),
    key=("predecessor_code", "successor_code", "effective_on"),
    values=("reason",),
)

ORGANISATION_MEMBERSHIP = Table(
    name="organisation_membership",
    grain="organisation x day from which the membership counts",
    description=(
        "Which integrated care board and region a trust or sub-ICB location belongs to, and since when, as lists of"
        " memberships say it. It holds until the next membership of the same organisation."
    ),
    columns=(
        text("org_code", "ODS code of the trust or sub-ICB location.", refers_to="organisation"),
        text(
            "icb_code",
            "Integrated care board it belongs to (ODS code). Not taken from column 4 of the organisation lists, which"
            " follows the postcode: it has another board than their own for RDE and RDU.",
            refers_to="board",
        ),
        text("icb_name", "The board's name as the list has it."),
        text("region_code", "NHS England region (ODS code)."),
        date("valid_from", "First day of the membership, as the list says, or the first day of the list's month."),
    ),
    key=("org_code", "valid_from"),
    values=("icb_code", "icb_name", "region_code"),
)
