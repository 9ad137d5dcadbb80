"""What every test may use: the folder of real published files, where it is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "published"


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of real published files; skips the test where it is absent."""
    if not (PUBLISHED / "MANIFEST.md").is_file():
        pytest.skip("the folder of real published files (../shared/published) is not here")
    return PUBLISHED
