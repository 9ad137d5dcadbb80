"""What every test may use: the folder of real published files, where it is at hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

TOGETHER = {
    "served": ("test_browser", "test_deployment", "test_job_variables", "test_killed_and_concurrent"),
    "prefect_server": (
        "test_cluster",
        "test_last_release",
        "test_refreshes",
        "test_watcher",
    ),
}
"""Files that share a server, by the name of the fixture: with several workers they go to one."""

COSTLY = {"browser", "prefect_server", "public_site", "published_site_without_sql", "site"}
"""Fixtures that start a server or a browser, or write a whole site: every test that uses one is `slow`."""

LONGEST = (
    "test_drills",
    "test_power_cut",
    "test_reuse",
    "test_schedule",
    "test_site_in_browser",
    "test_refresh",
    "test_settings_of_the_service",
    "test_sql_page_in_browser",
    "test_editions",
    "test_publish",
    "test_explain",
    "test_inspect",
    "test_deploy_files",
    "test_vacancies_mutations",
    "test_gaps",
    "test_prefect_database",
    "test_mutations",
)
"""The other files that take longest, in this order."""

# No test fails because a machine is slow.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "published"


def group_of(file: Path) -> str:
    """The fixture of `TOGETHER` that a file of tests uses, else ''."""
    return next((name for name, files in TOGETHER.items() if file.stem in files), "")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests of `COSTLY` fixtures, before `-m` chooses."""
    if COSTLY.intersection(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.slow)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left with it at the end."""

    def later(item: pytest.Item) -> int:
        if item.get_closest_marker("slow") is None:
            return len(LONGEST) + 1
        if group_of(item.path):
            return -1
        return LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST)

    items.sort(key=later)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a worker whole files, and files of `TOGETHER` to the same one.

    A scheduler of our own, because pytest 9.2 hides the marks of xdist's `loadgroup` from xdist 3.8.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFixture(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = str(super()._split_scope(nodeid))
            return group_of(Path(file)) or file

    # Otherwise files of few tests, which are those that take longest, come last.
    config.option.loadscopereorder = False
    return ByFixture(config, log)


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of real published files; skips the test where it is absent."""
    if not (PUBLISHED / "MANIFEST.md").is_file():
        pytest.skip("the folder of real published files (../shared/published) is not here")
    return PUBLISHED


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """An empty file system of 8 MB; skips the test where none can be mounted."""
    from tests.small_disk import mounted

    with mounted(tmp_path / "disk", megabytes=8) as place:
        yield place


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One temporary Prefect server, with a database of its own, for all tests that run the flow in this process."""
    from prefect.testing.utilities import prefect_test_harness

    from flows.service.prefect_database import prepare_database
    from flows.service.prefect_environment import STARTUP_SECONDS, database_address

    # Without it Prefect runs each of its migrations: 4 s of CPU time.
    home = tmp_path_factory.mktemp("prefect")
    if prepare_database(home, database_address(home)):
        (home / "prefect.db").rename(home / "prefect-test.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("prefect.testing.utilities.mkdtemp", lambda: str(home))
        # Its server would ask another host.
        patch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
        with prefect_test_harness(server_startup_timeout=STARTUP_SECONDS):
            yield


@pytest.fixture
def small_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refreshes in this process leave out rules that look at no row, all exports but one, and the site."""
    from tests import small_refresh

    small_refresh.without_idle_rules(monkeypatch)
    small_refresh.with_one_export(monkeypatch)
    small_refresh.with_one_page(monkeypatch)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after `workforce run --sample`; look, do not touch."""
    from typer.testing import CliRunner

    from flows.cli.command import app

    data = tmp_path_factory.mktemp("sample") / "data"
    result = CliRunner().invoke(app, ["run", "--sample", "--data", str(data)])
    assert result.exit_code == 0, result.output
    return data


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Gives a folder that one of the workers fills, under a lock, and all read; its files are then read-only."""
    base = tmp_path_factory.getbasetemp()
    # Each worker has a folder of its own in that of the whole run.
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder(name: str, fill: Callable[[Path], object]) -> Path:
        from filelock import FileLock

        place, filled = common / name, common / f"{name}.filled"
        with FileLock(common / f"{name}.lock"):
            if not filled.exists():
                shutil.rmtree(place, ignore_errors=True)
                place.mkdir()
                fill(place)
                for path in place.rglob("*"):
                    if path.is_file():
                        path.chmod(0o444)
                filled.touch()
        return place

    return folder


@pytest.fixture(scope="session")
def sample_warehouse(shared: Callable[..., Path]) -> Any:
    """The bundled sample as a warehouse, without Prefect and checks (`tests.sample_warehouse`). Not to be changed."""
    from tests.sample_warehouse import made_in, make_sample_warehouse

    return made_in(shared("sample-warehouse", make_sample_warehouse))
