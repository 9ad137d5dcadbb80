"""Data Docs load nothing from another host, and their front page leads to the results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from expectations.data_docs import make_self_contained
from expectations.gate import check
from expectations.suites import RULES
from tests.warehouse.site.page_report import opened_chromium

pytestmark = pytest.mark.slow
TODAY = date(2025, 12, 1)
CHOSEN = ("pay_gap.quarters_add_up", "pay_gap.grain", "workforce.grain")


@pytest.fixture(scope="module")
def docs(warehouse_file: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data Docs of a candidate that fails a rule on the pay gap."""
    candidate = warehouse_file("UPDATE core.pay_gap SET value = 70 WHERE measure = 'male_top_quarter_percent'")
    rules = {name: RULES[name] for name in CHOSEN}
    docs = tmp_path_factory.mktemp("docs")
    check(candidate, docs=docs, published=None, today=TODAY, run_id="1", rules=rules)
    return docs


def test_no_page_names_a_script_style_or_image_of_another_host(docs: Path) -> None:
    pages = list(docs.rglob("*.html"))
    assert len(pages) > 3
    for page in pages:
        tree = HTMLParser(page.read_text(encoding="utf-8"))
        loaded = [
            node.attributes.get("src") or node.attributes.get("href") or "" for node in tree.css("link, img, script")
        ]
        assert [address for address in loaded if "//" in address] == [], page
        assert tree.css("script, iframe") == [], page
        (style,) = [address for address in loaded if address.endswith("checks.css")]
        assert (page.parent / style).is_file()


def test_the_front_page_leads_to_the_result_of_each_table(docs: Path) -> None:
    rows = {
        row.css_first("a").text(): (row.css_first("td").text(), docs / row.css_first("a").attributes["href"])
        for row in HTMLParser((docs / "index.html").read_text(encoding="utf-8")).css("tbody tr")
    }
    assert {name: result for name, (result, _) in rows.items()} == {
        "core.pay_gap": "not all passed",
        "core.workforce": "all passed",
    }
    for _, page in rows.values():
        assert "Evaluated Expectations" in page.read_text(encoding="utf-8")


def test_a_browser_asks_no_host_for_them(docs: Path) -> None:
    with opened_chromium() as browser:
        if browser is None:
            pytest.skip("no Chromium here (Debian: apt-get install chromium)")
        wrong: list[str] = []
        page = browser.new_page()
        page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith("file://") else None)
        page.on("requestfailed", lambda asked: wrong.append(f"not loaded: {asked.url}"))
        page.on("console", lambda said: wrong.append(said.text))
        for path in docs.rglob("*.html"):
            page.goto(path.as_uri())
        assert wrong == []


def test_a_value_with_markup_runs_nothing(tmp_path: Path) -> None:
    page = tmp_path / "validations" / "core" / "t" / "r" / "d" / "x.html"
    page.parent.mkdir(parents=True)
    page.write_text(
        "<html><head></head><body><td><img src=x onerror=alert(1)><a href=' java\nscript:alert(1)'>a</a>"
        "<object data=x></object><form action=x></form><script>alert(1)</script><b title=t>kept</b></td></body></html>"
    )
    make_self_contained(tmp_path, "run")
    left = HTMLParser(page.read_text(encoding="utf-8"))
    assert not left.css("script, object, form, [onerror], a[href]")
    assert left.css_first("b[title]").text() == "kept"
