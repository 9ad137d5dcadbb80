"""A refresh by the command: in threads of its process, or through Prefect where PREFECT_API_URL names a server."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

from flows.results import Outcome
from flows.service.local import local_folder
from warehouse.errors import Busy

if TYPE_CHECKING:
    from flows.settings import Settings
    from flows.steps import ThreadRunner

ENDING_SECONDS = 30
"""How long this process may take to end in order, before it ends as it is."""


def refreshed(parameters: dict[str, Any], data: Path) -> Outcome:
    """Refresh a data folder; `parameters` are those of the flow. Raises `WorkforceError`, `Busy` among them.

    Without a server nothing of Prefect is needed: its records of the run would be seen by nobody.
    """
    with local_folder(data):
        if os.environ.get("PREFECT_API_URL"):
            return _through_prefect(parameters, data)
        return _in_threads(parameters)


def _in_threads(parameters: dict[str, Any]) -> Outcome:
    from flows.refreshing import refresh_folder
    from flows.request import Request, run_name
    from flows.service.notices import notify_crash
    from flows.settings import Settings
    from flows.steps import ThreadRunner
    from transforms.series import SeriesId
    from warehouse.folder import DataFolder

    series = tuple(SeriesId(each) for each in parameters["series"])
    folder = Path(parameters["folder"]) if parameters["folder"] else None
    source, as_of = parameters["source"], parameters["as_of"]
    request = Request(source, series, folder, parameters["force"], as_of, parameters["illustrative"])
    name = run_name(source, frozenset(series), as_of=as_of, today=datetime.now(UTC).date())
    settings, runner = Settings(), ThreadRunner(name)
    try:
        with _ended_by_sigterm(runner, settings):
            return refresh_folder(request, settings, runner)
    except Busy:
        raise
    except Exception as error:
        why = f"{error}" or type(error).__name__
        notify_crash(name, f"Failed: {why}", DataFolder(settings.data), settings, link="")
        raise


def _through_prefect(parameters: dict[str, Any], data: Path) -> Outcome:
    from flows.errors import PrefectFailed
    from flows.service.local import flow_here

    try:
        state: Any = flow_here(data)(**parameters, return_state=True)
    except Exception as error:
        # Errors of the refresh itself are in its state.
        raise PrefectFailed(
            f"Prefect did not start, or stopped, with {type(error).__name__}: {error}",
            do="check that the server that PREFECT_API_URL names answers, and run the command again",
        ) from error
    if state.is_cancelled():
        raise Busy(state.message)
    result = state.result(raise_on_failure=False)
    if isinstance(result, Exception):
        raise result
    return cast("Outcome", result)


@contextmanager
def _ended_by_sigterm(runner: ThreadRunner, settings: Settings) -> Iterator[None]:
    """End this process in order on SIGTERM (systemd, containers): what is half written is removed, a notice is sent.

    That is done while the signal is handled, and the process ends there: an exception could be lost in a library that
    is being imported, and the refresh would go on.
    """
    from flows.service.notices import notify_crash
    from warehouse.disk import clean
    from warehouse.folder import DataFolder

    def end(number: int, _: FrameType | None) -> None:
        signal.alarm(ENDING_SECONDS)
        try:
            folder = DataFolder(settings.data)
            if runner.has_begun:
                clean(folder)
            why = f"The process was ended by {signal.Signals(number).name}"
            notify_crash(runner.run_name, why, folder, settings, link="")
        finally:
            os._exit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        # Only the main thread may handle signals.
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
