"""The client against a publisher that misbehaves: each fault with what comes of it."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from flows.errors import AddressRefused, Blocked, NotFound, TooLarge, Unreachable, UnsafeZip
from flows.fetching.http import HttpCache, SizeLimits, Timeouts, live, loopback
from tests.flows.stand_in import (
    CHALLENGE,
    SERIES_PAGE,
    FaultyPublisher,
    Times,
    answers,
    client,
    cuts_off,
    cuts_off_chunks,
    declares,
    drips,
    fresh,
    redirects,
    workforce,
    workforce_edition,
    xlsx,
    zipped,
)
from tests.publisher_site import SiteFile
from transforms.errors import NotWhatItClaims, WorkforceError
from warehouse.folder import DataFolder

HOSTS = ("digital.nhs.uk", "files.digital.nhs.uk")
NAME = "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"


@pytest.fixture
def folder(tmp_path) -> DataFolder:
    return fresh(tmp_path)


@pytest.fixture
def publisher() -> Iterator[FaultyPublisher]:
    with FaultyPublisher([workforce()]) as server:
        yield server


@pytest.fixture
def address(publisher) -> str:
    return publisher.file(NAME).address


def download(visitor, address, *, name=NAME, have=lambda _: True):
    return visitor.download(address, name=name, hosts=HOSTS, have=have)


def nothing_is_left(folder: DataFolder) -> bool:
    return not any(path.suffix != ".json" for path in (folder.state / "partial").glob("*"))


def test_a_whole_file_is_hashed_and_known_by_its_validators(publisher, folder, address):
    got = download(client(publisher, folder), address)
    assert got.sha256 == hashlib.sha256(publisher.file(NAME).content).hexdigest()
    assert got.path.read_bytes() == publisher.file(NAME).content
    assert (got.answer.etag, got.answer.last_modified) == (
        publisher.file(NAME).etag,
        "Thu, 24 Aug 2023 09:30:00 GMT",
    )


def test_a_page_is_asked_for_conditionally_and_remembered(publisher, folder):
    visitor = client(publisher, folder)
    first, second = visitor.page(SERIES_PAGE, hosts=HOSTS), visitor.page(SERIES_PAGE, hosts=HOSTS)
    assert (first.changed, second.changed) == (True, False)
    assert first.html == second.html
    assert [request.status for request in visitor.log.requests] == [200, 304]
    assert [request.conditional for request in visitor.log.requests] == [False, True]


def test_a_file_that_is_archived_is_asked_for_conditionally(publisher, folder, address):
    visitor = client(publisher, folder)
    visitor.confirm_archived(download(visitor, address))
    assert download(visitor, address) is None
    assert publisher.asked_for(address)[1]["If-None-Match"] == publisher.file(NAME).etag


def test_a_file_that_the_archive_has_lost_is_fetched_again(publisher, folder, address):
    visitor = client(publisher, folder)
    visitor.confirm_archived(download(visitor, address))
    assert download(visitor, address, have=lambda _: False) is not None


def test_a_file_that_was_not_archived_is_fetched_again(publisher, folder, address):
    visitor = client(publisher, folder)
    download(visitor, address)
    assert download(visitor, address) is not None


def test_every_request_says_who_we_are(publisher, folder):
    client(publisher, folder).page(SERIES_PAGE, hosts=HOSTS)
    assert publisher.visits[0][1]["User-Agent"] == "nhs-workforce (someone@example.org)"


def test_connection_refused_is_tried_again_and_then_reported(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        visitor = client(loopback(f"http://127.0.0.1:{port}"), folder)
        with pytest.raises(Unreachable, match="refused"):
            visitor.page(SERIES_PAGE, hosts=HOSTS)
    assert [request.status for request in visitor.log.requests] == [0, 0, 0, 0]


def test_a_name_that_does_not_resolve_is_reported(folder, monkeypatch):
    def no_such_name(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    with pytest.raises(Unreachable, match="Name or service not known"):
        client(live, folder).page(SERIES_PAGE, hosts=HOSTS)


def test_too_many_requests_waits_as_long_as_the_publisher_asks(publisher, folder, address):
    publisher.fault(address, Times(answers(429, Retry_After="7"), 1))
    visitor = client(publisher, folder)
    assert download(visitor, address) is not None
    (waited,) = visitor.retries.sleep.seconds
    assert 7 <= waited <= 7.5


def test_a_date_to_come_back_is_honoured(publisher, folder, address):
    in_200_seconds = format_datetime(datetime.now(UTC) + timedelta(seconds=200), usegmt=True)
    publisher.fault(address, Times(answers(503, Retry_After=in_200_seconds), 1))
    visitor = client(publisher, folder)
    assert download(visitor, address) is not None
    assert 100 < visitor.retries.sleep.seconds[0] < 201


def test_a_publisher_that_asks_for_an_hour_is_left_alone(publisher, folder, address):
    publisher.fault(address, answers(429, Retry_After="3600"))
    visitor = client(publisher, folder)
    with pytest.raises(Unreachable, match="429"):
        download(visitor, address)
    assert visitor.retries.sleep.seconds == []


def test_unavailable_twice_then_there_is_fetched(publisher, folder, address):
    publisher.fault(address, Times(answers(503), 2))
    visitor = client(publisher, folder)
    assert download(visitor, address) is not None
    assert [request.status for request in visitor.log.requests] == [503, 503, 200]


def test_waits_grow_and_carry_chance(publisher, folder, address):
    publisher.fault(address, answers(503))
    visitor = client(publisher, folder, attempts=9, first_wait=1, longest_wait=60)
    with pytest.raises(Unreachable):
        download(visitor, address)
    waits = visitor.retries.sleep.seconds
    assert all(wait <= min(60, 2**n) for n, wait in enumerate(waits))
    assert len(set(waits)) == len(waits) == 8


@pytest.mark.parametrize("status", [404, 410])
def test_a_file_that_is_gone_is_not_tried_again(publisher, folder, address, status):
    publisher.fault(address, answers(status))
    visitor = client(publisher, folder)
    with pytest.raises(NotFound):
        download(visitor, address)
    assert len(visitor.log.requests) == 1


def test_a_slow_drip_is_given_up(publisher, folder, address):
    publisher.fault(address, drips)
    visitor = client(publisher, folder, timeouts=Timeouts(slow_after=0.01, slowest=1_000_000), attempts=1)
    with pytest.raises(Unreachable, match="seconds"):
        download(visitor, address)


def test_a_download_cut_off_is_resumed_where_it_broke_off(publisher, folder, address):
    publisher.fault(address, Times(cuts_off(2_000), 1))
    visitor = client(publisher, folder)
    got = download(visitor, address)
    assert got.path.read_bytes() == publisher.file(NAME).content
    assert got.sha256 == hashlib.sha256(publisher.file(NAME).content).hexdigest()
    assert [request.status for request in visitor.log.requests] == [200, 206]
    again = publisher.asked_for(address)[1]
    assert (again["Range"], again["If-Range"]) == ("bytes=2000-", publisher.file(NAME).etag)


def test_a_download_cut_off_in_an_earlier_run_is_resumed(publisher, folder, address):
    publisher.fault(address, Times(cuts_off(2_000), 1))
    with pytest.raises(Unreachable):
        download(client(publisher, folder, attempts=1), address)
    got = download(client(publisher, folder), address)
    assert got.path.read_bytes() == publisher.file(NAME).content
    assert publisher.asked_for(address)[1]["Range"] == "bytes=2000-"


def test_a_file_that_changed_since_it_was_cut_off_is_fetched_whole(publisher, folder, address):
    publisher.fault(address, Times(cuts_off(2_000), 1))
    with pytest.raises(Unreachable):
        download(client(publisher, folder, attempts=1), address)
    corrected = SiteFile(NAME, xlsx("corrected"), address=address)
    publisher.publish([workforce(workforce_edition("May 2023", date(2023, 9, 1), corrected))])
    assert download(client(publisher, folder), address).path.read_bytes() == corrected.content


def test_without_a_validator_a_cut_off_download_starts_anew(publisher, folder, address):
    publisher.fault(address, Times(cuts_off(2_000, ranges=False), 1))
    got = download(client(publisher, folder), address)
    assert got.path.read_bytes() == publisher.file(NAME).content
    assert "Range" not in publisher.asked_for(address)[1]


@pytest.mark.parametrize("fault", [cuts_off(2_000), cuts_off_chunks(2_000), declares(1_000_000)])
def test_a_file_that_is_always_cut_off_is_never_handed_over(publisher, folder, address, fault):
    publisher.fault(address, lambda visit, resource: fault(visit, resource))
    with pytest.raises(Unreachable):
        download(client(publisher, folder), address)


def test_a_length_declared_too_short_is_found_out_by_the_content(publisher, folder, address):
    publisher.fault(address, declares(3_000))
    with pytest.raises(NotWhatItClaims, match="begins like a zip"):
        download(client(publisher, folder), address)
    assert nothing_is_left(folder)


def test_an_answer_that_does_not_say_where_it_ends_is_refused(publisher, folder, address):
    def endless(visit, resource):
        visit.send_response(200)
        visit.end_headers()
        visit.wfile.write(resource.content)
        visit.close_connection = True
        return True

    publisher.fault(address, endless)
    with pytest.raises(Unreachable, match="without Content-Length"):
        download(client(publisher, folder), address)


def test_a_redirect_within_the_publishers_hosts_is_followed(publisher, folder):
    publisher.site["https://digital.nhs.uk/moved"] = publisher.site[SERIES_PAGE]
    publisher.fault(SERIES_PAGE, redirects("/moved"))
    visitor = client(publisher, folder)
    assert visitor.page(SERIES_PAGE, hosts=HOSTS).address == "https://digital.nhs.uk/moved"
    assert visitor.page(SERIES_PAGE, hosts=HOSTS) == visitor.page(SERIES_PAGE, hosts=HOSTS)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/file.xlsx",
        "http://files.digital.nhs.uk/file.xlsx",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://localhost/",
        "https://files.digital.nhs.uk:8443/file.xlsx",
        "https://digital.nhs.uk@example.org/",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_elsewhere_is_refused_before_anything_is_sent_there(publisher, folder, address, elsewhere):
    publisher.fault(address, redirects(elsewhere))
    visitor = client(publisher, folder)
    with pytest.raises(AddressRefused):
        download(visitor, address)
    assert len(visitor.log.requests) == 1


def test_endless_redirects_end(publisher, folder, address):
    publisher.fault(address, redirects(address))
    visitor = client(publisher, folder)
    with pytest.raises(AddressRefused, match="too many redirects"):
        download(visitor, address)
    assert len(visitor.log.requests) == 6


def test_a_publishers_name_that_leads_to_a_private_machine_is_refused(folder, monkeypatch):
    with FaultyPublisher() as server:
        port = int(server.base.rpartition(":")[2])
        inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
        with pytest.raises(AddressRefused, match="private or local IP address"):
            client(live, folder).page(SERIES_PAGE, hosts=HOSTS)
        assert server.visits == []


@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_challenge_page_in_place_of_a_file_is_reported_as_blocked(publisher, folder, address, status):
    publisher.fault(address, answers(status, CHALLENGE))
    with pytest.raises(Blocked, match="inbox"):
        download(client(publisher, folder), address)
    assert nothing_is_left(folder)


@pytest.mark.parametrize("status", [200, 403])
def test_a_challenge_page_in_place_of_a_page_is_reported_as_blocked(publisher, folder, status):
    publisher.fault(SERIES_PAGE, answers(status, CHALLENGE))
    visitor = client(publisher, folder)
    with pytest.raises(Blocked):
        visitor.page(SERIES_PAGE, hosts=HOSTS)
    assert visitor.cache.get_page(SERIES_PAGE) is None
    assert len(visitor.log.requests) == 1


def test_another_page_in_place_of_a_file_is_not_data(publisher, folder, address):
    publisher.fault(address, answers(200, b"<!DOCTYPE html><title>Sorry</title>"))
    with pytest.raises(NotWhatItClaims, match="html"):
        download(client(publisher, folder), address)


def published_zip(content: bytes) -> tuple[FaultyPublisher, str]:
    file = SiteFile("NHS Workforce Statistics, May 2023 csv files.zip", content)
    server = FaultyPublisher([workforce(workforce_edition("May 2023", date(2023, 8, 24), file))])
    return server, file.name


def test_a_zip_with_a_member_that_leads_outside_is_refused(folder):
    server, name = published_zip(zipped({"../../etc/cron.d/x": b"* * * * *"}))
    with server, pytest.raises(UnsafeZip, match="leads outside"):
        download(client(server, folder), server.file(name).address, name=name)
    assert nothing_is_left(folder)


def test_a_zip_bomb_is_refused(folder):
    server, name = published_zip(zipped({"zeros.csv": bytes(30_000_000)}))
    with server, pytest.raises(UnsafeZip, match="unpacks"):
        download(client(server, folder), server.file(name).address, name=name)


def test_a_file_larger_than_the_limit_is_refused_before_it_is_read(publisher, folder, address):
    visitor = client(publisher, folder, limits=SizeLimits(file_bytes=100))
    with pytest.raises(TooLarge):
        download(visitor, address)
    assert nothing_is_left(folder)


def test_a_file_without_a_declared_length_is_stopped_at_the_limit(publisher, folder, address):
    publisher.fault(address, cuts_off_chunks(4_000))
    with pytest.raises(TooLarge):
        download(client(publisher, folder, limits=SizeLimits(file_bytes=100)), address)


def test_a_page_larger_than_the_limit_is_refused(publisher, folder):
    with pytest.raises(TooLarge):
        client(publisher, folder, limits=SizeLimits(page_bytes=100)).page(SERIES_PAGE, hosts=HOSTS)


def test_progress_is_told_while_downloading(publisher, folder, address):
    told = []
    visitor = client(publisher, folder)
    visitor.download(address, name=NAME, hosts=HOSTS, have=lambda _: True, progress=lambda *each: told.append(each))
    size = len(publisher.file(NAME).content)
    assert told[-1] == (NAME, size, size)


@pytest.mark.parametrize(
    "base", ["http://192.0.2.1:80", "https://127.0.0.1", "http://digital.nhs.uk", "ftp://localhost"]
)
def test_a_stand_in_anywhere_but_on_loopback_is_refused(base):
    with pytest.raises(AddressRefused):
        loopback(base)


def test_every_fault_is_an_error_with_advice(publisher, folder, address):
    publisher.fault(address, answers(500))
    with pytest.raises(WorkforceError) as caught:
        download(client(publisher, folder, attempts=1), address)
    assert "What to do:" in str(caught.value)
    assert address in str(caught.value)


def test_memory_that_was_deleted_costs_one_full_look(publisher, folder):
    visitor = client(publisher, folder)
    visitor.page(SERIES_PAGE, hosts=HOSTS)
    for path in (folder.state / "http").iterdir():
        path.unlink()
    assert visitor.page(SERIES_PAGE, hosts=HOSTS).changed
    assert HttpCache(folder.state).get(SERIES_PAGE).etag
