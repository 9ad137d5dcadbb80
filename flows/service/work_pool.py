"""The work pool of Prefect, and what a run may say about the process that it runs in: nothing.

Prefect's own template for process pools lets whoever starts a run choose its command, its environment and its working
directory, and so run any program as the worker's user. This one has no job variable: the server refuses any, and a run
that was created before the template changed has none filled in.
"""

from __future__ import annotations

from typing import Any

POOL = "workforce"
POOL_TYPE = "process"
"""A worker in a container or a pod runs refreshes as processes of its own, too."""

JOB_TEMPLATE: dict[str, Any] = {
    # No `env` here: Prefect merges a run's own variables into an `env` that the template has, declared or not.
    "job_configuration": {"stream_output": True},
    "variables": {"type": "object", "properties": {}, "additionalProperties": False},
}


def work_pool() -> dict[str, Any]:
    """The work pool for Prefect's API."""
    return {
        "name": POOL,
        "type": POOL_TYPE,
        "description": "Runs refreshes as processes of the worker's machine.",
        "base_job_template": JOB_TEMPLATE,
    }
