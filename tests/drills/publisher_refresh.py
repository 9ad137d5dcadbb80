"""Whole refreshes of a data folder with a release, of whose two publishers one sends the attacks of a list.

After each the published release is as it was, the archive has what it had, and the gaps name the series that was
attacked and no other. `python -m tests.drills.lists publisher` makes all of them.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from flows.endings import Ending
from flows.refreshing import refresh_folder
from flows.request import Request, Source
from flows.sample.server import Resource, Visit
from flows.settings import Settings
from flows.steps import ThreadRunner
from tests.drills.left import wrong_after_next
from tests.drills.publisher import IMPATIENT, LIMITS, PATIENT, Tried, with_port
from tests.drills.publisher_attacks import Attack
from tests.flows.stand_in import Fault, FaultyPublisher, client
from tests.publisher_site import SiteSeries
from tests.publisher_site.pages import render
from tests.sample_maker import sample_site
from transforms.series import SeriesId
from warehouse.archive import Archive
from warehouse.folder import DataFolder

ATTACKED = {"page": SeriesId.PAY_GAP, "file": SeriesId.ODS}
"""The series that is attacked: one with a page, and one whose files are asked for at each refresh."""
FILE = "etr.csv"
"""The file that is attacked. Text that is no list is archived, and refused by its readers at every later refresh."""


def refreshes(attacks: Iterable[Attack], root: Path) -> Iterator[Tried]:
    """Publish a release of both series, then make a refresh with each attack as the answer of the first."""
    folder = DataFolder(root / "data")
    shown = {series.series: series for series in sample_site() if series.series in ATTACKED.values()}
    with FaultyPublisher(shown.values()) as publisher, socket.create_server(("127.0.0.1", 0)) as unasked:
        unasked.setblocking(False)
        ended, _ = _refreshed(folder, publisher, harmless=True)
        assert ended == Ending.PUBLISHED, ended
        asked = [address for address, _ in publisher.visits]
        places = {kind: _first(asked, shown[series], kind) for kind, series in ATTACKED.items()}
        records = {each.identity for each in Archive(folder.archive).records()}
        before = folder.published.stat()
        for attack in attacks:
            publisher.faults.clear()
            publisher.fault(places[attack.kind], _sends(attack, unasked.getsockname()[1]))
            ended, gaps = _refreshed(folder, publisher, harmless=attack.ends != "Unreachable")
            wrong = wrong_after_next(folder)
            after = folder.published.stat()
            if (after.st_ino, after.st_mtime_ns) != (before.st_ino, before.st_mtime_ns):
                wrong.append("another release was published")
            found = {each.identity for each in Archive(folder.archive).records()}
            wrong += [f"{len(records - found)} records of the archive are lost"] if records - found else []
            known = (urlsplit(places[attack.kind]).netloc, FILE)
            wrong += [f"a gap of another series: {gap}" for gap in gaps if not any(each in gap for each in known)]
            # The page is in the cache, where it may well be said to be as it was.
            wrong += ["no gap"] if attack.ends != "taken" and "304" not in attack.name and not gaps else []
            if ended not in {Ending.NOTHING_NEW, Ending.NOTHING_NEW_WITH_GAPS}:
                wrong.append(f"the refresh ended as {ended}")
            try:
                unasked.accept()[0].close()
                wrong.append("another server was contacted")
            except BlockingIOError:
                pass
            yield Tried(attack, ended, tuple(wrong))


def _first(asked: list[str], series: SiteSeries, kind: str) -> str:
    """The first page or file of a series that was asked for."""
    mine = {each.address for each in render([series]) if bool(each.download_as) is (kind == "file")}
    return next(each for each in asked if each in mine)


def _sends(attack: Attack, port: int) -> Fault:
    def fault(visit: Visit, _: Resource) -> bool:
        visit.close_connection = True
        try:
            with_port(attack, port)(visit.connection)
            visit.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        return True

    return fault


def _refreshed(folder: DataFolder, publisher: FaultyPublisher, *, harmless: bool) -> tuple[str, list[str]]:
    """How a refresh of both series ends, and its gaps."""

    @contextmanager
    def stand_in(*_: Any) -> Iterator[Any]:
        timeouts = PATIENT if harmless else IMPATIENT
        asking = client(publisher, folder, limits=LIMITS, timeouts=timeouts, attempts=2)
        yield asking
        asking.close()

    settings = Settings(data=folder.root, contact="someone@example.org")
    request = Request(Source.PUBLISHERS, tuple(ATTACKED.values()))
    with mock.patch("flows.refreshing.client_for", stand_in):
        outcome = refresh_folder(request, settings, ThreadRunner("drill"))
    return outcome.ending, outcome.gaps
