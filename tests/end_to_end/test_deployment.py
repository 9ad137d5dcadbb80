"""Deployed, triggered through the API as the UI does it, watched, and asked: with a real server and worker."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
import requests

from tests.data_copies import copied
from tests.end_to_end.postgres import postgresql
from tests.end_to_end.served import SAMPLE, Finished, Served, clean_environment, serving, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("service")]
LONDON = ZoneInfo("Europe/London")


def test_three_deployments_run_the_refresh_one_at_a_time(served: Served) -> None:
    found = {each["name"]: each for each in served.call("POST", "deployments/filter", {})}
    assert set(found) == {"weekday-poll", "weekly-full", "manual"}
    for each in found.values():
        assert (each["entrypoint"], each["work_pool_name"]) == ("flows.refresh.refresh", "workforce")
        assert (each["global_concurrency_limit"]["limit"], each["enforce_parameter_schema"]) == (1, True)
        assert "workforce" in each["tags"]
    assert found["weekday-poll"]["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"


def test_every_field_of_the_form_is_described_and_none_says_where_data_lives(served: Served) -> None:
    schema = served.deployment("manual")["parameter_openapi_schema"]
    assert list(schema["properties"]) == ["series", "source", "force", "as_of", "folder", "illustrative"]
    assert all(each["description"] for each in schema["properties"].values())
    assert "gender-pay-gap" in schema["definitions"]["SeriesId"]["enum"]
    assert set(schema["definitions"]["Source"]["enum"]) == {"publishers", "archive", "folder", "sample"}


def test_a_parameter_that_is_not_on_the_list_is_refused_before_anything_runs(served: Served) -> None:
    body = {"parameters": {"series": ["nhs-weather"]}}
    address = f"{served.ui}/api/deployments/{served.deployment('manual')['id']}/create_flow_run"
    answer = requests.post(address, json=body, timeout=30)
    assert (answer.status_code, "nhs-weather" in answer.text) == (409, True)


def test_the_next_weekday_poll_is_scheduled_for_a_quarter_to_ten_in_london(served: Served) -> None:
    day = datetime.now(UTC).astimezone(LONDON)
    after = day.date() + timedelta(days=day.time() >= time(9, 45))
    while after.weekday() > 4:
        after += timedelta(days=1)
    poll = served.deployment("weekday-poll")["id"]
    wanted = {"flow_runs": {"deployment_id": {"any_": [poll]}}, "sort": "EXPECTED_START_TIME_ASC"}
    # The server plans the runs of a new deployment a few seconds after it has been created.
    planned = until(lambda: served.call("POST", "flow_runs/filter", wanted), "a run is planned")
    assert datetime.fromisoformat(planned[0]["expected_start_time"]) == datetime.combine(after, time(9, 45), LONDON)


@pytest.mark.parametrize(
    ("friday", "on_friday", "on_monday"),
    [
        pytest.param("2026-10-23", "08:45", "09:45", id="clocks go back in October"),
        pytest.param("2027-03-26", "09:45", "08:45", id="clocks go forward in March"),
    ],
)
def test_the_poll_stays_at_a_quarter_to_ten_when_the_clocks_change(
    served: Served, friday: str, on_friday: str, on_monday: str
) -> None:
    import anyio
    from prefect.client.schemas.schedules import CronSchedule as Asked
    from prefect.server.schemas.schedules import CronSchedule

    schedule = Asked.model_validate(served.deployment("weekday-poll")["schedules"][0]["schedule"])
    server_side = CronSchedule(**schedule.model_dump())
    midnight = datetime.fromisoformat(friday).replace(tzinfo=LONDON)
    two = anyio.run(lambda: server_side.get_dates(2, start=midnight))
    assert [f"{each.astimezone(UTC):%a %H:%M}" for each in two] == [f"Fri {on_friday}", f"Mon {on_monday}"]
    assert {f"{each.astimezone(LONDON):%H:%M}" for each in two} == {"09:45"}


def test_a_run_tells_its_story(served: Served, finished: Finished) -> None:
    run = finished.first
    assert re.fullmatch(r"\d{4}-\d\d-\d\d · sample · ods", run["name"])
    shown = served.artifacts(run["id"])
    assert set(shown) == {"refresh-summary", "checks"}
    assert shown["refresh-summary"].startswith("# Published")
    assert "Illustrative figures" in shown["refresh-summary"]
    assert '"rule_id"' in shown["checks"]
    assert any(line.startswith("Published: release") for line in served.logs(run["id"]))
    tasks = served.call("POST", "task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    names = {each["name"] for each in tasks}
    assert names >= {
        "Fetch ods",
        "Build the candidate warehouse",
        "Check the candidate",
        "Publish the release",
    }


def test_a_run_with_nothing_new_says_so(served: Served, finished: Finished) -> None:
    assert finished.second["state"]["name"] == "Nothing new", finished.second["state"]["message"]
    assert served.artifacts(finished.second["id"])["refresh-summary"].startswith("# Nothing new")


def test_links_of_a_run_lead_to_its_release_and_to_data_docs(served: Served, finished: Finished) -> None:
    found = re.findall(r"\]\((http[^)]+)\)", served.artifacts(finished.first["id"])["refresh-summary"])
    assert len(found) == 2
    for address in found:
        assert address.startswith(served.files)
        assert requests.get(address, timeout=30).ok


def test_the_published_file_is_served_with_ranges_and_nothing_else_is(served: Served, finished: Finished) -> None:
    address = f"{served.files}/published/workforce.duckdb"
    part = requests.get(address, headers={"Range": "bytes=8-11"}, timeout=30)
    assert (part.status_code, part.content) == (206, b"DUCK")
    for secret in ("archive/", "prefect/prefect.db", "published/../prefect/prefect.db", "refresh.lock", "state/"):
        assert requests.get(f"{served.files}/{secret}", timeout=30).status_code == 404


def test_the_published_file_answers(served: Served, finished: Finished) -> None:
    with duckdb.connect(served.data.published, read_only=True) as con:
        kind, series = con.execute(
            "SELECT figure_kind, (SELECT list(DISTINCT series) FROM meta.edition) FROM meta.build"
        ).fetchall()[0]
    assert (kind, series) == ("illustrative", ["ods"])


def test_on_postgresql_with_a_password_it_is_deployed_runs_and_stops_cleanly(
    finished: Finished, served: Served, tmp_path: Path
) -> None:
    data = copied(served.data.root, tmp_path / "data", "prefect", "*.lock", "serve.log")
    with (
        postgresql() as database,
        serving(
            data, PREFECT_SERVER_DATABASE_CONNECTION_URL=database, PREFECT_SERVER_API_AUTH_STRING="operator:secret"
        ) as service,
    ):
        refused = requests.post(f"{service.ui}/api/deployments/filter", json={}, timeout=30)
        assert refused.status_code == 401
        service.api.session.auth = ("operator", "secret")
        run = service.ended(service.trigger("manual", SAMPLE))
        assert run["state"]["name"] == "Nothing new", run["state"]
        assert "refresh-summary" in service.artifacts(run["id"])
        assert not (data / "prefect" / "prefect.db").exists()
        parts = service.parts()
        assert service.stop() == 0
        assert [each for each in parts if each.is_running()] == []


def test_a_second_service_on_the_same_folder_is_refused(served: Served) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "flows.cli.command", "serve", "--port", "1", "--data", str(served.data.root)],
        env=clean_environment() | {"WORKFORCE_CONTACT": "tests@example.org"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (said.returncode, "another `workforce serve`" in " ".join(said.stderr.split())) == (1, True), said.stderr
