"""The page "How we test" states the release's own counts and every recorded drill."""

from __future__ import annotations

from pathlib import Path

import duckdb
from selectolax.lexbor import LexborHTMLParser

from tests.warehouse.site.release_facts import facts
from warehouse.site.drills import read_results
from warehouse.site.pages.testing import ADDRESS, write_testing
from warehouse.site.render import Pages


def test_it_states_the_counts_of_the_release_and_of_every_drill(prepared: Path, tmp_path: Path) -> None:

    with duckdb.connect(tmp_path / "workforce.duckdb") as con:
        con.execute(f"ATTACH '{prepared}' AS sound (READ_ONLY); COPY FROM DATABASE sound TO workforce; DETACH sound")
        con.execute("""
            INSERT INTO meta.check_result BY NAME
            SELECT 'a.grain' AS rule_id, 'core.a' AS table_name, 'passed' AS outcome
            UNION ALL SELECT 'b.grain', 'core.b', 'warned'
        """)
        con.execute("INSERT INTO meta.figure_count BY NAME SELECT 'a' AS series, 1234 AS figures")
        write_testing(con, Pages(tmp_path, facts(), ()))
    page = LexborHTMLParser((tmp_path / ADDRESS / "index.html").read_text(encoding="utf-8"))
    text = " ".join(page.css_first("main").text(separator=" ").split())
    assert "holds 1,234 figures from 0 files" in text
    assert "2 rules were held against 2 tables: 1 passed, 1 warned." in text
    results = read_results()
    assert f"records {sum(each.tried for each in results):,} tries, of which" in text
    rows = {tuple(cell.text() for cell in row.css("th, td"))[:3] for row in page.css("tbody tr")}
    for each in results:
        tried = f"{each.variant}, seed {each.seed}" if each.seed else each.variant
        assert (tried, f"{each.tried:,}", f"{each.failed:,}") in rows
