"""The retry policy: exponential backoff with jitter, for requests to publishers, notices and Prefect's API."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

NOT_PROCESSED = frozenset({429, 503})
"""Statuses by which a server says that it did nothing: the request may be repeated, whatever its method."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often to try and how long to wait between two attempts; times in seconds.

    The wait is chosen at random below a bound that starts at `first_wait` and doubles up to `longest_wait`. A wait that
    the server asks for (Retry-After) is added to a tenth of it; one above `longest_retry_after` ends the attempts.
    """

    attempts: int = 4
    first_wait: float = 1
    longest_wait: float = 60
    longest_retry_after: float = 300
    sleep: Callable[[float], None] = time.sleep

    def retrying(
        self,
        is_temporary: Callable[[BaseException], bool],
        retry_after: Callable[[BaseException], float | None] = lambda _: None,
    ) -> Retrying:
        """A caller of functions that repeats a call while its error is temporary, then raises the last error.

        `retry_after` gives the seconds that the server asked to wait, None where it asked for none.
        """

        def again(error: BaseException) -> bool:
            return is_temporary(error) and (retry_after(error) or 0) <= self.longest_retry_after

        backoff = wait_random_exponential(multiplier=self.first_wait, max=self.longest_wait)

        def wait(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = retry_after(error) if error else None
            return backoff(state) if asked is None else asked + backoff(state) / 10

        return Retrying(
            stop=stop_after_attempt(self.attempts),
            wait=wait,
            retry=retry_if_exception(again),
            sleep=self.sleep,
            reraise=True,
        )
