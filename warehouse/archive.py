"""The raw archive: published files stored under their SHA-256, with records of where and when each was retrieved.

    archive/objects/<2 hex>/<sha256>                      the file's bytes, read-only
    archive/editions/<series>/<edition>/<id>.json         one record (metadata) per file of an edition
    archive/set-aside/<sha256>.json                       an operator's decision not to read a file, with the reason
    archive/set-aside/undone/<sha256>-<number>.json       such a decision that was undone

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

from warehouse.disk import require_room
from warehouse.errors import ArchiveDamaged, ClockBehind, NoSuchFile, NotSetAside
from warehouse.folder import make_folder, sync, write_whole

FigureKind = Literal["published", "illustrative"]


@dataclass(frozen=True)
class Facts:
    """Metadata of a file when it is retrieved. Dates and times are ISO 8601 text; times are in UTC."""

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
    """Metadata of an archived file, with its SHA-256 and its size in bytes."""

    sha256: str = field(kw_only=True)
    size_bytes: int = field(kw_only=True)

    @property
    def identity(self) -> str:
        """Hash of series, edition, file name and SHA-256: the same at each retrieval of the same file."""
        return hashlib.sha256(f"{self.series}\n{self.edition}\n{self.file_name}\n{self.sha256}".encode()).hexdigest()


@dataclass(frozen=True)
class PutResult:
    """Result of `Archive.put`: the record, and 'new', 'unchanged' or 're-issued' (same name, other bytes)."""

    record: Record
    outcome: Literal["new", "unchanged", "re-issued"]


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Archive:
    """The raw archive below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, path: Path, facts: Facts) -> PutResult:
        """Archive a copy of the file at `path` and its record. The same file of the same edition is stored once.

        Raises `ClockBehind` where another issue of the file was retrieved at a later time.
        """
        sha256 = self._keep_bytes(path)
        record = Record(**asdict(facts), sha256=sha256, size_bytes=path.stat().st_size)
        place = self._edition(record) / f"{record.identity[:32]}.json"
        if place.exists() and isinstance(existing := _read(place), Record):
            return PutResult(existing, "unchanged")
        issues = [other for other in self._records_below(place.parent) if other.file_name == record.file_name]
        self._refuse_earlier(record, issues)
        write_whole(place, json.dumps(asdict(record), indent=2, ensure_ascii=False).encode())
        return PutResult(record, "re-issued" if issues else "new")

    def records(self) -> list[Record]:
        """Every readable record, in order of retrieval; for the others see `damaged_records`."""
        found = self._records_below(self.root / "editions")
        return sorted(found, key=lambda record: (record.retrieved_at, record.series, record.edition, record.file_name))

    def damaged_records(self) -> list[str]:
        """An error message for each record that cannot be read: its path and what to do."""
        found = (_read(path) for path in _record_files(self.root / "editions"))
        return [str(each) for each in found if isinstance(each, ArchiveDamaged)]

    def damage(self) -> list[str]:
        """A sentence for each record that cannot be read and for each file whose bytes changed."""
        found = self.damaged_records()
        for record in self.records():
            try:
                self.verified(record)
            except ArchiveDamaged as error:
                found.append(str(error))
        return found

    def has(self, sha256: str) -> bool:
        """Whether these bytes are in the archive."""
        return self.path_of(sha256).exists()

    def path_of(self, sha256: str) -> Path:
        """Where the bytes of this SHA-256 are, or would be."""
        return self.root / "objects" / sha256[:2] / sha256

    def verified(self, record: Record) -> Path:
        """The path of a record's file, after verifying its SHA-256.

        Raises `ArchiveDamaged` where the file is missing or its hash differs.
        """
        path = self.path_of(record.sha256)
        found = sha256_of(path) if path.exists() else "no file"
        if found != record.sha256:
            raise ArchiveDamaged(
                f"an archived file of {record.series} {record.edition} is missing or does not match its SHA-256",
                file=record.file_name,
                expected=record.sha256,
                found=found,
                do=f"restore {path} from a backup, or load the same file again; it is not read until then",
            )
        return path

    def set_aside(self, sha256: str, *, reason: str, decided_at: str) -> None:
        """Record an operator's decision that a file is no longer read. The file stays in the archive."""
        note = {"sha256": sha256, "reason": reason, "decided_at": decided_at}
        write_whole(self.root / "set-aside" / f"{sha256}.json", json.dumps(note, indent=2).encode())

    def undo_set_aside(self, sha256: str) -> str:
        """Let a file that was set aside be read again; return why it was set aside. Raises `NotSetAside`."""
        note = self.root / "set-aside" / f"{sha256}.json"
        if not note.exists():
            raise NotSetAside(
                "no archived file with this SHA-256 is set aside",
                found=sha256,
                do="`workforce editions` lists the files with status 'set aside'",
            )
        reason, undone = _reason(note), note.parent / "undone"
        make_folder(undone)
        number = 1 + len(list(undone.glob(f"{sha256}-*.json")))
        note.replace(undone / f"{sha256}-{number}.json")
        sync(undone)
        sync(note.parent)
        return reason

    def sha256_beginning(self, start: str) -> str:
        """The SHA-256 of the one archived file whose SHA-256 begins so. Raises `NoSuchFile`."""
        found = sorted({record.sha256 for record in self.records() if start and record.sha256.startswith(start)})
        if len(found) != 1:
            raise NoSuchFile(
                "not exactly one archived file has a SHA-256 that begins so",
                expected="the SHA-256 of an archived file, or its first characters",
                found=f"{start}: {', '.join(found[:5]) or 'no file'}",
                do="`workforce editions` lists the files",
            )
        return found[0]

    def aside(self) -> dict[str, str]:
        """SHA-256 of each file set aside, with the reason. A file whose JSON is damaged stays set aside."""
        return {path.stem: _reason(path) for path in sorted((self.root / "set-aside").glob("*.json"))}

    def _refuse_earlier(self, record: Record, issues: list[Record]) -> None:
        """Issues of a file are ordered by when they were retrieved: the newest must not come before another."""
        aside = self.aside()
        later = [other for other in issues if other.sha256 not in aside and other.retrieved_at > record.retrieved_at]
        if later:
            last = max(later, key=lambda other: other.retrieved_at)
            raise ClockBehind(
                "an issue of this file was retrieved at a later time than it is now, and would count as the newer one",
                file=record.file_name,
                expected=f"a time after {last.retrieved_at}",
                found=record.retrieved_at,
                do="set the clock of this machine; if it was wrong then and is right now, set that issue aside with"
                f" `workforce set-aside {last.sha256[:12]}`",
            )

    def _keep_bytes(self, path: Path) -> str:
        incoming = self.root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        require_room(incoming, path.stat().st_size, what="the archived file")
        descriptor, name = tempfile.mkstemp(dir=incoming)
        os.close(descriptor)
        copy = Path(name)
        try:
            shutil.copyfile(path, copy)
            sha256 = sha256_of(copy)
            place = self.path_of(sha256)
            # A damaged file is replaced by an intact one.
            if not place.exists() or sha256_of(place) != sha256:
                sync(copy)
                copy.chmod(0o444)
                make_folder(place.parent)
                copy.replace(place)
                sync(place.parent)
        finally:
            copy.unlink(missing_ok=True)
        return sha256

    def _edition(self, record: Record) -> Path:
        return self.root / "editions" / _safe(record.series) / _safe(record.edition)

    def _records_below(self, folder: Path) -> Iterator[Record]:
        return (found for found in map(_read, _record_files(folder)) if isinstance(found, Record))


def _record_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.json")) if not path.name.startswith(".")]


def _read(path: Path) -> Record | ArchiveDamaged:
    """The record in a JSON file, or the error where it cannot be read."""
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
            do="restore it from a backup, or delete it and load the published file again; that is not read until then",
        )


def _reason(path: Path) -> str:
    """Why a file is set aside."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["reason"])
    except (ValueError, TypeError, KeyError):
        return f"the note {path.name} is damaged"


def _safe(name: str) -> str:
    """A folder name without characters that could lead out of the parent folder."""
    allowed = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
    return allowed.strip(".") or "unnamed"
