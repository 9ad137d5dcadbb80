"""A warehouse of the bundled sample, built without Prefect and without checks, for tests that only ask it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.sample_maker import sample_site
from transforms.series import is_read
from warehouse.archive import Archive, Facts
from warehouse.building.build import Build, build
from warehouse.staging import Staging


@dataclass(frozen=True)
class Sample:
    """The bundled sample's files, archived and built into a warehouse."""

    warehouse: Path
    archive: Archive


def made_in(root: Path) -> Sample:
    """What `make_sample_warehouse` has made below `root`."""
    return Sample(root / "workforce.duckdb", Archive(root / "archive"))


def make_sample_warehouse(root: Path) -> None:
    """Archive and read every file of the sample below `root`, and build a warehouse of them."""
    archive = Archive(root / "archive")
    for series in sample_site():
        for edition in series.editions:
            files = (*edition.files, *(file for data_set in edition.data_sets for file in data_set.files))
            for file in files:
                path = root / "file"
                path.write_bytes(file.content)
                archive.put(
                    path,
                    Facts(
                        series=series.series.value,
                        edition=edition.published_on.isoformat(),
                        publisher="NHS England",
                        file_name=file.name,
                        address=f"https://example.invalid/{file.name}",
                        retrieved_at=f"{edition.published_on}T09:30:00+00:00",
                        published_on=edition.published_on.isoformat(),
                        licence="OGL",
                        attribution="NHS England",
                        figure_kind="illustrative",
                    ),
                )
    staging = Staging(root / "staged", archive)
    staged = [staging.stage(record) for record in archive.records() if is_read(record.series, record.file_name)]
    made = Build("sample", "2026-01-01T00:00:00+00:00", "illustrative", "f", "0")
    build(root / "workforce.duckdb", staged, made)
