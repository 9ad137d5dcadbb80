"""Notices: said once, sent where the settings say, and never in the way of a refresh."""

from __future__ import annotations

import logging
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from flows.endings import Ending
from flows.fetching.publishers import Failure
from flows.fetching.results import FetchedSeries
from flows.results import Outcome
from flows.retries import RetryPolicy
from flows.service import notices as sending
from flows.service.notices import Notice, NoticeHistory, notices
from flows.settings import Settings
from tests.receivers import mail_server, mails, webhook
from warehouse.folder import DataFolder

NOTICE = Notice("late", "A series is past its due date", "No newer edition was found: ods", "http://127.0.0.1/run/1")
VACANCIES = "nhs-vacancy-statistics"


def kinds(found: list[Notice]) -> list[str]:
    return [notice.kind for notice in found]


def failing(*reasons: str) -> FetchedSeries:
    return FetchedSeries("wres", failures=tuple(Failure("page", "Blocked", reason) for reason in reasons))


def test_an_edition_is_new_once() -> None:
    outcome = Outcome(Ending.PUBLISHED, release_id="2026-06-01.1")
    first, told = notices(outcome, [(VACANCIES, "2026-03", "not due")], NoticeHistory(), link="")
    assert kinds(first) == ["new edition"]
    assert f"{VACANCIES} 2026-03" in first[0].text
    again, _ = notices(outcome, [(VACANCIES, "2026-03", "not due")], told, link="")
    assert again == []
    later, _ = notices(outcome, [(VACANCIES, "2026-06", "not due")], told, link="")
    assert kinds(later) == ["new edition"]


def test_an_edition_is_not_new_before_it_is_published() -> None:
    found, _ = notices(Outcome(Ending.NOTHING_NEW), [(VACANCIES, "2026-03", "not due")], NoticeHistory(), link="")
    assert found == []


def test_a_late_series_is_told_once_and_again_when_the_next_one_is_late() -> None:
    outcome = Outcome(Ending.NOTHING_NEW)
    first, told = notices(outcome, [(VACANCIES, "2026-03", "late")], NoticeHistory(), link="")
    assert kinds(first) == ["late"]
    again, told = notices(outcome, [(VACANCIES, "2026-03", "late")], told, link="")
    assert again == []
    arrived, told = notices(outcome, [(VACANCIES, "2026-06", "not due")], told, link="")
    assert arrived == []
    late_again, _ = notices(outcome, [(VACANCIES, "2026-06", "late")], told, link="")
    assert kinds(late_again) == ["late"]


@pytest.mark.parametrize("due", ["due", "not due"])
def test_a_series_that_is_not_late_is_not_told(due: str) -> None:
    assert notices(Outcome(), [(VACANCIES, "2026-03", due)], NoticeHistory(), link="")[0] == []


def test_only_a_gap_that_was_not_there_before_is_told() -> None:
    broken = Outcome(Ending.NOTHING_NEW_WITH_GAPS, fetched=[failing("blocked")])
    first, told = notices(broken, [], NoticeHistory(), link="")
    assert (kinds(first), first[0].text) == (["gaps"], "wres: blocked")
    assert notices(broken, [], told, link="")[0] == []
    worse = Outcome(Ending.NOTHING_NEW_WITH_GAPS, fetched=[failing("blocked", "page changed")])
    assert notices(worse, [], told, link="")[0][0].text == "wres: page changed"


def test_a_refusal_names_what_failed_and_says_that_the_published_file_stays() -> None:
    refused = Outcome(Ending.REFUSED_BY_CHECKS, failing="workforce.parts: 3 rows, cell H12")
    found, _ = notices(refused, [], NoticeHistory(), link="http://127.0.0.1/run/1")
    assert (kinds(found), found[0].link) == (["refused"], "http://127.0.0.1/run/1")
    assert "The published file stays as it was" in found[0].text
    assert "cell H12" in found[0].text


def test_what_was_told_outlives_the_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken = Outcome(Ending.NOTHING_NEW_WITH_GAPS, fetched=[failing("blocked")])
    with caplog.at_level(logging.WARNING, "workforce.notify"):
        for _ in range(2):
            sending.notify_outcome(broken, DataFolder(tmp_path), Settings(webhook="", mail_to=""), link="")
    assert [record.getMessage() for record in caplog.records] == [
        "Nothing new, with gaps: something is missing. New: 1"
    ]


def test_notifications_that_cannot_be_made_do_not_break_the_refresh(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.state.mkdir()
    (folder.state / "notified.json").write_text("not json")
    sending.notify_outcome(Outcome(), folder, Settings(webhook="", mail_to=""), link="")
    assert "unsent" in (folder.state / "notified.json").read_text(), "it is written anew"


def test_a_webhook_gets_the_notice_and_a_text_that_chat_services_show() -> None:
    with webhook(204) as (address, posted):
        sending.send([NOTICE], Settings(webhook=address, mail_to=""))
    assert [(body["kind"], body["link"]) for body in posted] == [("late", NOTICE.link)]
    assert posted[0]["text"] == f"{NOTICE.title}\n{NOTICE.text}\n{NOTICE.link}"


def test_a_webhook_that_fails_is_logged_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    with webhook(500) as (address, posted), caplog.at_level(logging.WARNING, "workforce.notify"):
        sending.send([NOTICE], Settings(webhook=address, mail_to=""))
    assert len(posted) == 1
    assert "could not be sent: HTTPError" in caplog.text
    assert "very-secret" not in caplog.text


def test_a_mail_is_sent_with_date_message_id_and_the_name_of_the_run() -> None:
    notice = replace(NOTICE, run="2026-06-01 · publishers · all series")
    with mail_server() as (address, told):
        settings = Settings(mail_server=address, mail_to="to@example.org", mail_from="from@example.org", webhook="")
        assert sending.send([notice], settings) == []
    (mail,) = mails(told)
    assert (mail["To"], mail["From"]) == ("to@example.org", "from@example.org")
    assert mail["Subject"] == f"NHS workforce data: {NOTICE.title}"
    assert parsedate_to_datetime(mail["Date"]).tzinfo is not None
    assert mail["Message-ID"] == notice.message_id != NOTICE.message_id
    text = str(mail.get_payload())
    assert NOTICE.text in text
    assert "Run: 2026-06-01 · publishers · all series" in text


def test_a_notice_is_sent_to_each_receiver_until_it_accepts_it_and_then_no_more(tmp_path: Path) -> None:
    folder, broken = DataFolder(tmp_path), Outcome(Ending.NOTHING_NEW_WITH_GAPS, fetched=[failing("blocked")])
    with webhook(500, 500, 204) as (address, posted), mail_server(refusals=1) as (server, told):
        settings = Settings(webhook=address, mail_to="to@example.org", mail_server=server)
        sending.notify_outcome(broken, folder, settings, link="", run="the first")
        assert (len(posted), mails(told), told.count("refused")) == (1, [], 1)
        sending.send_again(folder, settings)
        assert (len(posted), len(mails(told))) == (2, 1)
        for _ in range(2):
            sending.send_again(folder, settings)
        sending.notify_outcome(broken, folder, settings, link="", run="the next")
    assert [body["run"] for body in posted] == ["the first"] * 3
    assert len(mails(told)) == 1


def test_a_notice_is_kept_before_it_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut while a notice is sent does not lose it."""
    folder, settings = DataFolder(tmp_path), Settings(webhook="http://127.0.0.1:9/", mail_to="")
    with monkeypatch.context() as cut:
        cut.setattr(sending, "_post", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sending.notify_crash("a run", "Crashed: no power", folder, settings, link="")
    with webhook(204) as (address, posted):
        sending.send_again(folder, Settings(webhook=address, mail_to=""))
    assert [body["title"] for body in posted] == ["The refresh a run failed"]


def test_a_mail_password_is_never_sent_without_tls(caplog: pytest.LogCaptureFixture) -> None:
    with mail_server() as (address, told), caplog.at_level(logging.WARNING, "workforce.notify"):
        login = {"mail_user": "me", "mail_password": "hunter2"}
        sending.send([NOTICE], Settings(mail_server=address, mail_to="to@example.org", webhook="", **login))
    assert not any(line.upper().startswith(("AUTH", "DATA")) for line in told)
    assert "could not be sent: SMTPNotSupportedError" in caplog.text


def test_a_server_that_is_not_there_does_not_break_the_refresh(caplog: pytest.LogCaptureFixture) -> None:
    waits: list[float] = []
    nobody = Settings(webhook="http://127.0.0.1:9/", mail_to="to@example.org", mail_server="127.0.0.1:9")
    with caplog.at_level(logging.WARNING, "workforce.notify"):
        sending.send([NOTICE], nobody, retries=RetryPolicy(attempts=2, sleep=waits.append))
    assert caplog.text.count("could not be sent") == 2
    assert len(waits) == 2, "each is tried once more"


def test_a_webhook_that_is_busy_is_asked_again() -> None:
    waits: list[float] = []
    with webhook(503) as (address, posted):
        sending.send([NOTICE], Settings(webhook=address, mail_to=""), retries=RetryPolicy(sleep=waits.append))
    assert (len(posted), len(waits)) == (4, 3)


def test_a_breakdown_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "workforce.notify"):
        sending.notify_crash(
            "2026-06-01 · publishers",
            "Crashed: out of memory",
            DataFolder(tmp_path),
            Settings(webhook="", mail_to=""),
            link="",
        )
    assert "The refresh 2026-06-01 · publishers failed. Crashed: out of memory" in caplog.text
