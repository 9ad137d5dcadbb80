"""Fetching a series from a publisher that misbehaves: what failed is in the result, what was good stays."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.editions import editions_table
from flows.fetching.fetch import fetch_series
from flows.fetching.http import Timeouts, loopback
from flows.fetching.last_discovery import last_discovery
from flows.freshness import looked_in_words
from tests.flows.stand_in import (
    CHALLENGE,
    SERIES_PAGE,
    FaultyPublisher,
    Times,
    answers,
    client,
    cuts_off,
    declares,
    drips,
    ending,
    fresh,
    is_blocked,
    redirects,
    workbook,
    workforce,
    workforce_edition,
    zipped,
)
from tests.publisher_site import SiteFile, SiteSeries
from tests.small_disk import MEGABYTE
from transforms.series import SeriesId
from warehouse.archive import Archive
from warehouse.disk import free_bytes
from warehouse.folder import DataFolder

APRIL = workforce_edition("April 2023", date(2023, 7, 27))
MAY = workforce_edition("May 2023", date(2023, 8, 24))
NAME = "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
NOW = datetime(2023, 9, 1, 9, 45, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    return fresh(tmp_path)


@pytest.fixture
def publisher() -> Iterator[FaultyPublisher]:
    with FaultyPublisher([workforce(APRIL, MAY)]) as server:
        yield server


def fetch(where, folder, *, now=NOW, **retries):
    return fetch_series(SeriesId.WORKFORCE, client(where, folder, **retries), folder, now=now)


def archived(folder) -> set[str]:
    return {record.file_name for record in Archive(folder.archive).records()}


ACCESS_DENIED = b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
BOMB = zipped({"zeros.csv": bytes(30_000_000)})
FAULTS = {
    "unavailable": (answers(503), "Unreachable"),
    "too many requests, for an hour": (answers(429, Retry_After="3600"), "Unreachable"),
    "slow drip": (drips, "Unreachable"),
    "cut off, always": (cuts_off(1_000, ranges=False), "Unreachable"),
    "longer than there is": (declares(100_000), "Unreachable"),
    "shorter than there is": (declares(2_000), "NotWhatItClaims"),
    "to another host": (redirects("https://example.org/x.xlsx"), "AddressRefused"),
    "to a private address": (redirects("https://192.168.1.1/x.xlsx"), "AddressRefused"),
    "challenge page, 200": (answers(200, CHALLENGE), "Blocked"),
    "challenge page, 403": (answers(403, CHALLENGE), "Blocked"),
    "a web page": (answers(200, b"<html>Sorry</html>"), "NotWhatItClaims"),
    "gone": (answers(404), "NotFound"),
    "withdrawn from the file store": (answers(403, ACCESS_DENIED), "NotFound"),
    "refused by the file store, without saying why": (answers(403, Server="AmazonS3"), "NotFound"),
    "a refusal without a challenge": (answers(403, b"<html>Forbidden</html>"), "Unreachable"),
    "a challenge told by its header": (answers(403, b"<html>Hm</html>", cf_mitigated="challenge"), "Blocked"),
    "member outside": (answers(200, zipped({"../x": b"1", "xl/workbook.xml": b"1"})), "UnsafeZip"),
    "zip bomb": (answers(200, zipped({"xl/workbook.xml": bytes(30_000_000)})), "UnsafeZip"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_cannot_be_had_is_a_failure_and_nothing_of_it_is_archived(publisher, folder, fault):
    happens, kind = FAULTS[fault]
    publisher.fault(publisher.file(NAME).address, happens)
    got = fetch(publisher, folder, timeouts=Timeouts(slow_after=0.01, slowest=1_000_000), attempts=2)
    assert [(failure.kind, failure.where) for failure in got.failures] == [(kind, f"2023-05 {NAME}")]
    assert NAME not in archived(folder)
    assert not list((folder.archive / "incoming").glob("*"))
    assert is_blocked(got) == (kind == "Blocked")
    assert ending(got) == ("failed" if kind == "Blocked" else "gaps")


@pytest.mark.parametrize("megabytes", [5, 9])
def test_a_file_that_the_disk_has_no_room_for_is_a_failure_and_the_disk_never_fills_up(
    publisher, small_disk, monkeypatch, megabytes
):
    monkeypatch.setattr("warehouse.disk.RESERVE_BYTES", MEGABYTE)
    publisher.fault(publisher.file(NAME).address, answers(200, bytes(megabytes * MEGABYTE)))
    folder = DataFolder(small_disk)
    free = free_bytes(small_disk)
    got = fetch(publisher, folder)
    assert [(failure.kind, failure.where) for failure in got.failures] == [("TooLittleSpace", f"2023-05 {NAME}")]
    assert "free space on the disk" in got.failures[0].reason
    assert [file.edition for file in got.new] == ["2023-04"]
    assert free_bytes(small_disk) > free - MEGABYTE


def test_the_other_editions_stay_when_one_file_fails(publisher, folder):
    publisher.fault(publisher.file(NAME).address, answers(404))
    got = fetch(publisher, folder)
    assert [file.edition for file in got.new] == ["2023-04"]
    assert archived(folder) == {"NHS Workforce Statistics, April 2023 England and Organisation.xlsx"}


def test_a_withdrawn_file_stops_neither_the_other_files_nor_the_other_editions(publisher, folder):
    publisher.fault(publisher.file(NAME).address, answers(403, ACCESS_DENIED, Server="AmazonS3"))
    got = fetch(publisher, folder)
    assert ([failure.kind for failure in got.failures], is_blocked(got)) == (["NotFound"], False)
    assert [file.edition for file in got.new] == ["2023-04"]


def test_an_edition_page_that_a_file_store_does_not_have_stops_no_other(publisher, folder):
    publisher.fault(f"{SERIES_PAGE}/may-2023", answers(403, ACCESS_DENIED))
    got = fetch(publisher, folder)
    assert ([failure.kind for failure in got.failures], is_blocked(got)) == (["NotFound"], False)
    assert [file.edition for file in got.new] == ["2023-04"]


def test_a_page_of_the_site_that_is_refused_is_blocked(publisher, folder):
    publisher.fault(SERIES_PAGE, answers(403, b"<html>Forbidden</html>"))
    assert is_blocked(fetch(publisher, folder))


def test_an_ordinary_page_with_cloudflares_script_is_read(publisher, folder):
    publisher.rewrite(
        SERIES_PAGE, "</body>", '<script src="/cdn-cgi/challenge-platform/scripts/jsd.js"></script></body>'
    )
    assert ending(fetch(publisher, folder)) == "new"


def test_a_file_that_failed_is_fetched_by_the_next_run(publisher, folder):
    publisher.fault(publisher.file(NAME).address, Times(answers(503), 2))
    assert ending(fetch(publisher, folder, attempts=2)) == "gaps"
    after = fetch(publisher, folder)
    assert ([file.name for file in after.new], ending(after)) == ([NAME], "new")


def test_a_cut_off_file_is_resumed_and_archived_whole(publisher, folder):
    publisher.fault(publisher.file(NAME).address, Times(cuts_off(1_500), 1))
    got = fetch(publisher, folder)
    assert ending(got) == "new"
    record = next(each for each in Archive(folder.archive).records() if each.file_name == NAME)
    assert Archive(folder.archive).verified(record).read_bytes() == publisher.file(NAME).content


def test_a_publisher_that_is_down_is_one_failure(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        got = fetch(loopback(f"http://127.0.0.1:{taken.getsockname()[1]}"), folder)
    assert (ending(got), [failure.where for failure in got.failures]) == ("failed", [SERIES_PAGE])
    found = last_discovery(folder, SeriesId.WORKFORCE)
    assert found is not None
    assert (found.looked_at, found.editions) == (None, ())


def test_a_publisher_that_fails_again_and_again_is_left_alone(publisher, folder):
    months = ["January", "February", "March", "April", "May", "June"]
    editions = [workforce_edition(f"{month} 2023", date(2023, n + 4, 27)) for n, month in enumerate(months)]
    publisher.publish([workforce(*editions)])
    for resource in list(publisher.site.values()):
        if resource.download_as:
            publisher.fault(resource.address, answers(500))
    got = fetch(publisher, folder, attempts=1)
    assert [failure.kind for failure in got.failures] == ["Unreachable"] * 3


def test_an_edition_that_cannot_be_read_is_a_gap_beside_what_was_fetched(publisher, folder):
    publisher.rewrite(f"{SERIES_PAGE}/april-2023", "<h1 ", "<h2 ")
    got = fetch(publisher, folder)
    assert (ending(got), [file.edition for file in got.new]) == ("gaps", ["2023-05"])


def test_a_report_that_is_not_required_may_be_gone(publisher, folder):
    row = b'"R0A","TRUST"' + b',""' * 25 + b"\n"
    reports = tuple(SiteFile(name, row) for name in ("etr.csv", "ect.csv", "eccg.csv", "succ.csv"))
    publisher.publish([SiteSeries(SeriesId.ODS, (workforce_edition("May 2023", date(2023, 8, 24), *reports),))])
    got = fetch_series(SeriesId.ODS, client(publisher, folder), folder, now=NOW)
    assert ([file.edition for file in got.new], got.failures) == (["2023-09"] * 4, ())
    assert "no link to a system mapping file" in got.notes[0]


def test_what_was_found_at_the_publisher_is_kept(publisher, folder):
    stub = workforce_edition("June 2023", date(2023, 9, 28), upcoming=True)
    publisher.publish([workforce(MAY, stub)])
    fetch(publisher, folder)
    found = last_discovery(folder, SeriesId.WORKFORCE)
    assert [edition["edition"] for edition in found.editions] == ["2023-05"]
    assert (found.looked_at, found.announced) == (NOW, date(2023, 9, 28))


def test_a_look_that_failed_is_not_said_to_be_one(publisher, folder):
    def looked() -> tuple[datetime | None, datetime | None, str]:
        found = last_discovery(folder, SeriesId.WORKFORCE)
        return found.looked_at, found.failed_at, looked_in_words(found)

    publisher.fault(SERIES_PAGE, answers(503))
    fetch(publisher, folder, attempts=1)
    assert looked() == (None, NOW, "never; failed 2023-09-01 09:45")
    publisher.faults.clear()
    fetch(publisher, folder)
    assert looked() == (NOW, None, "2023-09-01 09:45")
    later = NOW + timedelta(days=1)
    publisher.fault(SERIES_PAGE, answers(503))
    fetch(publisher, folder, now=later, attempts=1)
    assert looked() == (NOW, later, "2023-09-01 09:45; failed 2023-09-02 09:45")
    assert last_discovery(folder, SeriesId.WORKFORCE).editions, "what was found before stays"
    publisher.faults.clear()
    publisher.rewrite(f"{SERIES_PAGE}/april-2023", "<h1 ", "<h2 ")
    fetch(publisher, folder, now=later + timedelta(days=40))
    assert looked()[0] == NOW, "a page of the publisher could not be read"


def test_the_table_of_editions_tells_what_is_there_superseded_unfetched_and_announced(publisher, folder):
    address = publisher.file(NAME).address
    stub = workforce_edition("June 2023", date(2023, 9, 28), upcoming=True)
    for day, text in enumerate(("figures", "corrected")):
        again = workforce_edition("May 2023", date(2023, 8, 24), workbook("May 2023", text, address))
        publisher.publish([workforce(again, stub)])
        fetch(publisher, folder, now=NOW + timedelta(days=day))
    publisher.publish([workforce(again, APRIL, stub)])
    publisher.fault(publisher.file(NAME.replace("May", "April")).address, answers(503))
    fetch(publisher, folder, now=NOW + timedelta(days=3), attempts=1)
    rows = editions_table(folder, [SeriesId.WORKFORCE])
    assert [(row.edition, row.status, bool(row.sha256)) for row in rows] == [
        ("2023-05", "current", True),
        ("2023-05", "superseded", True),
        ("2023-04", "not fetched", False),
        ("", "announced", False),
    ]
    assert not any(row.read for row in rows)
    assert {row.series for row in editions_table(folder)} == {SeriesId.WORKFORCE}


def test_a_file_is_read_once_its_frames_are_staged(publisher, folder):
    fetch(publisher, folder)
    record = next(each for each in Archive(folder.archive).records() if each.file_name == NAME)
    (folder.staged / "workforce-workbook-v1" / record.sha256).mkdir(parents=True)
    assert [row.read for row in editions_table(folder, [SeriesId.WORKFORCE])] == [True, False]


def test_what_the_page_says_goes_into_the_record(publisher, folder):
    facts = workforce_edition(
        "May 2023", date(2023, 8, 24), covers=(date(2009, 9, 30), date(2023, 5, 31)), key_facts="Staff rose."
    )
    publisher.publish([workforce(facts)])
    fetch(publisher, folder)
    (record,) = Archive(folder.archive).records()
    assert (record.series, record.edition, record.title) == (SeriesId.WORKFORCE, "2023-05", facts.title)
    assert (record.published_on, record.coverage) == ("2023-08-24", "30 Sep 2009 to 31 May 2023")
    assert (record.kind_of_statistics, record.key_facts) == ("Accredited official statistics", "Staff rose.")
    assert (record.page, record.address) == (f"{SERIES_PAGE}/may-2023", publisher.file(NAME).address)
    assert (record.etag, record.figure_kind) == (publisher.file(NAME).etag, "published")
    assert record.retrieved_at == "2023-09-01T09:45:00+00:00"
