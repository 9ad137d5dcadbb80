"""Clocks that are wrong or jump while a refresh runs, in several time zones.

All refreshes are of one data folder: whatever the clock says, the newest release is the one published last, and
releases stay in the order in which they were published. The clock is that of our modules; Prefect keeps its own, since
its server does not start under libfaketime.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.drills.disk import Try, ended, last_sentence, start
from tests.drills.left import wrong_after_next
from warehouse.folder import DataFolder
from warehouse.publish import published_release, releases

SHIFTED = """
import datetime, os, sys
from contextlib import contextmanager
from pathlib import Path
from flows.cli.command import main
import flows.service.local as local

real, offset, paused = datetime.datetime, Path(os.environ["DRILL_CLOCK"]), local.garbage_collection_paused

class Clock(real):
    @classmethod
    def now(cls, tz=None):
        return real.now(tz) + datetime.timedelta(days=float(offset.read_text()))

@contextmanager
def shifted():
    with paused():
        yield
    # The refresh is imported now.
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in {"flows", "warehouse"} and getattr(module, "datetime", None) is real:
            module.datetime = Clock

local.garbage_collection_paused = shifted
sys.argv[0] = "workforce"
main()
"""
"""The command with a clock that is so many days fast as a file says."""
CASES = (
    ("three days slow", "Pacific/Kiritimati", -3, -3),
    ("a year fast", "America/St_Johns", 400, 400),
    ("set back by a day while it runs", "Nonsense/Nowhere", 0, -1),
    ("set forward by a day while it runs", "", 0, 1),
)
"""What the clock is, the time zone ('': TZ is not set), and how many days it is fast before and after the jump."""
BEFORE_THE_JUMP = 20.0
"""Seconds: the refresh has then begun and not ended."""


def tries(*, root: Path) -> Iterator[Try]:
    """One refresh for each case, all on one data folder."""
    folder, offset = DataFolder(root / "data"), root / "offset"
    code, said = ended(start(folder.root, reserve=True))
    assert code == 0, said
    for what, zone, first, then in CASES:
        before = [each.release_id for each in releases(folder)]
        offset.write_text(f"{first}")
        process = start(folder.root, "--force", code=SHIFTED, DRILL_CLOCK=str(offset), **({"TZ": zone} if zone else {}))
        end = time.monotonic() + BEFORE_THE_JUMP
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        (root / "next").write_text(f"{then}")
        (root / "next").replace(offset)
        code, said = ended(process)
        wrong = [] if code == 0 else [f"exit code {code}"]
        after = [each.release_id for each in releases(folder)]
        if after[:-1] != before:
            wrong.append(f"the releases were {before} and are {after}")
        shown = published_release(folder)
        if shown is None or shown.release_id != after[-1]:
            wrong.append(f"published is {shown.release_id if shown else 'nothing'}, not {after[-1]}")
        wrong += wrong_after_next(folder)
        yield Try(
            f"{what}, TZ={zone or 'not set'}", f"{last_sentence(said)} (releases {', '.join(after)})", tuple(wrong)
        )
