"""Clocks that are wrong or jump while a refresh runs, in several time zones, by libfaketime (Debian: libfaketime).

All refreshes are of one data folder: whatever the clock says, the newest release is the one published last, and
releases stay in the order in which they were published.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.drills.disk import Try, ended, last_sentence, start
from tests.drills.left import wrong_after_next
from warehouse.folder import DataFolder
from warehouse.publish import published_release, releases

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
CASES = (
    ("three days slow", "Pacific/Kiritimati", "-3d", "-3d"),
    ("a year fast", "America/St_Johns", "+400d", "+400d"),
    ("right again", "Nonsense/Nowhere", "+0", "+0"),
    ("set back by a day while it runs", "", "+0", "-1d"),
    ("set forward by a day while it runs", "Europe/London", "+0", "+1d"),
)
"""What the clock is, the time zone ('': TZ is not set), and its offset before and after the jump."""
BEFORE_THE_JUMP = 20.0
"""Seconds: the refresh has then begun and not ended."""


def tries(*, root: Path) -> Iterator[Try]:
    """One refresh for each case, all on one data folder."""
    folder, offset = DataFolder(root / "data"), root / "offset"
    code, said = ended(start(folder.root, reserve=True))
    assert code == 0, said
    for what, zone, first, then in CASES:
        before = [each.release_id for each in releases(folder)]
        offset.write_text(first)
        faked = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(offset),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        } | ({"TZ": zone} if zone else {})
        process = start(folder.root, "--force", reserve=True, **faked)
        end = time.monotonic() + BEFORE_THE_JUMP
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        # In one step: a file that is read half written is an error of libfaketime.
        (root / "next").write_text(then)
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
