"""What every test may use: the folder of real published files, where it is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TOGETHER = {
    "served": ("test_browser", "test_deployment", "test_job_variables", "test_killed_and_concurrent"),
    "prefect_server": (
        "test_cluster",
        "test_deploy_files",
        "test_gaps",
        "test_refresh",
        "test_sample",
        "test_watcher",
    ),
    "sample_warehouse": (
        "test_diff",
        "test_explain",
        "test_export_metadata",
        "test_four_tasks",
        "test_notebook",
        "test_query_commands",
        "test_questions",
        "test_readme",
        "test_site",
        "test_site_in_browser",
    ),
}
"""Files that share a costly fixture, by its name: with several workers they go to one."""

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "published"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a worker whole files, and files of `TOGETHER` to the same one.

    A scheduler of our own, because pytest 9.2 hides the marks of xdist's `loadgroup` from xdist 3.8.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFixture(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = str(super()._split_scope(nodeid))
            return next((name for name, files in TOGETHER.items() if Path(file).stem in files), file)

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
def prefect_server() -> Iterator[None]:
    """One temporary Prefect server, with a database of its own, for all tests that run the flow in this process."""
    from prefect.testing.utilities import prefect_test_harness

    from flows.service.prefect_environment import STARTUP_SECONDS

    with prefect_test_harness(server_startup_timeout=STARTUP_SECONDS):
        yield


@pytest.fixture(scope="session")
def sample(prefect_server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after `workforce run --sample`; look, do not touch."""
    from typer.testing import CliRunner

    from flows.cli.command import app

    data = tmp_path_factory.mktemp("sample") / "data"
    result = CliRunner().invoke(app, ["run", "--sample", "--data", str(data)])
    assert result.exit_code == 0, result.output
    return data


@pytest.fixture(scope="session")
def sample_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The bundled sample as a warehouse, without Prefect and checks (`tests.sample_warehouse`). Not to be changed."""
    from tests.sample_warehouse import make_sample_warehouse

    return make_sample_warehouse(tmp_path_factory.mktemp("sample-warehouse"))
