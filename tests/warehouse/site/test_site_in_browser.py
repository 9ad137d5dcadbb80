"""The site in a real browser, on every kind of page: accessibility, width, keyboard, requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.warehouse.site.page_report import KINDS, measure, table
from warehouse.asking.organisations import MOST_LISTED, known_organisations, matching
from warehouse.asking.query import reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server of a folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with serving(site) as served:
        yield served


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_works_at_every_width_and_by_keyboard(address: str, browser: Browser, kind: str) -> None:
    """No fault that axe finds, no request that fails, nothing on the console (a broken policy), nothing too wide."""
    found = measure(browser, address, kind)
    assert (found.violations, found.faults) == ((), ())
    assert found.stops >= 17


def test_the_measures_find_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        """<!doctype html><html><head><title>Wrong</title>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'">
        <link rel="stylesheet" href="site.css"></head><body><main><h1>Wrong</h1>
        <a href="#a" tabindex="2">second</a> <a class="plain" href="#b" tabindex="1">first</a>
        <div class="wide">wide</div><script>alert(1)</script></main></body></html>"""
    )
    (tmp_path / "site.css").write_text(".wide { width: 1200px } a:focus { outline: none }")
    with serving(tmp_path) as address:
        found = measure(browser, address, "")
    faults = " ".join(found.faults)
    assert "html-has-lang" in " ".join(found.violations)
    for words in (
        "1208 wide in a window of 640",
        "wide on paper",
        "Content Security Policy",
        "stop 0 of the keyboard walk",
    ):
        assert words in faults
    assert "| home |" in table([found])


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The front page, in a browser that reaches no other host."""
    context = browser.new_context()
    context.route("**", lambda route: route.continue_() if route.request.url.startswith(address) else route.abort())
    opened = context.new_page()
    opened.goto(address)
    yield opened
    context.close()


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [("guys", "rj1"), ("RJ1", "rj1"), ("camden and isl", "g6v2s"), ("TAF", "g6v2s"), ("st thomas", "rj1")],
)
def test_an_organisation_is_found_by_keyboard(page: Page, typed: str, leads_to: str) -> None:
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.locator("#q").focus()
    page.keyboard.type(typed)
    page.wait_for_selector("#found li")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/organisations/{leads_to}/")
    assert wrong == []


TYPED = ("guys", "St. Thomas'", "university hosp", "nhs", "TAF", "rj1", "south east", "camden & isl", "zzz", "of the")


def test_the_search_finds_what_the_command_line_finds(page: Page, warehouse: Path) -> None:
    with reading(warehouse) as con:
        known = known_organisations(con)
    for typed in TYPED:
        page.locator("#q").fill(typed)
        expected = [each.code for each in matching(known, typed)]
        told = f"{len(expected)} found" if expected else "No trust or board is found"
        page.wait_for_function("told => document.getElementById('told').textContent.startsWith(told)", arg=told)
        links = page.locator("#found a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        assert [link.split("/")[-2].upper() for link in links] == expected[:MOST_LISTED], typed


def test_a_name_that_is_html_does_not_run(page: Page, address: str) -> None:
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss())[1])
    page.goto(f"{address}organisations/?q=RR8")
    page.wait_for_selector("#found li")
    assert "<script>" in page.locator("#found li").first.inner_text()
    page.locator("#found a").first.click()
    page.wait_for_url("**/organisations/rr8/")
    assert ran == []


def test_without_javascript_the_list_from_a_to_z_leads_there(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.locator("#q").fill("guys")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Guy's and St Thomas' NHS Foundation Trust").click()
    assert page.url == f"{address}organisations/rj1/"
    context.close()
