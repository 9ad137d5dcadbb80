"""What every test may use: the folder of real published files, where it is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "published"


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of real published files; skips the test where it is absent."""
    if not (PUBLISHED / "MANIFEST.md").is_file():
        pytest.skip("the folder of real published files (../shared/published) is not here")
    return PUBLISHED


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """One temporary Prefect server, with a database of its own, for all tests that run the flow in this process."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=240):
        yield


@pytest.fixture(scope="session")
def sample(prefect_server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after `workforce run --sample`; look, do not touch."""
    from typer.testing import CliRunner

    from flows.command import app

    data = tmp_path_factory.mktemp("sample") / "data"
    result = CliRunner().invoke(app, ["run", "--sample", "--data", str(data)])
    assert result.exit_code == 0, result.output
    return data
