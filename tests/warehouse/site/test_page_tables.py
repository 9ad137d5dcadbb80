"""Cells of tables as HTML: texts are escaped, numbers and reasons for no number are marked."""

from __future__ import annotations

from datetime import date

import pytest

from warehouse.asking.answers import FIGURE
from warehouse.site.formats import cell, table_of
from warehouse.site.provenance import Printed, Sources
from warehouse.site.render import printed_in, printed_rows, rows_with_sources, squeezed

ATTACK = "<script>\"'&"
ESCAPED = "&lt;script&gt;&#34;&#39;&amp;"


def test_texts_in_cells_are_escaped_and_numbers_marked() -> None:
    columns = {"area_name": "Area", "period_end": "Date", "fte": "FTE", "change_fte": "Change", "note": "Note"}
    row = {"area_name": ATTACK, "period_end": date(2025, 10, 31), "fte": 1234.5, "change_fte": None, "note": None}
    table = table_of([row | {"value_status": "c"}], columns)
    assert str(table.rows[0].html) == (
        f'<th scope="row">{ESCAPED}</th><td>31\u00a0Oct\u00a02025</td><td class="n">1,234</td>'
        '<td class="n none">suppressed</td><td class=" none">–</td>'
    )
    assert table.rows[0].cells[0].html == f"<td>{ESCAPED}</td>"


@pytest.mark.parametrize(("name", "one", "other"), [("note", 1, True), ("note", 1, 1.0), ("fte", 0.0, False)])
def test_equal_values_of_other_types_are_not_mistaken(name: str, one: object, other: object) -> None:
    assert cell(name, one).text != cell(name, other).text
    assert cell(name, one) is cell(name, one)


def test_where_a_figure_is_printed_is_escaped() -> None:
    printed = Printed("series", ATTACK, "0123456789abcdef", ATTACK, (ATTACK,), 2, True, 1234567.5, ATTACK)
    assert str(printed_in(printed)) == (
        f'<td>{ESCAPED}</td><td>{ESCAPED} <span class="cell">{ESCAPED} and 1 more</span>: 1,234,567.5'
        ' (made from some of them)</td><td><a class="cell" href="#file-0123456789ab">0123456789ab</a></td>'
        f"<td>{ESCAPED}</td>"
    )
    plain = Printed("series", "2025-10", "0" * 64, "", (), 1, False, None, "")
    assert str(printed_in(plain)).startswith('<td>2025-10</td><td><span class="cell"> and 1 more</span></td>')
    assert str(printed_in(plain)).endswith("<td>none</td>")


def test_rows_lead_to_the_cells_of_their_figures_and_are_escaped() -> None:
    printed = Printed("series", "2025-10", "0" * 64, "Sheet", (ATTACK,), 1, False, None, "")
    table = table_of([{"note": "a", FIGURE: "f-1"}, {"note": "b", FIGURE: "f-2"}], {"note": "Note"})
    assert str(rows_with_sources(table, {"f-1": Sources((printed,))}, "sources/")) == (
        f'<tr><th scope="row">a</th><td><a href="sources/#f-1">cell {ESCAPED}</a></td></tr>\n'
        '<tr><th scope="row">b</th><td>–</td></tr>'
    )
    assert str(rows_with_sources(table, {}, "")).endswith('<tr><th scope="row">b</th></tr>')
    rows = str(printed_rows({"id": "f-1", "words": ATTACK, "sources": Sources((printed, printed))})).split("\n")
    assert rows == [
        f'<tr id="f-1"><th scope="row">{ESCAPED}</th>{printed_in(printed)}</tr>',
        f"<tr><td></td>{printed_in(printed)}</tr>",
    ]


def test_white_space_around_line_breaks_goes_except_in_preformatted_text() -> None:
    page = "\n\n <html>  \n\t\n  <p>a b</p> \u00a0\n <pre> x \n  y </pre>  \n </html> \n"
    assert squeezed(page) == "<html>\n<p>a b</p>\n<pre> x \n  y </pre>\n</html>\n"
