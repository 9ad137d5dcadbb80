"""The roles of deploy/examples/nginx.conf, in a real nginx before a server that notes what reaches it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
import urllib3

from tests.end_to_end.served import free_ports

EXAMPLE = Path(__file__).parents[3] / "deploy" / "examples" / "nginx.conf"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
USERS = ("reader-1", "runner-1", "operator-1")
READING = {
    *(f"/api/{kind}/filter" for kind in ("flows", "flow_runs", "task_runs", "deployments", "logs", "work_pools")),
    *(f"/api/{kind}/filter" for kind in ("saved_searches", "concurrency_limits", "v2/concurrency_limits")),
    *(f"/api/{kind}/filter" for kind in ("block_types", "block_schemas", "task_workers", "work_queues", "artifacts")),
    *(f"/api/{kind}/filter" for kind in ("artifacts/latest", "variables", "events", "automations")),
    *(f"/api/{kind}/count" for kind in ("flows", "flow_runs", "task_runs", "deployments", "work_pools", "artifacts")),
    *(f"/api/{kind}/count" for kind in ("artifacts/latest", "variables", "automations")),
    *(f"/api/{kind}/paginate" for kind in ("flows", "flow_runs", "task_runs", "deployments")),
    "/api/flow_runs/lateness",
    "/api/flow_runs/history",
    "/api/task_runs/history",
    "/api/flow_runs/{id}/input/filter",
    "/api/work_pools/{work_pool_name}/queues/filter",
    "/api/work_pools/{work_pool_name}/workers/filter",
    "/api/events/count-by/{countable}",
    "/api/ui/flows/count-deployments",
    "/api/ui/flows/next-runs",
    "/api/ui/flow_runs/history",
    "/api/ui/flow_runs/count-task-runs",
    "/api/ui/schemas/validate",
    "/api/ui/task_runs/dashboard/counts",
    "/api/ui/task_runs/count",
}
"""The paths of Prefect that read although they are POST."""
RUN = "/api/deployments/{id}/create_flow_run"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian package nginx)"),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the certificate of the proxy is to be, beside all else that it needs."""
    return tmp_path_factory.mktemp("nginx") / "certificate.pem"


@pytest.fixture(scope="module")
def proxy(certificate: Path) -> Iterator[str]:
    """The address of an nginx with the example, on loopback, with one user of each role and the password `pass`."""
    folder = certificate.parent
    with ThreadingHTTPServer(("127.0.0.1", 0), _Behind) as behind:
        threading.Thread(target=behind.serve_forever, daemon=True).start()
        port = free_ports()
        key = folder / "key.pem"
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        request += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*request, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        (folder / "users").write_text("".join(f"{user}:{{PLAIN}}pass\n" for user in USERS))
        example = EXAMPLE.read_text()
        for old, new in {
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "/etc/nginx/prefect.example.org.pem": str(certificate),
            "/etc/nginx/prefect.example.org.key": str(key),
            "/etc/nginx/workforce.users": str(folder / "users"),
            "http://127.0.0.1:4200": f"http://127.0.0.1:{behind.server_address[1]}",
        }.items():
            assert old in example
            example = example.replace(old, new)
        (folder / "nginx.conf").write_text(
            f"{'user root;' if os.geteuid() == 0 else ''}\nworker_processes 1;\npid {folder}/pid;\n"
            f"error_log {folder}/error.log;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{_temporary(folder)}\n{example}\n}}\n"
        )
        command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
        checked = subprocess.run([*command[:-2], "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                yield f"https://127.0.0.1:{port}"
            finally:
                process.terminate()
                behind.shutdown()


class _Behind(BaseHTTPRequestHandler):
    """Prefect's place: answers every request with the password it was sent, in one packet."""

    wbufsize = -1

    def answer(self) -> None:
        body = (self.headers.get("Authorization") or "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


def _temporary(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


@pytest.fixture(scope="module")
def session(proxy: str, certificate: Path) -> Iterator[requests.Session]:
    """Connections to nginx that stay open; it may need a moment to start."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(certificate)
        session.mount(proxy, requests.adapters.HTTPAdapter(max_retries=urllib3.Retry(connect=8, backoff_factor=0.05)))
        yield session


Ask = Callable[..., int]


@pytest.fixture
def status(proxy: str, session: requests.Session) -> Ask:
    """The status of nginx's answer to a user's request."""

    def ask(user: str, method: str, path: str, password: str = "pass") -> int:
        filled = re.sub(r"\{[a-z_]+\}", "00000000-0000-4000-8000-000000000001", path)
        return session.request(method, proxy + filled, auth=(user, password) if user else None, timeout=20).status_code

    return ask


@pytest.fixture(scope="module")
def endpoints() -> list[tuple[str, str]]:
    """Every method and path of Prefect's API."""
    from prefect.server.api.server import create_app

    paths = create_app().openapi()["paths"]
    return [(method.upper(), f"/api{path}") for path, methods in paths.items() for method in methods]


def test_a_reader_reads_and_changes_nothing(status: Ask, endpoints: list[tuple[str, str]]) -> None:
    allowed = {(method, path) for method, path in endpoints if status("reader-1", method, path) == 200}
    assert {method for method, _ in allowed} == {"GET", "POST"}
    assert {path for method, path in allowed if method == "POST"} == READING
    hidden = {path for method, path in endpoints if method == "GET"} - {path for _, path in allowed}
    assert all("/admin/" in path or "block_documents" in path for path in hidden), hidden


def test_a_runner_may_press_run_and_no_more(status: Ask, endpoints: list[tuple[str, str]]) -> None:
    changing = [(method, path) for method, path in endpoints if method != "GET" and path not in READING]
    allowed = [each for each in changing if status("runner-1", *each) == 200]
    assert allowed == [("POST", RUN)]


def test_an_operator_reaches_everything(status: Ask, endpoints: list[tuple[str, str]]) -> None:
    assert {status("operator-1", *each) for each in endpoints} == {200}


@pytest.mark.parametrize(("user", "password"), [("", ""), ("operator-1", "wrong"), ("nobody-1", "pass")])
def test_nobody_gets_in_without_the_password(status: Ask, user: str, password: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/api/flows/{id}"), ("POST", "/api/flow_runs/filter")):
        assert status(user, method, path, password) == 401
    assert status(user, "POST", RUN, password) in (401, 403)


def test_prefects_password_is_added_and_the_users_own_is_not_passed_on(proxy: str, session: requests.Session) -> None:
    answer = session.get(f"{proxy}/api/flows/1", auth=("reader-1", "pass"), timeout=20)
    assert answer.text.startswith("Basic ")
    assert answer.request.headers["Authorization"] not in answer.text


@pytest.mark.parametrize("path", ["/api/events/in", "/api/logs/out", "/api/work_pools/x/connect"])
def test_web_sockets_are_for_operators(status: Ask, path: str) -> None:
    found = {user: status(user, "GET", path) for user in USERS}
    assert found == {"reader-1": 403, "runner-1": 403, "operator-1": 200}
