"""The drills and their results, for the page "How we test" and for the table in the repository.

`results.csv` has a line for each drill, variant and seed; `tests.drills.results.record` writes it. It is part of the
package because the site is also written where the tests are not installed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

RESULTS = Path(__file__).with_name("results.csv")


@dataclass(frozen=True)
class DrillKind:
    """One kind of drill: what is tried, and when a try has failed."""

    name: str
    tries: str
    fails_if: str


KINDS = {
    each.name: each
    for each in (
        DrillKind(
            "kills",
            "A refresh, run by the service or by the command, is killed at a random moment.",
            "the published file does not open or has other bytes than its release lists, the killed run does not end"
            " by itself, or the next run does not start or end well",
        ),
        DrillKind(
            "starts",
            "The service is started, runs a refresh, and is stopped.",
            "it does not start, its run does not end well, or its log has a traceback, a locked database or a status"
            " 503",
        ),
        DrillKind(
            "machines",
            "Two machines share one bucket, and the first is killed during its refresh.",
            "the second does not take over and publish, or a third, restored from the bucket, has other tables",
        ),
        DrillKind(
            "reading",
            "Files are read by workers on several machines that share one bucket, and one of them is killed.",
            "a file is not read, or any of its tables differs from what one machine reads alone",
        ),
        DrillKind(
            "storage",
            "The same refresh is done on the local disk, in object storage, in a lakehouse, and by several workers.",
            "any table that a reader finds there has other rows than the one on the local disk",
        ),
        DrillKind(
            "readers",
            "Readers stay attached while releases are published, and ask several tables in a loop.",
            "an answer holds rows of two releases or lacks rows, or a query ends with an error",
        ),
        DrillKind(
            "inputs",
            "A publisher's file is changed at random, and read.",
            "a figure differs without an error or a record of it, another error than that of a refused file is raised,"
            " or memory or time exceeds the limit",
        ),
        DrillKind(
            "publisher",
            "A publisher's web server answers with addresses, names, lengths or bodies chosen to do harm.",
            "an address is contacted that must not be, a file is written outside the data folder, or the request ends"
            " with another error than a refusal, or beyond the limits of time and memory",
        ),
        DrillKind(
            "texts",
            "A publisher's names and titles hold markup, formulas or control characters, and are published.",
            "a page, a feed, an export, the terminal or a log does more with them than show them as text",
        ),
        DrillKind(
            "sql",
            "A statement tries to do more than read the warehouse.",
            "it is not refused, or it reads a file, contacts a server or changes a byte",
        ),
        DrillKind(
            "file server",
            "A request tries to read a file that is not published, or to occupy the file server.",
            "a byte from outside the published folder is sent, or another reader is not answered",
        ),
        DrillKind(
            "disk",
            "The disk is full, cannot be written or has no more entries at one step of a refresh.",
            "the published release changes or is damaged, or the next run does not end well",
        ),
        DrillKind(
            "power",
            "The power fails during a refresh: what was not flushed to the disk is lost.",
            "the published release or the archive is not whole afterwards, the next run does not end well, or a file"
            " can be seen before it and its name are on the disk",
        ),
        DrillKind(
            "memory",
            "A refresh has too little memory.",
            "it does not end, the published release changes or is damaged, or the next run does not end well",
        ),
        DrillKind(
            "clock",
            "The clock is wrong, jumps while a refresh runs, or is in another time zone.",
            "the refresh does not end well, releases are not in the order of their publication, or the newest is not"
            " the published one",
        ),
        DrillKind(
            "load",
            "Many readers read the site and the warehouse while releases are published.",
            "a request fails, or an answer mixes two releases",
        ),
    )
}


@dataclass(frozen=True, order=True)
class DrillResult:
    """One line: how often a variant of a drill was tried with one seed, when and where, and how often it failed."""

    drill: str
    variant: str
    seed: int
    day: date
    machine: str
    tried: int
    failed: int
    note: str = ""
    failures: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        """What a later result replaces."""
        return self.drill, self.variant, self.seed


COLUMNS = [each.name for each in fields(DrillResult)]


def read_results(path: Path = RESULTS) -> list[DrillResult]:
    """Return the results in the order of the file, by drill, variant and seed."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            DrillResult(
                row["drill"],
                row["variant"],
                int(row["seed"]),
                date.fromisoformat(row["day"]),
                row["machine"],
                int(row["tried"]),
                int(row["failed"]),
                row["note"],
                row["failures"],
            )
            for row in csv.DictReader(lines)
        ]


def write_results(results: Iterable[DrillResult], path: Path = RESULTS) -> None:
    """Write the results, sorted."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(astuple(each) for each in sorted(results))
