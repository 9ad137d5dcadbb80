"""One colour for each group that charts speak of, the same on every page.

The hues are those of Okabe and Ito, made for colour-blind readers, darkened or lightened until each has a contrast of
3:1 against the light and against the dark page. A chart never relies on them alone: every line and bar is labelled.
"""

from __future__ import annotations

ORANGE, BLUE, GREEN, PURPLE, PINK, GREY, OCHRE = (
    "#d55e00",
    "#2b7bba",
    "#00875f",
    "#8a63b5",
    "#b8548b",
    "#737b83",
    "#a5720a",
)

COLOURS = {
    "BME": ORANGE,
    "White": BLUE,
    "All": GREY,
    "Women": PURPLE,
    "Men": GREEN,
    "Whole workforce": GREY,
    "England": GREY,
    "All staff": GREY,
    "All staff groups": GREY,
    "Registered nursing": BLUE,
    "Medical": PINK,
    "Board": PURPLE,
    "Very Senior Manager": ORANGE,
    "Bands 8a-9": BLUE,
    "Senior managers": ORANGE,
    "Managers": BLUE,
    "joiners": GREEN,
    "leavers": PINK,
    "All sectors": GREY,
    "Acute": BLUE,
    "Mental Health": ORANGE,
    "Community": GREEN,
    "Ambulance": PURPLE,
    "Specialist": PINK,
    "This organisation": ORANGE,
    "Peers": GREY,
    "lower": GREEN,
    "lower_middle": OCHRE,
    "upper_middle": BLUE,
    "top": PURPLE,
}
"""Colour by group. Two groups may share one; one group never has two."""


def colour(group: str) -> str:
    """The colour of a group; grey for one that has none of its own."""
    return COLOURS.get(group, GREY)
