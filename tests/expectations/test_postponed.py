"""Libraries that no rule needs are not run by the import of Great Expectations, and work where they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

RUN_BY_THEM = ("scipy.stats._stats_py", "altair.vegalite", "jsonschema.validators")
"""Modules that scipy.stats, altair and jsonschema import when they are run."""


def _printed(script: str) -> str:
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_great_expectations_is_imported_without_libraries_that_no_rule_needs() -> None:
    script = f"""
import sys
from expectations.engine import _import
_import()
from great_expectations import expectations as known
assert known.ExpectColumnValuesToBeBetween(column="value", min_value=0).column == "value"
assert not [finder for finder in sys.meta_path if type(finder).__module__ == "expectations.postponed"]
print([name for name in {RUN_BY_THEM} if name in sys.modules])
"""
    assert _printed(script) == "[]"


def test_a_postponed_module_is_run_at_its_first_use() -> None:
    script = """
import sys
from expectations.postponed import postponed
with postponed("scipy.stats", "colorsys"):
    from scipy import stats
    import colorsys, json
assert "scipy.stats._stats_py" not in sys.modules
print(stats.norm.cdf(0), colorsys.rgb_to_hsv(1, 0, 0), stats is sys.modules["scipy.stats"])
"""
    assert _printed(script) == "0.5 (0.0, 1.0, 1) True"
