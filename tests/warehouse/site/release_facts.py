"""What the tests of the site say of its release, and the trust that they rename."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from warehouse.site.render import SiteFacts

HTML_NAME = "<script>alert(1)</script>"
RENAMED = "RR8"
TOO_LARGE = "staff_by_characteristic"
ADDRESS = "https://workforce.example.org/nhs/"
WITHHELD = {"nhs-staff-survey": ["staff_survey"]}
CHANGED = {
    "before": "2026-11-21.1",
    "tables": [["core.vacancy_latest", 0, 3, 207]],
    "largest": [["core.vacancy_latest", "vacancy_fte", "2026-03-31, London", 1234.5, None]],
    "more": 206,
}
"""What a manifest says of the figures that changed."""


def manifest(release: str = "2026-11-22.1", **changed: Any) -> dict[str, Any]:
    return {
        "release": release,
        "built_at": "2026-11-22T10:00:00+00:00",
        "figure_kind": "illustrative",
        "code_version": "0.1.0",
        "editions": {"wres": ["2024"], "nhs-staff-survey": ["2025"]},
        "rows": {"core.workforce": 7, "core.staff_survey": 9},
        "checks": {"passed": 3},
        "left_out_of_public_copy": {},
        "address": "",
        "marts": {},
    } | changed


def facts(**changed: Any) -> SiteFacts:
    return replace(SiteFacts("2026-11-22.1", "2026-11-22T10:00:00+00:00", "illustrative", "0.1.0"), **changed)
