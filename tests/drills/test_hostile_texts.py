"""What is published shows a publisher's text and never runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.hostile_texts import TEXTS, published, told
from tests.sample_warehouse import Sample


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:40])
def test_terminal_summary_error_and_mail_show_a_text_on_its_line(text: str) -> None:
    assert [str(each) for each in told(text) if each.wrong] == []


@pytest.mark.slow
def test_site_feeds_and_exports_show_names_as_text(sample_warehouse: Sample, tmp_path: Path) -> None:
    shown = list(published(sample_warehouse.warehouse, tmp_path))
    assert len({each.output for each in shown}) > 20
    assert [str(each) for each in shown if each.wrong] == []
