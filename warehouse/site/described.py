"""What a page says to programs: schema.org's `Dataset`, and how to cite a release or a mart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from warehouse.exports.facts import MartFacts, Rights
from warehouse.exports.workbook import ILLUSTRATIVE
from warehouse.site.render import SiteFacts

MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
NAME = "NHS Workforce"


@dataclass(frozen=True)
class Citation:
    """A citation as a sentence and as BibTeX."""

    text: str
    bibtex: str


def citation(facts: SiteFacts, address: str, mart: MartFacts | None, attributions: Sequence[str]) -> Citation:
    """How to cite a release, or a mart of it. `address`: where it stays, '' where the site's address is not known."""
    built = datetime.fromisoformat(facts.built_at)
    title = f"{NAME}: {mart.name}" if mart else NAME
    kind = "Illustrative figures, not statistics. " if facts.figure_kind == "illustrative" else ""
    where = f" {address}" if address else ""
    stated = " ".join(attributions)
    text = f"{title}, release {facts.release} ({built.day} {built:%B %Y}).{where} {kind}{stated}"
    fields = {
        "title": f"{{{title}}}",
        "author": f"{{{NAME}}}",
        "year": f"{built:%Y}",
        "month": f"{built:%b}".lower(),
        "version": facts.release,
        "url": address,
        "note": f"{kind}{stated}",
    }
    lines = [f"  {name} = {{{_tex(value) if name != 'url' else value}}}," for name, value in fields.items() if value]
    key = re.sub(r"[^a-z0-9]+", "-", f"nhs-workforce-{facts.release}{f'-{mart.name}' if mart else ''}".lower())
    return Citation(text.strip(), "\n".join([f"@misc{{{key},", *lines, "}"]))


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", text)


def dataset_of_mart(mart: MartFacts, facts: SiteFacts, files: Mapping[str, int], place: str) -> dict[str, Any]:
    """A mart as schema.org's Dataset. `place`: address of its files without their ending; `files`: bytes by ending."""
    return _dataset(f"{NAME}: {mart.name}", _about(mart), facts, mart.rights) | {
        "variableMeasured": [
            {"@type": "PropertyValue", "name": column.name, "description": column.about} for column in mart.columns
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": MEDIA_TYPES[ending],
                "contentUrl": f"{place}.{ending}",
                "contentSize": f"{size} B",
            }
            for ending, size in files.items()
            if ending in MEDIA_TYPES
        ],
        "includedInDataCatalog": {"@type": "DataCatalog", "name": NAME},
    }


def dataset_of_release(
    facts: SiteFacts, rights: Sequence[Rights], root: str, marts: Mapping[str, str]
) -> dict[str, Any]:
    """The whole release as schema.org's Dataset. `marts`: address of the page of each mart, by name."""
    about = (
        "Published NHS workforce statistics of England in one DuckDB file, each figure with the cell it was printed in."
    )
    kind = f"{ILLUSTRATIVE} " if facts.figure_kind == "illustrative" else ""
    return _dataset(NAME, kind + about, facts, rights) | {
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/vnd.duckdb",
                "contentUrl": f"{root}published/workforce.duckdb",
            }
        ],
        "hasPart": [{"@type": "Dataset", "name": f"{NAME}: {name}", "url": page} for name, page in marts.items()],
    }


def _dataset(name: str, about: str, facts: SiteFacts, rights: Sequence[Rights]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": name,
        "description": about,
        "version": facts.release,
        "dateModified": facts.built_at,
        "isAccessibleForFree": True,
        "license": sorted({each.licence_address or each.licence for each in rights}),
        "creditText": " ".join(each.attribution for each in rights),
        "creator": [{"@type": "Organization", "name": each} for each in sorted({each.publisher for each in rights})],
        "isBasedOn": sorted({each.landing for each in rights} - {""}),
        "inLanguage": "en-GB",
        "spatialCoverage": {"@type": "Place", "name": "England"},
    }


def _about(mart: MartFacts) -> str:
    parts = [ILLUSTRATIVE if mart.is_illustrative else "", mart.about, f"Grain: {mart.grain}", mart.caveats]
    return " ".join(filter(None, parts))[:5000]
