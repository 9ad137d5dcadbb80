"""Coordinates of the charts on organisations' pages, which templates/small_charts.html draws.

Altair takes 0.05 s CPU a chart (see `warehouse.site.charts.vega`); each of 250 pages has up to eight of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from markupsafe import Markup

from warehouse.site.charts.colours import colour

WIDTH, HEIGHT = 440, 210
LEFT, RIGHT, TOP, BOTTOM = 52, 380, 34, 180
STRIP_LEFT, STRIP_RIGHT = 10, 210


@dataclass(frozen=True)
class Mark:
    """A place in a chart, with its text."""

    x: float = 0
    y: float = 0
    text: str = ""
    dx: float = 0
    dy: float = 0
    anchor: str = "start"


@dataclass(frozen=True)
class LineChart:
    """One line over time with breaks: ticks, years, events, one path for each unbroken part, points."""

    title: str
    text: str
    last: str
    ticks: tuple[Mark, ...]
    years: tuple[Mark, ...]
    events: tuple[Mark, ...]
    paths: tuple[str, ...]
    points: tuple[Mark, ...]
    colour: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM


@dataclass(frozen=True)
class Strip:
    """One measure over peers: a dot for each, a stroke at the median, a larger dot for the organisation."""

    text: str
    peers: tuple[float, ...]
    median: float
    own: float

    @property
    def dots(self) -> Markup:
        """The dots of the peers as SVG. In a template they took five times as long, and a site has 20,000 of them."""
        fill = f'cy="13" r="4" fill="{colour("Peers")}" fill-opacity=".45"'
        return Markup("".join([f'<circle cx="{x}" {fill}/>' for x in self.peers]))  # noqa: S704 - numbers alone


def line(
    points: Sequence[tuple[date, float]], breaks: Sequence[tuple[date, str]], *, title: str, text: str, last: str
) -> LineChart | None:
    """A line through dated values from a zero baseline, broken at the days of `breaks`; None for fewer than two."""
    if len(points) < 2:
        return None
    points = sorted(points)
    first, end = points[0][0], points[-1][0]
    step = _step(max(value for _, value in points))
    highest = step * math.ceil(max(value for _, value in points) / step)

    def x(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - first).days / (end - first).days, 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * value / highest, 1)

    inside = [(day, what) for day, what in breaks if first < day <= end]
    ticks = tuple(Mark(y=y(step * n), text=f"{step * n:,.0f}") for n in range(round(highest / step) + 1))
    return LineChart(
        title,
        text,
        last,
        ticks,
        tuple(Mark(x=x(day), text=f"{day.year}") for day in _years([day for day, _ in points])),
        tuple(_event(x(day), what, number) for number, (day, what) in enumerate(inside)),
        tuple(_paths([(day, x(day), y(value)) for day, value in points], [day for day, _ in inside])),
        tuple(Mark(x=x(day), y=y(value)) for day, value in points),
        colour("This organisation"),
    )


def strip(own: float, others: Sequence[float], *, text: str) -> Strip:
    """The place of `own` among `others`, on a scale from the lowest of all to the highest."""
    low, high = min(own, *others), max(own, *others)
    width = (high - low) or 1.0

    def x(value: float) -> float:
        return round(STRIP_LEFT + (STRIP_RIGHT - STRIP_LEFT) * (value - low) / width, 1)

    return Strip(text, tuple(x(value) for value in others), x(median([own, *others])), x(own))


def _paths(points: list[tuple[date, float, float]], breaks: list[date]) -> list[str]:
    """One path for each run of points that no break parts."""
    runs: list[list[tuple[float, float]]] = [[]]
    before = points[0][0]
    for day, x, y in points:
        if any(before < each <= day for each in breaks):
            runs.append([])
        runs[-1].append((x, y))
        before = day
    return ["M" + "L".join(f"{x} {y}" for x, y in run) for run in runs if len(run) > 1]


def _event(x: float, what: str, number: int) -> Mark:
    """The label of a break, left of it in the right half of the chart."""
    right = x > (LEFT + RIGHT) / 2
    return Mark(x=x, text=what, dx=-4 if right else 4, dy=14 * (number % 3), anchor="end" if right else "start")


def _years(days: list[date]) -> list[date]:
    """At most six of the days, spread evenly, the last among them."""
    every = math.ceil(len(days) / 6)
    return days[::-1][::every][::-1]


def _step(highest: float) -> float:
    """A round distance of ticks: 1, 2 or 5 times a power of ten, for three to six ticks."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(power * factor for factor in (0.2, 0.5, 1, 2) if highest / (power * factor) <= 5)
