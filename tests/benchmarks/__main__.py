"""Run every benchmark, print one table, and keep it in RESULTS.md: `python -m tests.benchmarks [pytest options]`.

With options that choose among the benchmarks, such as `-k commands`, the kept table is left as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.results import RESULTS, Results, as_table

OPTIONS = ("-o", "addopts=--import-mode=importlib", "-p", "no:randomly", "--benchmark-enable", "-q", "-s")


def main(chosen: list[str]) -> int:
    """Run them; the exit code is pytest's."""
    results = Results()
    ended = pytest.main([str(Path(__file__).parent), *OPTIONS, *chosen], plugins=[results])
    sys.stdout.write("\n".join(["", *as_table(results.lines), ""]))
    if not chosen:
        RESULTS.write_text(results.markdown(passed=ended == pytest.ExitCode.OK), encoding="utf-8")
    return int(ended)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
