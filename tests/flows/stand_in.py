"""The stand-in for the publishers with switches for faults, and small files to publish on it."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

import xlsxwriter

from flows.fetching.http import Client, HostLimits, HttpCache, Robots, SizeLimits, Timeouts, Transport
from flows.fetching.results import FetchedSeries
from flows.retries import RetryPolicy
from flows.sample.server import LoopbackServer, Resource, Visit
from tests.publisher_site import PublisherServer, SiteEdition, SiteFile, SiteSeries
from transforms.series import CATALOGUE, SeriesId
from warehouse.folder import DataFolder

SERIES_PAGE = "https://digital.nhs.uk/data-and-information/publications/statistical/nhs-workforce-statistics"
CHALLENGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><script>window._cf_chl_opt={}</script></html>"
)

Fault = Callable[[Visit, Resource], bool]
"""Answers a visit itself and returns True, or leaves it to the publisher."""


class FaultyPublisher(PublisherServer):
    """The stand-in, with a fault in front of any address, and a note of every visit as the publisher saw it."""

    def __init__(self, series: Iterable[SiteSeries] = ()) -> None:
        super().__init__(series)
        self.faults: dict[str, Fault] = {}
        self.visits: list[tuple[str, dict[str, str]]] = []

    def answer(self, visit: Visit) -> None:
        self.visits.append((visit.asked, dict(visit.headers.items())))
        resource = self.site.get(visit.asked)
        fault = self.faults.get(visit.asked)
        if fault and resource and fault(visit, resource):
            return
        super().answer(visit)

    def fault(self, address: str, fault: Fault) -> None:
        """Put a fault in front of an address."""
        self.faults[unquote(address)] = fault

    def rewrite(self, address: str, old: str, new: str) -> None:
        """Change a page's text."""
        page = self.site[unquote(address)]
        assert old.encode() in page.content
        self.site[unquote(address)] = replace(page, content=page.content.replace(old.encode(), new.encode()))

    def asked_for(self, address: str) -> list[dict[str, str]]:
        """The headers of every visit to an address."""
        return [headers for asked, headers in self.visits if asked == unquote(address)]

    def file(self, name: str) -> Resource:
        """The file of that name."""
        return next(each for each in self.site.values() if each.download_as == name)


@dataclass
class Times:
    """A fault that happens a number of times, then no more."""

    fault: Fault
    left: int

    def __call__(self, visit: Visit, resource: Resource) -> bool:
        self.left -= 1
        return self.left >= 0 and self.fault(visit, resource)


def answers(status: int, body: bytes = b"", **headers: str) -> Fault:
    """Answer with this status; header names with _ for -."""

    def fault(visit: Visit, _: Resource) -> bool:
        visit.send(status, body, {"Content-Type": "text/html"} | {k.replace("_", "-"): v for k, v in headers.items()})
        return True

    return fault


def redirects(to: str) -> Fault:
    """Send the visitor elsewhere."""
    return answers(HTTPStatus.FOUND, Location=to)


def cuts_off(after: int, *, ranges: bool = True) -> Fault:
    """Declare the whole length, send some bytes, and close. Without `ranges`, no validator for a resumption."""

    def fault(visit: Visit, resource: Resource) -> bool:
        visit.send_response(HTTPStatus.OK)
        visit.send_header("Content-Type", resource.media_type)
        visit.send_header("Content-Length", str(len(resource.content)))
        if ranges:
            visit.send_header("ETag", resource.etag)
        visit.end_headers()
        visit.wfile.write(resource.content[:after])
        visit.close_connection = True
        return True

    return fault


def cuts_off_chunks(after: int) -> Fault:
    """Send in chunks, without a length, and close before the last one."""

    def fault(visit: Visit, resource: Resource) -> bool:
        visit.send_response(HTTPStatus.OK)
        visit.send_header("Content-Type", resource.media_type)
        visit.send_header("Transfer-Encoding", "chunked")
        visit.end_headers()
        visit.wfile.write(f"{after:x}\r\n".encode() + resource.content[:after] + b"\r\n")
        visit.close_connection = True
        return True

    return fault


def declares(length: int) -> Fault:
    """Declare another length than there is."""

    def fault(visit: Visit, resource: Resource) -> bool:
        visit.send_response(HTTPStatus.OK)
        visit.send_header("Content-Type", resource.media_type)
        visit.send_header("Content-Length", str(length))
        visit.end_headers()
        visit.wfile.write(resource.content)
        visit.close_connection = True
        return True

    return fault


def drips(visit: Visit, resource: Resource) -> bool:
    """Send a byte now and then."""
    visit.send_response(HTTPStatus.OK)
    visit.send_header("Content-Length", str(len(resource.content)))
    visit.end_headers()
    try:
        for byte in resource.content:
            visit.wfile.write(bytes([byte]))
            visit.wfile.flush()
            time.sleep(0.002)
    except OSError:
        pass
    visit.close_connection = True
    return True


@dataclass
class Waits:
    """Stands for sleeping: notes each wait and passes at once."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def client(
    where: LoopbackServer | Transport,
    folder: DataFolder,
    *,
    limits: SizeLimits | None = None,
    robots: Robots | None = None,
    timeouts: Timeouts | None = None,
    **retries: object,
) -> Client:
    """A client of the stand-in that never really waits; its waits are in `client.retries.sleep.seconds`.

    Without `robots` it asks for no robots.txt, so that a test sees only the requests it is about.
    """
    every_host = {host for entry in CATALOGUE.values() for host in entry.hosts}
    return Client(
        HttpCache(folder.state),
        robots=robots or Robots(folder.state, overridden=every_host),
        user_agent="nhs-workforce (someone@example.org)",
        transport=where.transport if isinstance(where, LoopbackServer) else where,
        host_limits=HostLimits(delay=0),
        retries=RetryPolicy(**({"sleep": Waits()} | retries)),
        timeouts=timeouts,
        limits=limits,
    )


def xlsx(text: str = "figures") -> bytes:
    """A small workbook."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.set_properties({"created": datetime(2023, 1, 1, tzinfo=UTC)})
        book.add_worksheet("1. England").write(0, 0, text)
    return stream.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def workbook(month: str, text: str = "", address: str = "") -> SiteFile:
    """The workforce workbook of a month ('May 2023')."""
    return SiteFile(
        f"NHS Workforce Statistics, {month} England and Organisation.xlsx", xlsx(text or month), address=address
    )


def workforce_edition(month: str, published_on: date, *files: SiteFile, **facts: object) -> SiteEdition:
    """An edition of the workforce statistics, with its workbook unless other files are given."""
    return SiteEdition(
        title=f"NHS Workforce Statistics - {month}",
        published_on=published_on,
        files=files or (workbook(month),),
        slug=month.lower().replace(" ", "-"),
        **facts,
    )


def workforce(*editions: SiteEdition) -> SiteSeries:
    """The workforce series with these editions, or with that of May 2023."""
    return SiteSeries(SeriesId.WORKFORCE, editions or (workforce_edition("May 2023", date(2023, 8, 24)),))


def fresh(tmp_path: Path) -> DataFolder:
    """An empty data folder."""
    return DataFolder(tmp_path / "data")


def ending(fetched: FetchedSeries) -> str:
    """How fetching a series ended, in a word: 'gaps' where some of it failed, 'failed' where all of it did."""
    if fetched.failures:
        return "gaps" if fetched.files else "failed"
    return "new" if fetched.new or fetched.reissued else "nothing new"


def is_blocked(fetched: FetchedSeries) -> bool:
    """Whether the publisher answered with a challenge or a refusal."""
    return any(failure.kind == "Blocked" for failure in fetched.failures)
