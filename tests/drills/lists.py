"""Drills that are lists: `python -m tests.drills.lists [publisher …]` tries each line and records the results."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from tests.drills import file_server_attacks, publisher_places, sql_attacks
from tests.drills.hostile_texts import TEXTS, published, told
from tests.drills.publisher import tries
from tests.drills.publisher_attacks import ATTACKS
from tests.drills.publisher_refresh import refreshes
from tests.drills.results import record
from tests.sample_warehouse import make_sample_warehouse


class Outcome(Protocol):
    """One try; `wrong` is empty if all held."""

    @property
    def wrong(self) -> Sequence[str]: ...


def _published(root: Path) -> Iterator[Outcome]:
    (root / "sample").mkdir()
    return published(make_sample_warehouse(root / "sample").warehouse, root)


LISTS: dict[tuple[str, str], tuple[Callable[[Path], Iterator[Outcome]], str]] = {
    ("publisher", "answers"): (
        lambda root: tries(ATTACKS, root),
        "redirects, lengths, chunks, slow and endless answers, headers, statuses, charsets, other files",
    ),
    ("publisher", "whole refreshes"): (
        lambda root: refreshes(ATTACKS, root),
        "each answer in the middle of a refresh of two series whose release is published",
    ),
    ("publisher", "addresses of its name"): (
        publisher_places.resolved,
        "private IPv4 and IPv6 addresses, mapped ones, another address at the second lookup",
    ),
    ("texts", "terminal, summary, errors, mails"): (
        lambda _: (shown for text in TEXTS for shown in told(text)),
        "markup, formulas, Markdown, line breaks, escape sequences, marks of direction",
    ),
    ("texts", "site, feeds, exports"): (_published, "each as the name of an organisation of the sample"),
    ("sql", "workforce sql"): (sql_attacks.tries, "files, network, extensions, settings, data, several statements"),
    ("file server", "requests"): (
        file_server_attacks.tries,
        "paths, links, methods, ranges, smuggled requests, floods of headers, slow requests",
    ),
    ("publisher", "certificates"): (publisher_places.certificates, "of another host, expired, self-signed, unknown"),
    ("publisher", "names, links and titles"): (
        publisher_places.names_and_links,
        "paths, control characters and markup in names; links that are no addresses; 10,000 links",
    ),
}
"""By drill and variant: what tries it, and the note of its result."""


def main(names: Sequence[str]) -> int:
    """Try the drills of these names, or all; print what failed, record the results; 1 if any failed."""
    failed = 0
    for (drill, variant), (tried, note) in LISTS.items():
        if names and drill not in names:
            continue
        with tempfile.TemporaryDirectory(prefix="workforce-drill-") as root:
            outcomes = list(tried(Path(root)))
        failures = [str(each) for each in outcomes if each.wrong]
        sys.stdout.write("\n".join([*failures, f"{drill}, {variant}: {len(outcomes)}, failed {len(failures)}", ""]))
        record(
            drill=drill,
            variant=variant,
            seed=0,
            tried=len(outcomes),
            failed=len(failures),
            note=note,
            failures=failures,
        )
        failed += len(failures)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
