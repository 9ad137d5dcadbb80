"""A refresh with shared storage, on an S3 interface on loopback."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from flows.errors import StorageChanged, StorageFailed, WrongRequest
from flows.pipeline import read_file
from flows.settings import Settings
from flows.storage.bucket import open_bucket
from flows.storage.shared import SharedStorage, shared_storage
from flows.storage.shared_releases import LATEST, latest, switch, upload_release
from tests.flows.storage.conftest import MakeRelease
from tests.s3 import serve_publicly
from warehouse.archive import Archive, Record
from warehouse.folder import DataFolder, write_whole
from warehouse.publish import published_release, releases
from warehouse.staging import Staging

Machines = Callable[[str], DataFolder]


@pytest.fixture
def settings(s3_prefix: str) -> Settings:
    return Settings(storage=s3_prefix, keep_releases=2)


@contextmanager
def refreshing(folder: DataFolder, settings: Settings) -> Iterator[SharedStorage]:
    """What the flow does around a refresh."""
    with shared_storage(folder, settings, wait_seconds=60, lease_seconds=1) as storage:
        assert storage is not None
        storage.bring_up_to_date()
        yield storage


def published_text(folder: DataFolder) -> str:
    return folder.published.read_text()


def test_without_the_setting_nothing_is_shared(machines: Machines) -> None:
    with shared_storage(machines("one"), Settings(storage="")) as storage:
        assert storage is None


def test_a_release_reaches_every_machine_and_an_empty_one(
    machines: Machines, settings: Settings, make_release: MakeRelease
) -> None:
    one, other = machines("one"), machines("other")
    with refreshing(one, settings) as storage:
        make_release(one, "2026-11-22.1", "first", withheld=True)
        storage.store()
    with refreshing(other, settings) as storage:
        assert published_text(other) == "first"
        assert (other.public).read_text() == "public part of first"
        assert (other.site / "index.html").read_text() == "first"
        make_release(other, "2026-11-22.2", "second")
        storage.store()
    with refreshing(one, settings):
        assert published_text(one) == "second"


def test_an_empty_machine_is_restored_from_the_bucket_alone(
    machines: Machines,
    settings: Settings,
    make_release: MakeRelease,
    small_files: Callable[[DataFolder], list[Record]],
) -> None:
    """As deploy/README.md says: archive, staging cache, the operator's lists and the newest release."""
    one, other = machines("one"), machines("other")
    records = small_files(one)
    with refreshing(one, settings) as storage:
        for record in records:
            read_file(Staging(one.staged, Archive(one.archive)), record)
        write_whole(one.config / "corrections.toml", b"# none")
        make_release(one, "2026-11-22.1", "first", withheld=True)
        storage.store()
    shutil.rmtree(one.root)
    with refreshing(other, settings):
        archive = Archive(other.archive)
        assert archive.records() == records
        assert all(archive.verified(record) for record in records)
        assert all(Staging(other.staged, archive).holds(record) for record in records)
        assert (other.config / "corrections.toml").read_bytes() == b"# none"
        assert published_text(other) == "first"


def test_the_bucket_alone_serves_what_may_be_passed_on(
    machines: Machines, settings: Settings, make_release: MakeRelease, s3: str
) -> None:
    with refreshing(machines("one"), settings) as storage:
        make_release(machines("one"), "2026-11-22.1", "all series", withheld=True)
        storage.store()
    bucket = open_bucket(settings.storage)
    public = bucket.stored("public")
    assert "all series" not in {(bucket.read(name) or (b"", ""))[0].decode() for name in public if "site" not in name}
    served = (bucket.read("public/workforce.duckdb") or (b"", ""))[0]
    assert served == b"public part of all series"
    place = settings.storage.removeprefix("s3://")
    serve_publicly(s3, settings.storage)
    address = f"{s3}/{place}/public"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{s3}/{place}/lease.json")
    with urllib.request.urlopen(f"{address}/index.html") as page:
        assert page.headers["Content-Type"].startswith("text/html")
        assert "/site/index.html" in page.read().decode()


def test_a_release_left_behind_by_a_killed_run_is_stored_by_the_next(
    machines: Machines, settings: Settings, make_release: MakeRelease
) -> None:
    one = machines("one")
    with refreshing(one, settings):
        make_release(one, "2026-11-22.1", "first")
    assert latest(open_bucket(settings.storage)) == (None, None)
    with refreshing(one, settings):
        pass
    newest, _ = latest(open_bucket(settings.storage))
    assert newest is not None
    assert newest.release_id == "2026-11-22.1"


def test_a_release_left_behind_is_given_up_where_another_machine_has_published(
    machines: Machines, settings: Settings, make_release: MakeRelease
) -> None:
    one, other = machines("one"), machines("other")
    with refreshing(one, settings):
        make_release(one, "2026-11-22.1", "left behind")
    with refreshing(other, settings) as storage:
        make_release(other, "2026-11-22.1", "of the other")
        storage.store()
    for _ in range(2):
        with refreshing(one, settings):
            assert published_text(one) == "of the other"
    shown = published_release(one)
    assert shown is not None
    assert shown.warehouse.read_text() == "of the other"


def test_who_was_overtaken_while_uploading_does_not_switch(
    machines: Machines, settings: Settings, make_release: MakeRelease
) -> None:
    one, other = machines("one"), machines("other")
    bucket = open_bucket(settings.storage)
    slow = make_release(one, "2026-11-22.1", "slow")
    _, etag = latest(bucket)
    upload_release(bucket, slow)
    with refreshing(other, settings) as storage:
        make_release(other, "2026-11-22.1", "quick")
        storage.store()
    with pytest.raises(StorageChanged, match="another process"):
        switch(bucket, slow, etag)
    newest, _ = latest(bucket)
    assert newest is not None
    assert (bucket.read(f"public/releases/{newest.key}/workforce.duckdb") or (b"", ""))[0] == b"quick"


def test_a_damaged_release_is_not_taken(machines: Machines, settings: Settings, make_release: MakeRelease) -> None:
    one, other = machines("one"), machines("other")
    with refreshing(one, settings) as storage:
        make_release(one, "2026-11-22.1", "first")
        storage.store()
    bucket = open_bucket(settings.storage)
    newest = json.loads((bucket.read(LATEST) or (b"{}", ""))[0])
    bucket.write(f"public/releases/{newest['key']}/workforce.duckdb", b"changed")
    with pytest.raises(StorageFailed, match="does not match its checksum"), refreshing(other, settings):
        pass
    assert not other.published.exists()
    assert releases(other) == []


def test_old_releases_are_deleted_in_the_bucket_too(
    machines: Machines, settings: Settings, make_release: MakeRelease
) -> None:
    one = machines("one")
    for number in range(1, 5):
        with refreshing(one, settings) as storage:
            make_release(one, f"2026-11-22.{number}", f"release {number}")
            storage.store()
    kept = {name.split("/")[2][:12] for name in open_bucket(settings.storage).stored("public/releases")}
    assert kept == {"2026-11-22.3", "2026-11-22.4"}


def test_a_storage_that_cannot_be_reached_is_an_error_with_its_address(machines: Machines, s3_prefix: str) -> None:
    settings = Settings(storage=f"{s3_prefix.rsplit('/', 1)[0]}-that-is-not-there/prefix")
    with pytest.raises(StorageFailed, match="that-is-not-there"), refreshing(machines("one"), settings):
        pass


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(WrongRequest, match="WORKFORCE_STORAGE"):
        open_bucket("no address")
