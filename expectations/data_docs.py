"""Data Docs without anything from outside: Great Expectations' pages load styles and scripts from a dozen hosts.

The results are plain HTML already; scripts, foreign styles and images are taken out, one style sheet is put in, and the
front page, whose tables only a script fills, is written anew as a list of the results.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from html import escape
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

LOADED = (
    "script, iframe, object, embed, form, base, meta[http-equiv], link[href*='//'], img[src*='//'], .modal, footer,"
    " .btn-group-toggle"
)
"""Elements that are taken out: what is loaded from outside, and what works only with a script."""
RUNS = ("javascript:", "data:", "vbscript:")
"""Addresses that run something. Great Expectations does not escape the values that it shows."""

RUN = "run.txt"
"""File with the id of the run of which the results are: a build id, or 'check'."""

STYLE = "static/checks.css"
CSS = """\
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 75rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8886; }
td { overflow-wrap: anywhere; }
.failed { font-weight: bold; }
.collapse { display: block; }
img, svg { max-width: 100%; height: auto; }
"""


def make_self_contained(docs: Path, run_id: str) -> None:
    """Rewrite every page below a folder of Data Docs so that it loads nothing from another host."""
    for page in sorted(docs.rglob("*.html")):
        tree = LexborHTMLParser(page.read_text(encoding="utf-8"))
        missing = [
            node for node in tree.css("link[href]") if not (page.parent / (node.attributes["href"] or "")).exists()
        ]
        for node in (*tree.css(LOADED), *missing):
            node.decompose()
        for node in tree.css("*"):
            for name, value in list(node.attributes.items()):
                if name.startswith("on") or "".join((value or "").split()).lower().startswith(RUNS):
                    del node.attrs[name]
        up = "../" * (len(page.relative_to(docs).parts) - 1)
        head = f'<meta charset="utf-8"><link rel="stylesheet" href="{up}{STYLE}"></head>'
        page.write_text((tree.html or "").replace("</head>", head, 1), encoding="utf-8")
    style = docs / STYLE
    style.parent.mkdir(parents=True, exist_ok=True)
    style.write_text(CSS, encoding="utf-8")
    (docs / RUN).write_text(f"{run_id}\n", encoding="utf-8")
    write_front_page(docs)


def tables(docs: Path, run_id: str) -> set[str]:
    """The tables that have a page of results below a folder of Data Docs; none where they are not of that run."""
    run = docs / RUN
    if not run.exists() or run.read_text(encoding="utf-8").strip() != run_id:
        return set()
    return {_table(page.relative_to(docs)) for page in docs.glob("validations/**/*.html")}


def take_over(before: Path, docs: Path, chosen: Collection[str]) -> None:
    """Copy the pages of these tables from other Data Docs, and list them on the front page."""
    for page in before.glob("validations/**/*.html"):
        name = page.relative_to(before)
        if _table(name) in chosen:
            expectations = Path("expectations", *name.parts[1:-3]).with_suffix(".html")
            for each in (name, expectations):
                (docs / each).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(before / each, docs / each)
    write_front_page(docs)


def _table(page: Path) -> str:
    """The table of a page of results: validations/core/workforce/<run>/<time>/<batch>.html."""
    return ".".join(page.parts[1:-3])


def write_front_page(docs: Path) -> None:
    """Write the front page over all pages of results."""
    results = []
    for page in sorted(docs.glob("validations/**/*.html")):
        body = LexborHTMLParser(page.read_text(encoding="utf-8")).body
        results.append((page.relative_to(docs), " ".join(body.text(separator=" ").split()) if body else ""))
    (docs / "index.html").write_text(_front_page(results), encoding="utf-8")


def _front_page(results: list[tuple[Path, str]]) -> str:
    """The front page: each table with its result. `results`: path of the page and its text."""
    rows = "".join(
        f'<tr{" class=failed" if "Status: Failed" in text else ""}><th scope="row">'
        f'<a href="{escape(path.as_posix())}">{escape(_table(path))}</a></th>'
        f"<td>{'not all passed' if 'Status: Failed' in text else 'all passed'}</td></tr>\n"
        for path, text in results
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Checks by table</title>'
        f'<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="{STYLE}"></head><body>\n'
        "<main><h1>Checks by table</h1><table><caption>What each table was checked for is on its page</caption>\n"
        f'<thead><tr><th scope="col">Table</th><th scope="col">Result</th></tr></thead><tbody>\n{rows}</tbody></table>'
        "</main></body></html>\n"
    )
