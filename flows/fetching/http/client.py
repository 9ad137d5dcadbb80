"""HTTP client for pages and files of publishers.

There is one session per host. Requests are conditional where the cache has validators. Temporary errors are retried
with exponential backoff. Downloads are streamed, hashed while they are received, resumed after an interruption, and
checked (file type, zip limits) before the caller gets them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import requests

from flows.errors import AddressRefused, TooLarge
from flows.fetching.http.addresses import check_address, joined
from flows.fetching.http.cache import CachedResponse, HttpCache, PartialDownload
from flows.fetching.http.contents import blocked, check_content, is_challenge
from flows.fetching.http.deadline import Deadline
from flows.fetching.http.downloading import receive
from flows.fetching.http.limits import HostLimits, SizeLimits, Timeouts
from flows.fetching.http.request_log import RequestLog, RequestRecord
from flows.fetching.http.responses import (
    charset_of,
    is_challenged,
    is_temporary,
    is_temporary_status,
    raise_for_status,
    reading,
    retry_after,
    unreachable,
)
from flows.fetching.http.robots import LARGEST, Robots
from flows.fetching.http.transport import Transport, live
from flows.retries import RetryPolicy

T = TypeVar("T")
Progress = Callable[[str, int, int | None], None]
"""Called with the file's name, the bytes received so far and the total, None where the publisher does not send it."""


@dataclass(frozen=True)
class Page:
    """A publisher's page. `address` is the URL after redirects; `changed` is False where it is the cached page."""

    address: str
    html: str
    changed: bool


@dataclass(frozen=True)
class DownloadedFile:
    """A complete file whose content matches its name. Its bytes stay at `path` until the caller moves them."""

    path: Path
    name: str
    sha256: str
    size: int
    media_type: str
    answer: CachedResponse


class Client:
    """HTTP client. `user_agent` must begin with `robots.AGENT` and say how to reach the operator."""

    def __init__(
        self,
        cache: HttpCache,
        *,
        user_agent: str,
        transport: Transport = live,
        host_limits: HostLimits | None = None,
        retries: RetryPolicy | None = None,
        timeouts: Timeouts | None = None,
        limits: SizeLimits | None = None,
        log: RequestLog | None = None,
        robots: Robots | None = None,
    ) -> None:
        self.cache, self.user_agent, self.transport = cache, user_agent, transport
        self.host_limits, self.limits = host_limits or HostLimits(), limits or SizeLimits()
        self.retries, self.timeouts = retries or RetryPolicy(), timeouts or Timeouts()
        self.log = log or RequestLog()
        self.robots = robots or Robots(cache.root)
        self._sessions: dict[str, requests.Session] = {}
        self._lock = threading.Lock()

    def page(self, address: str, *, hosts: Collection[str]) -> Page:
        """Return the page at a URL; the cached one where the publisher answers that it has not changed.

        Raises `DisallowedByRobots`, `AddressRefused`, `Blocked`, `NotFound`, `Unreachable` or `TooLarge`.
        """

        def attempt() -> Page:
            known = self.cache.get_page(address)
            with self._exchange(address, known[0].headers if known else {}, hosts) as response:
                if response.status_code == requests.codes.not_modified and known:
                    return Page(known[0].led_to or address, known[1], changed=False)
                body = self._body(response, address)
                answer = _answer(address, response)
            html = body.decode(charset_of(response), errors="replace")
            self.cache.put(answer, page=html)
            return Page(answer.led_to, html, changed=True)

        return self._retry(attempt)

    def download(
        self,
        address: str,
        *,
        name: str,
        hosts: Collection[str],
        have: Callable[[str], bool],
        progress: Progress | None = None,
    ) -> DownloadedFile | None:
        """Download the file at a URL; None where the publisher answers that it has not changed.

        `have` says whether the archive has the bytes of a hash. Call `confirm_archived` once the file is archived.
        Raises `Blocked`, `NotWhatItClaims`, `UnsafeZip` or `TooLarge` where the content is not a valid file of its
        kind, and what `page` raises.
        """
        partial = self.cache.partial(address)

        def attempt() -> DownloadedFile | None:
            known = self.cache.get(address)
            condition = known.headers if known and known.sha256 and have(known.sha256) else {}
            with self._exchange(address, partial.headers or condition, hosts) as response:
                if response.status_code == requests.codes.not_modified and condition:
                    return None
                return self._received(response, partial, name, progress)

        found = self._retry(attempt)
        if found is not None:
            try:
                check_content(found.path, name, address, self.limits)
            except Exception:
                partial.discard()
                raise
        return found

    def _received(
        self, response: requests.Response, partial: PartialDownload, name: str, progress: Progress | None
    ) -> DownloadedFile:
        """Receive the bytes of a response into its partial download."""
        address = partial.address
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            partial.discard()
            raise unreachable(address, "a file that is shorter than the part received before")
        self._require_success(response, address, is_page=False)
        sha256 = receive(
            response,
            partial,
            _answer(address, response),
            timeouts=self.timeouts,
            limits=self.limits,
            progress=None if progress is None else lambda done, whole: progress(name, done, whole),
        )
        answer = _answer(address, response, sha256)
        media_type = response.headers.get("Content-Type", "").split(";")[0].strip()
        return DownloadedFile(partial.path, name, sha256, partial.size, media_type, answer)

    def confirm_archived(self, downloaded: DownloadedFile) -> None:
        """Delete the download of an archived file and cache its validators, for conditional requests."""
        self.cache.put(downloaded.answer)
        self.cache.partial(downloaded.answer.address).discard()

    def discard(self, downloaded: DownloadedFile) -> None:
        """Delete a download that is not to be archived."""
        self.cache.partial(downloaded.answer.address).discard()

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for session in self._sessions.values():
                session.close()
            self._sessions.clear()

    def _retry(self, attempt: Callable[[], T]) -> T:
        return self.retries.retrying(is_temporary, retry_after)(attempt)

    def _robots_txt(self, address: str) -> str:
        """The text of a host's robots.txt; '' where it has none. Raises `Blocked` or `Unreachable`."""

        def attempt() -> str:
            with self._exchange(address, {}, (urlsplit(address).netloc,), obey=False) as response:
                with reading(address):
                    body: bytes = response.raw.read(LARGEST, decode_content=True)
                status = response.status_code
                if is_challenged(response, body):
                    raise blocked(address, status)
                if status == requests.codes.ok:
                    return body.decode("utf-8-sig", errors="replace")
                temporary = is_temporary_status(status)
                if temporary or not requests.codes.bad_request <= status < requests.codes.server_error:
                    raise unreachable(address, f"status {status}", temporary=temporary)
                return ""

        return self._retry(attempt)

    @contextmanager
    def _exchange(
        self, address: str, headers: dict[str, str], hosts: Collection[str], *, obey: bool = True
    ) -> Iterator[requests.Response]:
        """Yield the response at the end of a URL's redirects; every redirect is checked like the first URL.

        `obey` False skips the check of robots.txt, for the request of robots.txt itself.
        """
        at = address
        for _ in range(self.limits.redirects + 1):
            check_address(at, hosts)
            if obey:
                self.robots.check(at, self._robots_txt)
            with self.host_limits.slot(check_address(at, hosts)), self._request(at, headers) as response:
                if not response.is_redirect:
                    yield response
                    return
                at = joined(at, response.headers["Location"])
        raise AddressRefused(
            "too many redirects",
            file=address,
            expected=f"at most {self.limits.redirects} redirects",
            found=f"the last redirect led to {at}",
            do="open the address in a browser and put the final address into the catalogue",
        )

    @contextmanager
    def _request(self, address: str, headers: dict[str, str]) -> Iterator[requests.Response]:
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        conditional = any(name.startswith("If-") for name in headers)
        status = received = 0
        try:
            with Deadline(address, self.timeouts.whole), self._response(address, headers) as response:
                status = response.status_code
                try:
                    yield response
                finally:
                    received = response.raw.tell()
        finally:
            self.log.add(RequestRecord(parts.netloc, path, status, received, conditional))

    def _response(self, address: str, headers: dict[str, str]) -> requests.Response:
        with reading(address):
            try:
                return self._session(urlsplit(address).netloc).get(
                    address,
                    headers=headers,
                    stream=True,
                    allow_redirects=False,
                    timeout=(self.timeouts.connect, self.timeouts.read),
                )
            except ValueError as error:
                if isinstance(error, requests.RequestException):
                    raise
                # requests parses the address of a redirect even where it is not to follow it.
                raise AddressRefused(
                    "a redirect was refused: it leads to what is not a URL",
                    file=address,
                    expected="the address of a page or file",
                    found=str(error),
                    do="open the address in a browser",
                ) from error

    def _session(self, host: str) -> requests.Session:
        with self._lock:
            if host not in self._sessions:
                session = requests.Session()
                session.mount("https://", self.transport(self.host_limits.connections))
                # No compression, so that lengths, ranges and hashes are those of the file itself.
                session.headers.update({"User-Agent": self.user_agent, "Accept-Encoding": "identity"})
                self._sessions[host] = session
            return self._sessions[host]

    def _body(self, response: requests.Response, address: str) -> bytes:
        self._require_success(response, address, is_page=True)
        with reading(address):
            body: bytes = response.raw.read(self.limits.page_bytes + 1, decode_content=True)
        if len(body) > self.limits.page_bytes:
            raise TooLarge(
                "the page is too large",
                file=address,
                expected=f"at most {self.limits.page_bytes:,} bytes",
                do="open it in a browser; a page of this size is probably not the page that was expected",
            )
        if is_challenge(body):
            raise blocked(address, response.status_code)
        if not body.strip():
            raise unreachable(address, "an empty page")
        return body

    def _require_success(self, response: requests.Response, address: str, *, is_page: bool) -> None:
        if response.status_code in {requests.codes.ok, requests.codes.partial_content}:
            return
        with reading(address):
            start = response.raw.read(65_536, decode_content=True)
        raise_for_status(response, address, start, is_page=is_page)


def _answer(address: str, response: requests.Response, sha256: str = "") -> CachedResponse:
    return CachedResponse(
        address=address,
        etag=response.headers.get("ETag", ""),
        last_modified=response.headers.get("Last-Modified", ""),
        sha256=sha256,
        led_to=response.url,
    )
