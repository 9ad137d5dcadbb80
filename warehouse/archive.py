"""The raw archive: every published byte under its SHA-256, with a record of where and when it came from.

    archive/objects/<2 hex>/<sha256>                      the bytes, read-only
    archive/editions/<series>/<edition>/<id>.json         one record per file of an edition: its manifest
    archive/set-aside/<sha256>.json                       an operator's decision not to read a file, with the reason

Append-only: nothing is overwritten or deleted; the same name with new bytes adds a record.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from warehouse.errors import ArchiveDamaged
from warehouse.folder import sync, write_whole

FigureKind = Literal["published", "illustrative"]


@dataclass(frozen=True)
class Facts:
    """What is known of a file when it arrives. Dates and times are ISO text, times in UTC."""

    series: str
    edition: str
    publisher: str
    file_name: str
    address: str
    retrieved_at: str
    licence: str
    attribution: str
    title: str = ""
    media_type: str = ""
    figure_kind: FigureKind = "published"
    page: str = ""
    published_on: str = ""
    coverage: str = ""
    kind_of_statistics: str = ""
    key_facts: str = ""
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Record(Facts):
    """Facts of a file that is in the archive, with its hash and size."""

    sha256: str = field(kw_only=True)
    size_bytes: int = field(kw_only=True)

    @property
    def identity(self) -> str:
        """The same file of the same edition has the same identity, however often it is seen."""
        return hashlib.sha256(f"{self.series}\n{self.edition}\n{self.file_name}\n{self.sha256}".encode()).hexdigest()


@dataclass(frozen=True)
class Stored:
    """A record, and what putting it did: 'new', 'unchanged', or 're-issued' (same name, new bytes)."""

    record: Record
    outcome: Literal["new", "unchanged", "re-issued"]


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Archive:
    """The raw archive below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, path: Path, facts: Facts) -> Stored:
        """Archive a copy of the file at `path`, and its record. The same file of the same edition is kept once."""
        sha256 = self._keep_bytes(path)
        record = Record(**asdict(facts), sha256=sha256, size_bytes=path.stat().st_size)
        place = self._edition(record) / f"{record.identity[:32]}.json"
        if place.exists() and isinstance(known := _read(place), Record):
            return Stored(known, "unchanged")
        reissued = any(other.file_name == record.file_name for other in self._records_below(place.parent))
        write_whole(place, json.dumps(asdict(record), indent=2, ensure_ascii=False).encode())
        return Stored(record, "re-issued" if reissued else "new")

    def records(self) -> list[Record]:
        """Every record that can be read, in the order in which files arrived; the others are `damaged_records`."""
        found = self._records_below(self.root / "editions")
        return sorted(found, key=lambda record: (record.retrieved_at, record.series, record.edition, record.file_name))

    def damaged_records(self) -> list[str]:
        """A sentence for each record that cannot be read: where it lies and what to do."""
        found = (_read(path) for path in _record_files(self.root / "editions"))
        return [str(each) for each in found if isinstance(each, ArchiveDamaged)]

    def has(self, sha256: str) -> bool:
        """Whether these bytes are in the archive."""
        return self._object(sha256).exists()

    def verified(self, record: Record) -> Path:
        """The path of a record's bytes, after checking that they still match their hash.

        Raises `ArchiveDamaged` where they do not, or are gone.
        """
        path = self._object(record.sha256)
        found = sha256_of(path) if path.exists() else "no file"
        if found != record.sha256:
            raise ArchiveDamaged(
                f"archived bytes of {record.series} {record.edition} no longer match their hash",
                file=record.file_name,
                expected=record.sha256,
                found=found,
                do=f"restore {path} from a backup, or take the same file in again; nothing is read from it until then",
            )
        return path

    def set_aside(self, sha256: str, *, reason: str, decided_at: str) -> None:
        """Note an operator's decision that a file is not to be read any more. Its bytes stay."""
        note = {"sha256": sha256, "reason": reason, "decided_at": decided_at}
        write_whole(self.root / "set-aside" / f"{sha256}.json", json.dumps(note, indent=2).encode())

    def aside(self) -> dict[str, str]:
        """Hashes of files set aside, with the reason; one whose note is damaged stays set aside."""
        return {path.stem: _reason(path) for path in sorted((self.root / "set-aside").glob("*.json"))}

    def _keep_bytes(self, path: Path) -> str:
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=incoming)
        os.close(descriptor)
        copy = Path(name)
        try:
            shutil.copyfile(path, copy)
            sha256 = sha256_of(copy)
            place = self._object(sha256)
            # Damaged bytes give way to whole ones of the same hash.
            if not place.exists() or sha256_of(place) != sha256:
                sync(copy)
                copy.chmod(0o444)
                place.parent.mkdir(parents=True, exist_ok=True)
                copy.replace(place)
                sync(place.parent)
        finally:
            copy.unlink(missing_ok=True)
        return sha256

    def _object(self, sha256: str) -> Path:
        return self.root / "objects" / sha256[:2] / sha256

    def _edition(self, record: Record) -> Path:
        return self.root / "editions" / _safe(record.series) / _safe(record.edition)

    def _records_below(self, folder: Path) -> Iterator[Record]:
        return (found for found in map(_read, _record_files(folder)) if isinstance(found, Record))


def _record_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.json")) if not path.name.startswith(".")]


def _read(path: Path) -> Record | ArchiveDamaged:
    """A record, or what is wrong with its file."""
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = {each.name for each in fields(Record)}
        return Record(**{name: value for name, value in facts.items() if name in known})
    except (ValueError, TypeError, AttributeError) as error:
        return ArchiveDamaged(
            "the archive's record of a file cannot be read",
            file=str(path),
            expected="one JSON object with series, edition, file name and hash",
            found=str(error),
            do="restore it from a backup, or delete it and take the file in again; its file is not read until then",
        )


def _reason(path: Path) -> str:
    """Why a file is set aside."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["reason"])
    except (ValueError, TypeError, KeyError):
        return f"the note {path.name} is damaged"


def _safe(name: str) -> str:
    """A folder name that cannot leave its parent."""
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    return kept.strip(".") or "unnamed"
