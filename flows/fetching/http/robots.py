"""robots.txt of every host, interpreted as RFC 9309 says and cached for a day.

200            its rules apply; an empty file, or a web page instead of it, has no rules: everything is allowed
4xx            there is no robots.txt: everything is allowed (but 408, 425 and 429 count as no answer)
5xx, no answer the last cached copy applies, however old; without one nothing is fetched from the host in this run

Parsed with `protego`: Python's own `urllib.robotparser` (3.11) takes the first matching rule instead of the longest and
does not support `*` and `$` in paths.

robots/<host>.json    the text and the time at which it was read
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego

from flows.errors import DisallowedByRobots, Unreachable
from transforms.errors import WorkforceError
from warehouse.folder import write_whole

AGENT = "nhs-workforce"
"""The user agent that rules are matched against; the User-Agent header begins with it."""

KEPT_FOR = timedelta(days=1)

LARGEST = 512_000
"""Bytes of a robots.txt that are read; RFC 9309 requires at least 500 kibibytes. The rest is ignored."""

# Lines searched for the rule that an error quotes; in a longer robots.txt no rule is quoted.
_LINES_TRIED = 1_000


@dataclass(frozen=True)
class _Copy:
    """A host's robots.txt as it was read. `text` is '' where the host has none."""

    text: str
    read_at: str


class Robots:
    """The rules of each host. `overridden` are hosts whose robots.txt the operator has decided not to follow.

    `contacts` names the publisher to ask, by host. Copies are cached below `root`.
    """

    def __init__(
        self,
        root: Path,
        *,
        overridden: Collection[str] = (),
        contacts: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.root, self.overridden, self.contacts, self.now = root, frozenset(overridden), contacts or {}, now
        self._unreachable: dict[str, WorkforceError] = {}
        self._rules: dict[str, tuple[_Copy, Protego]] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def check(self, address: str, read: Callable[[str], str]) -> None:
        """Raise `DisallowedByRobots` where the host's rules forbid a URL to this program.

        `read` fetches the text of a robots.txt, '' where there is none. An error that it raises is raised for every URL
        of the host in this run, unless a copy is cached.
        """
        host = urlsplit(address).netloc.lower()
        if host in self.overridden:
            return
        with self._locks[host]:
            copy, rules = self._of(host, read)
        if not rules.can_fetch(address, AGENT):
            raise self._disallowed(address, host, copy)

    def _of(self, host: str, read: Callable[[str], str]) -> tuple[_Copy, Protego]:
        copy = self._rules[host][0] if host in self._rules else self._load(host)
        if copy is None or self.now() - datetime.fromisoformat(copy.read_at) > KEPT_FOR:
            copy = self._renewed(host, read, copy)
        if host not in self._rules or self._rules[host][0] is not copy:
            self._rules[host] = (copy, Protego.parse(copy.text))
        return self._rules[host]

    def _renewed(self, host: str, read: Callable[[str], str], old: _Copy | None) -> _Copy:
        if host not in self._unreachable:
            try:
                new = _Copy(read(f"https://{host}/robots.txt"), self.now().isoformat(timespec="seconds"))
            except Unreachable as error:
                self._unreachable[host] = _unread(host, error)
            except WorkforceError as error:
                self._unreachable[host] = error
            else:
                write_whole(self._place(host), json.dumps(asdict(new), indent=1).encode())
                return new
        if old is not None and isinstance(self._unreachable[host], Unreachable):
            return old
        raise self._unreachable[host]

    def _load(self, host: str) -> _Copy | None:
        place = self._place(host)
        return _Copy(**json.loads(place.read_text(encoding="utf-8"))) if place.exists() else None

    def _place(self, host: str) -> Path:
        return self.root / "robots" / f"{host}.json"

    def _disallowed(self, address: str, host: str, copy: _Copy) -> DisallowedByRobots:
        whom = self.contacts.get(host, "")
        error = DisallowedByRobots(
            "the publisher does not allow programs to fetch this address",
            file=address,
            expected=f"an address that https://{host}/robots.txt allows",
            found=f"{_rule(copy.text, address)} in robots.txt, read {copy.read_at}",
            do=(
                f"ask the publisher{f' ({whom})' if whom else ''} whether this program may fetch from {host}; if so, "
                f"set WORKFORCE_ROBOTS_OVERRIDE={host}, which makes it ignore that host's robots.txt; or download the "
                "files in a browser and put them into the inbox (or `workforce run --from FOLDER`)"
            ),
        )
        error.host = host
        return error


def _unread(host: str, error: Unreachable) -> Unreachable:
    unread = Unreachable(
        "robots.txt could not be read, so nothing is fetched from its host",
        file=f"https://{host}/robots.txt",
        expected="the rules, or the answer that there are none (404)",
        found=error.found,
        do=f"wait for the next run, or set WORKFORCE_ROBOTS_OVERRIDE={host} to ignore that host's robots.txt",
    )
    unread.is_temporary = False
    return unread


def _rule(text: str, address: str) -> str:
    """The rule that forbids a URL: the one without which the URL would be allowed."""
    lines = text.splitlines()
    for number, line in enumerate(lines[:_LINES_TRIED]):
        if line.strip().lower().startswith("disallow"):
            without = [*lines[:number], "Disallow:", *lines[number + 1 :]]
            if Protego.parse("\n".join(without)).can_fetch(address, AGENT):
                return repr(line.strip())
    return "more than one rule"
