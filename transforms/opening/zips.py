"""Zip files, including .xlsx workbooks: list of members, verification of every member, and reading of members."""

from __future__ import annotations

import struct
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from transforms.errors import NotWhatItClaims
from transforms.reading.text import is_leftover

CHUNK = 1 << 20
LONGEST_DIRECTORY = 16 << 20
"""Limit of the directory of a zip in bytes; that of a member has some hundred."""
METHODS = {9: "Deflate64, which Windows uses for large files", 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES"}
READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
ENCRYPTED, SIZES_FOLLOW = 0x1, 0x8
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
NOT_HERE = 0xFFFFFFFF
"""Value of a size field in a header that stores the size elsewhere (zip64)."""


def members_of(path: Path, name: str) -> list[str]:
    """Names of the zip's members, without folders and files added by an operating system.

    Raises `NotWhatItClaims` if the zip's directory is missing or damaged.
    """
    with opened_zip(path, name) as archive:
        return [each.filename for each in archive.infolist() if not each.is_dir() and not is_leftover(each.filename)]


@contextmanager
def opened_zip(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """The open zip. Raises `NotWhatItClaims` if it has no readable directory at its end."""
    _refuse_long_directory(path, name)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise NotWhatItClaims(
            "the file begins like a zip or workbook but its end is missing",
            file=name,
            expected="a whole zip with its directory at the end",
            found=f"{path.stat().st_size:,} bytes; {error}",
            do="fetch it again: the download was cut off",
        ) from error
    with archive:
        if not all(archive.namelist()):
            raise NotWhatItClaims(
                "a member of the zip has no name",
                file=name,
                expected="a name for each member",
                do="fetch it again; if the published zip is so, ask the publisher",
            )
        yield archive


def _refuse_long_directory(path: Path, name: str) -> None:
    """Check the length of the zip's directory, as its end states it, before `zipfile` makes an object of each entry."""
    with path.open("rb") as raw:
        try:
            # What `zipfile` itself reads first. A parser of our own could find another directory than the one it uses.
            end = zipfile._EndRecData(raw)  # type: ignore[attr-defined]
        except (OSError, struct.error, zipfile.BadZipFile):
            return  # `zipfile.ZipFile` raises the same
    if end and end[zipfile._ECD_SIZE] > LONGEST_DIRECTORY:  # type: ignore[attr-defined]
        raise NotWhatItClaims(
            "the zip or workbook has too many members",
            file=name,
            expected=f"a directory of at most {LONGEST_DIRECTORY:,} bytes",
            found=f"{end[zipfile._ECD_SIZE]:,} bytes",  # type: ignore[attr-defined]
            do="ask the publisher: no published zip has more than some hundred members",
        )


@contextmanager
def opened_member(archive: zipfile.ZipFile, member: str, name: str) -> Iterator[IO[bytes]]:
    """A stream of a member's bytes. Raises `NotWhatItClaims` if it cannot be unpacked or is damaged.

    The checksum is compared when the end of the stream is read.
    """
    _refuse_locked(archive.getinfo(member), name)
    try:
        opened = archive.open(member)
    except Exception as error:
        raise _damaged(name, member, str(error) or type(error).__name__) from error
    try:
        with opened as stream:
            yield stream
    except NotWhatItClaims:
        raise
    except UnicodeDecodeError:
        raise
    except Exception as error:
        # For damaged bytes the decompression libraries raise exceptions of about a dozen classes.
        raise _damaged(name, member, str(error) or type(error).__name__) from error


def verify_zip(path: Path, name: str) -> None:
    """Check that every member unpacks to the length and checksum that the zip states for it.

    Raises `NotWhatItClaims` for a damaged member, a password, an unsupported compression method, a member whose own
    header differs from the zip's directory, and two members with the same name.
    """
    with opened_zip(path, name) as archive, path.open("rb") as raw:
        members = archive.infolist()
        for member in members:
            _refuse_locked(member, name)
        twice = [each for each, times in Counter(member.filename.lower() for member in members).items() if times > 1]
        if twice:
            problem, do = "two members of the zip have the same name", "ask the publisher which of the two is right"
            raise NotWhatItClaims(problem, file=name, sheet=twice[0], do=f"{do}; leave the file out until then")
        for member in members:
            _verify_member(archive, member, raw, name)


def _verify_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, raw: IO[bytes], name: str) -> None:
    length = 0
    with opened_member(archive, member.filename, name) as stream:
        while chunk := stream.read(CHUNK):
            length += len(chunk)
    if length != member.file_size:
        raise _damaged(name, member.filename, f"{length:,} bytes where the zip says {member.file_size:,}")
    raw.seek(member.header_offset)
    header = LOCAL_HEADER.unpack(raw.read(LOCAL_HEADER.size))
    flags, method, sums = header[2], header[3], header[6:9]
    wanted = (member.CRC, member.compress_size, member.file_size)
    differs = [given for given, own in zip(sums, wanted, strict=True) if given not in {own, NOT_HERE}]
    if method != member.compress_type or (differs and not flags & SIZES_FOLLOW):
        raise _damaged(name, member.filename, "its own header and the zip's directory disagree")


def _refuse_locked(member: zipfile.ZipInfo, name: str) -> None:
    if member.flag_bits & ENCRYPTED:
        raise NotWhatItClaims(
            "a member of the zip is protected with a password",
            file=name,
            sheet=member.filename,
            expected="a zip that opens without a password",
            do="unpack it with the password, zip the files again without one, and place the new zip in the inbox",
        )
    if member.compress_type not in READABLE:
        method = METHODS.get(member.compress_type, "unknown")
        raise NotWhatItClaims(
            "a member of the zip has a compression method that is not supported",
            file=name,
            sheet=member.filename,
            expected="a member stored or packed with Deflate",
            found=f"method {member.compress_type} ({method})",
            do="unpack it with another program, zip the files again with method Deflate, and place the new zip in the"
            " inbox",
        )


def _damaged(name: str, member: str, found: str) -> NotWhatItClaims:
    return NotWhatItClaims(
        "a member of the zip or workbook is damaged",
        file=name,
        sheet=member,
        expected="the length and checksum (CRC-32) that are stored in the zip",
        found=found,
        do="fetch it again: some bytes have changed since the zip was created",
    )
