"""A bucket in memory, an S3 interface on loopback, and small releases."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from obstore.store import MemoryStore

from flows.storage.bucket import Bucket
from warehouse.archive import sha256_of
from warehouse.folder import DataFolder
from warehouse.publish import Release, install

MakeRelease = Callable[..., Release]
_numbers = count()


@pytest.fixture
def bucket() -> Bucket:
    return Bucket(MemoryStore(), "memory://bucket")


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3 interface on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_prefix(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new bucket, its credentials in the environment: the value of WORKFORCE_STORAGE."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
    }.items():
        monkeypatch.setenv(name, value)
    name = f"bucket-{next(_numbers)}"
    urllib.request.urlopen(urllib.request.Request(f"{s3}/{name}", method="PUT")).close()
    return f"s3://{name}/workforce"


@pytest.fixture
def machines(tmp_path: Path) -> Callable[[str], DataFolder]:
    """A data folder for each machine of a name."""
    return lambda name: DataFolder(tmp_path / name)


@pytest.fixture
def make_release() -> MakeRelease:
    """Makes a small release the published one of a folder; `withheld` gives it a public copy."""

    def make(folder: DataFolder, release_id: str, content: str, *, withheld: bool = False) -> Release:
        partial = folder.releases / f".{release_id}.partial"
        files = {"workforce.duckdb": content, "manifest.json": "{}", "LICENCE.txt": "OGL", "site/index.html": content}
        if withheld:
            files["public/workforce.duckdb"] = f"public part of {content}"
        for name, text in files.items():
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            (partial / name).write_text(text)
        sums = "".join(f"{sha256_of(partial / name)}  {name}\n" for name in sorted(files))
        (partial / "SHA256SUMS").write_text(sums)
        return install(folder, partial, release_id)

    return make
