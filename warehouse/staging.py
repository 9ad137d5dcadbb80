"""Staging: a Parquet cache of tidy tables, so that an archived file is read once per reader version.

staged/recognised/<readers>/<sha256>-<hint>.json     the reader and the edition of the file
staged/<reader>-v<version>/<sha256>/<table>.parquet  its tidy tables (the version is the reader's and `RULES_VERSION`)
staged/<reader>-v<version>/<sha256>/unread_part.parquet  its parts that are not read, if any
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from transforms.published_file import RULES_VERSION, Edition, PublishedFile, Reader, read_tables
from transforms.reading.unread import UNREAD_PART, unread_frame
from transforms.series import READERS, reader_for
from warehouse.archive import Archive, Record
from warehouse.folder import remove_tree, sync_tree, write_whole


@dataclass(frozen=True)
class Recognition:
    """An archived file with its reader and its edition, as the file itself states it."""

    record: Record
    reader: Reader
    edition: Edition


@dataclass(frozen=True)
class StagedFile:
    """The tidy tables of an archived file on disk. `parsed` is true where it was read just now, not found in the cache.

    `damaged` describes damage to the archived file where only the cache still has its figures; else it is ''.
    """

    record: Record
    reader: str
    reader_version: int
    edition: Edition
    folder: Path
    parsed: bool
    damaged: str = ""

    @property
    def parquet(self) -> dict[str, Path]:
        """Path of the Parquet file of each table, by table name."""
        return {path.stem: path for path in sorted(self.folder.glob("*.parquet")) if path.stem != UNREAD_PART}

    @property
    def has_rows(self) -> bool:
        """Whether any of its tables has a row: an edition that has only just opened may have headings alone."""
        return any(pl.scan_parquet(path, glob=False).head(1).collect().height for path in self.parquet.values())

    @cached_property
    def unread(self) -> pl.DataFrame:
        """Parts of the file that are not read, with the columns kind, source_sheet, name, why, is_known."""
        path = self.folder / f"{UNREAD_PART}.parquet"
        return pl.read_parquet(path, glob=False) if path.exists() else unread_frame([])


class Staging:
    """The cache below `root` for the files of an archive."""

    def __init__(self, root: Path, archive: Archive, *, readers: Sequence[Reader] = READERS) -> None:
        self.root, self.archive, self.readers = root, archive, {reader.name: reader for reader in readers}
        listed = sorted(f"{reader.name}@{reader.version}" for reader in readers)
        self._fingerprint = hashlib.sha256("\n".join(listed).encode()).hexdigest()[:16]

    def open(self, record: Record) -> PublishedFile:
        """The archived file of a record, after verifying its SHA-256. Raises `ArchiveDamaged`."""
        return PublishedFile(self.archive.verified(record), record.file_name, hint=record.edition)

    def _recognise(self, record: Record, file: PublishedFile) -> Recognition:
        """The reader and edition of an archived file. Raises `UnknownFile` or `NotWhatItClaims`."""
        if recognition := self._known(record):
            return recognition
        reader, edition = reader_for(file)
        write_whole(self._recognised(record), json.dumps({"reader": reader.name, "edition": asdict(edition)}).encode())
        return Recognition(record, reader, edition)

    def holds(self, record: Record) -> bool:
        """Whether the file's tidy tables are in the cache."""
        recognition = self._known(record)
        return recognition is not None and self._folder(recognition.reader, record).exists()

    def cached(self, record: Record, *, damaged: str) -> StagedFile | None:
        """The tidy tables read before the archived file was `damaged`; None where the cache has none."""
        recognition = self._known(record)
        if recognition is None or not self.holds(record):
            return None
        reader = recognition.reader
        folder = self._folder(reader, record)
        return StagedFile(
            record, reader.name, reader.version, recognition.edition, folder, parsed=False, damaged=damaged
        )

    def stage(self, record: Record, *, file: PublishedFile | None = None, force: bool = False) -> StagedFile:
        """The file's tidy tables, from the cache or read now (`force`: read in any case).

        `file` is the result of `open` where that was called before, so that the SHA-256 is verified only once.
        Raises the reader's `WorkforceError`, without writing anything, and `ArchiveDamaged`.
        """
        file = file or self.open(record)
        recognition = self._recognise(record, file)
        folder = self._folder(recognition.reader, record)
        parsed = force or not folder.exists()
        if parsed:
            self._parse(recognition, file, folder)
        return StagedFile(
            record, recognition.reader.name, recognition.reader.version, recognition.edition, folder, parsed
        )

    def _parse(self, recognition: Recognition, file: PublishedFile, folder: Path) -> None:
        # Readers refuse dates more than a year after retrieval: such a date was read wrongly.
        frames = read_tables(recognition.reader, file, last_year=int(recognition.record.retrieved_at[:4]) + 1)
        partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            for table, frame in frames.items():
                frame.write_parquet(partial / f"{table}.parquet", compression="zstd")
            sync_tree(partial)
            remove_tree(folder)
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _known(self, record: Record) -> Recognition | None:
        """Reader and edition of the file from the cache; None where they are not there or cannot be read."""
        try:
            content = json.loads(self._recognised(record).read_text(encoding="utf-8"))
            return Recognition(record, self.readers[content["reader"]], Edition(**content["edition"]))
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None

    def _recognised(self, record: Record) -> Path:
        hint = hashlib.sha256(f"{record.edition}\n{record.file_name}".encode()).hexdigest()[:8]
        return self.root / "recognised" / self._fingerprint / f"{record.sha256}-{hint}.json"

    def _folder(self, reader: Reader, record: Record) -> Path:
        return self.root / f"{reader.name}-v{reader.version}.{RULES_VERSION}" / record.sha256
