"""The page for SQL in a real browser that reaches no host but the project's own file server on loopback."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urldefrag

import openpyxl
import pytest

from tests.warehouse.site.counting_server import CountingServer, serving
from tests.warehouse.site.page_report import AXE, RULES
from tests.warehouse.site.release_facts import HTML_NAME, RENAMED, manifest
from warehouse.asking.query import first_rows
from warehouse.asking.questions import ready_question
from warehouse.site.frontend import BUILD_COMMAND, BUILT, built_files
from warehouse.site.frontend.__main__ import BUILT_OF, sources_digest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
SECONDS = 120
FIVE = (
    "england_since_2018",
    "bme_very_senior_managers",
    "what_became_of_it",
    "staff_of_a_trust",
    "cell_of_a_figure",
)
RELEASE = "2026-11-22.1"


@pytest.fixture(scope="session")
def built() -> None:
    """Skip where what the page loads is not built, and fail where it was built of other sources."""
    files = built_files()
    if files is None:
        pytest.skip(f"what the page for SQL loads is not built: {BUILD_COMMAND}")
    if (BUILT / BUILT_OF).read_text() != sources_digest():
        pytest.fail(f"what the page for SQL loads was built of other sources: {BUILD_COMMAND}")


@pytest.fixture(scope="module")
def data(built: None, site: Path, warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one release: the site and the warehouse it was written from."""
    root = tmp_path_factory.mktemp("data")
    release = root / "releases" / RELEASE
    release.mkdir(parents=True)
    os.link(warehouse, release / "workforce.duckdb")
    (release / "manifest.json").write_text(json.dumps(manifest()))
    (root / "published").mkdir()
    (root / "published" / "site").symlink_to(site)
    return root


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[CountingServer]:
    with serving(data) as app:
        yield app


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A page of a new context. Fails where it asked another host, where the policy blocked anything, or on an error."""
    context = browser.new_context(**options)
    wrong: list[str] = []
    context.on("request", lambda request: wrong.append(request.url) if _is_elsewhere(request.url, address) else None)
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # Chromium's own editing tries inline styles in any editor when text is typed over other text.
    page.on(
        "console",
        lambda said: (
            wrong.append(said.text)
            if "Content Security Policy" in said.text and "Applying inline" not in said.text
            else None
        ),
    )
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss())[1])
    yield page
    context.close()
    assert wrong == []


def _is_elsewhere(url: str, address: str) -> bool:
    return not url.startswith((address, f"blob:{address}"))


def download(page: Page, kind: str) -> Path:
    with page.expect_download() as found:
        page.locator(f"[data-part={kind}]").click()
    return Path(found.value.path())


@pytest.fixture(scope="module")
def page(browser: Browser, server: CountingServer) -> Iterator[Page]:
    """The page with its engine started; each test runs its own questions."""
    with opened(browser, server.address, accept_downloads=True, bypass_csp=False) as page:
        before = len(server.sent)
        page.goto(f"{server.address}sql/#q=SELECT%201%20AS%20one")
        page.wait_for_selector("#ask[data-state=new]")
        fetched = {each.path.rpartition("/")[2] for each in server.sent[before:]}
        assert "page.js" in fetched
        assert fetched.isdisjoint({"workforce.duckdb", "duckdb.wasm.gz", "duckdb.worker.js"})
        page.locator("#run").click()
        page.wait_for_selector("#ask[data-state=ready]")
        yield page


def ask(page: Page, sql: str) -> str:
    """Put a question into the address of the page, whose engine runs, and return what the page says of the answer."""
    runs = int(page.locator("#ask").get_attribute("data-runs") or 0)
    page.evaluate("text => { location.hash = 'q=' + encodeURIComponent(text) }", sql)
    page.wait_for_selector(f"#ask[data-state=ready][data-runs='{runs + 1}']")
    wrong = page.locator("#wrong")
    return wrong.inner_text() if wrong.is_visible() else page.locator("#told").inner_text()


def plain(value: Any) -> Any:
    """A value of DuckDB as the page shows it in a CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return value


@pytest.mark.parametrize("name", FIVE)
def test_the_answer_is_that_of_the_command_line(page: Page, warehouse: Path, name: str) -> None:
    sql = ready_question(name).with_examples()
    ask(page, sql)
    content = download(page, "csv").read_text(encoding="utf-8-sig")
    names, *rows = list(csv.reader(io.StringIO(content)))
    expected = first_rows(warehouse, sql)
    assert tuple(names) == expected.columns
    assert len(rows) == expected.total > 0
    for row, values in zip(rows, expected.rows, strict=True):
        for text, value in zip(row, map(plain, values), strict=True):
            assert (float(text) if isinstance(value, float | int) else text) == value
    assert parse_qs(urldefrag(page.url).fragment)["q"] == [sql]


def test_every_mart_can_be_read_without_extensions(page: Page, warehouse: Path) -> None:
    names = first_rows(
        warehouse,
        "SELECT table_name FROM information_schema.tables WHERE table_schema IN ('marts', 'core') ORDER BY table_name",
    )
    marts = first_rows(
        warehouse, "SELECT DISTINCT table_schema || '.' || table_name FROM information_schema.tables ORDER BY ALL"
    )
    assert names.total < marts.total
    counts = " UNION ALL ".join(f"(SELECT '{name}' AS name FROM {name} LIMIT 1)" for (name,) in marts.rows)
    filled = first_rows(warehouse, counts).total
    assert ask(page, counts).startswith(f"{filled} rows")


@pytest.mark.parametrize("has_ranges", [True, False])
def test_only_the_parts_that_a_question_needs_are_fetched(
    browser: Browser, data: Path, warehouse: Path, record_property: Any, has_ranges: bool
) -> None:
    size = warehouse.stat().st_size
    with serving(data, has_ranges=has_ranges) as app, opened(browser, app.address) as page:
        page.goto(f"{app.address}sql/#q={quote(ready_question('nursing_by_region').sql)}")
        page.locator("#run").click()
        page.wait_for_selector("#ask[data-state=ready]")
        shown = page.locator("#answer tbody tr").count()
        size_told = page.locator("#size").inner_text()
        fetched = app.bytes_of("workforce.duckdb")
        gets = [each for each in app.of("workforce.duckdb") if each.method == "GET"]
        record_property("bytes", fetched)
    assert shown == first_rows(warehouse, ready_question("nursing_by_region").sql).total
    if has_ranges:
        assert {each.status for each in gets} == {206}
        assert 0 < fetched < size / 2
        assert "the parts that a question needs" in size_told
    else:
        assert [(each.status, each.size) for each in gets] == [(200, size)]
        assert "whole database" in size_told


AWKWARD = """
SELECT '5E1' AS code, '2023-05' AS edition, '007' AS digits, '=1+1' AS formula, '-2+3' AS minus, '-5' AS negative_text,
    DATE '2023-05-31' AS day, TRUE AS yes, NULL AS nothing, 1.5::DOUBLE AS number, 12.50::DECIMAL(9, 2) AS money,
    9007199254740993::BIGINT AS large, 'a "b", c' AS quoted, [1, 2] AS listed,
    TIMESTAMP '2024-01-02 03:04:05' AS moment,
    sum(x)::HUGEINT AS total
FROM range(3) AS numbers(x)
"""


def test_codes_stay_text_and_formulas_do_not_run(page: Page) -> None:
    ask(page, AWKWARD)
    content = download(page, "csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    names, row = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert dict(zip(names, row, strict=True)) == {
        "code": "5E1",
        "edition": "2023-05",
        "digits": "007",
        "formula": "'=1+1",
        "minus": "'-2+3",
        "negative_text": "'-5",
        "day": "2023-05-31",
        "yes": "true",
        "nothing": "",
        "number": "1.5",
        "money": "12.5",
        "large": "9007199254740993",
        "quoted": 'a "b", c',
        "listed": "1, 2",
        "moment": "2024-01-02 03:04:05",
        "total": "3",
    }
    book = openpyxl.load_workbook(io.BytesIO(download(page, "xlsx").read_bytes()))
    assert book.sheetnames == ["Answer", "About"]
    names, cells = book["Answer"].iter_rows()
    found = {name.value: cell for name, cell in zip(names, cells, strict=True)}
    for name in ("code", "edition", "digits", "formula", "minus", "large"):
        assert found[name].data_type == "s", name
    assert (found["code"].value, found["edition"].value, found["formula"].value) == ("5E1", "2023-05", "=1+1")
    assert (found["number"].value, found["money"].value, found["yes"].value) == (1.5, 12.5, True)
    assert found["day"].value == datetime(2023, 5, 31)  # noqa: DTZ001 - a day of a spreadsheet has no zone
    about = {line[0].value: line[1].value for line in book["About"].iter_rows()}
    assert "made up for a trial" in about["Illustrative"]
    assert (about["Release"], about["SQL"]) == (RELEASE, AWKWARD.strip())


def test_a_name_that_is_html_is_shown_as_text(page: Page) -> None:
    ask(
        page,
        f"SELECT DISTINCT org_name, 1 AS n FROM marts.board_roles WHERE org_code = '{RENAMED}' UNION ALL SELECT 'x', 2",
    )
    assert page.locator("#answer tbody td", has_text=HTML_NAME).count() == 1
    assert page.locator("#answer svg text", has_text="<script>").count() == 1
    assert page.locator("#answer script").count() == 0
    book = openpyxl.load_workbook(io.BytesIO(download(page, "xlsx").read_bytes()))
    assert HTML_NAME in {row[0].value for row in book["Answer"].iter_rows()}


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM marts.vacances", 'Did you mean "vacancies"'),
        ("SELEC 1", "syntax error"),
        ("CREATE TABLE marts.mine AS SELECT 1", "read-only"),
        ("SET autoload_known_extensions = true", "locked"),
        ("LOAD spatial", "another host"),
        ("SELECT * FROM read_parquet('https://example.invalid/x.parquet')", "another host"),
    ],
)
def test_what_does_not_work_is_said_in_words(page: Page, sql: str, words: str) -> None:
    assert words in ask(page, sql)
    assert ask(page, f"SELECT 1 AS one -- {sql}").startswith("1 row in")


def test_a_long_answer_is_cut_with_a_message(page: Page) -> None:
    told = ask(page, "SELECT x, 'name ' || x AS name FROM range(60000) AS numbers(x)")
    assert "There are more rows: the first 50,000 are kept" in told
    assert page.locator("#answer tbody tr").count() == 500
    assert len(download(page, "csv").read_text(encoding="utf-8-sig").splitlines()) == 50_001


def test_a_question_can_be_cancelled_and_another_asked(page: Page) -> None:
    runs = int(page.locator("#ask").get_attribute("data-runs") or 0)
    endless = "SELECT count(*) FROM range(3000000) AS a, range(3000000) AS b WHERE a.range + b.range = 7"
    page.evaluate("text => { location.hash = 'q=' + encodeURIComponent(text) }", endless)
    page.locator("#cancel").click()
    page.wait_for_selector(f"#ask[data-state=ready][data-runs='{runs + 1}']")
    assert "Cancelled." in page.locator("#wrong").inner_text()
    assert ask(page, "SELECT count(*) AS n FROM marts.vacancies").startswith("1 row in")


def test_a_link_to_a_question_brings_its_answer(page: Page) -> None:
    ask(page, "SELECT 'another' AS question")
    page.locator("#ready").evaluate("node => { node.open = true }")
    page.get_by_role("link", name=ready_question("highest_rates").title).click()
    page.wait_for_selector("#answer thead th:has-text('vacancy_rate_percent')")
    assert page.locator("#editor .cm-content").inner_text().startswith("SELECT")


def test_keyboard_alone_leaves_the_editor_completes_and_runs(page: Page) -> None:
    page.locator("#editor .cm-content").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.type("SELECT count(*) AS n FROM marts.vacancies_ad")
    page.wait_for_selector("#editor .cm-tooltip-autocomplete li[aria-selected]:has-text('vacancies_advertised')")
    page.wait_for_timeout(200)  # the editor does not take Enter for a choice in the moment a list appears
    page.keyboard.press("Enter")
    page.keyboard.type(" WHERE regio")
    page.wait_for_selector("#editor .cm-tooltip-autocomplete li:has-text('region_name')")
    page.keyboard.press("Escape")
    page.keyboard.type("n_name IS NOT NULL")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "run"
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer thead th:has-text('n')")
    page.wait_for_selector("#ask[data-state=ready]")
    assert page.locator("#told").inner_text().startswith("1 row in")
    page.locator("#filter").focus()
    page.keyboard.type("disparity")
    assert page.locator("#tables > details > details:not([hidden]) > summary").all_inner_texts() == [
        "leadership_pipeline",
        "pipeline_band",
    ]
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Put disparity_ratio into the editor").press("Enter")
    assert "disparity_ratio" in page.locator("#editor .cm-content").inner_text()
    page.locator("#filter").fill("")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_axe_finds_nothing_on_the_page_with_an_answer(
    browser: Browser, server: CountingServer, width: int, scheme: str
) -> None:
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    with opened(
        browser, server.address, viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    ) as page:
        page.goto(f"{server.address}sql/#q={quote(ready_question('nursing_by_region').sql)}")
        page.locator("#run").click()
        page.wait_for_selector("#ask[data-state=ready]")
        page.locator("#tables > details").first.evaluate("node => { node.open = true }")
        page.locator("#tables > details > details > summary").first.click()
        page.locator("#ready summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate(axe)
        assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in page.evaluate(AXE, RULES)] == []
        page.emulate_media(media="print")
        assert page.locator("#answer table").is_visible()
        assert page.locator("#answer .asked code").is_visible()
        assert page.locator(".banner").is_visible()
        assert not page.locator("#ask").is_visible()
