"""What a person without SQL wants to know, by clicking only, from the front page: each within four clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.warehouse.site.release_facts import facts, manifest
from tests.warehouse.site.test_site_in_browser import Quiet
from warehouse.asking.formats import show

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.slow
MOST_CLICKS = 4


class Visitor:
    """A person at the front page who clicks on what is shown; `clicks` counts them."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.clicks = page, 0
        page.goto(address)

    def click(self, shown: Locator) -> None:
        self.clicks += 1
        assert self.clicks <= MOST_CLICKS
        shown.first.click()

    def link(self, name: str) -> None:
        self.click(self.page.get_by_role("link", name=name, exact=True))

    def rows(self, section: str) -> list[list[str]]:
        """The cells of a table that the visitor sees."""
        table = self.page.locator(f"#{section} table").first
        assert table.is_visible()
        return [row.locator("th, td").all_inner_texts() for row in table.locator("tbody tr").all()]


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def visitor(browser: Browser, served: str) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Visitor(context.new_page(), served)
    context.close()


def one(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(warehouse, read_only=True) as con:
        return con.execute(sql).fetchall()


def test_bme_very_senior_managers_in_2018_and_now(visitor: Visitor, warehouse: Path) -> None:
    now, then = one(
        warehouse,
        "SELECT share_percent FROM marts.leadership_diversity WHERE characteristic = 'ethnicity' AND category = 'BME' "
        "AND leadership_group = 'Very Senior Manager' AND period_end IN ('2018-09-30', (SELECT max(period_end) "
        "FROM marts.leadership_diversity WHERE characteristic = 'ethnicity')) ORDER BY period_end DESC",
    )
    answer = visitor.page.locator("ul.answers li").first.inner_text()
    assert re.search(
        rf"{show('share_percent', now[0])}% of very senior managers.*was {show('share_percent', then[0])}%", answer
    )
    assert visitor.clicks == 0
    visitor.link("Leadership diversity")
    shown = [row for row in visitor.rows("bme-over-time") if row[1] == "Very Senior Manager"]
    assert shown[0][2] == show("share_percent", now[0])
    assert [row[2] for row in shown if row[0].endswith("2018")] == [show("share_percent", then[0])]


def test_nursing_vacancy_rate_by_region_against_a_year_ago(visitor: Visitor, warehouse: Path) -> None:
    visitor.link("Vacancies by region and sector")
    visitor.link("Registered nursing by region")
    rates = one(
        warehouse,
        "SELECT region_name, vacancy_rate_percent, vacancy_rate_percent_year_before FROM marts.vacancies "
        "WHERE quarter_end = (SELECT max(quarter_end) FROM marts.vacancies) AND sector = 'All sectors' "
        "AND staff_group = 'Registered nursing' ORDER BY geography_level DESC, vacancy_rate_percent DESC, region_name",
    )
    expected = [
        [name, show("vacancy_rate_percent", rate), show("vacancy_rate_percent", before)] for name, rate, before in rates
    ]
    assert [[row[0], row[1], row[3]] for row in visitor.rows("nursing-by-region")] == expected
    assert len(expected) == 8


def test_women_in_the_top_pay_quarter_of_a_trust_and_its_peers(visitor: Visitor, warehouse: Path) -> None:
    visitor.page.locator("#q").fill("guys")
    visitor.click(visitor.page.locator("#found a"))
    visitor.link("Beside its peers")
    ((share,),) = one(
        warehouse,
        "SELECT women_share_percent FROM marts.leadership_pay_gap_current_structure WHERE org_code = 'RJ1' "
        "AND pay_quarter = 'top' AND is_mappable ORDER BY reporting_year DESC LIMIT 1",
    )
    (row,) = [row for row in visitor.rows("peers") if row[0].startswith("Women in the top pay quarter")]
    assert row[1] == show("women_share_percent", share)
    assert re.fullmatch(r"\d+ of \d+", row[5])
    assert visitor.page.locator("#peers h2").is_visible()


def test_where_a_figure_is_printed(visitor: Visitor) -> None:
    visitor.link("Vacancies by region and sector")
    visitor.link("Registered nursing by region")
    visitor.click(visitor.page.locator("#nursing-by-region tbody tr a"))
    target = visitor.page.locator("tr:target")
    assert re.search(r"\b[A-Z]{1,2}\d+", target.locator(".cell").first.inner_text())
    visitor.click(target.locator("a.cell"))
    assert visitor.page.locator("dt:target").is_visible()


@pytest.mark.parametrize(
    ("table", "mart", "says", "leads_to"),
    [
        (
            "national_turnover",
            "leadership_turnover",
            "of senior managers left their trust",
            "turnover/#turnover-trusts",
        ),
        ("vacancy", "vacancies", "of all posts in England were vacant, as", "vacancies/#cited-vacancy-figures"),
    ],
)
def test_a_question_that_has_no_answer_leads_to_the_nearest_one(
    warehouse: Path, tmp_path: Path, table: str, mart: str, says: str, leads_to: str
) -> None:
    from selectolax.lexbor import LexborHTMLParser

    from warehouse.asking.loaded import what_is_loaded
    from warehouse.asking.query import reading
    from warehouse.site.pages.home import write_home
    from warehouse.site.releases import changes
    from warehouse.site.render import Pages

    path = tmp_path / "workforce.duckdb"
    path.write_bytes(warehouse.read_bytes())
    with duckdb.connect(path) as con:
        con.execute(f"DELETE FROM marts.{mart}")
        con.execute("UPDATE meta.series_table SET is_loaded = FALSE WHERE table_name = ?", [table])
    pages = Pages(tmp_path / "site", facts(), ())
    with reading(path) as con:
        write_home(con, pages, what_is_loaded(con, ()), changes([manifest()])[0])
    home = LexborHTMLParser((tmp_path / "site" / "index.html").read_text(encoding="utf-8"))
    (answer,) = [each for each in home.css("ul.answers li") if says in " ".join(each.text().split())]
    assert "Not loaded" in answer.text()
    assert [link.attributes["href"] for link in answer.css("a")] == [leads_to]
