"""The page on how the make-up of staff changes from band 2 to very senior manager."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import BME, VSM, Topic, TopicBlock


def _pipeline(name: str, who: str) -> TopicBlock:
    return TopicBlock(
        name,
        (
            Chart(
                "bars",
                "step",
                "share_percent",
                "category",
                f"{who} at each step, all staff, %",
                f"Bar chart of the share of {who} at each step from bands 2 to 4 up to very senior manager.",
                only={"staff_group": "All staff groups"},
            ),
        ),
    )


PIPELINE = Topic(
    "pipeline",
    "How the make-up of staff changes from band 2 to very senior manager.",
    (_pipeline("bme_by_band", "BME staff"), _pipeline("women_by_band", "Women")),
    {"BME": BME, "Very senior managers": VSM},
)
