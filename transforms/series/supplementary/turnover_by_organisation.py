"""Turnover from organisation by staff group, 2009 to 2023."""

from transforms.series.supplementary import supplementary_page

SERIES = supplementary_page(
    "turnover-by-organisation",
    "Turnover from organisation by staff group, 2009 to 2023",
    "2023/turnover-from-organisation-by-staff-group-2009-to-2023",
    "turnover by organisation",
)
