"""The software bill of materials names every package that the wheel is tested with."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonValidator

ROOT = Path(__file__).resolve().parents[1]
TOOLS = (os.environ.get("UV", ""), str(ROOT / ".uv" / "bin" / "uv"), "uv")


def uv(*arguments: str) -> str:
    """The output of uv: of the one that CI installs, of one on the PATH, or of the module of this Python's base."""
    command = next(([found] for each in TOOLS if each and (found := shutil.which(each))), None)
    command = command or [str(Path(sys.base_prefix) / "bin" / "python3"), "-m", "uv"]
    done = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no uv here that can export: {done.stderr[-200:]}")
    return done.stdout


@pytest.mark.slow
def test_the_bill_of_materials_has_each_package_of_the_constraints_with_hash_licence_and_day() -> None:
    lock = ["export", "--quiet", "--locked", "--no-dev", "--all-extras"]
    pinned = uv(*lock, "--no-emit-project", "--no-hashes", "--no-header")
    constraints = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\n]+)", pinned, re.MULTILINE))
    exported = uv(*lock, "--format", "cyclonedx1.5")
    completed = subprocess.run(
        [sys.executable, ".ci/sbom", "uv.lock"], cwd=ROOT, input=exported, capture_output=True, text=True, check=True
    )
    bill = json.loads(completed.stdout)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    packages = {each["name"]: each for each in bill["components"]}
    assert {name: each["version"] for name, each in packages.items()} == constraints
    assert all(each["purl"] == f"pkg:pypi/{name}@{each['version']}" for name, each in packages.items())
    assert all(file["hashes"] for each in packages.values() for file in each["externalReferences"])
    assert all(any(fact["name"] == "uploaded" for fact in each["properties"]) for each in packages.values())
    assert packages["polars"]["licenses"] == [{"license": {"name": "MIT License"}}]
    assert sum("licenses" not in each for each in packages.values()) <= 5
    assert re.match(r"\d+ packages; \d+ state no licence", completed.stderr)
    for each in list(packages.values())[3:]:
        # All files are described alike, and checking each address takes 0.05 s.
        del each["externalReferences"]
    assert JsonValidator(SchemaVersion.V1_5).validate_str(json.dumps(bill)) is None


def test_a_release_writes_it() -> None:
    assert "-sbom.json" in (ROOT / ".ci" / "release").read_text(encoding="utf-8")
