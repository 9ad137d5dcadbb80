"""Rules of the repository: the import order of the packages, module size, and what must not be committed."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
IMPORT_ORDER = ["transforms", "warehouse", "expectations", "flows"]
"""Each package may import itself and the packages before it."""
FORBIDDEN = {
    "transforms": {"prefect", "duckdb", "requests", "great_expectations", "time"},
    "warehouse": {"prefect", "requests", "great_expectations"},
    "expectations": {"prefect", "requests"},
    "flows": set(),
}
"""Libraries that a package must not import."""


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", IMPORT_ORDER)
def test_a_package_imports_only_itself_and_packages_before_it(package: str) -> None:
    not_allowed = set(IMPORT_ORDER[IMPORT_ORDER.index(package) + 1 :]) | FORBIDDEN[package]
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in imported(path)
        if name in not_allowed
    ]
    assert wrong == []


def test_prefect_is_imported_by_the_flow_the_service_and_the_cluster_alone() -> None:
    importing = {
        str(path.relative_to(ROOT)) for path in (ROOT / "flows").rglob("*.py") if "prefect" in set(imported(path))
    }
    assert {"flows/refresh.py", "flows/service/artifacts.py"} <= importing
    known = ("flows/refresh.py", "flows/reading.py", "flows/service/", "flows/storage/cluster.py")
    assert [name for name in importing if not name.startswith(known)] == []


def test_no_module_is_longer_than_400_lines() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for package in IMPORT_ORDER
        for path in sorted((ROOT / package).rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert too_long == []


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_window_function_is_over_all_rows() -> None:
    """DuckDB 1.5.5 sometimes fails on `OVER ()`: 'Attempted to access index 0 within vector of size 0'."""
    lines = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for package in ("warehouse", "expectations")
        for path in sorted((ROOT / package).rglob("*"))
        if path.suffix in {".sql", ".py"}
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\bOVER\s*\(\s*\)", line, re.IGNORECASE) and not line.strip().startswith("--")
    ]
    assert lines == []


def test_no_published_file_is_committed(published: Path) -> None:
    from warehouse.archive import sha256_of

    published_hashes = {line.split()[0] for line in (published / "SHA256SUMS").read_text().splitlines()}
    assert [path for path in tracked() if path.is_file() and sha256_of(path) in published_hashes] == []


def test_no_tracked_file_is_large_or_names_a_machine() -> None:
    paths = [path for path in tracked() if path.is_file() and path.name != "uv.lock"]
    assert [path for path in paths if path.stat().st_size > 1_000_000] == []
    home = re.compile(rb"/(?:work|home|root|Users)/[a-z]")
    # The Dockerfile and the systemd units name folders of the container or server they set up.
    named = [
        path
        for path in paths
        if path.parts[len(ROOT.parts)] not in {"deploy", "tests"} and home.search(path.read_bytes())
    ]
    assert named == []
