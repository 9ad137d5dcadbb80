"""What an answer's status and headers mean, and the errors of a connection, in our own words."""

from __future__ import annotations

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
_NO_SUCH_OBJECT = b"<code>accessdenied</code>"


@contextmanager
def reading(address: str) -> Iterator[None]:
    """Turn the many errors of a connection into `Unreachable`."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise unreachable(address, f"no trusted certificate: {_cause(error)}", temporary=False) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise unreachable(address, _cause(error)) from error


def unreachable(address: str, found: str, *, temporary: bool = True, retry_after: float | None = None) -> Unreachable:
    """The error for a publisher that did not answer, or not to the end."""
    error = Unreachable(
        "the publisher could not be reached, or broke off",
        file=address,
        expected="the whole page or file",
        found=found,
        do="nothing is lost: what was fetched stays, and the next run asks again",
    )
    error.is_temporary, error.retry_after = temporary, retry_after
    return error


def raise_for_status(response: requests.Response, address: str, start: bytes, *, is_page: bool) -> NoReturn:
    """Raise what a status other than success means; `start` is the beginning of the body.

    `Blocked` for a challenge, and for a refusal of a page of the site; a refused file is that file's error alone, and
    `NotFound` where a file store (S3) says so: it answers 403 for what was withdrawn and for what never was.
    """
    status = response.status_code
    if is_challenged(response, start):
        raise blocked(address, status)
    from_store = status == requests.codes.forbidden and _is_from_store(response, start)
    if status in _REFUSALS and is_page and not from_store:
        raise blocked(address, status)
    if status in _GONE or from_store:
        raise NotFound(
            "the publisher has nothing at this address",
            file=address,
            found=f"status {status}",
            do="open the series' landing page: the file may have moved or been withdrawn",
        )
    raise unreachable(
        address, f"status {status}", temporary=status in _TEMPORARY, retry_after=_seconds(response.headers)
    )


def is_challenged(response: requests.Response, start: bytes) -> bool:
    """Whether an answer asks the visitor to prove to be a person."""
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
    """The charset the answer declares, else UTF-8."""
    declared = requests.utils.get_encoding_from_headers(response.headers)
    return declared if declared and "charset" in response.headers.get("Content-Type", "").lower() else "utf-8"


def _seconds(headers: requests.structures.CaseInsensitiveDict[str]) -> float | None:
    """The wait that Retry-After asks for, as a number of seconds or until a date."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        now = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _cause(error: BaseException) -> str:
    """The innermost reason, which is what a person wants to read."""
    inner: BaseException = error
    while True:
        deeper = getattr(inner, "reason", None) or inner.__cause__ or inner.__context__
        if not isinstance(deeper, BaseException):
            return f"{type(inner).__name__}: {str(inner)[:200]}"
        inner = deeper
