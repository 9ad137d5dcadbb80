"""Meaning of response statuses and headers, and the translation of connection errors to `Unreachable`."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn

import requests
import urllib3

from flows.errors import NotFound, Unreachable
from flows.fetching.http.contents import blocked, is_challenge

_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}
_REFUSALS = {401, 403, 451}
_GONE = {404, 410}
# A wait of more digits is as endless.
_DIGITS_READ = 12
_NO_SUCH_OBJECT = b"<code>accessdenied</code>"


@contextmanager
def reading(address: str) -> Iterator[None]:
    """Turn the errors of requests, urllib3 and the socket into `Unreachable`.

    `ValueError` is what Python's http.client raises for some responses that are no HTTP, as a chunk of negative size.
    """
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise unreachable(address, f"no trusted certificate: {_cause(error)}", temporary=False) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise unreachable(address, _cause(error)) from error


def unreachable(address: str, found: str, *, temporary: bool = True, retry_after: float | None = None) -> Unreachable:
    """The error for a publisher that did not respond completely."""
    error = Unreachable(
        "the publisher did not respond, or the connection ended early",
        file=address,
        expected="the whole page or file",
        found=found,
        do="nothing: files that were fetched are kept, and the next run tries again",
    )
    error.is_temporary, error.retry_after = temporary, retry_after
    return error


def raise_for_status(response: requests.Response, address: str, start: bytes, *, is_page: bool) -> NoReturn:
    """Raise the error for a status other than success; `start` is the beginning of the body.

    `Blocked` for a challenge page, and for a refused page of the site. A refused file is an error of that file alone.
    S3 answers 403 both for withdrawn objects and for objects that never existed: that is `NotFound`.
    """
    status = response.status_code
    if is_challenged(response, start):
        raise blocked(address, status)
    from_store = status == requests.codes.forbidden and _is_from_store(response, start)
    if status in _REFUSALS and is_page and not from_store:
        raise blocked(address, status)
    if status in _GONE or from_store:
        raise NotFound(
            "the publisher has no page or file at this address",
            file=address,
            found=f"status {status}",
            do="open the landing page of the series: the file may have been moved or withdrawn",
        )
    raise unreachable(
        address, f"status {status}", temporary=status in _TEMPORARY, retry_after=_seconds(response.headers)
    )


def is_challenged(response: requests.Response, start: bytes) -> bool:
    """Whether the response is a challenge page."""
    return bool(response.headers.get("cf-mitigated")) or is_challenge(start)


def is_temporary(error: BaseException) -> bool:
    """Whether another attempt may succeed."""
    return isinstance(error, Unreachable) and error.is_temporary


def retry_after(error: BaseException) -> float | None:
    """The wait in seconds that the publisher asked for; None where it asked for none."""
    return error.retry_after if isinstance(error, Unreachable) else None


def is_temporary_status(status: int) -> bool:
    """Whether another attempt may give another status."""
    return status in _TEMPORARY


def _is_from_store(response: requests.Response, start: bytes) -> bool:
    return _NO_SUCH_OBJECT in start.lower() or "amazons3" in response.headers.get("Server", "").lower()


def charset_of(response: requests.Response) -> str:
    """The charset that the response declares, else UTF-8, as where Python has no text encoding of that name."""
    declared = requests.utils.get_encoding_from_headers(response.headers)
    if not declared or "charset" not in response.headers.get("Content-Type", "").lower():
        return "utf-8"
    try:
        # Some codecs are no text encodings, some refuse what `errors="replace"` should mend.
        b"<\xff".decode(codecs.lookup(declared).name, errors="replace")
    except (LookupError, ValueError):
        return "utf-8"
    return declared


def _seconds(headers: requests.structures.CaseInsensitiveDict[str]) -> float | None:
    """The seconds that Retry-After asks to wait, given as a number or as a date; None where it is absent."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:_DIGITS_READ])
    try:
        until = parsedate_to_datetime(asked)
        now = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def _cause(error: BaseException) -> str:
    """The innermost cause of an error, as class name and text."""
    inner: BaseException = error
    while True:
        deeper = getattr(inner, "reason", None) or inner.__cause__ or inner.__context__
        if not isinstance(deeper, BaseException):
            return f"{type(inner).__name__}: {str(inner)[:200]}"
        inner = deeper
