"""The service of an operator who has written all settings into .env, and whose data folder has an odd name."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import websockets

from flows.service.deployments import deploy
from tests.end_to_end.served import SAMPLE, Served, clean_environment, serving
from tests.warehouse.test_paths import ODD

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("service")]
PASSWORD = "operator:a #secret"
HIDDEN = "Recognisable-7d1f"
OPEN = {"/api/health", "/api/ready"}
"""What Prefect's API answers without the password. deploy/README.md names them."""
WEB_SOCKETS = [
    "events/in",
    "events/out",
    "logs/out",
    "task_runs/subscriptions/scheduled",
    "work_pools/workforce/workers/connect",
]
DEPLOY_README = Path(__file__).parents[2] / "deploy" / "README.md"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service started in a folder with a .env."""
    folder = tmp_path_factory.mktemp("guarded")
    data = folder / ODD / "data"
    lines = {
        "WORKFORCE_DATA": str(data),
        "WORKFORCE_CONTACT": "data@example.org",
        "PREFECT_SERVER_API_AUTH_STRING": PASSWORD,
        "WORKFORCE_WEBHOOK": f"http://127.0.0.1:9/{HIDDEN}",
        "WORKFORCE_MAIL_PASSWORD": HIDDEN,
        "HTTPS_PROXY": "http://not-a-setting.invalid",
    }
    (folder / ".env").write_text("".join(f'{name}="{value}"\n' for name, value in lines.items()))
    with serving(data, started_in=folder) as service:
        service.api.session.auth = ("operator", PASSWORD.partition(":")[2])
        yield service


def test_a_refresh_is_published_and_served_from_a_data_folder_with_an_odd_name(guarded: Served) -> None:
    run = guarded.ended(guarded.trigger("manual", SAMPLE))
    assert run["state"]["name"] == "Published", run["state"]["message"]
    assert {each.name for each in guarded.data.root.iterdir()} >= {
        "archive",
        "prefect",
        "published",
        "releases",
        "docs",
    }
    assert (guarded.data.root / "prefect" / "prefect.db").is_file()
    assert sorted(each.name for each in guarded.data.root.parent.iterdir()) == ["data"]
    part = requests.get(f"{guarded.files}/published/workforce.duckdb", headers={"Range": "bytes=8-11"}, timeout=30)
    assert (part.status_code, part.content) == (206, b"DUCK")
    assert requests.get(f"{guarded.files}/docs/index.html", timeout=30).ok
    # The database of Prefect, logs, release, notices that could not be sent: none holds a secret of the settings.
    wrote = [each for each in [*guarded.data.root.rglob("*"), guarded.log] if each.is_file()]
    secrets = [HIDDEN.encode(), PASSWORD.partition(":")[2].encode()]
    assert [path for path in wrote if any(secret in path.read_bytes() for secret in secrets)] == []


def test_every_endpoint_of_the_api_but_the_named_ones_asks_for_the_password(guarded: Served) -> None:
    description = requests.get(f"{guarded.ui}/openapi.json", timeout=30).json()
    routes = [
        (method, f"/api{path}")
        for path, methods in description["paths"].items()
        for method in methods
        if method in {"get", "post", "put", "patch", "delete", "head"}
    ]
    assert len(routes) > 150
    with requests.Session() as nobody:
        answers: dict[str, set[int]] = {}
        for method, path in [*routes, ("get", "/api/docs"), ("get", "/api/openapi.json"), ("get", "/api/static/x")]:
            address = guarded.ui + re.sub(r"{\w+}", "00000000-0000-0000-0000-000000000000", path)
            answers.setdefault(path, set()).add(nobody.request(method, address, json={}, timeout=30).status_code)
    assert {path for path, statuses in answers.items() if statuses != {401}} == OPEN
    assert all(f"`{path}`" in DEPLOY_README.read_text() for path in OPEN)


@pytest.mark.parametrize("path", WEB_SOCKETS)
@pytest.mark.parametrize("protocols", [None, ["prefect"]])
def test_a_web_socket_without_the_password_is_closed(guarded: Served, path: str, protocols: Any) -> None:
    async def closed() -> bool:
        address = f"{guarded.ui.replace('http', 'ws')}/api/{path}"
        try:
            async with websockets.connect(address, subprotocols=protocols) as socket:
                await socket.send('{"type": "auth", "token": "operator:wrong"}')
                while (said := await asyncio.wait_for(socket.recv(), 30)) is not None:
                    assert "auth_failure" in str(said), said
        except (websockets.ConnectionClosed, websockets.InvalidStatus):
            return True
        return False

    assert asyncio.run(closed())


def test_every_web_socket_of_the_server_is_tried() -> None:
    from prefect.server.api.server import API_ROUTERS
    from starlette.routing import WebSocketRoute

    found = {
        route.path.lstrip("/").replace("{work_pool_name}", "workforce")
        for router in API_ROUTERS
        for route in router.routes
        if isinstance(route, WebSocketRoute) or type(route).__name__ == "APIWebSocketRoute"
    }
    assert found == set(WEB_SOCKETS)


def test_what_a_person_has_paused_stays_paused_when_the_service_starts_again(guarded: Served) -> None:
    """`deploy` is what the service does at each start."""
    poll, full = guarded.deployment("weekday-poll"), guarded.deployment("weekly-full")
    guarded.call("POST", f"deployments/{poll['id']}/pause_deployment")
    schedule = full["schedules"][0]["id"]
    guarded.call("PATCH", f"deployments/{full['id']}/schedules/{schedule}", {"active": False})
    deploy(clean_environment(PREFECT_API_URL=f"{guarded.ui}/api", PREFECT_API_AUTH_STRING=PASSWORD))
    states = {
        name: (each["paused"], [schedule["active"] for schedule in each["schedules"]])
        for name in ("weekday-poll", "weekly-full", "manual")
        for each in [guarded.deployment(name)]
    }
    assert states == {"weekday-poll": (True, [True]), "weekly-full": (False, [False]), "manual": (False, [])}
