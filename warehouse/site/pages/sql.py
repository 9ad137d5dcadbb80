"""The page for SQL in the browser: ready questions, and what its script must know of the release."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from warehouse.asking.questions import ready_question, ready_questions
from warehouse.site.charts.colours import COLOURS
from warehouse.site.frontend import FrontendFile
from warehouse.site.pages.data import SCHEMAS, Described
from warehouse.site.render import SQL_CONTENT_SECURITY_POLICY, SQL_FOLDER, Pages

FIRST = "england_since_2018"
"""The question that stands in the editor at first."""


def write_sql_page(pages: Pages, tables: Sequence[Described], warehouse: Path, built: dict[str, FrontendFile]) -> None:
    """Write the page, its facts as JSON, and copy the built files beside it. `warehouse` is the file it opens."""
    (pages.root / SQL_FOLDER).mkdir(parents=True)
    size, engine = warehouse.stat().st_size, built["duckdb.wasm.gz"].size
    by_topic = {topic: list(group) for topic, group in groupby(ready_questions(), key=lambda each: each.topic)}
    pages.write(
        SQL_FOLDER,
        "sql.html",
        {
            "csp": SQL_CONTENT_SECURITY_POLICY,
            "topics": by_topic,
            "script": built["page.js"].address,
            "engine_megabytes": megabytes(engine),
            "database_megabytes": megabytes(size),
            "all_megabytes": megabytes(engine + size),
        },
    )
    facts = {
        "release": pages.facts.release,
        "illustrative": pages.facts.figure_kind == "illustrative",
        "questions": [
            {"title": each.title, "caveat": each.caveat, "sql": each.with_examples()} for each in ready_questions()
        ],
        "first": ready_question(FIRST).with_examples(),
        "paths": {
            "worker": built["duckdb.worker.js"].address,
            "wasm": built["duckdb.wasm.gz"].address,
            # The address of this release: under `published/` another release may stand while the page is open.
            "database": f"../{pages.facts.public_warehouse}",
        },
        "bytes": {"wasm": engine, "database": size},
        "schemas": SCHEMAS,
        "tables": [
            {"name": table.name, "about": table.about, "columns": table.columns}
            for schema in SCHEMAS
            for table in tables
            if table.schema == schema
        ],
        "colours": COLOURS,
    }
    pages.put(f"{SQL_FOLDER}page.json", json.dumps(facts, ensure_ascii=False, separators=(",", ":")))
    for name, file in built.items():
        shutil.copyfile(file.path, pages.root / SQL_FOLDER / name)
        pages.written.append(f"{SQL_FOLDER}{name}")


def megabytes(size: int) -> str:
    """A number of bytes in megabytes, with one decimal place."""
    return f"{size / 1e6:,.1f}"
