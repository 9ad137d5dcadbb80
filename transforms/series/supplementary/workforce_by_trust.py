"""HCHS staff in acute trusts by staff group: FTE and percentage change, January 2019 to March 2026."""

from transforms.series.supplementary import supplementary_page

SERIES = supplementary_page(
    "workforce-by-acute-trust",
    "HCHS staff in acute trusts by staff group: FTE and percentage change, January 2019 to March 2026",
    "2026/hchs-staff-in-acute-trusts-by-staff-group-fte--percentage-change-jan19-mar26",
    "workforce by acute trust",
)
