"""What the file server gives to everyone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import starlette.responses
from fastapi.testclient import TestClient

from flows.errors import WrongRequest
from flows.service.file_server import files_app, server_settings
from flows.settings import Settings
from warehouse.folder import DataFolder
from warehouse.site.link import link_site

WHOLE, PUBLIC = b"all series", b"public series"


@pytest.fixture
def served(tmp_path: Path) -> TestClient:
    """A data folder with three releases: with a public copy, all public, and one whose manifest does not say."""
    for release, left_out in (("1", {"s": ["t"]}), ("2", {}), ("3", None)):
        place = tmp_path / "releases" / release
        (place / "public").mkdir(parents=True)
        (place / "workforce.duckdb").write_bytes(WHOLE)
        (place / "manifest.json").write_text(
            json.dumps({} if left_out is None else {"left_out_of_public_copy": left_out})
        )
    (tmp_path / "releases" / "1" / "public" / "workforce.duckdb").write_bytes(PUBLIC)
    for name, content in (("published", WHOLE), ("public", PUBLIC)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "workforce.duckdb").write_bytes(content)
    return TestClient(files_app(tmp_path))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("published/workforce.duckdb", PUBLIC),
        ("releases/1/public/workforce.duckdb", PUBLIC),
        ("releases/2/workforce.duckdb", WHOLE),
    ],
)
def test_what_may_be_passed_on_is_served(served: TestClient, path: str, content: bytes) -> None:
    assert served.get(f"/{path}").content == content


@pytest.mark.parametrize(
    "path", ["1/workforce.duckdb", "1//workforce.duckdb", "1/public/../workforce.duckdb", "3/workforce.duckdb"]
)
def test_a_warehouse_with_other_series_is_not(served: TestClient, path: str) -> None:
    assert served.get(f"/releases/{path}").status_code == 403


def test_the_site_of_the_newest_release_is_served_at_the_root(served: TestClient, tmp_path: Path) -> None:
    assert served.get("/").status_code == 404
    site = tmp_path / "releases" / "2" / "site"
    (site / "vacancies").mkdir(parents=True)
    (site / "vacancies" / "index.html").write_text("<h1>Vacancies</h1>")
    (tmp_path / "published" / "site").symlink_to("../releases/2/site")
    found = served.get("/vacancies/")
    assert found.text == "<h1>Vacancies</h1>"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in found.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in found.headers["content-security-policy"]


def test_only_the_page_for_sql_and_its_worker_may_run_webassembly(served: TestClient, tmp_path: Path) -> None:
    site = tmp_path / "published" / "site"
    (site / "sql").mkdir(parents=True)
    (site / "sql.html").write_text("")
    for name in ("index.html", "duckdb.worker.js"):
        (site / "sql" / name).write_text("")
    policies = {
        path: served.get(path).headers["content-security-policy"]
        for path in ("/sql/", "/sql/duckdb.worker.js", "/sql.html")
    }
    assert [path for path, policy in policies.items() if "'wasm-unsafe-eval'" in policy] == list(policies)[:2]
    assert all("frame-ancestors 'none'" in policy for policy in policies.values())


def test_a_client_learns_the_length_and_that_parts_may_be_asked_for(served: TestClient) -> None:
    told = served.head("/releases/2/workforce.duckdb", headers={"Range": "bytes=0-"})
    assert (told.status_code, told.headers["content-length"]) == (206, str(len(WHOLE)))
    part = served.get("/releases/2/workforce.duckdb", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, WHOLE[2:5])
    assert part.headers["etag"] == told.headers["etag"]
    assert part.headers["accept-ranges"] == "bytes"


def test_other_sites_may_read_data_and_nothing_else(served: TestClient, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.html").write_text("docs")
    other = {"Origin": "https://notebook.example.org"}
    data = served.get("/published/workforce.duckdb", headers=other | {"Range": "bytes=0-2"})
    assert (data.status_code, data.content) == (206, PUBLIC[:3])
    assert data.headers["access-control-allow-origin"] == "*"
    assert "Content-Range" in data.headers["access-control-expose-headers"]
    asked = served.options(
        "/releases/2/workforce.duckdb",
        headers=other | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"},
    )
    assert asked.status_code == 200
    assert "access-control-allow-origin" not in served.get("/docs/", headers=other).headers
    assert served.get("/docs/").headers["x-content-type-options"] == "nosniff"


def test_what_is_not_there_is_not_found(served: TestClient) -> None:
    assert served.get("/releases/4/workforce.duckdb").status_code == 404
    assert served.get("/releases/3/manifest.json").status_code == 200


def test_the_setting_names_series_of_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().passed_on == frozenset()
    monkeypatch.setenv("WORKFORCE_EXPORT_RESTRICTED", " nhs-staff-survey, ods ")
    assert Settings().passed_on == {"nhs-staff-survey", "ods"}
    monkeypatch.setenv("WORKFORCE_EXPORT_RESTRICTED", "true")
    with pytest.raises(WrongRequest, match="nhs-staff-survey"):
        assert Settings().passed_on


def test_a_file_replaced_while_it_is_sent_is_sent_as_it_was(
    served: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = starlette.responses.anyio.open_file
    published = tmp_path / "public" / "workforce.duckdb"
    etag = served.head("/published/workforce.duckdb").headers["etag"]

    async def publish_first(*arguments: Any, **more: Any) -> Any:
        (tmp_path / "coming").write_bytes(b"other figures, and more of them")
        (tmp_path / "coming").replace(published)
        return await opened(*arguments, **more)

    for asked, expected in (({}, PUBLIC), ({"Range": "bytes=0-3"}, PUBLIC[:4])):
        published.write_bytes(PUBLIC)
        etag = served.head("/published/workforce.duckdb").headers["etag"]
        with monkeypatch.context() as patched:
            patched.setattr(starlette.responses.anyio, "open_file", publish_first)
            answer = served.get("/published/workforce.duckdb", headers=asked)
        assert (answer.content, answer.headers["etag"]) == (expected, etag)


def test_a_site_exchanged_while_a_page_is_looked_for_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for release in ("1", "2"):
        (tmp_path / "releases" / release / "site").mkdir(parents=True)
        (tmp_path / "releases" / release / "site" / "index.html").write_text(release)
    folder = DataFolder(tmp_path)
    realpath = os.path.realpath

    def publish_after(path: str, *more: Any, **named: Any) -> str:
        found = str(realpath(path, *more, **named))
        link_site(folder.site, tmp_path / "releases" / "2" / "site")
        return found

    client = TestClient(files_app(tmp_path))
    for path in ("/", "/index.html"):
        link_site(folder.site, tmp_path / "releases" / "1" / "site")
        with monkeypatch.context() as patched:
            patched.setattr(os.path, "realpath", publish_after)
            answer = client.get(path)
        assert (answer.status_code, answer.text in {"1", "2"}) == (200, True)


def test_every_file_that_was_sent_is_closed(served: TestClient, tmp_path: Path) -> None:
    before = sum(1 for _ in Path("/proc/self/fd").iterdir())
    address = "/published/workforce.duckdb"
    etag = served.get(address).headers["etag"]
    for method, headers, status in (
        ("GET", {}, 200),
        ("HEAD", {}, 200),
        ("GET", {"If-None-Match": etag}, 304),
        ("GET", {"Range": "bytes=0-1"}, 206),
        ("GET", {"Range": "bytes=900-"}, 416),
        ("GET", {"Range": "bytes=x"}, 400),
    ):
        assert served.request(method, address, headers=headers).status_code == status
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) == before


def test_data_docs_may_run_and_load_nothing(served: TestClient, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.html").write_text("<h1>Checks</h1>")
    policy = served.get("/docs/").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy


def test_an_idle_connection_stays_longer_than_a_client_or_proxy_keeps_it() -> None:
    assert server_settings()["timeout_keep_alive"] > 60
