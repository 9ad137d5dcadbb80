"""What the manifests of the releases at hand say changed from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WITHHELD = "left_out_of_public_copy"
"""Key of a manifest: the series that may not be passed on, each with its core tables; {} where the release has none."""


FIGURES = "figures_changed"
"""Key of a manifest: the figures that differ from the release `before`, as `figure_changes` gives them."""


@dataclass(frozen=True)
class Change:
    """One release against the one before it: in a sentence, new editions, tables with other numbers of rows."""

    release: str
    built_at: str
    code_version: str
    sentence: str
    editions: tuple[str, ...]
    tables: tuple[tuple[str, int, int], ...]
    checks: Mapping[str, int]
    figures: Mapping[str, Any] | None = None

    @property
    def has_figures(self) -> bool:
        """Whether the figures that changed are known, and there are any."""
        return bool(self.figures and self.figures["tables"])


def changes(manifests: Sequence[Mapping[str, Any]]) -> list[Change]:
    """The changes of each release, newest first, without withheld series. `manifests` come oldest first."""
    found = []
    for number, manifest in enumerate(manifests):
        before = manifests[number - 1] if number else None
        found.append(_change(manifest, before))
    return found[::-1]


def _change(manifest: Mapping[str, Any], before: Mapping[str, Any] | None) -> Change:
    editions, rows = _public(manifest)
    old_editions, old_rows = _public(before) if before else ({}, {})
    fresh = tuple(
        f"{series}: edition {edition}"
        for series, listed in sorted(editions.items())
        for edition in listed
        if edition not in old_editions.get(series, [])
    )
    tables = tuple(
        (name, old_rows.get(name, 0), rows.get(name, 0))
        for name in sorted({*rows, *old_rows})
        if name.startswith("core.") and rows.get(name, 0) != old_rows.get(name, 0)
    )
    if before is None:
        sentence = (
            f"The oldest release kept here: {sum(map(len, editions.values()))} editions of {len(editions)} series."
        )
        fresh = ()
    elif fresh:
        sentence = f"{len(fresh)} new edition{'s' * (len(fresh) > 1)}."
    else:
        sentence = "No new edition; the same files were built again."
    return Change(
        manifest["release"],
        manifest["built_at"],
        manifest["code_version"],
        sentence,
        fresh,
        tables if before else (),
        manifest.get("checks", {}),
        manifest.get(FIGURES),
    )


def _public(manifest: Mapping[str, Any]) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Editions and rows without those of series that may not be passed on."""
    withheld = manifest.get(WITHHELD) or {}
    tables = {f"core.{table}" for listed in withheld.values() for table in listed}
    editions = {series: list(listed) for series, listed in manifest["editions"].items() if series not in withheld}
    return editions, {name: number for name, number in manifest["rows"].items() if name not in tables}
