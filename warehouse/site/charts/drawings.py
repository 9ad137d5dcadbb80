"""SVG of charts, kept with a release so that the next one need not draw again what has not changed.

The renderer takes 0.5 s CPU to begin, as long as all pages of topics together; most editions change no chart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warehouse.archive import sha256_of

CHARTS = "charts.json"
"""File of a release: the SVG of each chart of its site, by the digest of what it was drawn from."""


@dataclass(frozen=True)
class Drawings:
    """SVG by the digest of its specification and renderer: `earlier` of the release before, `drawn` for this one."""

    earlier: Mapping[str, str] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)

    def svg(self, specification: Mapping[str, Any]) -> str:
        """The SVG of a specification in Vega-Lite, as the renderer makes it."""
        renderer = f"vl-convert-python {version('vl-convert-python')}"
        digest = hashlib.sha256(f"{renderer}\n{json.dumps(specification)}".encode()).hexdigest()
        if digest not in self.drawn:
            self.drawn[digest] = self.earlier.get(digest) or _rendered(specification)
        return self.drawn[digest]


def kept_charts(release: Path) -> dict[str, str]:
    """The charts kept with a release; none where it has none, or no longer those that it published."""
    path, sums = release / CHARTS, release / "SHA256SUMS"
    if not path.exists() or f"{sha256_of(path)}  {CHARTS}" not in sums.read_text().splitlines():
        return {}
    charts: dict[str, str] = json.loads(path.read_text())
    return charts


def _rendered(specification: Mapping[str, Any]) -> str:
    import vl_convert

    return vl_convert.vegalite_to_svg(dict(specification))
