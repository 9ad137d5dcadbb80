"""What the page for SQL in the browser loads: DuckDB-WASM, the editor, and the page's own script.

`python -m warehouse.site.frontend` builds them from `src/` and the npm packages that `package-lock.json` names, into
`built/`, which is no part of the repository. A wheel holds `built/`; a checkout without it publishes a site without the
page.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE / "built"
BUILD_COMMAND = "python -m warehouse.site.frontend"
NAMES = ("page.js", "duckdb.worker.js", "duckdb.wasm.gz", "licences.txt")


@dataclass(frozen=True)
class FrontendFile:
    """One built file."""

    path: Path

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.path.stat().st_size

    @cached_property
    def address(self) -> str:
        """Its name with a mark of its content, so that a browser never takes an old one from its cache."""
        return f"{self.path.name}?v={sha256(self.path.read_bytes()).hexdigest()[:12]}"


def built_files(folder: Path = BUILT) -> dict[str, FrontendFile] | None:
    """The built files by name, or None where they have not been built."""
    found = {name: FrontendFile(folder / name) for name in NAMES}
    return found if all(file.path.is_file() for file in found.values()) else None
