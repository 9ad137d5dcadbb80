"""Cache of HTTP validators (ETag, Last-Modified), pages and partial downloads, by URL.

http/<id>.json    validators, hash and final address of the last complete response
http/<id>.asked   the day of the last request, for files that are requested again only after some days
http/<id>.html    the last page, because a response with status 304 has no body
partial/<id>...   interrupted downloads
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from warehouse.folder import write_whole


@dataclass(frozen=True)
class CachedResponse:
    """What is kept of the last complete response of a URL.

    `sha256` is empty for a page; `led_to` is the URL after redirects.
    """

    address: str
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    led_to: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Request headers that make the request conditional; empty where the publisher sent no validator."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}

    @property
    def range_condition(self) -> str:
        """The value of If-Range: a strong ETag, else the Last-Modified date; empty where neither was sent."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


class HttpCache:
    """The cache below `root`. It may be deleted: the next run then requests every page and file in full."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, address: str) -> CachedResponse | None:
        """The last response of a URL, None where there is none."""
        return _load(self._of(address, "json"))

    def get_page(self, address: str) -> tuple[CachedResponse, str] | None:
        """The last response of a page with its HTML, None unless both are in the cache."""
        cached, page = self.get(address), self._of(address, "html")
        return (cached, page.read_text(encoding="utf-8")) if cached and page.exists() else None

    def put(self, answer: CachedResponse, *, page: str | None = None) -> None:
        """Keep a response. The HTML is written first, so that there are never validators without their page."""
        if page is not None:
            write_whole(self._of(answer.address, "html"), page.encode())
        write_whole(self._of(answer.address, "json"), json.dumps(asdict(answer), indent=1).encode())

    def requested_on(self, address: str) -> date | None:
        """The day of the last request of a URL that `set_requested_on` noted."""
        note = self._of(address, "asked")
        return date.fromisoformat(note.read_text(encoding="utf-8")) if note.exists() else None

    def set_requested_on(self, address: str, day: date) -> None:
        """Note the day of a request."""
        write_whole(self._of(address, "asked"), day.isoformat().encode())

    def partial(self, address: str) -> PartialDownload:
        """The partial download of a URL, with the bytes that earlier attempts received."""
        return PartialDownload(self.root / "partial" / _id(address), address)

    def _of(self, address: str, suffix: str) -> Path:
        return self.root / "http" / f"{_id(address)}.{suffix}"


@dataclass(frozen=True)
class PartialDownload:
    """A download in progress: its bytes and the validators of the response they came from."""

    path: Path
    address: str

    @property
    def size(self) -> int:
        """Number of bytes received so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def headers(self) -> dict[str, str]:
        """Request headers for the missing bytes, if the file is unchanged; empty where it cannot be resumed."""
        begun = _load(self._note)
        if not self.size or begun is None or not begun.range_condition:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": begun.range_condition}

    def begin(self, answer: CachedResponse) -> None:
        """Start again from the first byte, for this response."""
        self.discard()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._note, json.dumps(asdict(answer)).encode())
        self.path.touch()

    def discard(self) -> None:
        """Delete the received bytes."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    @property
    def _note(self) -> Path:
        return self.path.with_suffix(".json")


def _id(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:40]


def _load(path: Path) -> CachedResponse | None:
    if not path.exists():
        return None
    facts = json.loads(path.read_text(encoding="utf-8"))
    return CachedResponse(**{each.name: facts[each.name] for each in fields(CachedResponse) if each.name in facts})
