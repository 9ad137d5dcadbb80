"""Calls to the REST API of a Prefect server, without importing Prefect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from flows.retries import NOT_PROCESSED, RetryPolicy

TIMEOUT_SECONDS = 90
"""Longer than the 60 seconds for which a server on SQLite waits to write."""
RETRIES = RetryPolicy(attempts=12, first_wait=0.3, longest_wait=10)
"""The server answers 503, and does nothing, while its SQLite database is locked."""


class Api:
    """The calls to Prefect's REST API that are needed, without importing Prefect."""

    def __init__(self, address: str, secret: str = "") -> None:
        """`address` is the API's; `secret` is user:password, where it needs one."""
        self.address = address.rstrip("/")
        self.session = requests.Session()
        if secret:
            user, _, password = secret.partition(":")
            self.session.auth = (user, password)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Api:
        """The API that the variables PREFECT_API_URL and PREFECT_API_AUTH_STRING name."""
        return cls(environment["PREFECT_API_URL"], environment.get("PREFECT_API_AUTH_STRING", ""))

    def healthy(self) -> bool:
        """Whether the server responds."""
        try:
            return self.session.get(f"{self.address}/health", timeout=2).ok
        except requests.RequestException:
            return False

    def call(self, method: str, path: str, body: Any = None, *, fine: tuple[int, ...] = ()) -> Any:
        """The response's JSON. Raises `requests.HTTPError` for an error status that is not in `fine`."""

        def attempt() -> requests.Response:
            answer = self.session.request(method, f"{self.address}/{path}", json=body, timeout=TIMEOUT_SECONDS)
            if answer.status_code >= 500:
                self.session.close()  # The server closes the connection too, and the next call would find it closed.
            if answer.status_code not in fine:
                answer.raise_for_status()
            return answer

        answer = RETRIES.retrying(_is_not_processed)(attempt)
        return answer.json() if answer.content else None

    def add_tag(self, run: dict[str, Any], tag: str) -> None:
        """Give a flow run, as the API describes it, one more tag."""
        run["tags"] = [*run["tags"], tag]
        self.call("PATCH", f"flow_runs/{run['id']}", {"tags": run["tags"]})


def _is_not_processed(error: BaseException) -> bool:
    return isinstance(error, requests.HTTPError) and error.response.status_code in NOT_PROCESSED
