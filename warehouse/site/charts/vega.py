"""Charts of topic pages: Vega-Lite, rendered to SVG while publishing.

Measured: 0.03 s CPU a chart after 1 s to begin. That is too slow for three charts on each organisation's page; those
are drawn by templates/small_charts.html. Making the same specification with Altair took 0.05 s more a chart: a test
compares them with its schema instead.

A chart is 440 units wide with text of 13, so that it can be read on a screen of 320 px and does not look coarse on a
wide one. Text and rules take the page's colour (currentColor); nothing in it is a style attribute.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from warehouse.asking.answers import Row
from warehouse.site.charts.colours import colour
from warehouse.site.charts.drawings import Drawings

Spec = dict[str, Any]
"""A specification in Vega-Lite, or a part of one."""

WIDTH, LINE_HEIGHT, BAR_HEIGHT = 440, 260, 30
ROOM_FOR_WIDER_LETTERS = 26
"""Room beside labels: the reader's font may be wider than the one that the renderer measures with."""
NEAR = 17
"""Least distance of two labels, in the chart's units."""


@dataclass(frozen=True)
class Chart:
    """What to draw of an answer's rows: `y` over `x`, one line or bar for each value of `by`.

    `only`: rows are drawn where these columns have these values. `names` replaces values of `by` in labels. `text` says
    what the chart shows, for readers who do not see it.
    """

    kind: Literal["lines", "bars"]
    x: str
    y: str
    by: str
    title: str
    text: str
    only: Mapping[str, Any] | None = None
    names: Mapping[str, str] | None = None

    def rows(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that are drawn: those with a number, of the values asked for."""
        wanted = self.only or {}
        return [
            row for row in rows if row[self.y] is not None and all(row[name] == value for name, value in wanted.items())
        ]

    def name(self, group: str) -> str:
        """The label of a group."""
        return (self.names or {}).get(group, group)


def draw(chart: Chart, rows: Sequence[Row], drawings: Drawings) -> str:
    """The chart as SVG for a page; '' where nothing is to be drawn (lines need two points)."""
    drawn = chart.rows(rows)
    if not drawn or (chart.kind == "lines" and len({row[chart.x] for row in drawn}) < 2):
        return ""
    return _for_page(drawings.svg(specification(chart, drawn)), chart.text)


def specification(chart: Chart, drawn: list[Row]) -> Spec:
    """The chart of these rows in Vega-Lite."""
    return _lines(chart, drawn) if chart.kind == "lines" else _bars(chart, drawn)


def _lines(chart: Chart, rows: list[Row]) -> Spec:
    groups = list(dict.fromkeys(str(row[chart.by]) for row in rows))
    highest = max(row[chart.y] for row in rows) * 1.08 or 1.0
    points = [
        {"x": _when(row[chart.x]), "y": row[chart.y], "group": str(row[chart.by])}
        for row in sorted(rows, key=lambda row: row[chart.x])
    ]
    color = _colours(groups)
    drawn = {
        "x": _temporal(title=None, axis={"grid": False, "tickCount": 6, "format": "%Y", "labelFlush": False}),
        "y": _quantitative("y", title=None, scale={"domain": [0, highest], "nice": True}, axis={"tickCount": 5}),
        "color": color,
    }
    at_label = {"x": _temporal(), "y": _quantitative("y")}
    square = {"type": "square", "size": 60, "opacity": 1, "xOffset": 14}
    layers = [
        {"data": {"name": "points"}, "mark": {"type": "line", "strokeWidth": 2.5}, "encoding": drawn},
        {"data": {"name": "points"}, "mark": {"type": "circle", "size": 28, "opacity": 1}, "encoding": drawn},
        {"data": {"name": "labels"}, "mark": square, "encoding": at_label | {"color": color}},
        {"data": {"name": "labels"}, "mark": _text(dx=22), "encoding": at_label | {"text": _nominal("text")}},
    ]
    labels = _labels(chart, points, groups, highest)
    return _dressed(chart, LINE_HEIGHT, layer=layers, datasets={"points": points, "labels": labels})


def _labels(chart: Chart, points: list[dict[str, Any]], groups: list[str], highest: float) -> list[dict[str, Any]]:
    """A label for each line at its last point, moved apart where two would touch."""
    ends = [next(point for point in reversed(points) if point["group"] == group) for group in groups]
    least = NEAR / LINE_HEIGHT * highest
    newest = max(point["x"] for point in points)
    labels: list[dict[str, Any]] = []
    lowest_free = 0.0
    for end in sorted(ends, key=lambda end: end["y"]):
        place = max(end["y"], lowest_free)
        lowest_free = place + least
        text = f"{chart.name(end['group'])} {end['y']:,.1f}"
        labels.append({"x": newest, "y": place, "group": end["group"], "text": text})
    return labels


def _bars(chart: Chart, rows: list[Row]) -> Spec:
    names = list(dict.fromkeys(chart.name(str(row[chart.x])) for row in rows))
    groups = list(dict.fromkeys(str(row[chart.by]) for row in rows))
    bars = [
        {
            "x": chart.name(str(row[chart.x])),
            "y": row[chart.y],
            "group": str(row[chart.by]),
            "text": f"{row[chart.y]:,.1f}",
        }
        for row in rows
    ]
    ends = [bar["y"] for bar in bars] + [0]
    place = {
        "y": _nominal("x", title=None, sort=names, axis={"labelLimit": 170, "ticks": False, "domain": False}),
        "x": _quantitative("y", title=None, axis=None, scale={"domain": [min(ends), max(ends)], "nice": False}),
    }
    layers = [
        {"mark": {"type": "bar", "height": 17}, "encoding": place | {"color": _colours(groups)}},
        {"mark": _text(dx=5), "encoding": place | {"text": _nominal("text")}},
    ]
    return _dressed(chart, BAR_HEIGHT * len(names), layer=layers, data={"values": bars})


def _nominal(field: str, **settings: Any) -> Spec:
    return {"field": field, "type": "nominal", **settings}


def _quantitative(field: str, **settings: Any) -> Spec:
    return {"field": field, "type": "quantitative", **settings}


def _temporal(**settings: Any) -> Spec:
    return {"field": "x", "type": "temporal", **settings}


def _colours(groups: list[str]) -> Spec:
    return _nominal("group", scale={"domain": groups, "range": [colour(group) for group in groups]}, legend=None)


def _text(dx: int) -> Spec:
    return {"type": "text", "align": "left", "dx": dx, "fontSize": 13, "color": "currentColor"}


def _dressed(chart: Chart, height: int, **drawn: Any) -> Spec:
    left = ROOM_FOR_WIDER_LETTERS if chart.kind == "bars" else 2
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH,
        "height": height + 30,
        "title": {
            "text": chart.title,
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 14,
            "fontWeight": 600,
            "color": "currentColor",
            "offset": 12,
        },
        "background": "transparent",
        "padding": {"left": left, "top": 4, "right": ROOM_FOR_WIDER_LETTERS, "bottom": 4},
        "autosize": {"type": "fit", "contains": "padding"},
        "config": {
            "font": "Helvetica, Arial, sans-serif",
            "view": {"strokeWidth": 0},
            "axis": {
                "labelColor": "currentColor",
                "labelFontSize": 13,
                "domainColor": "currentColor",
                "tickColor": "currentColor",
                "gridColor": "currentColor",
                "gridOpacity": 0.15,
                "domainOpacity": 0.4,
                "tickOpacity": 0.4,
            },
        },
        **drawn,
    }


def _when(value: Any) -> str:
    """A date, or a year such as 2023, as the day that the axis knows."""
    if isinstance(value, date | datetime):
        return value.isoformat()[:10]
    return f"{int(value)}-01-01"


def _for_page(svg: str, text: str) -> str:
    """The SVG with one text alternative, without the renderer's roles, fixed size and white ground."""
    svg = re.sub(r' (?:aria-[a-z]+|role|class|pointer-events|xmlns:xlink)="[^"]*"', "", svg)
    svg = re.sub(r"<rect [^>]*fill=\"(?:white|transparent)\"/>", "", svg, count=1)
    svg = re.sub(r"(\d+\.\d{2})\d+", r"\1", svg)
    svg = re.sub(r"<svg ([^>]*?) width=\"[\d.]+\" height=\"[\d.]+\"", r"<svg \1", svg, count=1)
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escaped}" ', 1)
