"""The steps of a refresh, and what runs them: threads of this process, or Prefect, which shows each as a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from flows.results import Outcome
from warehouse.folder import DataFolder

P = ParamSpec("P")
R = TypeVar("R")

THREADS = 4
"""How many files are fetched or read at a time."""


@dataclass(frozen=True)
class Step(Generic[P, R]):
    """A part of a refresh. `name` is that of each of its runs; it may contain the function's arguments, as {name}."""

    name: str
    function: Callable[P, R]


class Runner(Protocol):
    """Runs the steps of one refresh, and shows the refresh to whoever asked for it."""

    @property
    def run_name(self) -> str:
        """The name of the refresh in notices."""

    @property
    def link(self) -> str:
        """The address of the refresh in the Prefect UI; '' where it is not there."""

    @property
    def patience(self) -> float:
        """How many seconds the refresh waits for another one on the data folder, where no setting says so."""

    def run(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a step."""

    def run_each(self, step: Step[..., R], calls: Sequence[tuple[Any, ...]]) -> list[R | Exception]:
        """Run a step once with each of these arguments, several at a time: the results, in the same order.

        An exception stands in the place of its result.
        """

    def check_folder(self, folder: DataFolder) -> None:
        """Raise `OtherDataFolder` where other workers of the same service use another data folder."""

    def finished(self, folder: DataFolder) -> None:
        """Remember what `check_folder` compares."""

    def show(self, outcome: Outcome, address: str) -> None:
        """Show the summary; `address` is where the published files are served."""


class ThreadRunner:
    """Runs the steps in threads of this process. What they did is told by the caller."""

    link: str = ""
    patience: float = 0.0

    def __init__(self, run_name: str) -> None:
        self._run_name = run_name
        self.has_begun = False
        """Whether a step was begun; from then on the data folder is locked for this refresh."""

    @property
    def run_name(self) -> str:
        """The name that the command gives it."""
        return self._run_name

    def run(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a step in the calling thread."""
        self.has_begun = True
        return step.function(*args, **kwargs)

    def run_each(self, step: Step[..., R], calls: Sequence[tuple[Any, ...]]) -> list[R | Exception]:
        """Run a step in `THREADS` threads."""
        self.has_begun = True

        def result_of(call: tuple[Any, ...]) -> R | Exception:
            try:
                return step.function(*call)
            except Exception as error:
                return error

        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="workforce")
        try:
            return list(pool.map(result_of, calls))
        finally:
            pool.shutdown(cancel_futures=True)

    def check_folder(self, folder: DataFolder) -> None:
        """Without a service there are no other workers."""

    def finished(self, folder: DataFolder) -> None:
        """Nothing is compared later."""

    def show(self, outcome: Outcome, address: str) -> None:
        """The command prints the summary itself."""
