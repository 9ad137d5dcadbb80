"""What benchmarks share: those that ask for it run on request only, and all tell what they measured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks.processes import COMMAND, cpu
from tests.benchmarks.results import Line, Results


@pytest.fixture(scope="session")
def asked_for(request: pytest.FixtureRequest) -> None:
    """Skips a benchmark that nobody asked for."""
    if request.config.getoption("benchmark_skip"):
        pytest.skip("benchmarks run on request only: python -m tests.benchmarks")


@pytest.fixture(scope="session")
def record(request: pytest.FixtureRequest) -> Callable[..., Line]:
    """Adds a line to the table of results; returns it, so that a test can look at its ratio."""
    running = [each for each in request.config.pluginmanager.get_plugins() if isinstance(each, Results)]

    def add(*args: object, **named: object) -> Line:
        line = Line(*args, **named)  # type: ignore[arg-type]
        for results in running:
            results.lines.append(line)
        return line

    return add


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory, record: Callable[..., Line], asked_for: None) -> Path:
    """A data folder with the sample; making it is measured."""
    folder = tmp_path_factory.mktemp("commands") / "data"
    spent = cpu(*COMMAND, "run", "--sample", "--data", folder)
    record("sample refresh from scratch, CPU", spent, "s", target=25)
    return folder
