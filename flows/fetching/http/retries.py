"""Trying again: passing faults only, with growing waits that carry chance and honour what the publisher asks for."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from flows.errors import Unreachable
from flows.fetching.http.limits import Patience


def retrying(patience: Patience) -> Retrying:
    """Runs an attempt until it succeeds, fails for good, or has been made `patience.attempts` times."""
    return Retrying(
        stop=stop_after_attempt(patience.attempts),
        wait=_wait(patience),
        retry=retry_if_exception(lambda error: _worth_another(error, patience)),
        sleep=patience.sleep,
        reraise=True,
    )


def _worth_another(error: BaseException, patience: Patience) -> bool:
    return isinstance(error, Unreachable) and error.passing and (error.retry_after or 0) <= patience.longest_retry_after


def _wait(patience: Patience) -> Callable[[RetryCallState], float]:
    growing = wait_random_exponential(multiplier=patience.first_wait, max=patience.longest_wait)

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, Unreachable) else None
        return growing(state) if asked is None else asked + growing(state) / 10

    return wait
