"""A process that starts another in a session of its own, as Prefect's worker does, writes both numbers, and waits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    run = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    Path(sys.argv[1]).write_text(f"{os.getpid()} {run.pid}")
    run.wait()
