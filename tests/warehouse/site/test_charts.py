"""Charts are Vega-Lite as its schema has it, and are drawn with their labels."""

from __future__ import annotations

from datetime import date

import altair
import pytest
from jsonschema import ValidationError

from warehouse.site.charts import drawings as module
from warehouse.site.charts.drawings import Drawings
from warehouse.site.charts.vega import Chart, draw, specification

ROWS = [
    {"day": date(2015 + year, 6, 30), "percent": 3.0 * year + number + 0.37, "group": f"Group {number}"}
    for year in range(4)
    for number in range(3)
]
LINES = Chart("lines", "day", "percent", "group", "Percent by group", "Lines of three groups")
BARS = Chart("bars", "group", "percent", "group", "Percent by group", "Bars of three groups")


@pytest.mark.parametrize("chart", [LINES, BARS])
def test_a_chart_fits_the_schema_of_vega_lite(chart: Chart) -> None:
    spec = specification(chart, ROWS)
    altair.LayerChart.from_dict(spec, validate=True)
    spec["layer"][0]["mark"]["type"] = "no such mark"
    with pytest.raises(ValidationError):
        altair.LayerChart.from_dict(spec, validate=True)


@pytest.mark.parametrize(("chart", "label"), [(LINES, "Group 2 11.4"), (BARS, "Group 2")])
def test_a_chart_is_drawn_with_its_labels(chart: Chart, label: str) -> None:
    drawn = draw(chart, ROWS, Drawings())
    assert drawn.startswith('<svg role="img" aria-label="')
    assert label in drawn


def test_a_chart_of_the_release_before_is_taken_over_where_nothing_in_it_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = Drawings()
    drawn = [draw(chart, ROWS, before) for chart in (LINES, BARS)]
    rendered: list[object] = []
    render = module._rendered
    monkeypatch.setattr(module, "_rendered", lambda spec: rendered.append(spec) or render(spec))
    now = Drawings(before.drawn)
    assert [draw(chart, ROWS, now) for chart in (LINES, BARS)] == drawn
    assert (rendered, now.drawn) == ([], before.drawn)
    changed = [ROWS[0] | {"percent": 99.0}, *ROWS[1:]]
    assert draw(LINES, changed, now) == draw(LINES, changed, Drawings()) != drawn[0]
    monkeypatch.setattr(module, "version", lambda _: "of another renderer")
    rendered.clear()
    draw(BARS, ROWS, Drawings(before.drawn))
    assert len(rendered) == 1
