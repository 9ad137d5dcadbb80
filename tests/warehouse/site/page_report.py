"""Measures every kind of page of a site in Chromium, and prints a table.

    uv run python -m tests.warehouse.site.page_report http://127.0.0.1:4201/

A keyboard walk presses Tab from the top of the page: the first stop is the link to the content, each stop has a visible
outline, is within the window, and comes in the order of the page; none is left out. axe looks at the page as it is wide
and light, and as it is narrow and dark.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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
    "data/dictionary/core-vacancy/",
    "data/releases/",
    "data/checks/",
    "methods/",
    "methods/how-we-test/",
)
"""One page of each kind."""

WIDTHS = (640, 320)
"""Widths in CSS pixels: a window of 1,280 at 200 % zoom, and a small phone (or 400 %)."""
PAPER = 718
"""A4 between margins of 1 cm, in CSS pixels."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then((found) => found.violations)"
"""Runs axe. What every other rule found on every element of a page would be half of the work."""
MOST_STOPS = 150
"""Stops of a keyboard walk: further ones are rows of the same tables."""

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")

STOPS = """() => {
  const chosen = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  return [...document.querySelectorAll(chosen)].filter((node) => node.checkVisibility() && !node.disabled)
    .map((node) => { node.dataset.stop = "1"; return node; }).length;
}"""
FOCUSED = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const box = node.getBoundingClientRect(), style = getComputedStyle(node);
  const stops = [...document.querySelectorAll("[data-stop]")];
  return {
    place: stops.indexOf(node),
    name: node.outerHTML.slice(0, 120),
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@dataclass(frozen=True)
class PageMeasure:
    """A page of one kind: bytes of its HTML, requests, faults that axe finds, stops of the keyboard walk, faults."""

    kind: str
    size: int
    requests: int
    violations: tuple[str, ...]
    stops: int
    faults: tuple[str, ...]


@contextmanager
def opened_chromium() -> Iterator[Browser | None]:
    """The system's Chromium, or None where there is none."""
    found = which("chromium") or which("chromium-browser") or which("google-chrome")
    if found is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


def measure(browser: Browser, address: str, kind: str) -> PageMeasure:
    """Measure one page, in a browser that reaches no other host, under the page's own security policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    faults: list[str] = []
    context.route("**", lambda route: route.continue_() if route.request.url.startswith(address) else route.abort())
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: faults.append(f"not loaded: {request.url}"))
    page.on("response", lambda got: faults.append(f"status {got.status}: {got.url}") if got.status >= 400 else None)
    page.on("console", lambda said: faults.append(f"console: {said.text}"))
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    response = page.goto(address + kind, wait_until="load")
    assert response is not None
    size, requests = len(response.body()), len(asked)
    stops = walk(page, faults)
    found = violations(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            faults.append(f"{wide} wide in a window of {width}")
    page.set_viewport_size({"width": min(WIDTHS), "height": 800})
    page.emulate_media(color_scheme="dark")
    found += violations(page)
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size({"width": PAPER, "height": 800})
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > PAPER:
        faults.append(f"{wide} wide on paper of {PAPER}")
    context.close()
    return PageMeasure(kind or "home", size, requests, tuple(found), stops, tuple(faults))


def walk(page: Page, faults: list[str]) -> int:
    """Press Tab until the walk has passed every stop or `MOST_STOPS`; add what is wrong to `faults`."""
    expected = min(page.evaluate(STOPS), MOST_STOPS)
    for place in range(expected):
        page.keyboard.press("Tab")
        found: dict[str, Any] | None = page.evaluate(FOCUSED)
        if found is None or found["place"] != place:
            faults.append(f"stop {place} of the keyboard walk is {found['name'] if found else 'nothing'}")
            return place
        if not found["outlined"]:
            faults.append(f"no outline: {found['name']}")
        if not found["seen"]:
            faults.append(f"outside the window: {found['name']}")
    return int(expected)


def violations(page: Page) -> list[str]:
    """What axe finds on a page as it is shown."""
    import axe_playwright_python

    if not page.evaluate("'axe' in window"):
        page.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate(AXE, RULES)
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found]


def table(measures: list[PageMeasure]) -> str:
    """The measures as Markdown."""
    head = "| Page | Bytes | Requests | axe | Keyboard stops | Faults |\n|---|--:|--:|--:|--:|---|\n"
    return head + "".join(
        f"| {each.kind} | {each.size:,} | {each.requests} | {len(each.violations)} | {each.stops} |"
        f" {'; '.join((*each.violations, *each.faults)) or 'none'} |\n"
        for each in measures
    )


def main(address: str) -> None:
    """Print the table for the site at an address."""
    with opened_chromium() as browser:
        if browser is None:
            sys.exit("no Chromium here (Debian: apt-get install chromium)")
        sys.stdout.write(table([measure(browser, address, kind) for kind in KINDS]))


if __name__ == "__main__":
    main(sys.argv[1])
