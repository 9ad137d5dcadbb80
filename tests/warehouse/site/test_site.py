"""The web site, written once from the bundled sample in which one trust has a name that is HTML."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import duckdb
import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from tests.warehouse.site.release_facts import HTML_NAME, RENAMED, WITHHELD, facts, manifest
from warehouse.asking.formats import proper_name, show
from warehouse.asking.questions import ready_questions
from warehouse.site.charts.colours import COLOURS
from warehouse.site.charts.small import line, strip
from warehouse.site.releases import changes
from warehouse.site.render import CONTENT_SECURITY_POLICY, SQL_CONTENT_SECURITY_POLICY
from warehouse.site.topics import TOPICS

BESIDE = ("published/", "releases/", "docs/")
"""What the file server serves beside the site."""
MOST_BYTES = 100_000
"""Of a page without its charts."""
TOPIC_OF = {topic.slug: topic for topic in TOPICS}
LOADED = (("script[src]", "src"), ("link[href]", "href"), ("img[src]", "src"), ("form", "action"))


@cache
def parsed(page: Path) -> HTMLParser:
    return HTMLParser(page.read_text(encoding="utf-8"))


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def text(node: Any) -> str:
    return " ".join(node.text().split())


def without_charts(page: bytes) -> bytes:
    return re.sub(rb"<svg.*?</svg>", b"", page, flags=re.DOTALL)


def test_every_page_has_a_title_a_heading_a_language_and_is_small(site: Path) -> None:
    for page in pages(site):
        tree = parsed(page)
        assert tree.css_first("html").attributes["lang"] == "en-GB", page
        assert text(tree.css_first("title")).endswith("– NHS Workforce"), page
        assert len(tree.css("h1")) == 1, page
        assert len(tree.css("main")) == 1, page
        assert len(without_charts(page.read_bytes())) <= MOST_BYTES, page
        ids = Counter(node.attributes["id"] for node in tree.css("[id]"))
        assert [name for name, number in ids.items() if number > 1] == [], page


def test_every_page_says_that_its_figures_are_illustrative(site: Path) -> None:
    assert all("made up for a trial" in text(parsed(page).css_first(".banner")) for page in pages(site))
    style = (site / "static" / "site.css").read_text()
    printed = style[style.index("@media print") :]
    assert ".banner" not in re.search(r"([^{}]*)\{\s*display: none", printed).group(1)  # type: ignore[union-attr]


def test_a_page_of_published_figures_has_no_such_banner(published_site_without_sql: Path) -> None:
    assert parsed(published_site_without_sql / "index.html").css_first(".banner") is None


def test_only_the_page_for_sql_is_missing_where_what_it_loads_is_not_built(
    site: Path, published_site_without_sql: Path
) -> None:
    names, without = ({page.relative_to(root) for page in pages(root)} for root in (site, published_site_without_sql))
    assert names - without == {Path("sql/index.html")}
    assert without <= names
    leads_there = '[href*="sql/#q="], nav [href$="sql/"]'
    assert len(parsed(site / "vacancies" / "index.html").css(leads_there)) == 1 + len(TOPIC_OF["vacancies"].blocks)
    assert [page for page in pages(published_site_without_sql) if parsed(page).css(leads_there)] == []


def test_the_page_for_sql_says_what_it_fetches_before_it_does(site: Path, warehouse: Path) -> None:
    page = parsed(site / "sql" / "index.html")
    told = json.loads((site / "sql" / "page.json").read_text())
    assert told["bytes"] == {
        "wasm": (site / "sql" / "duckdb.wasm.gz").stat().st_size,
        "database": warehouse.stat().st_size,
    }
    assert f"{told['bytes']['database'] / 1e6:.1f} MB" in text(page.css_first("#size"))
    assert f"{told['bytes']['wasm'] / 1e6:.1f} MB" in text(page.css_first("#run"))
    assert told["paths"]["database"] == "../releases/2026-11-22.1/workforce.duckdb"
    assert facts(withheld=("ods",)).public_warehouse == "releases/2026-11-22.1/public/workforce.duckdb"


def test_the_page_for_sql_offers_every_ready_question(site: Path) -> None:
    offered = {
        text(link): parse_qs(urldefrag(link.attributes["href"]).fragment)["q"][0]
        for link in parsed(site / "sql" / "index.html").css("#ready a")
    }
    assert offered == {each.title: each.with_examples() for each in ready_questions()}


def test_its_dictionary_has_every_table_and_column_with_its_description(site: Path, warehouse: Path) -> None:
    told = json.loads((site / "sql" / "page.json").read_text())
    with duckdb.connect(warehouse, read_only=True) as con:
        columns = con.execute("""
            SELECT schema_name || '.' || table_name, column_name, coalesce(comment, '') FROM duckdb_columns()
            WHERE NOT internal AND schema_name IN ('marts', 'core', 'reference', 'meta')
        """).fetchall()
    listed = [(table["name"], name, about) for table in told["tables"] for name, _, about in table["columns"]]
    assert sorted(listed) == sorted(columns)
    assert told["tables"][0]["name"].startswith("marts.")


def test_no_page_runs_or_styles_anything_but_the_sites_own_files(site: Path) -> None:
    for page in pages(site):
        tree = parsed(page)
        policy = tree.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"]
        runs_sql = page == site / "sql" / "index.html"
        assert policy == (SQL_CONTENT_SECURITY_POLICY if runs_sql else CONTENT_SECURITY_POLICY)
        assert re.findall(r"'unsafe[^']*'|https?:|\*|data:", policy) == []
        assert ("wasm-unsafe-eval" in policy) == runs_sql
        assert tree.css("style, [style], iframe, object, embed, base") == [], page
        run = [node for node in tree.css("script") if node.attributes.get("type") != "application/ld+json"]
        assert [node for node in run if node.text().strip() or "src" not in node.attributes] == [], page
        handlers = [name for node in tree.css("*") for name in node.attributes if name.lower().startswith("on")]
        assert handlers == [], page
        asked_for = [node.attributes[name] for selector, name in LOADED for node in tree.css(selector)]
        assert [address for address in asked_for if urlsplit(address).netloc or urlsplit(address).scheme] == [], page


def test_every_link_leads_somewhere(site: Path) -> None:
    broken = []
    for page in pages(site):
        here = f"https://site.invalid/{page.relative_to(site).parent.as_posix()}/".replace("/./", "/")
        for node in parsed(page).css("[href]"):
            address, fragment = urldefrag(urljoin(here, node.attributes["href"]))
            path = urlsplit(address).path.lstrip("/")
            if urlsplit(address).netloc != "site.invalid" or path.startswith(BESIDE):
                continue
            target = site / path / "index.html" if not path or path.endswith("/") else site / path
            if not target.is_file():
                broken.append(f"{page.relative_to(site)}: {node.attributes['href']}")
            elif fragment and not fragment.startswith("q=") and parsed(target).css_first(f'[id="{fragment}"]') is None:
                broken.append(f"{page.relative_to(site)}: {node.attributes['href']}: no such fragment")
    assert broken == []


def test_a_publishers_text_stays_text(site: Path) -> None:
    page = site / "organisations" / RENAMED.lower() / "index.html"
    assert text(parsed(page).css_first("h1")) == HTML_NAME
    assert html.escape(HTML_NAME) in page.read_text(encoding="utf-8")
    assert [each for each in pages(site) if HTML_NAME in each.read_text(encoding="utf-8")] == []
    assert HTML_NAME in {name for _, name, _, _ in json.loads((site / "organisations.json").read_text())}


TABLES = ("vacancies", "leadership", "pipeline", "pay-gap", "culture", "boards", "turnover")


@pytest.mark.parametrize("topic", TABLES)
def test_the_figures_of_a_page_are_those_of_the_sql_it_shows(site: Path, warehouse: Path, topic: str) -> None:
    declared = TOPIC_OF[topic]
    tree = parsed(site / topic / "index.html")
    compared = 0
    with duckdb.connect(warehouse, read_only=True) as con:
        for block in declared.blocks:
            section = tree.css_first(f'section[id="{block.question.anchor}"]')
            found = con.execute(section.css("pre code")[-1].text())
            names = [column[0] for column in found.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            shown = [[text(cell) for cell in row.css("th, td")] for row in section.css("tbody tr")]
            assert len(shown) == len(rows)
            for cells, row in zip(shown, rows, strict=True):
                for name, cell in zip(block.question.columns, cells, strict=False):
                    if row[name] is not None:
                        assert cell == " ".join(show(name, row[name]).split())
                        compared += 1
    assert compared > 20


def test_no_cell_shows_more_digits_than_can_be_read(site: Path) -> None:
    cells = (text(cell) for page in pages(site) for cell in parsed(page).css("td"))
    assert [cell for cell in cells if re.fullmatch(r"[−+]?[\d,]+\.\d{3,}", cell)] == []


def test_a_row_leads_to_the_cells_it_is_printed_in(site: Path, warehouse: Path) -> None:
    row = parsed(site / "vacancies" / "index.html").css_first("#nursing-by-region tbody tr")
    address, fragment = urldefrag(row.css("a")[-1].attributes["href"])
    source = parsed(site / "vacancies" / address / "index.html").css_first(f'[id="{fragment}"]')
    region, rate = (text(cell) for cell in row.css("th, td")[:2])
    with duckdb.connect(warehouse, read_only=True) as con:
        printed = con.execute(
            """
            SELECT source_sheet, core.cell_name(source_row, source_column), file_sha256, value
            FROM core.vacancy_latest
            INNER JOIN marts.vacancies USING (quarter_end, geography_level, region_code, sector, staff_group)
            WHERE region_name = ? AND sector = 'All sectors' AND staff_group = 'Registered nursing'
                AND quarter_end = (SELECT max(quarter_end) FROM marts.vacancies)
            """,
            [region],
        ).fetchall()
    assert len(printed) == 2
    assert all(cell in text(source) and sheet in text(source) for sheet, cell, *_ in printed)
    assert all(sha[:12] in text(source) for *_, sha, _ in printed)
    assert rate in {show("vacancy_rate_percent", value) for *_, value in printed}


def test_an_organisation_says_what_is_missing_and_why(site: Path, public_site: Path) -> None:
    board = parsed(site / "organisations" / "qkk" / "index.html")
    assert "none for this integrated care board" in text(board.css_first("#missing"))
    trust = parsed(public_site / "organisations" / "rj1" / "index.html")
    assert "may not be passed on" in text(trust.css_first("#missing"))
    assert "Bullying and discrimination" in text(trust.css_first("#missing"))
    assert "staff survey" not in text(trust.css_first("#sources")).lower()
    shown = [text(row) for row in parsed(public_site / "culture" / "index.html").css("tbody tr")]
    assert shown
    assert [row for row in shown if "staff survey file" in row] == []
    assert "edition 2025" not in text(parsed(public_site / "data" / "releases" / "index.html").body)


def test_a_former_name_and_a_code_lead_to_the_organisation_of_today(site: Path) -> None:
    index = {code: (name, others) for code, name, _, others in json.loads((site / "organisations.json").read_text())}
    others = index["G6V2S"][1]
    assert {"RRP", "TAF"} <= set(others)
    assert any(other.startswith("Camden and Islington") for other in others)
    assert index["RJ1"][0] == "Guy's and St Thomas' NHS Foundation Trust"
    assert "G6V2S" in text(parsed(site / "organisations" / "index.html").body)


def test_a_merger_breaks_the_line(site: Path) -> None:
    figure = parsed(site / "organisations" / "g6v2s" / "index.html").css_first("#staff figure")
    assert "Nov 2024: merger" in text(figure)


def test_the_feed_names_the_release(site: Path) -> None:
    assert "<title>Release 2026-11-22.1</title>" in (site / "feed.xml").read_text()


def test_changes_leave_withheld_series_out() -> None:
    before = manifest("1", left_out_of_public_copy=WITHHELD)
    after = manifest(
        "2",
        editions={"wres": ["2024", "2025"], "nhs-staff-survey": ["2025", "2026"]},
        rows={"core.workforce": 8, "core.staff_survey": 10},
        left_out_of_public_copy=WITHHELD,
    )
    newest, oldest = changes([before, after])
    assert newest.editions == ("wres: edition 2025",)
    assert newest.tables == (("core.workforce", 7, 8),)
    assert oldest.editions == ()


@pytest.mark.parametrize("group", sorted(COLOURS))
@pytest.mark.parametrize("ground", ["#fdfcfa", "#14171a"])
def test_colours_stand_out_on_the_light_and_on_the_dark_page(group: str, ground: str) -> None:
    assert f"--ground: {ground};" in (files("warehouse.site") / "static" / "site.css").read_text()
    assert contrast(COLOURS[group], ground) >= 3


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("listed", "shown"),
    [
        ("GUY'S AND ST THOMAS' NHS FOUNDATION TRUST", "Guy's and St Thomas' NHS Foundation Trust"),
        ("NORTH LONDON NHS FOUNDATION TRUST", "North London NHS Foundation Trust"),
        ("UNIVERSITY HOSPITALS OF NORTH MIDLANDS", "University Hospitals of North Midlands"),
        ("Stoke-on-Trent", "Stoke-on-Trent"),
        ("STOKE-ON-TRENT", "Stoke-On-Trent"),
    ],
)
def test_a_name_in_capitals_is_shown_in_small_letters(listed: str, shown: str) -> None:
    assert proper_name(listed) == shown


def test_a_line_needs_two_points_and_begins_at_zero() -> None:
    from datetime import date

    one, two = (date(2023, 5, 31), 90.0), (date(2024, 5, 31), 100.0)
    assert line([one], [], title="", text="", last="") is None
    drawn = line([one, two], [(date(2024, 1, 1), "merger")], title="", text="", last="")
    assert drawn is not None
    assert drawn.ticks[0].text == "0"
    assert drawn.ticks[0].y == drawn.bottom
    assert drawn.paths == ()
    assert len(drawn.events) == 1


def test_a_strip_puts_equal_values_in_one_place() -> None:
    drawn = strip(5.0, [5.0, 5.0], text="")
    assert set(drawn.peers) == {drawn.own} == {drawn.median}


def test_the_page_of_checks_lists_rules_that_ran_over_no_rows_apart_from_those_that_passed(site: Path) -> None:
    page = parsed(site / "data" / "checks" / "index.html")
    lists = [text(node) for node in page.css("ul.columns")]
    assert "Ran over no rows" in [text(node) for node in page.css("h2")]
    assert lists == ["one.passed", "one.idle"]
    assert "1 passed, 1 ran over no rows" in text(page.css_first("p.lead"))
