"""The run form in a real browser: fill it in, press Submit, see the run complete and its summary.

Screenshots are kept in artifacts/ (not committed), for a person to look at.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.served import Finished, Served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("service")]
SCREENSHOTS = Path(os.environ.get("WORKFORCE_SCREENSHOTS", Path(__file__).parents[2] / "artifacts"))
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)
PATIENCE_MS = 120_000


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of the system's Chromium."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=FLAGS.split())
        opened = chromium.new_page(viewport={"width": 1300, "height": 1100})
        opened.set_default_timeout(PATIENCE_MS)
        yield opened
        chromium.close()


def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def form_field(page: Page, name: str) -> Locator:
    """The part of the form that belongs to one parameter."""
    label = page.get_by_text(f"{name} (Optional)", exact=True)
    return page.locator(".schema-form-property").filter(has=label).last


def choose(page: Page, name: str, option: str) -> None:
    # By keyboard: a click on the button opens the list and closes it again before anyone could see it.
    form_field(page, name).locator(".p-select-button__control").focus()
    page.keyboard.press("ArrowDown")
    page.locator(".p-select-option").get_by_text(option, exact=True).click()
    if (options := page.locator(".p-select-option")).count():
        page.get_by_text("Parameters", exact=True).click()
        options.first.wait_for(state="hidden")


def test_a_person_fills_in_the_form_presses_run_and_sees_what_happened(
    served: Served, finished: Finished, page: Page
) -> None:
    from playwright.sync_api import expect

    manual = served.deployment("manual")["id"]
    page.goto(f"{served.ui}/deployments/deployment/{manual}/run")
    expect(page.get_by_text("Which series to fetch and, with force, to read again.")).to_be_visible()
    expect(page.get_by_text("Read the files again and build, even if nothing is new.")).to_be_visible()
    choose(page, "series", "ods")
    choose(page, "source", "sample")
    form_field(page, "force").get_by_role("switch").click()
    expect(form_field(page, "force").get_by_role("switch")).to_have_attribute("aria-checked", "true")
    shot(page, "1-form")
    with page.expect_response(lambda answer: answer.url.endswith("/create_flow_run")) as answered:
        page.get_by_role("button", name="Submit").click()
    run = answered.value.json()
    assert run["parameters"] | {"folder": "", "as_of": None} == {
        "series": ["ods"], "source": "sample", "force": True, "as_of": None, "folder": "", "illustrative": False,
    }  # fmt: skip
    page.goto(f"{served.ui}/runs/flow-run/{run['id']}")
    expect(page.get_by_text("Published", exact=True).first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text(re.compile("sample · ods")).first).to_be_visible()
    shot(page, "3-run")

    page.locator("#artifacts").click()
    expect(page.get_by_text("refresh-summary").first).to_be_visible()
    expect(page.get_by_text("checks", exact=True).first).to_be_visible()
    above, below = (page.get_by_text(name, exact=True).first.bounding_box() for name in ("refresh-summary", "checks"))
    assert above is not None
    assert below is not None
    assert above["y"] < below["y"], "the summary is alone above the artifacts of tasks"
    shot(page, "4-artifacts")
    page.get_by_text("refresh-summary").first.click()
    expect(page.get_by_text("Illustrative figures: not statistics").first).to_be_visible()
    expect(page.get_by_text("Where", exact=True).first).to_be_visible()
    shot(page, "5-summary")


def test_no_page_of_the_prefect_ui_or_of_the_site_asks_another_machine(
    served: Served, finished: Finished, page: Page
) -> None:
    asked: set[str] = set()
    # Addresses of data and blobs name no machine.
    page.on("request", lambda request: asked.update(filter(None, [urlsplit(request.url).netloc])))
    manual, run = served.deployment("manual")["id"], finished.first["id"]
    for place in ("dashboard", "runs", f"deployments/deployment/{manual}/run", f"runs/flow-run/{run}", "settings"):
        page.goto(f"{served.ui}/{place}")
        page.wait_for_load_state("networkidle")
    page.goto(f"{served.files}/")
    page.wait_for_load_state("networkidle")
    assert asked == {urlsplit(served.ui).netloc, urlsplit(served.files).netloc}
