"""The page on how the make-up of staff changes from band 2 to very senior manager."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import BME, VSM, Topic, TopicBlock

STEPS = {
    "staff_group": "Staff",
    "step": "Step",
    "share_percent": "Share, %",
    "share_percent_below": "Step below, %",
    "ratio_to_step_below": "Ratio to step below",
    "disparity_ratio": "Disparity ratio",
    "headcount": "People",
    "known_headcount": "Of known",
}


def _pipeline(name: str, title: str, who: str, group: str) -> TopicBlock:
    return TopicBlock(
        name,
        f"pipeline/{name}",
        title,
        "Each step of pay bands against the one below. Ratio 1: the same share as at the step below. Disparity ratio"
        " above 1: the group compared is more likely to have got from the step below to this one.",
        STEPS,
        "marts.leadership_pipeline",
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
        ("person_characteristic",),
    )


PIPELINE = Topic(
    "pipeline",
    "Pipeline",
    "How the make-up of staff changes from band 2 to very senior manager.",
    (_pipeline("bme", "BME staff", "BME staff", "BME"), _pipeline("women", "Women", "Women", "Women")),
    {"BME": BME, "Very senior managers": VSM},
)
