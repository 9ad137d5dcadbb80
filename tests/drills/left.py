"""What must hold of a data folder after anything has interrupted a refresh, and what after the next refresh besides."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from warehouse.archive import Archive
from warehouse.errors import ArchiveDamaged, Busy
from warehouse.folder import DataFolder
from warehouse.publish import Release, current, manifest, published_release, releases


def wrong_with_file(folder: DataFolder) -> list[str]:
    """What is wrong with the published file: it must open and have the bytes that its release lists."""
    try:
        build = current(folder)
    except (duckdb.Error, IndexError) as error:
        return [f"the published file does not open: {error}"]
    if build is None:
        return ["the published file is gone"]
    same = [each for each in releases(folder) if manifest(each)["build_id"] == build.build_id]
    if not same:
        return [f"no release has the build {build.build_id} of the published file"]
    digest = hashlib.sha256(folder.published.read_bytes()).hexdigest()
    listed = (same[-1].folder / "SHA256SUMS").read_text()
    return [] if digest in listed else ["the published file has other bytes than its release lists"]


def wrong_with(folder: DataFolder, *, records: set[str] = frozenset(), has_release: bool = True) -> list[str]:  # type: ignore[assignment]
    """What is wrong right after the interruption: every release and what is published is whole, no record is lost.

    `records` are the identities of the archived files before it.
    """
    wrong = wrong_with_file(folder) if has_release or folder.published.exists() else []
    for release in releases(folder):
        wrong += wrong_with_release(release)
    known = {(each.folder / "SHA256SUMS").read_text() for each in releases(folder)}
    if folder.public.exists() and not any(_digest(folder.public) in sums for sums in known):
        wrong.append("public/workforce.duckdb is of no release")
    for link in (folder.site, folder.releases / "latest"):
        if link.is_symlink() and not link.exists():
            wrong.append(f"{link.name} leads nowhere")
    return wrong + wrong_with_archive(folder, records) + wrong_with_lock(folder)


def wrong_after_next(folder: DataFolder, *, entries: int = 0) -> list[str]:
    """What is wrong after the next refresh: all that is published is of one release, and nothing unfinished is left.

    `entries`: at most so many files are expected in the whole folder (0: any number).
    """
    wrong = wrong_with(folder)
    shown = published_release(folder)
    if shown is None:
        return [*wrong, "nothing is published"]
    if _digest(folder.public) != _digest(shown.public):
        wrong.append(f"public/workforce.duckdb is not that of {shown.release_id}")
    for link, expected in ((folder.site, shown.folder / "site"), (folder.releases / "latest", shown.folder)):
        if link.resolve() != expected.resolve():
            wrong.append(f"{link.name} leads to {link.resolve()}, not to {shown.release_id}")
    wrong += [f"left over: {each}" for each in left_over(folder)]
    if entries and (found := sum(1 for each in folder.root.rglob("*") if "prefect" not in each.parts)) > entries:
        wrong.append(f"{found} entries in the folder, expected at most {entries}")
    return wrong


def wrong_with_release(release: Release) -> list[str]:
    """Files of a release, its site and its exports too, that are missing or have other bytes than it lists."""
    sums = release.folder / "SHA256SUMS"
    if not sums.exists():
        return [f"{release.release_id} has no SHA256SUMS"]
    wrong = []
    for line in sums.read_text().splitlines():
        digest, _, name = line.partition("  ")
        path = release.folder / name
        if not path.is_file() or _digest(path) != digest:
            wrong.append(f"{release.release_id}/{name} is {'damaged' if path.exists() else 'missing'}")
    return wrong


def wrong_with_archive(folder: DataFolder, records: set[str]) -> list[str]:
    """Archived files that are damaged or lost."""
    archive = Archive(folder.archive)
    wrong = archive.damaged_records()
    found = archive.records()
    for record in found:
        try:
            archive.verified(record)
        except ArchiveDamaged as error:
            wrong.append(str(error))
    lost = records - {each.identity for each in found}
    return [*wrong, *([f"{len(lost)} records of the archive are lost"] if lost else [])]


def wrong_with_lock(folder: DataFolder) -> list[str]:
    """Whether the folder is still locked."""
    try:
        with folder.locked():
            return []
    except Busy as error:
        return [str(error)]


def left_over(folder: DataFolder) -> list[Path]:
    """What a refresh makes on the way and has to remove."""
    found = [
        *(path for path in folder.candidates.rglob("*") if path.is_file()),
        *(folder.archive / "incoming").glob("*"),
        *folder.releases.glob(".*"),
        *(each for each in folder.root.rglob(".*.partial") if "prefect" not in each.parts),
        *(each for each in folder.root.rglob(".*coming") if "prefect" not in each.parts),
    ]
    return sorted(set(found))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
