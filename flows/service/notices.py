"""Notices by webhook and e-mail about failures, gaps, late series and new editions.

Without settings a notice is only logged. state/notified.json keeps what was reported, so that a late series or a
lasting gap is reported once and not every weekday, and what a receiver has not accepted yet: that is sent again by the
watcher of the schedule, and after the next refresh. An error here never affects a refresh.
"""

from __future__ import annotations

import hashlib
import json
import logging
import smtplib
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any, Literal

import requests
from filelock import FileLock

from flows.endings import Ending
from flows.freshness import series_freshness
from flows.results import Outcome
from flows.retries import NOT_PROCESSED, RetryPolicy
from flows.settings import Settings
from transforms.plain_text import plain
from warehouse.folder import DataFolder, write_whole

log = logging.getLogger("workforce.notify")
TIMEOUT_SECONDS = 10
RETRIES = RetryPolicy(attempts=3, longest_wait=5)
MOST_UNSENT = 200
"""Older unsent notices are dropped: a receiver that comes back after months is not flooded."""
Kind = Literal["failed", "cancelled", "not started", "refused", "gaps", "late", "new edition"]


@dataclass(frozen=True)
class Notice:
    """One notice. `text` says what happened and what to do; `link` leads to the run in the Prefect UI."""

    kind: Kind
    title: str
    text: str
    link: str = ""
    run: str = ""
    """The name of the run that it is about."""

    @property
    def message_id(self) -> str:
        """The Message-ID of its mail: the same when it is sent again, so that a mail program shows it once."""
        digest = hashlib.sha256("\n".join(map(str, asdict(self).values())).encode()).hexdigest()
        return f"<{digest[:32]}@workforce.invalid>"


@dataclass
class NoticeHistory:
    """What was reported before: newest edition and lateness by series, and the gaps of the last refresh.

    `unsent` are notices that a channel has not accepted yet, as pairs of the channel and the notice's fields.
    """

    editions: dict[str, str] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)
    unsent: list[tuple[str, dict[str, str]]] = field(default_factory=list)


def notify_outcome(outcome: Outcome, folder: DataFolder, settings: Settings, *, link: str, run: str = "") -> None:
    """Report what is new since the last refresh: refused by checks, gaps, late series, new editions."""
    try:
        with _history(folder) as history:
            lines = _series_lines(outcome, folder)
            found, after = notices(outcome, lines, history, link=link, run=run)
            history.editions, history.late, history.gaps = after.editions, after.late, after.gaps
            _note(history, found, settings)
        send_again(folder, settings)
    except Exception:
        log.exception("The notices of this refresh failed")


def notify_crash(run: str, why: str, folder: DataFolder, settings: Settings, *, link: str) -> None:
    """Report that a refresh ended without an outcome."""
    notice = Notice("failed", f"The refresh {run} failed", why, link, run)
    try:
        with _history(folder) as history:
            _note(history, [notice], settings)
        send_again(folder, settings)
    except Exception:
        log.exception("The notice of the failed refresh could not be kept")
        send([notice], settings)


def send_again(folder: DataFolder, settings: Settings, *, retries: RetryPolicy = RETRIES) -> None:
    """Send what was not accepted yet; what a receiver accepts is marked at once, and sent no more."""
    if not _history_file(folder).exists():
        return
    with _history(folder) as history:
        waiting = [(channel, fields) for channel, fields in history.unsent if channel in channels(settings)]
        history.unsent = waiting[-MOST_UNSENT:]
    for channel, fields in history.unsent:
        if not send([Notice(**fields)], settings, by=(channel,), retries=retries):  # type: ignore[arg-type]
            with _history(folder) as now:
                now.unsent = [each for each in now.unsent if list(each) != [channel, fields]]


def _note(history: NoticeHistory, found: Sequence[Notice], settings: Settings) -> None:
    """Log the notices, and keep them as unsent for every channel."""
    send(found, settings, by=("log",))
    others = [channel for channel in channels(settings) if channel != "log"]
    history.unsent += [(channel, asdict(notice)) for notice in found for channel in others]


def _history_file(folder: DataFolder) -> Path:
    return folder.state / "notified.json"


@contextmanager
def _history(folder: DataFolder) -> Iterator[NoticeHistory]:
    """The history, written when the block ends. The watcher and a refresh may both want it."""
    place = _history_file(folder)
    folder.state.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_suffix(".lock")):
        history = NoticeHistory()
        try:
            history = NoticeHistory(**json.loads(place.read_text())) if place.exists() else history
        except (ValueError, TypeError):
            log.warning("%s cannot be read; what was reported before may be reported again", place)
        yield history
        write_whole(place, json.dumps(asdict(history), indent=1).encode())


def notices(
    outcome: Outcome, series: Iterable[tuple[str, str, str]], before: NoticeHistory, *, link: str, run: str = ""
) -> tuple[list[Notice], NoticeHistory]:
    """The notices to send, and the history after them. `series` is (id, newest edition, due or late) of each."""
    lines = list(series)
    after = NoticeHistory(
        editions=before.editions | {name: edition for name, edition, _ in lines},
        late={name: edition for name, edition, due in lines if due == "late"},
        gaps=outcome.gaps,
    )
    found: list[Notice] = []
    if outcome.ending is Ending.REFUSED_BY_CHECKS:
        text = f"{outcome.sentence()}. The published file stays as it was.\n\n{outcome.failing}"
        found.append(Notice("refused", "Refused by checks: the new candidate was not published", text, link, run))
    if fresh := [gap for gap in after.gaps if gap not in before.gaps]:
        found.append(Notice("gaps", f"{outcome.ending}: something is missing", "\n".join(fresh), link, run))
    if late := [f"{name} (newest: {edition})" for name, edition in after.late.items() if name not in before.late]:
        text = "No newer edition was found, although one was due: " + "; ".join(late)
        found.append(Notice("late", "A series is past its due date", text, link, run))
    if outcome.release_id:
        new = [f"{name} {edition}" for name, edition in after.editions.items() if before.editions.get(name) != edition]
        if new:
            text = f"Release {outcome.release_id} is the first with: " + "; ".join(new)
            found.append(Notice("new edition", "A new edition is published", text, link, run))
    return found, after


def channels(settings: Settings) -> tuple[str, ...]:
    """The ways by which the settings send notices: always the log."""
    chosen = {"log": True, "webhook": settings.webhook, "mail": settings.mail_to and settings.mail_server}
    return tuple(name for name, is_set_up in chosen.items() if is_set_up)


def send(
    found: Iterable[Notice], settings: Settings, *, by: Iterable[str] = (), retries: RetryPolicy = RETRIES
) -> list[tuple[str, Notice]]:
    """Send each notice by every channel of the settings, or by those in `by`; return what was not accepted.

    A failure is logged.
    """
    ways = {"log": _log, "webhook": _post, "mail": _mail}
    failed = []
    for notice in found:
        for channel in by or channels(settings):
            try:
                retries.retrying(_is_temporary)(ways[channel], notice, settings)
            except (OSError, requests.RequestException, smtplib.SMTPException) as error:
                # Without the error's text, which may contain the webhook's URL: a secret with most services.
                log.warning("A notice (%s) could not be sent: %s", channel, type(error).__name__)
                failed.append((channel, notice))
    return failed


def _is_temporary(error: BaseException) -> bool:
    """Whether the notice was certainly not accepted and another attempt may succeed."""
    if isinstance(error, requests.HTTPError):
        return error.response.status_code in NOT_PROCESSED
    return isinstance(error, (requests.ConnectionError, ConnectionError, smtplib.SMTPConnectError))


def _series_lines(outcome: Outcome, folder: DataFolder) -> list[tuple[str, str, str]]:
    """Id, newest edition and lateness of the published series; none for the sample."""
    if outcome.figure_kind == "illustrative" or not folder.published.exists():
        return []
    rows = series_freshness(folder, datetime.now(UTC).date())
    return [(row.series, row.edition, row.due) for row in rows if row.edition != "-"]


def _log(notice: Notice, _: Settings) -> None:
    # The gaps themselves are in the log of the run, or printed by the command.
    text = f"New: {len(notice.text.splitlines())}" if notice.kind == "gaps" else notice.text
    log.warning("%s. %s", notice.title, text)


def _post(notice: Notice, settings: Settings) -> None:
    body: dict[str, Any] = asdict(notice)
    # Chat services display the field `text`.
    body["text"] = "\n".join(part for part in (notice.title, *_body(notice)) if part)
    answer = requests.post(settings.webhook, json=body, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    answer.raise_for_status()


def mail_of(notice: Notice, settings: Settings) -> EmailMessage:
    """The mail of a notice. A line break in a title would be refused as a second header."""
    message = EmailMessage()
    message["Subject"] = plain(f"NHS workforce data: {notice.title}")
    message["From"] = settings.mail_from or settings.mail_to
    message["To"] = settings.mail_to
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = notice.message_id
    message.set_content("\n\n".join(part for part in _body(notice) if part))
    return message


def _mail(notice: Notice, settings: Settings) -> None:
    message = mail_of(notice, settings)
    host, port = settings.mail_host_and_port
    with smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS) as server:
        server.ehlo()
        if encrypted := server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if settings.mail_user:
            if not encrypted:
                raise smtplib.SMTPNotSupportedError("the server offers no TLS; a password is only sent over TLS")
            server.login(settings.mail_user, settings.mail_password.get_secret_value())
        server.send_message(message)


def _body(notice: Notice) -> tuple[str, ...]:
    return (notice.text, f"Run: {notice.run}" if notice.run else "", notice.link)
