"""Environments for processes that tests start."""

from __future__ import annotations

from collections.abc import Mapping


def without_prefect(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without any PREFECT_ variable, for a process that is to choose its own server."""
    return {name: value for name, value in environment.items() if not name.startswith("PREFECT_")}
