"""What we remember of each address, so that the next visit asks only for what changed.

http/<id>.json    validators (ETag, Last-Modified), hash and time of the last answer
http/<id>.asked   the day of the last whole look, of what is asked for rarely
http/<id>.html    the last page, because an answer 'not modified' has no body
partial/<id>...   downloads that were cut off
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
    """The last whole answer of an address. `sha256` is empty for a page."""

    address: str
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    led_to: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Request headers that ask for the thing only if it changed; empty where the publisher gave no validator."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}

    @property
    def range_condition(self) -> str:
        """What makes a resumed download safe: a strong ETag, else the date; '' where neither was given."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


class HttpCache:
    """CachedResponse answers below `root`. Safe to delete: costs one full look."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, address: str) -> CachedResponse | None:
        """The last answer of an address, if any."""
        return _load(self._of(address, "json"))

    def get_page(self, address: str) -> tuple[CachedResponse, str] | None:
        """The last page of an address, if both it and its validators are still here."""
        cached, page = self.get(address), self._of(address, "html")
        return (cached, page.read_text(encoding="utf-8")) if cached and page.exists() else None

    def put(self, answer: CachedResponse, *, page: str | None = None) -> None:
        """Keep an answer. The page goes first, so that validators never speak of a page that is not here."""
        if page is not None:
            write_whole(self._of(answer.address, "html"), page.encode())
        write_whole(self._of(answer.address, "json"), json.dumps(asdict(answer), indent=1).encode())

    def requested_on(self, address: str) -> date | None:
        """The day on which a whole look at this address was noted last."""
        note = self._of(address, "asked")
        return date.fromisoformat(note.read_text(encoding="utf-8")) if note.exists() else None

    def set_requested_on(self, address: str, day: date) -> None:
        """Note a whole look."""
        write_whole(self._of(address, "asked"), day.isoformat().encode())

    def partial(self, address: str) -> PartialDownload:
        """The place of a download of this address, with what earlier attempts left there."""
        return PartialDownload(self.root / "partial" / _id(address), address)

    def _of(self, address: str, suffix: str) -> Path:
        return self.root / "http" / f"{_id(address)}.{suffix}"


@dataclass(frozen=True)
class PartialDownload:
    """A download under way: its bytes and the validator they belong to."""

    path: Path
    address: str

    @property
    def size(self) -> int:
        """Bytes here so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def headers(self) -> dict[str, str]:
        """The headers that ask for the rest, if the thing is still the same; empty where it cannot be resumed."""
        begun = _load(self._note)
        if not self.size or begun is None or not begun.range_condition:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": begun.range_condition}

    def begin(self, answer: CachedResponse) -> None:
        """Start anew, for this answer."""
        self.discard()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._note, json.dumps(asdict(answer)).encode())
        self.path.touch()

    def discard(self) -> None:
        """Forget the bytes."""
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
