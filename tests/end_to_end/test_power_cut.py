"""A power cut is told after the restart, to receivers that do not accept the notice at first."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tests.end_to_end.served import SAMPLE, serving, until
from tests.receivers import mail_server, mails, webhook

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("service")]


def test_a_run_that_a_power_cut_ended_is_told_after_the_restart(tmp_path: Path) -> None:
    with webhook(500, 204) as (address, posted), mail_server(refusals=1) as (server, told):
        settings = {
            "WORKFORCE_WEBHOOK": address,
            "WORKFORCE_MAIL_TO": "to@example.org",
            "WORKFORCE_MAIL_SERVER": server,
        }
        with serving(tmp_path / "data", **settings) as service:
            run_id = service.trigger("manual", SAMPLE)
            until(lambda: service.run(run_id)["state"]["type"] == "RUNNING", "the run has begun")
            name = service.run(run_id)["name"]
            for each in [psutil.Process(service.process.pid), *service.parts()]:
                each.kill()
        assert posted == []
        with serving(tmp_path / "data", **settings):
            until(lambda: len(posted) == 2 and mails(told), "both receivers have accepted the notice")
    assert {(body["kind"], body["run"], body["title"]) for body in posted} == {
        ("failed", name, f"The refresh {name} failed")
    }
    (mail,) = mails(told)
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert f"Run: {name}" in text.decode()
    assert told.count("refused") == 1
