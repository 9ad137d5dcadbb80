"""Templates to files: the Jinja2 environment, its filters, and what every page knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from transforms.plain_text import plain_lines
from transforms.value_status import STATUS_WORDS
from warehouse.asking import formats
from warehouse.site.charts.colours import colour
from warehouse.site.charts.drawings import Drawings
from warehouse.site.formats import PageTable
from warehouse.site.provenance import Printed, Sources

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'self'"
)
"""No script or style but the site's own files, and no request to another host."""

SQL_CONTENT_SECURITY_POLICY = CONTENT_SECURITY_POLICY.replace(
    "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'"
).replace("connect-src 'self'", "connect-src 'self' blob:")
"""The same for the page for SQL in the browser, which compiles WebAssembly in a worker, handed to it as a blob."""

SQL_FOLDER = "sql/"
"""The folder of the page for SQL in the browser; other pages lead to it only where it is there."""


@dataclass(frozen=True)
class SiteFacts:
    """What every page says of its release.

    `release` is its id, `built_at` a UTC time, `figure_kind` 'published' or 'illustrative', `withheld` the series left
    out because they may not be passed on, `has_docs` whether Data Docs are served beside the site, `address` where the
    site is served, with a / at its end, or '' where that is not known.
    """

    release: str
    built_at: str
    figure_kind: str
    code_version: str
    withheld: tuple[str, ...] = ()
    has_docs: bool = True
    address: str = ""

    @property
    def is_illustrative(self) -> bool:
        """Whether the figures are made up for a trial."""
        return self.figure_kind == "illustrative"

    @property
    def public_warehouse(self) -> str:
        """Where the release's file that may be passed on is served, below the root of the site."""
        return f"releases/{self.release}/{'public/' * bool(self.withheld)}workforce.duckdb"


@dataclass
class Pages:
    """A folder that pages are written to, and the charts drawn for them."""

    root: Path
    facts: SiteFacts
    navigation: tuple[tuple[str, str], ...]
    drawings: Drawings = field(default_factory=Drawings)
    written: list[str] = field(default_factory=list)
    environment: Environment = field(init=False)

    def __post_init__(self) -> None:
        self.environment = Environment(
            loader=PackageLoader("warehouse.site", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters |= {
            "show": lambda value, name: "no figure" if value is None else formats.show(name, value),
            "day": formats.day,
            "moment": formats.moment,
            "slug": slug,
            "printed_rows": printed_rows,
            "rows_with_sources": rows_with_sources,
            "as_printed": as_printed,
            "size": size,
        }
        self.environment.globals |= {
            "facts": self.facts,
            "navigation": self.navigation,
            "csp": CONTENT_SECURITY_POLICY,
            "colour": colour,
            "status_words": STATUS_WORDS,
        }

    def write(self, address: str, template: str, context: Mapping[str, Any]) -> None:
        """Write the page at `address`, a folder such as 'vacancies/' or '' for the front page.

        Raises Jinja2's `UndefinedError` where the template names something that is not given.
        """
        root = "../" * address.count("/") or "./"
        sql_page = f"{root}{SQL_FOLDER}" if (self.root / SQL_FOLDER).exists() else ""
        known = {"root": root, "address": address, "sql_page": sql_page}
        text = self.environment.get_template(template).render(**known, **context)
        self.put(f"{address}index.html", squeezed(text))

    def put(self, name: str, text: str) -> None:
        """Write a text file of the site, without control characters that a publisher's name may hold."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(plain_lines(text), encoding="utf-8")
        self.written.append(name)

    def put_map(self) -> None:
        """Write robots.txt, and sitemap.xml where the address of the site is known. Call it after the last page.

        Search engines are asked to leave illustrative figures alone.
        """
        rules = ["User-agent: *", "Disallow: /" if self.facts.is_illustrative else "Allow: /"]
        if self.facts.address:
            addresses = [
                self.facts.address + name.removesuffix("index.html") for name in self.written if ".html" in name
            ]
            self.put("sitemap.xml", self.environment.get_template("sitemap.xml").render(addresses=addresses))
            rules.append(f"Sitemap: {self.facts.address}sitemap.xml")
        self.put("robots.txt", "\n".join(rules) + "\n")

    def copy_static(self) -> None:
        """Copy style sheet, script and icon."""
        for item in sorted(files("warehouse.site").joinpath("static").iterdir(), key=lambda item: item.name):
            self.put(f"static/{item.name}", item.read_text(encoding="utf-8"))


def squeezed(page: str) -> str:
    """A page without indentation and empty lines, except in preformatted text."""
    parts = re.split(r"(<pre.*?</pre>)", page, flags=re.DOTALL)
    return "".join(part if part.startswith("<pre") else _squeezed(part) for part in parts).lstrip()


def _squeezed(part: str) -> str:
    """Text in which each line break, with the white space around it, is one line break."""
    first, *lines = part.split("\n")
    if not lines:
        return part
    *between, last = lines
    kept = [stripped for line in between if (stripped := line.strip())]
    return "\n".join([first.rstrip(), *kept, last.lstrip()])


def svg(drawn: str) -> Markup:
    """A chart drawn here, which the template is to put in as it is: its texts are escaped already."""
    return Markup(drawn)  # noqa: S704 - made by warehouse.site.charts, which escapes every text in it


def slug(name: str) -> str:
    """A name as a part of an address: lower case, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def size(number: int) -> str:
    """A number of bytes as people say it, in units of 1,000: 12 kB, 3.4 MB."""
    if number < 1_000_000:
        return f"{max(1, round(number / 1_000)):,}\u00a0kB"
    return f"{number / 1_000_000:,.1f}\u00a0MB"


def rows_with_sources(table: PageTable, sources: Mapping[str, Sources], page: str) -> Markup:
    """The rows of a table as HTML, each with a link to where its figure is printed on `page`, if any has `sources`."""
    lines = []
    for row in table.rows:
        link = ""
        if found := sources.get(row.figure_id):
            link = f'<td><a href="{escape(page)}#{escape(row.figure_id)}">{escape(found.words)}</a></td>'
        elif sources:
            link = "<td>–</td>"
        lines.append(f"<tr>{row.html}{link}</tr>")
    return Markup("\n".join(lines))  # noqa: S704 - every text in it is escaped


def printed_rows(figure: Mapping[str, Any]) -> Markup:
    """The rows of a table of sources for a figure with its id, in words, and with its sources: one for each sheet.

    In a template they took twice as long, and a site has 15,000 of them.
    """
    first = f'<tr id="{escape(figure["id"])}"><th scope="row">{escape(figure["words"])}</th>'
    rows = [
        f"{'<tr><td></td>' if number else first}{printed_in(printed)}</tr>"
        for number, printed in enumerate(figure["sources"].printed)
    ]
    return Markup("\n".join(rows))  # noqa: S704 - every text in it is escaped


def printed_in(printed: Printed) -> Markup:
    """The cells of a table that say where a figure is printed: edition, sheet and cells, file, revisions."""
    sheet = f"{escape(printed.sheet)} " if printed.sheet else ""
    value = "" if printed.value is None else f": {as_printed(printed.value)}"
    among = " (made from some of them)" if printed.among else ""
    file = escape(printed.file_sha256[:12])
    return Markup(  # noqa: S704 - every text in it is escaped
        f'<td>{escape(printed.edition)}</td><td>{sheet}<span class="cell">'
        f"{escape(listed(printed.cells, printed.number))}</span>{value}{among}</td>"
        f'<td><a class="cell" href="#file-{file}">{file}</a></td><td>{escape(printed.revised or "none")}</td>'
    )


def as_printed(value: float) -> str:
    """A published number with all its digits."""
    return f"{value:,.10g}"


def listed(cells: tuple[str, ...], number: int) -> str:
    """Cells in words, with how many more there are."""
    named = ", ".join(cells)
    return named if number <= len(cells) else f"{named} and {number - len(cells):,} more"
