"""Starts of `workforce serve` on one data folder, each with one run, which must leave no error in the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.served import SAMPLE, free_ports, serving

TROUBLE = re.compile(r"database is locked|Traceback \(most recent call last\)|503")


@dataclass(frozen=True)
class Start:
    """One start with its run, and what was wrong."""

    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.wrong) or "started and ran"


def starts(number: int, *, data: Path, **environment: str) -> Iterator[Start]:
    """Start so often on one folder and port, run a refresh of the sample, and stop; only the first has news."""
    port = free_ports()
    for _ in range(number):
        wrong: list[str] = []
        try:
            with serving(data, port=port, **environment) as service:
                run = service.ended(service.trigger("manual", SAMPLE))
                if run["state"]["type"] != "COMPLETED":
                    wrong.append(f"the run ended as {run['state']['name']}: {run['state']['message']}")
                if service.stop():
                    wrong.append("the service did not stop well")
        except AssertionError as refused:
            wrong.append(f"the service did not start: {str(refused)[:300]}")
        lines = (data / "serve.log").read_text(errors="replace").splitlines()
        yield Start((*wrong, *(line[:200] for line in lines if TROUBLE.search(line))))
