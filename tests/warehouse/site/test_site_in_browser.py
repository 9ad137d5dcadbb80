"""The site in a real browser, on every kind of page: accessibility, width, keyboard, requests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
KINDS = (
    "",
    "speech/",
    "speech/sources/",
    "leadership/",
    "vacancies/",
    "vacancies/london/",
    "vacancies/sources/",
    "organisations/",
    "organisations/g6v2s/",
    "organisations/qkk/",
    "organisations/sql/",
    "data/",
    "data/dictionary/",
    "data/dictionary/marts-vacancies/",
    "data/releases/",
    "data/checks/",
    "methods/",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    address: str, browser: Browser, width: int, scheme: str
) -> None:
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        bypass_csp=True,  # type: ignore[arg-type]
    )
    wrong = []
    for kind in KINDS:
        page = context.new_page()
        page.goto(address + kind)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{kind}: wider than {width}")
        page.evaluate(axe)
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        wrong += [f"{kind}: {each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]
        page.close()
    context.close()
    assert wrong == []


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
