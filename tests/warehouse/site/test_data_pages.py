"""The pages on the data: downloads, citations, lines for other tools, and what programs read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import duckdb
import pytest

from tests.warehouse.site.conftest import exported
from tests.warehouse.site.release_facts import ADDRESS, TOO_LARGE, WITHHELD, facts, manifest
from tests.warehouse.site.test_site import pages, parsed, text
from warehouse.site.render import size
from warehouse.site.write import site_facts

MART = "data/dictionary/marts-vacancies/index.html"


@pytest.fixture
def placed(published_site_without_sql: Path) -> Path:
    """The site of published figures, where its address is known."""
    return published_site_without_sql


def dataset(page: Path) -> dict[str, Any]:
    (script,) = parsed(page).css("script[type='application/ld+json']")
    found: dict[str, Any] = json.loads(script.text())
    return found


def test_every_mart_is_offered_in_every_form_with_its_size_and_licence(site: Path, warehouse: Path) -> None:
    rows = {text(row.css_first("a")): row for row in parsed(site / "data" / "index.html").css("#marts tbody tr")}
    assert rows.keys() == exported(warehouse).keys()
    for name, row in rows.items():
        endings = (
            ("csv", "parquet", "csv-metadata.json")
            if name == TOO_LARGE
            else ("xlsx", "csv", "parquet", "csv-metadata.json")
        )
        links = [node.attributes["href"] for node in row.css("td a")]
        assert links == [f"../releases/latest/marts/{name}.{ending}" for ending in endings]
        assert "Open Government Licence" in text(row) or "OGL" in text(row), name
    assert "XLSX of vacancies 457 kB, CSV of vacancies 1.2 MB, Parquet of vacancies 12 kB" in text(rows["vacancies"])
    assert text(rows["vacancies"].css_first("td.n")) == "1,234"
    assert "100,001 rows are more than the 100,000 of a workbook" in text(rows[TOO_LARGE])


def test_the_page_of_a_mart_cites_that_mart(site: Path, placed: Path) -> None:
    cited = text(parsed(site / MART).css_first("#cite"))
    assert "NHS Workforce: vacancies, release 2026-11-22.1 (22 November 2026)." in cited
    assert "Illustrative figures, not statistics." in cited
    assert "@misc{nhs-workforce-2026-11-22-1-vacancies," in cited
    whole = text(parsed(placed / "data" / "index.html").css_first("#cite"))
    assert f"NHS Workforce, release 2026-11-22.1 (22 November 2026). {ADDRESS}data/" in whole
    assert "Illustrative" not in whole
    bibtex = parsed(placed / MART).css_first("#cite code").text()
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", bibtex, re.MULTILINE))
    assert fields.keys() == {"title", "author", "year", "month", "version", "url", "note"}
    assert fields["url"] == f"{ADDRESS}data/dictionary/marts-vacancies/"


def test_a_mart_is_a_dataset_to_programs(site: Path, placed: Path) -> None:
    found = dataset(placed / MART)
    assert (found["@type"], found["name"], found["version"]) == ("Dataset", "NHS Workforce: vacancies", "2026-11-22.1")
    assert 50 <= len(found["description"]) <= 5000
    assert {each["encodingFormat"].rsplit("/")[0] for each in found["distribution"]} == {"text", "application"}
    assert found["distribution"][0]["contentUrl"] == f"{ADDRESS}releases/2026-11-22.1/marts/vacancies.csv"
    assert "vacancy_fte" in {each["name"] for each in found["variableMeasured"]}
    assert found["license"]
    assert found["creator"] == [{"@type": "Organization", "name": "NHS England"}]
    made_up = dataset(site / MART)
    assert made_up["description"].startswith("ILLUSTRATIVE")
    here = "https://site.invalid/data/dictionary/marts-vacancies/"
    assert urljoin(here, made_up["distribution"][0]["contentUrl"]).startswith(
        "https://site.invalid/releases/2026-11-22.1/"
    )
    parts = dataset(placed / "data" / "index.html")["hasPart"]
    assert {
        "@type": "Dataset",
        "name": "NHS Workforce: vacancies",
        "url": f"{ADDRESS}{MART.removesuffix('index.html')}",
    } in parts


def test_every_page_says_what_it_is_to_search_engines_and_messengers(site: Path, placed: Path) -> None:
    for page in pages(site):
        tree = parsed(page)
        described = tree.css_first("meta[name=description]").attributes["content"]
        assert described, page
        assert tree.css_first("meta[property='og:description']").attributes["content"] == described, page
        assert text(tree.css_first("title")).startswith(
            tree.css_first("meta[property='og:title']").attributes["content"]
        ), page
        assert tree.css("meta[property='og:image']") == [], page
        assert tree.css_first("meta[name=robots]").attributes["content"] == "noindex", page
    front = parsed(placed / "index.html")
    assert front.css_first("meta[name=robots]") is None
    assert front.css_first("link[rel=canonical]").attributes["href"] == ADDRESS


def test_the_map_names_every_page_where_the_address_is_known(site: Path, placed: Path) -> None:
    listed = {node.text for node in ElementTree.parse(placed / "sitemap.xml").iter() if node.tag.endswith("}loc")}
    names = (page.relative_to(placed).as_posix().removesuffix("index.html") for page in pages(placed))
    assert listed == {f"{ADDRESS}{name}" for name in names}
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (placed / "robots.txt").read_text().splitlines()
    assert "Disallow: /" in (site / "robots.txt").read_text().splitlines()
    assert not (site / "sitemap.xml").exists()


def test_a_manifest_without_exports_or_address_still_has_its_pages(public_site: Path) -> None:
    said = {name: value for name, value in manifest().items() if name not in {"marts", "address"}}
    assert parsed(public_site / "data" / "index.html").css("#marts tbody td a") == []
    assert facts() == site_facts(said)
    withheld = manifest(left_out_of_public_copy=WITHHELD)
    assert site_facts(withheld) == facts(withheld=tuple(WITHHELD), has_docs=False)


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 kB"), (999_499, "999 kB"), (1_234_567, "1.2 MB"), (37_000_000, "37.0 MB")]
)
def test_sizes_are_in_words(number: int, said: str) -> None:
    assert size(number).replace("\u00a0", " ") == said


def test_the_releases_page_leads_to_the_figures_that_changed(public_site: Path) -> None:
    releases = parsed(public_site / "data" / "releases" / "index.html")
    (link,) = [node.attributes["href"] for node in releases.css("main section a") if "Figures that" in text(node)]
    page = parsed(public_site / "data" / "releases" / link / "index.html")
    rows = [[text(cell) for cell in row.css("th, td")] for row in page.css("tbody tr")]
    assert rows == [
        ["core.vacancy_latest", "0", "3", "207"],
        ["2026-03-31, London", "core.vacancy_latest, vacancy_fte", "1,234.5", "no figure"],
    ]
    assert "206 more changed. workforce diff 2026-11-21.1 2026-11-22.1" in text(page.css_first("main"))


def test_methods_follow_from_what_is_declared(site: Path, warehouse: Path) -> None:
    page = parsed(site / "methods" / "index.html")
    with duckdb.connect(warehouse, read_only=True) as con:
        titles = {title for (title,) in con.execute("SELECT title FROM meta.series").fetchall()}
        caveats = dict(con.execute("SELECT mart, caveats FROM meta.mart").fetchall())
    assert {text(row.css_first("th")) for row in page.css("#series tbody tr")} == titles
    said = dict(zip(map(text, page.css("#caveats dt")), map(text, page.css("#caveats dd")), strict=True))
    assert said.keys() == caveats.keys()
    assert said["vacancies"][1:] == caveats["vacancies"][1:]
    assert text(page.css_first("#columns")).count("Series") >= 1
    assert "official statistics" not in text(page.css_first("main")).lower()
