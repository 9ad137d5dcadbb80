"""Names and titles that do harm where they are run instead of shown, and checks of what is published with them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import duckdb
from markdown_it import MarkdownIt
from rich.markup import escape
from selectolax.lexbor import LexborHTMLParser

from flows.cli.answer import show_rows
from flows.cli.consoles import PlainConsole
from flows.service.notices import Notice, mail_of
from flows.settings import Settings
from flows.summary import escaped
from transforms.errors import WorkforceError
from transforms.plain_text import plain_lines
from warehouse.exports.facts import mart_facts
from warehouse.exports.write import export_mart
from warehouse.site.render import SiteFacts
from warehouse.site.write import write_site

TEXTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></head><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "--><svg onload=alert(1)>",
    "]]><script>alert(1)</script>",
    "<iframe src=javascript:alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "{{ 7 * 7 }}{% raw %}${7*7}",
    "'; DROP TABLE core.workforce; --",
    '"; DROP TABLE core.workforce; --',
    "[x](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    "**bold** `code` | cell",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://example.org","x")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "\u202egnp.exe",
    "a\u200bb\ufeffc",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "a\x00b",
    "a\x08\x08b",
    "line\r\nSet-Cookie: x=1",
    "line\nERROR forged",
    "line\u2028separator",
    "%0d%0aX: y",
    "../../../etc/passwd",
    "con.xlsx",
    "[red]markup of rich[/red]",
    "x" * 5_000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "a\u0301\u0301\u0301\u0301\u0301",
    "\ud7ff\ue000\ufffd",
]
"""Each is published as the name of an organisation."""

FACTS = SiteFacts("2026-11-22.1", "2026-11-22T10:00:00+00:00", "illustrative", "0.1.0", address="https://example.org/")
MANIFEST = {
    "release": FACTS.release,
    "built_at": FACTS.built_at,
    "figure_kind": FACTS.figure_kind,
    "code_version": FACTS.code_version,
    "editions": {"wres": TEXTS[:3]},
    "rows": {},
    "checks": {"passed": 3},
    "left_out_of_public_copy": {},
    "address": "",
    "marts": {},
}
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Shown:
    """One text in one kind of output, and what was wrong: nothing, if it was shown as text."""

    output: str
    text: str
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.output}, {self.text[:60]!a}: {'; '.join(self.wrong) or 'shown as text'}"


def renamed(warehouse: Path, to: Path) -> dict[str, str]:
    """Copy a warehouse, and give its organisations the texts as names; return the texts by code.

    Where there are fewer organisations than texts, the first ones have two, one behind the other.
    """
    shutil.copyfile(warehouse, to)
    # DuckDB's UPDATE from a parameter takes no NUL; files that hold one are tried by the drill of inputs.
    texts = [each.replace("\x00", "") for each in TEXTS]
    with duckdb.connect(to) as con:
        codes = [code for (code,) in con.execute("SELECT org_code FROM marts.organisation_today ORDER BY 1").fetchall()]
        by_code = {code: " ".join(texts[place :: len(codes)]) for place, code in enumerate(codes) if place < len(texts)}
        con.execute("CREATE TEMP TABLE renamed (code VARCHAR, name VARCHAR)")
        con.executemany("INSERT INTO renamed VALUES (?, ?)", list(by_code.items()))
        for schema, table, column in con.execute("""
            SELECT schema_name, table_name, names.column_name
            FROM duckdb_columns() AS names
            INNER JOIN duckdb_columns() AS codes USING (schema_name, table_name)
            INNER JOIN duckdb_tables() USING (schema_name, table_name)
            WHERE codes.column_name = replace(names.column_name, '_name', '_code')
                AND names.column_name IN ('org_name', 'today_name')
        """).fetchall():
            code = column.replace("_name", "_code")
            con.execute(
                f"UPDATE {schema}.{table} AS t SET {column} = r.name FROM temp.renamed AS r WHERE t.{code} = r.code"
            )
    return by_code


def published(warehouse: Path, root: Path) -> Iterator[Shown]:
    """Publish the site and the exports of two marts with the texts as names, and look for what runs."""
    path = root / "workforce.duckdb"
    names = renamed(warehouse, path)
    write_site(path, root / "site", FACTS, [MANIFEST])
    for page in sorted((root / "site").rglob("*.html")):
        name = page.relative_to(root / "site").as_posix()
        yield Shown(f"page {name}", "", tuple(_wrong_with_page(page.read_text(encoding="utf-8"), root / "site")))
    for name in ("feed.xml", "sitemap.xml"):
        yield Shown(name, "", tuple(_wrong_with_xml((root / "site" / name).read_bytes())))
    listed = json.loads((root / "site" / "organisations.json").read_text(encoding="utf-8"))
    yield Shown("organisations.json", "", () if listed else ("it is empty",))
    text = _squeezed(
        "".join(
            LexborHTMLParser(page.read_text(encoding="utf-8")).text(deep=True, separator=" ")
            for page in (root / "site" / "organisations").rglob("*.html")
        )
    )
    for code, each in names.items():
        if not (root / "site" / "organisations" / code.lower()).exists():
            continue
        # Names in capitals are shown in lower case.
        shown = _squeezed(plain_lines(each))[:60]
        yield Shown("site", each, () if shown in text else ("the name is nowhere",))
    with duckdb.connect(path, read_only=True) as con:
        for mart in mart_facts(con):
            if mart.name in EXPORTED:
                export_mart(con, mart, root)
                yield from _exported(root, mart.name)


EXPORTED = ("organisation_today", "organisation")
"""Marts whose exports are looked at: they hold every name."""


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def _wrong_with_page(page: str, site: Path) -> Iterator[str]:
    """What runs, or could run, in a page."""
    for node in LexborHTMLParser(page).css("*"):
        attributes = {name: value or "" for name, value in node.attributes.items()}
        yield from (f"{node.tag} has {name}" for name in attributes if name.startswith("on"))
        for name in ("href", "src", "action", "formaction", "data", "xlink:href"):
            address = "".join(attributes.get(name, "").split()).lower()
            if address.startswith(("javascript:", "data:", "vbscript:")):
                yield f"{node.tag} leads to {address[:40]}"
        if node.tag in {"iframe", "object", "embed", "base", "img"}:
            yield f"an element {node.tag}"
        if node.tag == "script" and attributes.get("type") == "application/ld+json":
            json.loads(node.text())
        elif node.tag == "script" and "src" not in attributes:
            yield f"a script {node.text()[:40]!r}"
    if found := CONTROLS.search(page):
        yield f"the control character {found[0]!a}"


def _wrong_with_xml(content: bytes) -> Iterator[str]:
    try:
        tree = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        yield str(error)
        return
    tags = {each.tag.rpartition("}")[2] for each in tree.iter()}
    yield from (f"an element {tag}" for tag in tags & {"script", "img", "svg", "iframe"})


def _exported(root: Path, mart: str) -> Iterator[Shown]:
    """Each text cell of the CSV, and the sheets of the workbook."""
    rows = list(csv.reader(io.StringIO((root / f"{mart}.csv").read_text(encoding="utf-8-sig"))))
    for cell in sorted({cell for row in rows for cell in row}):
        is_number = re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell)
        yield Shown(f"{mart}.csv", cell, () if is_number or not FORMULA.match(cell) else ("a formula",))
    with zipfile.ZipFile(root / f"{mart}.xlsx") as book:
        for member in book.namelist():
            if member.endswith(".xml"):
                content = book.read(member)
                wrong = [*_wrong_with_xml(content), *(["a formula"] if b"<f>" in content or b"<f " in content else [])]
                yield Shown(f"{mart}.xlsx", member, tuple(wrong))


def told(text: str) -> Iterator[Shown]:
    """Show one text in the terminal, the summary of a run, an error and the subject of a mail."""
    for forced in (False, True):
        drawn = io.StringIO()
        console = PlainConsole(file=drawn, width=80, force_terminal=forced, color_system=None)
        show_rows(["name"], [False], [[text], ["other"]], console)
        console.print(escape(text), highlight=False)
        yield Shown("terminal" if forced else "pipe", text, tuple(_controls(drawn.getvalue().replace("\n", ""))))
    document = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(escaped(text))
    kinds = {each.type for token in document for each in (token, *(token.children or []))}
    harmful = kinds & {"html_block", "html_inline", "link_open", "image", "code_inline", "strong_open", "table_open"}
    yield Shown("summary", text, (*sorted(harmful), *_controls(escaped(text))))
    error = str(WorkforceError(text, file=text, sheet=text, found=text, expected=text))
    yield Shown("error and log", text, (*_controls(error), *(["a line break"] if "\n" in error else [])))
    notice = Notice("failed", f"The refresh {text} failed", text)
    subject = mail_of(notice, Settings(mail_to="a@example.org"))["Subject"]
    yield Shown("subject of a mail", text, ("a line break",) if "\n" in subject or "\r" in subject else ())


def _controls(text: str) -> list[str]:
    found = CONTROLS.search(text) or re.search("[\u202a-\u202e\u2066-\u2069]", text)
    return [f"the control character {found[0]!a}"] if found else []
