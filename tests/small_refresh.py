"""Refreshes in this process without what their cost does not depend on: for tests that look at none of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.exports.facts import mart_facts
from warehouse.site.charts.drawings import Drawings
from warehouse.site.render import SiteFacts


def without_idle_rules(patch: pytest.MonkeyPatch) -> None:
    """Let Great Expectations run the rules that look at any row. The others pass, and its overhead is per rule."""
    from expectations import gate
    from expectations.suites import RULES

    check = gate.check

    def check_few(candidate: Path, **how: Any) -> Any:
        with duckdb.connect(candidate, read_only=True) as con:
            idle = gate.without_rows(con, RULES.values())
        return check(candidate, **how, rules={name: rule for name, rule in RULES.items() if name not in idle})

    patch.setattr(gate, "check", check_few)


def with_one_export(patch: pytest.MonkeyPatch) -> None:
    """Export one mart instead of all."""
    patch.setattr(
        "warehouse.exports.write.mart_facts",
        lambda con: [mart for mart in mart_facts(con) if mart.name == "organisation_event"],
    )


def with_one_page(patch: pytest.MonkeyPatch) -> None:
    """Write one page instead of a whole site."""

    def write_one_page(
        warehouse: Path, out: Path, facts: SiteFacts, manifests: list[dict[str, Any]], drawings: Drawings
    ) -> None:
        out.mkdir()
        # The page for SQL in the browser opens the very file that the site is written from.
        served = Path("releases") / facts.release / warehouse.relative_to(out.parent)
        assert facts.public_warehouse == served.as_posix()
        drawings.drawn["a digest"] = drawings.earlier.get("a digest", facts.release)
        (out / "index.html").write_text(f"{facts.release} of {len(manifests)}, from {warehouse.parent.name}")

    patch.setattr("warehouse.publish.write_site", write_one_page)
