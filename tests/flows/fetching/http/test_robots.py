"""robots.txt: read once a day for each host, followed, and left aside only where the operator said so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.errors import Blocked, DisallowedByRobots, Unreachable, WrongRequest
from flows.fetching.acquire import contacts
from flows.fetching.fetch import fetch_series
from flows.fetching.http import Robots
from flows.sample.server import Resource
from flows.settings import Settings
from tests.flows.stand_in import (
    CHALLENGE,
    SERIES_PAGE,
    FaultyPublisher,
    answers,
    client,
    fresh,
    workbook,
    workforce,
    workforce_edition,
)
from transforms.series import SeriesId

PAGES = "https://digital.nhs.uk/robots.txt"
FILES = "https://files.digital.nhs.uk/robots.txt"
HOSTS = ("digital.nhs.uk", "files.digital.nhs.uk")
NOW = datetime(2026, 11, 27, 9, 45, tzinfo=UTC)


@pytest.fixture
def publisher() -> Iterator[FaultyPublisher]:
    editions = [
        workforce_edition(month, day, workbook(month))
        for month, day in (("April 2023", date(2023, 7, 27)), ("May 2023", date(2023, 8, 24)))
    ]
    with FaultyPublisher([workforce(*editions)]) as server:
        yield server


@pytest.fixture
def folder(tmp_path):
    return fresh(tmp_path)


def says(publisher: FaultyPublisher, address: str, text: str | bytes) -> None:
    """Put a robots.txt at an address."""
    content = text if isinstance(text, bytes) else text.encode()
    publisher.site[address] = Resource(address, content, "text/plain", "Thu, 01 Feb 2018 00:00:00 GMT")


def visitor(publisher, folder, *, now=NOW, overridden=()):
    robots = Robots(folder.state, overridden=overridden, contacts=contacts(), now=lambda: now)
    return client(publisher, folder, robots=robots)


def allowed(publisher, folder, **how) -> bool:
    """Whether the series page may be fetched."""
    try:
        return bool(visitor(publisher, folder, **how).page(SERIES_PAGE, hosts=HOSTS).html)
    except DisallowedByRobots:
        return False


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("", True),
        ("<!doctype html><title>Not found</title>", True),
        ("User-agent: *\nDisallow:\n", True),
        ("User-agent: *\nDisallow: /\n", False),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("User-agent: *\nDisallow: /data-and-information/\n", False),
        ("User-agent: *\nDisallow: /*/publications/\n", False),
        ("User-agent: *\nDisallow: /*-statistics$\n", False),
        ("User-agent: *\nDisallow: /data\nAllow: /data-and-information/publications\n", True),
        ("User-agent: *\nAllow: /data\nDisallow: /data-and-information/publications\n", False),
        ("User-agent: nhs-workforce\nDisallow:\n\nUser-agent: *\nDisallow: /\n", True),
        ("User-agent: NHS-Workforce\nDisallow: /\n\nUser-agent: *\nAllow: /\n", False),
        ("User-agent: Googlebot\nDisallow: /\n", True),
    ],
)
def test_rules_are_read_as_the_standard_says(publisher, folder, rules, expected):
    says(publisher, PAGES, rules)
    assert allowed(publisher, folder) is expected


@pytest.mark.parametrize(("status", "expected"), [(404, True), (410, True), (401, True), (403, True)])
def test_a_host_without_robots_txt_allows_everything(publisher, folder, status, expected):
    says(publisher, PAGES, "User-agent: *\nDisallow: /\n")
    publisher.fault(PAGES, answers(status))
    assert allowed(publisher, folder) is expected


@pytest.mark.parametrize("status", [429, 500, 503])
def test_without_an_answer_about_its_rules_nothing_is_fetched_from_a_host(publisher, folder, status):
    says(publisher, PAGES, "")
    publisher.fault(PAGES, answers(status))
    guest = visitor(publisher, folder)
    for _ in range(2):
        with pytest.raises(Unreachable, match=r"so nothing is fetched from its host.*WORKFORCE_ROBOTS_OVERRIDE"):
            guest.page(SERIES_PAGE, hosts=HOSTS)
    assert publisher.asked_for(SERIES_PAGE) == []
    assert len(publisher.asked_for(PAGES)) == guest.retries.attempts


def test_the_last_copy_holds_while_the_host_does_not_answer(publisher, folder):
    says(publisher, PAGES, "User-agent: *\nDisallow: /\n")
    assert not allowed(publisher, folder)
    publisher.fault(PAGES, answers(503))
    assert not allowed(publisher, folder, now=NOW + timedelta(days=40))


def test_a_challenge_in_place_of_robots_txt_is_blocked(publisher, folder):
    says(publisher, PAGES, "")
    publisher.fault(PAGES, answers(403, CHALLENGE))
    with pytest.raises(Blocked):
        allowed(publisher, folder)


def test_robots_txt_is_read_once_a_day(publisher, folder):
    says(publisher, PAGES, "User-agent: *\nAllow: /\n")
    for hours in (0, 1, 23.9):
        assert allowed(publisher, folder, now=NOW + timedelta(hours=hours))
    assert len(publisher.asked_for(PAGES)) == 1
    says(publisher, PAGES, "User-agent: *\nDisallow: /\n")
    assert not allowed(publisher, folder, now=NOW + timedelta(hours=24.1))
    assert len(publisher.asked_for(PAGES)) == 2


def test_every_host_has_its_own_rules_also_behind_a_redirect(publisher, folder):
    says(publisher, FILES, "User-agent: *\nDisallow: /\n")
    target = "https://files.digital.nhs.uk/moved"
    publisher.fault(SERIES_PAGE, answers(302, Location=target))
    with pytest.raises(DisallowedByRobots, match=r"files\.digital\.nhs\.uk"):
        visitor(publisher, folder).page(SERIES_PAGE, hosts=HOSTS)
    assert publisher.asked_for(target) == []


def test_a_host_the_operator_named_is_fetched_from_without_asking_for_its_rules(publisher, folder):
    says(publisher, FILES, "User-agent: *\nDisallow: /\n")
    guest = visitor(publisher, folder, overridden={"files.digital.nhs.uk"})
    got = fetch_series(SeriesId.WORKFORCE, guest, folder, now=NOW)
    assert (len(got.new), got.failures) == (2, ())
    assert publisher.asked_for(FILES) == []
    assert len(publisher.asked_for(PAGES)) == 1


def test_the_error_says_the_rule_the_setting_and_whom_to_ask_once_for_all_files(publisher, folder):
    says(publisher, FILES, "# no programs\nUser-agent: x\nDisallow: /y\n\nUser-agent: *\nDisallow: /\n")
    got = fetch_series(SeriesId.WORKFORCE, visitor(publisher, folder), folder, now=NOW)
    (failure,) = got.failures
    assert (failure.where, failure.kind) == ("2 files of files.digital.nhs.uk", "DisallowedByRobots")
    for part in (
        "'Disallow: /' in robots.txt",
        "WORKFORCE_ROBOTS_OVERRIDE=files.digital.nhs.uk",
        "enquiries@nhsdigital.nhs.uk",
        "inbox",
        "workforce run --from",
    ):
        assert part in failure.reason
    assert [asked for asked, _ in publisher.visits if "files.digital" in asked] == [FILES]


def test_the_setting_names_hosts(monkeypatch):
    monkeypatch.setenv("WORKFORCE_ROBOTS_OVERRIDE", " Files.digital.nhs.uk, example.org,")
    assert Settings().overridden_hosts == {"files.digital.nhs.uk", "example.org"}
    monkeypatch.setenv("WORKFORCE_ROBOTS_OVERRIDE", "https://files.digital.nhs.uk/")
    with pytest.raises(WrongRequest, match="not a host"):
        assert Settings().overridden_hosts


def test_everyone_who_can_be_asked_is_named():
    assert contacts()["files.digital.nhs.uk"] == "enquiries@nhsdigital.nhs.uk"
    assert all(contacts().values())
