"""One publisher down never stops the others: what is good is published, and the run names what failed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli.command import app
from tests.flows.fetching.test_inbox import ETR
from tests.flows.stand_in import FaultyPublisher, answers, client
from tests.sample_maker import sample_site
from tests.whole_answer import ask
from transforms.series import SeriesId
from warehouse.folder import DataFolder

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("small_refresh")]
WANTED = (SeriesId.PAY_GAP, SeriesId.ODS)


def run(folder: Path, data: Path) -> Any:
    """What `workforce run --from` says of a folder."""
    return CliRunner().invoke(app, ["run", "--from", str(folder), "--data", str(data)])


def test_a_publisher_that_is_down_is_a_gap_and_the_others_are_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shown = [series for series in sample_site() if series.series in WANTED]
    with FaultyPublisher(shown) as server:
        for address in list(server.site):
            if "odsdatasearchandexport" in address:
                server.fault(address, answers(503))

        @contextmanager
        def stand_in(*_: Any) -> Iterator[Any]:
            yield client(server, DataFolder(data))

        monkeypatch.setattr("flows.refreshing.client_for", stand_in)
        monkeypatch.setenv("WORKFORCE_CONTACT", "tests@example.org")
        series = [part for each in WANTED for part in ("--series", each.value)]
        result = CliRunner().invoke(app, ["run", *series, "--data", str(data)])
    said = " ".join(result.output.split())
    assert result.exit_code == 3, result.output
    assert "Published with gaps: release" in said
    assert "etr" in said
    loaded = ask(DataFolder(data).published, "SELECT DISTINCT series FROM meta.edition")
    assert loaded["series"].to_list() == ["gender-pay-gap"]


def test_a_run_whose_files_are_all_refused_publishes_no_empty_warehouse_and_leaves_a_published_one(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    bad, good = tmp_path / "bad" / "2025-12", tmp_path / "good" / "2025-12"
    for folder, list_of_trusts in ((bad, ETR + ETR.replace(b"R0A", b"r1k")), (good, ETR)):
        folder.mkdir(parents=True)
        (folder / "etr.csv").write_bytes(list_of_trusts)
    first = run(bad.parent, tmp_path / "new")
    assert first.exit_code == 6, first.output
    assert "Nothing to publish" in first.output
    assert "First cause: etr.csv" in " ".join(first.output.split())
    assert not DataFolder(tmp_path / "new").published.exists()
    good_one = run(good.parent, data)
    assert good_one.exit_code == 0, good_one.output
    before = DataFolder(data).published.read_bytes()
    again = run(bad.parent, data)
    assert again.exit_code == 3, again.output
    assert "Nothing taken in" in again.output
    assert DataFolder(data).published.read_bytes() == before


def test_a_file_of_the_release_can_be_set_aside_and_read_again(tmp_path: Path) -> None:
    data, placed = tmp_path / "data", tmp_path / "placed"
    later = ETR + ETR.replace(b"R0A", b"R0B")
    for month, list_of_trusts in (("2025-11", ETR), ("2025-12", later)):
        (placed / month).mkdir(parents=True)
        (placed / month / "etr.csv").write_bytes(list_of_trusts)
    first = run(placed, data)
    assert first.exit_code == 0, first.output

    def trusts() -> list[str]:
        rows = ask(DataFolder(data).published, "SELECT org_code FROM core.organisation_latest ORDER BY org_code")
        return list(rows["org_code"])

    with_both = trusts()
    sha256 = hashlib.sha256(later).hexdigest()
    for options, expected in ((["--reason", "a draft"], "R0B"), (["--undo"], "")):
        decided = CliRunner().invoke(app, ["set-aside", sha256[:12], *options, "--data", str(data)])
        assert decided.exit_code == 0, decided.output
        again = CliRunner().invoke(app, ["run", "--rebuild", "--data", str(data)])
        assert again.exit_code == 0, again.output
        assert trusts() == [code for code in with_both if code != expected]
        if expected:
            assert "Set aside: etr.csv (ods 2025-12) is set aside (a draft)" in " ".join(again.output.split())
            assert "rows of core.organisation of the release before are left out" in " ".join(again.output.split())
            aside = ask(DataFolder(data).published, "SELECT file_sha256, reason FROM meta.set_aside_file")
            assert list(zip(aside["file_sha256"], aside["reason"], strict=True)) == [(sha256, "a draft")]
