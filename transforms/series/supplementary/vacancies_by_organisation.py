"""Total vacancy rates by organisation since 2017/18."""

from transforms.series.supplementary import supplementary_page

SERIES = supplementary_page(
    "vacancy-rates-by-organisation",
    "Total vacancy rates by organisation since 2017/18",
    "2024/total-vacancy-rates-by-org-since-201718",
    "vacancy rates by organisation",
)
