"""Secrets of the settings appear in no text that a run writes: representations, tracebacks, logs."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import requests

from flows.retries import RetryPolicy
from flows.service.api import Api
from flows.service.notices import Notice, send
from flows.settings import Settings
from flows.storage import lake
from warehouse.publish import Release

SECRET = "Recognisable-7d1f"
WEBHOOK = f"http://127.0.0.1:9/hook/{SECRET}-webhook"
LAKES = (
    f"ducklake:postgres:host=127.0.0.1 port=9 dbname=lake user=lake password={SECRET}-lake",
    f"ducklake:postgres:host=127.0.0.1 port=9 password='{SECRET} with-a-space'",
    f"ducklake:postgres:postgresql://lake:{SECRET}-lake@127.0.0.1:9/lake",
    f"ducklake:postgres:postgresql://lake:a@{SECRET}@127.0.0.1:9/lake",
    f"postgres:host=127.0.0.1 password={SECRET}-lake",
    f"ducklake:postgres:host=127.0.0.1 port=9 password=a@{SECRET}",
    f"postgresql://lake:{SECRET}-lake@127.0.0.1:9/lake",
)
ONCE = RetryPolicy(attempts=1)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path,
        webhook=WEBHOOK,
        mail_to="a@example.org",
        mail_server="127.0.0.1:9",
        mail_user="user",
        mail_password=cast("Any", f"{SECRET}-mail"),
        lake=LAKES[0],
    )


def told(action: Callable[[], object]) -> str:
    """The whole traceback of the error that an action ends with, causes included."""
    with pytest.raises(Exception) as ended:  # noqa: PT011 - whatever it is, its text must hold no secret
        action()
    return "".join(traceback.format_exception(ended.value)) + repr(ended.value)


def test_settings_do_not_show_their_secrets(settings: Settings) -> None:
    assert SECRET not in f"{settings!r} {settings} {[settings]}"


def test_a_wrong_setting_does_not_show_the_others(settings: Settings) -> None:
    values = settings.model_dump() | {"keep_releases": "none"}
    assert SECRET not in told(lambda: Settings(**values))


@pytest.mark.parametrize("address", LAKES)
def test_a_lakehouse_that_cannot_be_reached_does_not_show_its_password(
    settings: Settings, address: str, tmp_path: Path
) -> None:
    chosen = settings.model_copy(update={"lake": address})
    release = cast("Release", SimpleNamespace(release_id="1", public=tmp_path / "w.duckdb"))
    assert SECRET not in told(lambda: lake.publish_to_lake(release, chosen))


def test_a_notice_that_cannot_be_sent_shows_neither_webhook_nor_password(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="workforce"):
        failed = send([Notice("failed", "title", "text")], settings, retries=ONCE)
    assert [channel for channel, _ in failed] == ["webhook", "mail"]
    assert "could not be sent" in caplog.text
    assert SECRET not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("workforce")
    )


def test_a_server_that_does_not_answer_does_not_show_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api("http://127.0.0.1:9/api", f"user:{SECRET}-api")

    def refused(*_: object, **__: object) -> None:
        raise requests.ConnectionError("no route")

    monkeypatch.setattr(api.session, "request", refused)
    assert SECRET not in told(lambda: api.call("GET", "health")) + repr(api)


def test_no_layer_of_the_image_holds_a_secret() -> None:
    """No ARG or ENV of the Dockerfile is named like one, and neither .env nor data gets into its context."""
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    named = re.findall(r"^(?:ARG|ENV)?\s*([A-Z_]+)=", text, re.MULTILINE)
    assert named
    assert [name for name in named if re.search("PASSWORD|SECRET|TOKEN|AUTH|WEBHOOK|KEY|CONNECTION_URL", name)] == []
    ignored = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in ignored if not line.startswith("#")) == "*"
    assert [line for line in ignored if line.startswith("!") and ("env" in line or "data" in line)] == []
