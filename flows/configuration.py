"""What an operator keeps in the folder `config` of the data folder: read and checked before a refresh does anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from expectations.hand_kept import CSV_TABLES, Lines, example, packaged, read_operators
from flows.fetching.publishers.registered import EXAMPLE, addresses_and_errors, registered_files
from warehouse.building.corrections import FILE, corrections_and_errors, read_corrections
from warehouse.errors import ConfigurationMalformed
from warehouse.folder import DataFolder

CORRECTIONS = "corrections.toml"


@dataclass(frozen=True)
class FileReport:
    """What was read of one file of the operator's: its entries (None: there is no such file) and its errors.

    `packaged` is the number of entries of the list of the same name in the code.
    """

    path: Path
    packaged: int
    entries: int | None
    errors: Sequence[ConfigurationMalformed] = ()


@dataclass(frozen=True)
class Configuration:
    """The operator's lists: `lines` of known failures, limits and exceptions, and `corrections` of misprints."""

    lines: Lines = field(default_factory=dict)
    corrections: Sequence[Sequence[object]] = ()

    @property
    def digest(self) -> str:
        """Hash of all entries, the same whatever comments surround them; '' where there is none."""
        entries = {name: [line.values for line in lines] for name, lines in self.lines.items() if lines}
        if not entries and not self.corrections:
            return ""
        text = json.dumps([entries, list(self.corrections)], default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def read_configuration(folder: DataFolder) -> tuple[Configuration, list[FileReport]]:
    """The operator's lists as far as they can be used, and a report on each file."""
    lines, errors = read_operators(folder.config)
    reports = [
        FileReport(
            path := folder.config / kept.file,
            len(packaged()[name]),
            len(lines[name]) if name in lines else None,
            errors.get(kept.file, []),
        )
        for name, kept in CSV_TABLES.items()
    ]
    path = folder.config / CORRECTIONS
    corrections, wrong = (
        corrections_and_errors(path.read_text("utf-8", "replace"), file=str(path)) if path.exists() else ([], [])
    )
    ready_made = len(read_corrections(FILE.read_text(encoding="utf-8")))
    reports.append(FileReport(path, ready_made, len(corrections) if path.exists() else None, wrong))
    for path in registered_files(folder):
        found, wrong = addresses_and_errors(path)
        known = _registered_in_the_catalogue()
        reports.append(FileReport(path, known, sum(map(len, found.values())) if path.exists() else None, wrong))
    return Configuration(lines, corrections), reports


def load_configuration(folder: DataFolder) -> Configuration:
    """The operator's lists. Raises `ConfigurationMalformed` for the first wrong entry, and says how many there are."""
    configuration, reports = read_configuration(folder)
    errors = [error for report in reports for error in report.errors]
    if errors:
        first = errors[0]
        if len(errors) > 1:
            first.do = f"{first.do}; `workforce check-config` lists all {len(errors)} errors"
        first.args = (str(first),)
        raise first
    return configuration


def write_examples(folder: DataFolder) -> list[Path]:
    """Write each file of the operator's that is not there, with a commented example; return what was written."""
    texts = {kept.file: example(name) for name, kept in CSV_TABLES.items()}
    texts[CORRECTIONS] = FILE.read_text(encoding="utf-8").replace("# There is no correction at present.\n", "")
    texts["registered.toml"] = EXAMPLE
    folder.config.mkdir(parents=True, exist_ok=True)
    written = [folder.config / name for name in texts if not (folder.config / name).exists()]
    for path in written:
        path.write_text(texts[path.name], encoding="utf-8")
    return written


def _registered_in_the_catalogue() -> int:
    from transforms.series import CATALOGUE

    return sum(len(series.registered) for series in CATALOGUE.values())
