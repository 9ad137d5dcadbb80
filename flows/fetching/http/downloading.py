"""Receiving the bytes of a file: streamed to disk, hashed on the way, resumed where an earlier attempt stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import requests

from flows.errors import TooLarge
from flows.fetching.http.cache import CachedResponse, PartialDownload
from flows.fetching.http.limits import SizeLimits, Timeouts
from flows.fetching.http.responses import reading, unreachable

CHUNK = 65_536


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
    `TooLarge` where the file exceeds the limit.
    """
    if not _continues(response, partial):
        partial.begin(answer)
    whole = _whole_length(response, partial)
    if (whole or 0) > limits.file_bytes:
        partial.discard()
        raise _too_large(answer.address, whole or 0, limits)
    with partial.path.open("rb") as begun_bytes:
        digest = hashlib.file_digest(begun_bytes, "sha256")
    received, started = partial.size, timeouts.clock()
    begun = received
    with partial.path.open("ab") as stream, reading(answer.address):
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            stream.write(chunk)
            digest.update(chunk)
            received += len(chunk)
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
        return int(length) + partial.size
    if "chunked" in response.headers.get("Transfer-Encoding", ""):
        return None
    raise unreachable(response.url, "a response without Content-Length", temporary=False)


def _refuse_drip(address: str, received: int, seconds: float, timeouts: Timeouts) -> None:
    if seconds > timeouts.slow_after and received < seconds * timeouts.slowest:
        raise unreachable(address, f"{received:,} bytes in {seconds:.1f} seconds")


def _too_large(address: str, size: int, limits: SizeLimits) -> TooLarge:
    return TooLarge(
        "the file is larger than the limit",
        file=address,
        expected=f"at most {limits.file_bytes:,} bytes",
        found=f"{size:,} bytes or more",
        do="open the address in a browser; if the file is right, raise WORKFORCE_MAX_FILE_MEGABYTES",
    )
