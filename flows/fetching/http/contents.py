"""Checks of file content: the bytes are of the kind that the name says, and a zip is safe to open."""

from __future__ import annotations

import gzip
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from flows.errors import Blocked, UnsafeZip
from flows.fetching.http.limits import MEGABYTE, SizeLimits
from transforms.errors import NotWhatItClaims
from transforms.opening.sheet_size import refuse_huge_sheets
from transforms.opening.zips import opened_zip, verify_zip
from transforms.published_file import PublishedFile

KINDS = {".xlsx": "xlsx", ".xlsb": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".zip": "zip", ".csv": "text", ".gz": "gz"}
"""Kind of file, recognised by its first bytes, by the ending of its name. Other endings are never published data."""

# Not the script /cdn-cgi/challenge-platform/: Cloudflare also adds it to ordinary pages.
CHALLENGE_MARKS = (b"_cf_chl_opt", b"<title>just a moment...")

# A member that unpacks to less than this is accepted, whatever its compression ratio.
_HARMLESS_BYTES = 20 * MEGABYTE


def kind_by_name(name: str) -> str | None:
    """The kind of file by the ending of its name; None where files of that ending are never published data."""
    return KINDS.get(PurePosixPath(name.lower()).suffix)


def is_challenge(body: bytes) -> bool:
    """Whether a body is a challenge page, which asks the visitor to prove to be a person."""
    start = body[:65_536].lower()
    return any(mark in start for mark in CHALLENGE_MARKS)


def blocked(address: str, status: int) -> Blocked:
    """The error for a challenge page or a refusal."""
    return Blocked(
        "the publisher blocks requests from this machine",
        file=address,
        expected="the page or file itself",
        found=f"a challenge page or refusal (status {status})",
        do="try again later or from another network; or download the file in a browser and put it into the inbox",
    )


def check_content(path: Path, name: str, address: str, limits: SizeLimits) -> None:
    """Raise `Blocked`, `NotWhatItClaims` or `UnsafeZip` unless the bytes are of the kind that the name says."""
    file = PublishedFile(path, name)
    if is_challenge(file.head):
        raise blocked(address, 200)
    wanted = kind_by_name(name)
    if wanted is None or file.kind != wanted:
        raise NotWhatItClaims(
            "the content does not match the ending of the file's name",
            file=name,
            expected=wanted or "one of " + ", ".join(KINDS),
            found=f"{file.kind}, {path.stat().st_size:,} bytes, from {address}",
            do="open the address in a browser; nothing was archived",
        )
    if wanted in {"zip", "xlsx"}:
        check_zip(path, name, limits)
        if wanted == "xlsx":
            refuse_huge_sheets(path, name)
        else:
            check_workbooks_within(path, name, limits)
    elif wanted == "gz":
        check_gzip(path, name, limits)


def check_zip(path: Path, name: str, limits: SizeLimits) -> None:
    """Raise `UnsafeZip` where a member has a path outside the zip, is a link, or unpacks to more than the limits allow.

    Every member is then unpacked once: raises `NotWhatItClaims` where one is damaged or encrypted.
    """
    with opened_zip(path, name) as archive:
        members = archive.infolist()
        problems = [*_problems(members, limits), *(each for member in members for each in _problems_of(member, limits))]
        if problems:
            raise _unsafe_zip(*problems[0], name)
    verify_zip(path, name)


def check_workbooks_within(path: Path, name: str, limits: SizeLimits) -> None:
    """Check every workbook in a zip like a workbook on its own.

    Members that are no workbook in spite of their name are skipped. Raises `UnsafeZip` or `NotWhatItClaims`.
    """
    with opened_zip(path, name) as archive:
        for member in archive.namelist():
            if kind_by_name(member) == "xlsx":
                with tempfile.NamedTemporaryFile() as copy:
                    with archive.open(member) as stream:
                        shutil.copyfileobj(stream, copy)
                    copy.flush()
                    if zipfile.is_zipfile(copy.name):
                        check_zip(Path(copy.name), f"{name} > {member}", limits)
                        refuse_huge_sheets(Path(copy.name), f"{name} > {member}")


def check_gzip(path: Path, name: str, limits: SizeLimits) -> None:
    """Raise `UnsafeZip` where a .gz unpacks to more than the limits allow.

    Unpacking stops at the limit and keeps nothing.
    """
    most = min(limits.zip_bytes, limits.file_bytes, max(_HARMLESS_BYTES, limits.zip_ratio * path.stat().st_size))
    unpacked = 0
    with gzip.open(path) as stream:
        try:
            while chunk := stream.read(MEGABYTE):
                unpacked += len(chunk)
                if unpacked > most:
                    bound = {limits.zip_bytes: "MAX_ZIP_MEGABYTES", limits.file_bytes: "MAX_FILE_MEGABYTES"}
                    setting = bound.get(most, "MAX_ZIP_RATIO")
                    raise _unsafe_zip(f"it unpacks to more than {most:,} bytes", setting, name)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise NotWhatItClaims(
                "the file cannot be unpacked",
                file=name,
                found=str(error),
                do="download it again: it is damaged or incomplete",
            ) from error


def _problems(members: list[zipfile.ZipInfo], limits: SizeLimits) -> Iterator[tuple[str, str]]:
    """What is unsafe about the members together, and the setting that allows it ('' where none does)."""
    unpacked = sum(member.file_size for member in members)
    if len(members) > limits.zip_members:
        yield f"it has {len(members):,} members, more than {limits.zip_members:,}", "MAX_ZIP_MEMBERS"
    if unpacked > limits.zip_bytes:
        yield f"it unpacks to {unpacked:,} bytes, more than {limits.zip_bytes:,}", "MAX_ZIP_MEGABYTES"
    if len({member.filename for member in members}) != len(members):
        yield "two members have the same name", ""


def _problems_of(member: zipfile.ZipInfo, limits: SizeLimits) -> Iterator[tuple[str, str]]:
    """What is unsafe about one member, and the setting that allows it ('' where none does)."""
    # PureWindowsPath also splits at backslashes and knows drive letters.
    path = PureWindowsPath(member.orig_filename)
    if ".." in path.parts or path.anchor or PurePosixPath(member.orig_filename).is_absolute():
        yield f"member {member.orig_filename!r} leads outside", ""
    if stat.S_ISLNK(member.external_attr >> 16):
        yield f"member {member.orig_filename!r} is a link", ""
    if member.file_size > max(_HARMLESS_BYTES, limits.zip_ratio * member.compress_size):
        sizes = f"{member.compress_size:,} bytes to {member.file_size:,}"
        yield f"member {member.orig_filename!r} unpacks {sizes}", "MAX_ZIP_RATIO"


def _unsafe_zip(problem: str, setting: str, name: str) -> UnsafeZip:
    remedy = f"ask the publisher, or raise WORKFORCE_{setting} if the file is right" if setting else "ask the publisher"
    return UnsafeZip(
        f"the zip is not safe to open: {problem}",
        file=name,
        expected="members inside the zip's own folder, of the size and compression ratio of data files",
        do=f"{remedy}; nothing was archived",
    )
