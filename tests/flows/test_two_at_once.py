"""Two refreshes at once: by command, service, backup, or a second machine; which test shows which combination."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations_with_replacement
from pathlib import Path

import pytest

from warehouse.errors import Busy
from warehouse.folder import DataFolder

TESTS = Path(__file__).parents[1]
WHO = ("command", "service", "second machine", "backup")
SHOWN_BY = {
    ("command", "command"): (
        "flows/test_two_at_once.py",
        "test_a_second_process_is_told_and_gets_the_folder_when_the_first_is_killed",
    ),
    ("command", "service"): (
        "end_to_end/test_killed_and_concurrent.py",
        "test_the_command_meanwhile_ends_saying_that_another_refresh_is_running",
    ),
    ("service", "service"): (
        "end_to_end/test_killed_and_concurrent.py",
        "test_of_two_runs_started_at_the_same_moment_one_waits_for_the_other",
    ),
    ("command", "second machine"): ("flows/storage/test_lease.py", "test_a_second_machine_is_told_who_holds_the_lease"),
    ("service", "second machine"): ("flows/storage/test_lease.py", "test_a_lease_that_nobody_renews_is_taken_over"),
    ("second machine", "second machine"): (
        "flows/storage/test_lease.py",
        "test_of_many_machines_one_at_a_time_holds_the_lease",
    ),
    # A backup takes the lock that every refresh takes; another machine has a data folder of its own.
    ("command", "backup"): ("warehouse/test_backup.py", ""),
    ("service", "backup"): ("warehouse/test_backup.py", ""),
    ("backup", "backup"): ("warehouse/test_backup.py", ""),
}
"""A refresh takes the lock of its data folder first, and then the lease of the bucket, whoever starts it: so the
combinations with a second machine are those of its lease. `tests.drills.machines` kills one of two machines."""
APART = {("second machine", "backup")}


def test_every_combination_is_shown_by_a_test() -> None:
    assert {*SHOWN_BY, *APART} == set(combinations_with_replacement(WHO, 2))
    for file, name in SHOWN_BY.values():
        text = (TESTS / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.M) if name else "pytest.raises(Busy)" in text, (file, name)


def test_a_second_process_is_told_and_gets_the_folder_when_the_first_is_killed(tmp_path: Path) -> None:
    hold = (
        "import sys, time; from pathlib import Path; from warehouse.folder import DataFolder\n"
        "with DataFolder(Path(sys.argv[1])).locked(): print('locked', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", hold, tmp_path], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "locked\n"
        with pytest.raises(Busy, match="another refresh is running"), DataFolder(tmp_path).locked():
            pytest.fail("two at once")
        first.kill()
        first.wait()
        with DataFolder(tmp_path).locked(wait_seconds=10):
            assert (tmp_path / "refresh.lock").exists()
