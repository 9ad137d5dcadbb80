"""Random kills (SIGKILL) of a served refresh or of the command, in every phase, and what must hold after each.

After each kill the published file is there, opens and has the bytes that its release lists, the killed run is ended by
the service, and the next run starts without a hand; after every fifth kill and the last one it must also end well, with
nothing unfinished left. The service is started again where it is gone, as systemd or the container runtime does.

After each kill of the command every file of every release is whole, too, the archive has lost nothing, no lock stays,
and the next command ends well, with nothing unfinished left; every fifth time that command builds a whole release.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.drills.left import wrong_after_next, wrong_with, wrong_with_file
from tests.end_to_end.served import ENDED, SAMPLE, clean_environment, free_ports, serving
from warehouse.archive import Archive
from warehouse.folder import DataFolder

PHASES = ("Scheduled", "Pending", "Submitting", "Running")
"""States of the run at the kill. What a running refresh does then is known by the time since it began to run."""
SHARES = (1, 2, 2, 5)
WAYS = ("everything", "service", "server", "worker", "worker and run", "run")
"""What is killed: the service with all its processes at one moment, as a power cut does, or one part of it."""
SCHEDULE = "weekday-poll"
"""The deployment whose runs are cancelled where an earlier run holds its slot."""
FORCED = SAMPLE | {"force": True}
QUICK = {"PREFECT_WORKER_QUERY_SECONDS": "2", "WORKFORCE_RETRY_AFTER_HOURS": ""}
PATIENCE = 300
COMMAND = (sys.executable, "-m", "flows.cli.command", "run")
OF_SAMPLE = ("--sample", "--series", "ods")
FULL_CHECK = 5
"""After so many kills one is followed by a whole run; the next run to be killed shows of the others that it starts."""


@dataclass(frozen=True)
class Kill:
    """One kill and what was wrong after it: nothing, if all held."""

    way: str
    phase: str
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.way} killed while {self.phase}: {'; '.join(self.wrong) or 'all held'}"


class ServedKills:
    """Kills of `workforce serve` and its parts on one data folder; the service is started again where it is gone."""

    def __init__(self, data: Path, chance: random.Random, **environment: str) -> None:
        self.data, self.chance, self.environment = data, chance, QUICK | environment
        self.port = free_ports()
        self.stack = ExitStack()
        self.running_seconds = 0.0

    def __enter__(self) -> ServedKills:
        """Start the service, publish a first release, and time it."""
        self.start()
        run = self.service.ended(self.service.trigger(SCHEDULE, FORCED))
        assert run["state"]["type"] == "COMPLETED", run["state"]
        self.running_seconds = run["total_run_time"]
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the service."""
        self.stack.close()

    def start(self) -> None:
        """Start the service on the folder and the port."""
        self.service = self.stack.enter_context(serving(self.data, port=self.port, **self.environment))

    def kill(self, way: str, phase: str, *, is_followed: bool) -> Kill:
        """Kill in this way once a run is in this phase, go on, and say what was wrong."""
        # Only a run that is killed while it works need have much to do.
        run_id = self.service.trigger(SCHEDULE, FORCED if phase == "Running" else SAMPLE)
        seen = self.wait_for(run_id, phase)
        if seen not in PHASES:
            return Kill(way, phase, (f"the run did not get there: {self.service.run(run_id)['state']}",))
        if phase == "Running":
            time.sleep(self.chance.uniform(0, self.running_seconds))
            seen = self.service.run(run_id)["state"]["name"]
        self.shoot(way)
        wrong = wrong_with_file(self.service.data)
        self.revive()
        wrong += wrong_with_file(self.service.data) + self.wrong_with_run(run_id)
        if is_followed:
            wrong += self.wrong_with_next_run()
        return Kill(way, seen, tuple(wrong))

    def wait_for(self, run_id: str, phase: str) -> str:
        """Wait until the run is in this phase or past it; return the name of its state."""
        wanted = PHASES[PHASES.index(phase) :]
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            state = self.service.run(run_id)["state"]
            if state["name"] in wanted or state["type"] in ENDED:
                return str(state["name"])
            time.sleep(0.02)
        return str(state["name"])

    def shoot(self, way: str) -> None:
        """Send SIGKILL to what is to be killed."""
        serve = psutil.Process(self.service.process.pid)
        below = serve.children(recursive=True)
        by_word = {
            word: [each for each in below if word in _command(each)] for word in ("server", "worker", "prefect.engine")
        }
        runs = by_word["prefect.engine"]
        targets = {
            "everything": [serve, *below],
            "service": [serve],
            "server": by_word["server"],
            "worker": by_word["worker"],
            "worker and run": [*by_word["worker"], *runs],
            # Before it begins there is no process of the run.
            "run": runs or by_word["worker"],
        }[way]
        for each in targets:
            with suppress(psutil.NoSuchProcess):
                each.kill()

    def revive(self) -> None:
        """Where the service ended, wait until all of it is gone, as it has to, and start it again."""
        process = self.service.process
        with suppress(subprocess.TimeoutExpired):
            process.wait(3)
        if process.poll() is None:
            # The server may be the part that was killed: the service then ends by itself.
            with suppress(subprocess.TimeoutExpired):
                if not self.service.api.healthy():
                    process.wait(90)
        if process.poll() is not None:
            self.start()

    def wrong_with_run(self, run_id: str) -> list[str]:
        """What is wrong with the killed run: the service must end it or, where it had not begun, let it go on."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            state = self.service.run(run_id)["state"]
            if state["type"] in ENDED:
                return [f"the killed run is cancelled: {state['message']}"] if state["type"] == "CANCELLED" else []
            time.sleep(0.2)
        return [f"the killed run is still {state['name']}"]

    def wrong_with_next_run(self) -> list[str]:
        """What is wrong with a run after it: it must end well."""
        run_id = self.service.trigger(SCHEDULE, SAMPLE)
        wrong = self.wrong_with_run(run_id)
        state = self.service.run(run_id)["state"]
        if state["type"] != "COMPLETED":
            wrong.append(f"the next run is {state['name']}: {state['message']}")
        return wrong + wrong_after_next(self.service.data)


def _command(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []


class CommandKills:
    """Kills of `workforce run` at random moments, on organisations of the sample or on files of a folder."""

    def __init__(self, data: Path, chance: random.Random, *, files: Path | None = None, **environment: str) -> None:
        self.data, self.chance, self.environment = data, chance, environment
        self.command = (*COMMAND, *(["--from", str(files)] if files else OF_SAMPLE))
        self.seconds = 0.0

    def __enter__(self) -> CommandKills:
        """Publish a first release, and time a run."""
        began = time.monotonic()
        assert self.start("--force").wait(PATIENCE) == 0
        self.seconds = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing runs between two kills."""

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        """Start the command on the folder."""
        return subprocess.Popen(
            [*self.command, *more, "--data", str(self.data)],
            env=clean_environment(**self.environment),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self, _way: str, _phase: str, *, is_followed: bool) -> Kill:
        """Kill the command at a random moment, and say what was wrong afterwards and after the command once more."""
        folder = DataFolder(self.data)
        records = {each.identity for each in Archive(folder.archive).records()}
        process = self.start("--force")
        after = self.chance.uniform(0, self.seconds)
        with suppress(subprocess.TimeoutExpired):
            process.wait(after)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        wrong = wrong_with(folder, records=records)
        # Without --force the next command finds the files unchanged, removes what is left, and builds nothing.
        if code := self.start(*["--force"] * is_followed).wait(PATIENCE):
            wrong.append(f"the next command ended with {code}")
        wrong += wrong_after_next(folder)
        return Kill("command", f"{after / self.seconds:.0%} done", tuple(wrong))


def kills(
    what: str, number: int, *, data: Path, seed: int, files: Path | None = None, **environment: str
) -> Iterator[Kill]:
    """Kill so often, each with what was wrong after it; `files`: a folder that the command reads, not the sample."""
    chance = random.Random(seed)
    with (
        CommandKills(data, chance, files=files, **environment)
        if what == "command"
        else ServedKills(data, chance, **environment)
    ) as drill:
        for each in range(1, number + 1):
            (phase,) = chance.choices(PHASES, SHARES)
            is_followed = each % FULL_CHECK == 0 or each == number
            yield drill.kill(chance.choice(WAYS), phase, is_followed=is_followed)
