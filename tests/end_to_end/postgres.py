"""A throwaway PostgreSQL of the system's own package, with the extensions Prefect asks for (pg_trgm)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.served import free_ports


@contextmanager
def postgresql() -> Iterator[str]:
    """Its address, as SQLAlchemy writes it; skips the test where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    programs = found[-1].parent
    # Not pytest's folder: PostgreSQL will not run as root, and nobody else may enter that.
    place = Path(tempfile.mkdtemp(prefix="workforce-postgresql-"))
    port = free_ports()
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(place, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]

    def call(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs / program), *arguments]
        subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL, timeout=60)

    cluster, log = str(place / "cluster"), str(place / "log")
    settings = f"-p {port} -h 127.0.0.1 -k {place} -c fsync=off"
    try:
        call("initdb", "-D", cluster, "-U", "prefect", "-A", "trust", "--no-sync")
        call("pg_ctl", "-D", cluster, "-o", settings, "-l", log, "-w", "start")
        try:
            yield f"postgresql+asyncpg://prefect@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(place)
