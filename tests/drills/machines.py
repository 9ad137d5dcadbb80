"""Two machines with a data folder each and one bucket: `python -m tests.drills.machines [KILLS]`.

Both refresh the sample at once. The first is killed (SIGKILL, with its children) at a moment of its refresh; the second
has to take over its lease and publish. A third machine, empty, is then restored from the bucket alone. Printed are, for
each kill, the moment, the times, and whether the tables of the last two machines are equal.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from moto.server import ThreadedMotoServer

from tests.drills.results import record

SEED = 20261127
WORKFORCE = str(Path(sys.executable).with_name("workforce"))
REFRESH_SECONDS = 120


def main() -> None:
    """Run the drill, by default three times."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    chance = random.Random(SEED)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server.start()
    host, port = server.get_host_and_port()
    failed = 0
    for number in range(kills):
        root = Path(tempfile.mkdtemp(prefix="machines-"))
        address = f"http://{host}:{port}"
        urllib.request.urlopen(urllib.request.Request(f"{address}/bucket-{number}", method="PUT")).close()
        failed += not one_kill(root, address, f"s3://bucket-{number}/workforce", chance.uniform(2, REFRESH_SECONDS))
        shutil.rmtree(root)
    say(f"{kills} kills, {failed} failed")
    record(drill="machines", variant="one bucket, first machine killed", seed=SEED, tried=kills, failed=failed)
    server.stop()
    sys.exit(bool(failed))


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def one_kill(root: Path, address: str, storage: str, after: float) -> bool:
    """Kill the first machine `after` so many seconds; whether the others end up with one and the same release."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "drill",
        "AWS_SECRET_ACCESS_KEY": "drill",
        "AWS_REGION": "us-east-1",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
        "WORKFORCE_STORAGE": storage,
        "WORKFORCE_WAIT_FOR_LOCK_SECONDS": "1200",
    }

    def start(machine: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [WORKFORCE, "run", *arguments, "--data", str(root / machine)]
        log = (root / f"{machine}.log").open("wb")
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True, cwd=root)

    began = time.monotonic()
    first, second = start("first", "--sample"), start("second", "--sample")
    while time.monotonic() - began < after and first.poll() is None:
        time.sleep(0.2)
    ended_before = first.poll() is not None
    os.killpg(first.pid, signal.SIGKILL)
    code = second.wait()
    took = time.monotonic() - began
    restored = start("third", "--rebuild").wait()
    compared = subprocess.run(
        [WORKFORCE, "diff", *(str(root / name / "published" / "workforce.duckdb") for name in ("second", "third"))],
        capture_output=True,
        text=True,
        check=False,
    )
    equal = "None of" in compared.stdout
    state = "it had ended" if ended_before else "killed"
    say(f"after {after:.0f} s {state}; second: exit {code} after {took:.0f} s; third: exit {restored}; equal: {equal}")
    if code or restored or not equal:
        for name in ("second", "third"):
            say((root / f"{name}.log").read_text()[-1500:])
        say(compared.stdout[-500:] + compared.stderr[-500:])
    return code == restored == 0 and equal


if __name__ == "__main__":
    main()
