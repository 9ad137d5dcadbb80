"""Receiving the bytes of a file: streamed to disk, hashed on the way, resumed where an earlier attempt stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import requests

from flows.errors import TooLarge
from flows.fetching.http.cache import CachedResponse, PartialDownload
from flows.fetching.http.deadline import current
from flows.fetching.http.limits import SizeLimits, Timeouts
from flows.fetching.http.responses import reading, unreachable
from warehouse.disk import require_room

CHUNK = 65_536
_LONGEST_LENGTH = 18
SPACE_ASKED_AFTER = 2**24
"""Bytes of a file of unknown length after which the free space is asked for again."""


def receive(
    response: requests.Response,
    partial: PartialDownload,
    answer: CachedResponse,
    *,
    timeouts: Timeouts,
    limits: SizeLimits,
    progress: Callable[[int, int | None], None] | None = None,
) -> str:
    """Append the response to the partial download, or start it again; return the SHA-256 of the complete file.

    Raises `Unreachable` where the connection ends early, is too slow, or the length differs from the declared one;
    `TooLarge` where the file exceeds the limit, `TooLittleSpace` where the disk has no room for it.
    """
    if not _continues(response, partial):
        partial.begin(answer)
    whole = _whole_length(response, partial)
    if (whole or 0) > limits.file_bytes:
        partial.discard()
        raise _too_large(answer.address, whole or 0, limits)
    # It is written here, and copied into the archive.
    require_room(partial.path.parent, 2 * ((whole or 0) - partial.size), what=answer.address)
    with partial.path.open("rb") as begun_bytes:
        digest = hashlib.file_digest(begun_bytes, "sha256")
    received, started = partial.size, timeouts.clock()
    begun = received
    with partial.path.open("ab") as stream, reading(answer.address):
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            stream.write(chunk)
            digest.update(chunk)
            received += len(chunk)
            _require_room_for_unknown(partial, whole, received, len(chunk))
            if received > limits.file_bytes:
                break
            _refuse_drip(answer.address, received - begun, timeouts.clock() - started, timeouts)
            if progress:
                progress(received, whole)
    if received > limits.file_bytes:
        partial.discard()
        raise _too_large(answer.address, received, limits)
    if whole is not None and received != whole:
        raise unreachable(answer.address, f"{received:,} of {whole:,} bytes")
    return digest.hexdigest()


def _continues(response: requests.Response, partial: PartialDownload) -> bool:
    """Whether the response holds exactly the missing bytes."""
    if response.status_code != requests.codes.partial_content:
        return False
    start = response.headers.get("Content-Range", "").removeprefix("bytes ").split("-")[0]
    if start != str(partial.size):
        partial.discard()
        raise unreachable(response.url, f"a part that begins at byte {start!r}, not after the last byte received")
    return True


def _whole_length(response: requests.Response, partial: PartialDownload) -> int | None:
    """The length of the complete file as declared; None where it is chunked or compressed."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return None
    length = response.headers.get("Content-Length")
    if length is not None:
        if not (length.isascii() and length.isdigit()) or len(length) > _LONGEST_LENGTH:
            raise unreachable(response.url, f"the Content-Length {length[:100]!r}", temporary=False)
        return int(length) + partial.size
    if "chunked" in response.headers.get("Transfer-Encoding", ""):
        return None
    raise unreachable(response.url, "a response without Content-Length", temporary=False)


def _refuse_drip(address: str, received: int, seconds: float, timeouts: Timeouts) -> None:
    is_slow = seconds > timeouts.slow_after and received < seconds * timeouts.slowest
    if deadline := current():
        deadline.extend(timeouts.whole)
    if is_slow or seconds > timeouts.longest:
        raise unreachable(address, f"{received:,} bytes in {seconds:.1f} seconds")


def _require_room_for_unknown(partial: PartialDownload, whole: int | None, received: int, newest: int) -> None:
    """Raise `TooLittleSpace` where a file of unknown length begins to take the last space of the disk."""
    if whole is None and received // SPACE_ASKED_AFTER != (received - newest) // SPACE_ASKED_AFTER:
        require_room(partial.path.parent, received, what="a file of unknown length")


def _too_large(address: str, size: int, limits: SizeLimits) -> TooLarge:
    return TooLarge(
        "the file is larger than the limit",
        file=address,
        expected=f"at most {limits.file_bytes:,} bytes",
        found=f"{size:,} bytes or more",
        do="open the address in a browser; if the file is right, raise WORKFORCE_MAX_FILE_MEGABYTES",
    )
