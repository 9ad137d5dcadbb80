"""Notices by webhook and e-mail about failures, gaps, late series and new editions.

Without settings a notice is only logged. state/notified.json keeps what was sent, so that a late series or a lasting
gap is reported once and not every weekday. An error here never affects a refresh.
"""

from __future__ import annotations

import json
import logging
import smtplib
import ssl
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, Literal

import requests

from flows.endings import Ending
from flows.freshness import series_freshness
from flows.results import Outcome
from flows.retries import NOT_PROCESSED, RetryPolicy
from flows.settings import Settings
from warehouse.folder import DataFolder, write_whole

log = logging.getLogger("workforce.notify")
TIMEOUT_SECONDS = 10
RETRIES = RetryPolicy(attempts=3, longest_wait=5)
Kind = Literal["failed", "cancelled", "not started", "refused", "gaps", "late", "new edition"]


@dataclass(frozen=True)
class Notice:
    """One notice. `text` says what happened and what to do; `link` leads to the run in the Prefect UI."""

    kind: Kind
    title: str
    text: str
    link: str = ""


@dataclass
class NoticeHistory:
    """What was reported before: newest edition and lateness by series, and the gaps of the last refresh."""

    editions: dict[str, str] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)


def notify_outcome(outcome: Outcome, folder: DataFolder, settings: Settings, *, link: str) -> None:
    """Report what is new since the last refresh: refused by checks, gaps, late series, new editions."""
    try:
        place = folder.state / "notified.json"
        before = NoticeHistory(**json.loads(place.read_text())) if place.exists() else NoticeHistory()
        found, after = notices(outcome, _series_lines(outcome, folder), before, link=link)
        send(found, settings)
        write_whole(place, json.dumps(asdict(after), indent=1).encode())
    except Exception:
        log.exception("The notices of this refresh failed")


def notify_crash(run: str, why: str, settings: Settings, *, link: str) -> None:
    """Report that a refresh ended without an outcome."""
    send([Notice("failed", f"The refresh {run} failed", why, link)], settings)


def notices(
    outcome: Outcome, series: Iterable[tuple[str, str, str]], before: NoticeHistory, *, link: str
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
        found.append(Notice("refused", "Refused by checks: the new candidate was not published", text, link))
    if fresh := [gap for gap in after.gaps if gap not in before.gaps]:
        found.append(Notice("gaps", f"{outcome.ending}: something is missing", "\n".join(fresh), link))
    if late := [f"{name} (newest: {edition})" for name, edition in after.late.items() if name not in before.late]:
        text = "No newer edition was found, although one was due: " + "; ".join(late)
        found.append(Notice("late", "A series is past its due date", text, link))
    if outcome.release_id:
        new = [f"{name} {edition}" for name, edition in after.editions.items() if before.editions.get(name) != edition]
        if new:
            text = f"Release {outcome.release_id} is the first with: " + "; ".join(new)
            found.append(Notice("new edition", "A new edition is published", text, link))
    return found, after


def send(found: Iterable[Notice], settings: Settings, *, retries: RetryPolicy = RETRIES) -> bool:
    """Log each notice and send it to the webhook and the mail address of the settings; whether all were accepted.

    A failure is logged.
    """
    accepted = True
    for notice in found:
        # The gaps themselves are in the log of the run, or printed by the command.
        log.warning(
            "%s. %s", notice.title, f"New: {len(notice.text.splitlines())}" if notice.kind == "gaps" else notice.text
        )
        for set_up, by in ((settings.webhook, _post), (settings.mail_to and settings.mail_server, _mail)):
            if set_up:
                try:
                    retries.retrying(_is_temporary)(by, notice, settings)
                except (OSError, requests.RequestException, smtplib.SMTPException) as error:
                    # Without the error's text, which may contain the webhook's URL: a secret with most services.
                    log.warning("A notice (%s) could not be sent: %s", by.__name__[1:], type(error).__name__)
                    accepted = False
    return accepted


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


def _post(notice: Notice, settings: Settings) -> None:
    body: dict[str, Any] = asdict(notice)
    # Chat services display the field `text`.
    body["text"] = "\n".join(part for part in (notice.title, notice.text, notice.link) if part)
    answer = requests.post(settings.webhook, json=body, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    answer.raise_for_status()


def _mail(notice: Notice, settings: Settings) -> None:
    message = EmailMessage()
    message["Subject"] = f"NHS workforce data: {notice.title}"
    message["From"] = settings.mail_from or settings.mail_to
    message["To"] = settings.mail_to
    message.set_content("\n\n".join(part for part in (notice.text, notice.link) if part))
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
