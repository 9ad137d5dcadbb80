"""The house's own rules: which room may import which, and what never enters the repository."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ["transforms", "warehouse", "expectations", "flows"]
FORBIDDEN = {
    "transforms": {"prefect", "duckdb", "requests", "great_expectations", "time"},
    "warehouse": {"prefect", "requests", "great_expectations"},
    "expectations": {"prefect", "requests"},
    "flows": set(),
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("room", FLOORS)
def test_a_room_imports_only_from_its_own_floor_or_a_lower_one(room: str) -> None:
    above = set(FLOORS[FLOORS.index(room) + 1 :]) | FORBIDDEN[room]
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in imported(path)
        if name in above
    ]
    assert wrong == []


def test_only_the_flow_its_story_and_what_starts_it_know_prefect() -> None:
    knowing = {
        str(path.relative_to(ROOT)) for path in (ROOT / "flows").rglob("*.py") if "prefect" in set(imported(path))
    }
    assert {"flows/refresh.py", "flows/service/artifacts.py"} <= knowing
    assert not any(name.startswith(("flows/fetching", "flows/sample")) for name in knowing)


def test_modules_stay_readable() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for room in FLOORS
        for path in sorted((ROOT / room).rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert long == []


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_window_is_over_all_rows() -> None:
    """DuckDB 1.5.5 fails on them now and then: 'Attempted to access index 0 within vector of size 0'."""
    lines = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for room in ("warehouse", "expectations")
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in {".sql", ".py"}
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\bOVER\s*\(\s*\)", line, re.IGNORECASE) and not line.strip().startswith("--")
    ]
    assert lines == []


def test_no_published_file_is_committed(published: Path) -> None:
    from warehouse.archive import sha256_of

    theirs = {line.split()[0] for line in (published / "SHA256SUMS").read_text().splitlines()}
    assert [path for path in tracked() if path.is_file() and sha256_of(path) in theirs] == []


def test_no_tracked_file_is_large_or_names_a_machine() -> None:
    paths = [path for path in tracked() if path.is_file() and path.name != "uv.lock"]
    assert [path for path in paths if path.stat().st_size > 1_000_000] == []
    home = re.compile(rb"/(?:work|home|root|Users)/[a-z]")
    # The Dockerfile and units name folders of the machine they make.
    named = [
        path
        for path in paths
        if path.parts[len(ROOT.parts)] not in {"deploy", "tests"} and home.search(path.read_bytes())
    ]
    assert named == []
