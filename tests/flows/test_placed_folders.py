"""Whoever may start a run of the service cannot let it read any folder of the machine, or run code by a parameter."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from prefect.exceptions import ParameterTypeError, SignatureMismatchError

from flows.errors import WrongRequest
from flows.refresh import refresh
from flows.request import Source
from flows.settings import Settings


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with an inbox, in which one link leads outside and one into itself."""
    inbox = tmp_path / "data" / "inbox"
    (inbox / "2026").mkdir(parents=True)
    (inbox / "out").symlink_to(tmp_path)
    (inbox / "circle").symlink_to(inbox / "circle")
    return tmp_path / "data"


@pytest.mark.parametrize(
    "folder",
    [
        *(
            "/",
            "/etc",
            "/proc/self",
            ".",
            "..",
            "~",
            "$HOME",
            "`id`",
            "; id",
            "-rf",
            "file:///etc",
            "https://example.org/x",
        ),
        *(
            "{data}",
            "{data}/inbox/..",
            "{data}/inbox/out",
            "{data}/inbox/circle",
            "{data}/inbox/../archive",
            "{data}/inbox2",
        ),
        *("a\0b", "x" * 5_000, "\\\\server\\share", "C:\\"),
    ],
)
def test_a_folder_outside_the_inbox_is_refused(folder: str, data: Path) -> None:
    with pytest.raises(WrongRequest, match="WORKFORCE_PLACED"):
        Settings(data=data).check_placed(Path(folder.format(data=data) if "{" in folder else folder))


def test_the_inbox_and_the_folders_of_the_setting_are_not(data: Path, tmp_path: Path) -> None:
    Settings(data=data).check_placed(data / "inbox" / "2026")
    chosen = Settings(data=data, placed=f"{tmp_path / 'a'}, {tmp_path / 'b'}")
    chosen.check_placed(tmp_path / "b" / "below")
    with pytest.raises(WrongRequest):
        chosen.check_placed(data / "inbox")


WRONG = [
    *({"source": each} for each in ("", "Folder", "publishers; id", "file:///etc/passwd", 5, ["sample"], {"a": 1})),
    *({"series": each} for each in ("ods", ["no-series"], ["$(id)"], [["ods"]], {"a": 1}, ["../../etc"], [0])),
    *({"as_of": each} for each in ("today", "2026-13-01", "`id`", [], {"a": 1})),
    *({"folder": each} for each in (5, ["/etc"], {"__prefect_kind": "jinja", "template": "{{ x }}"})),
    *({"force": each} for each in ("__import__('os')", [], {"a": 1}, 7)),
    {"data": "/etc"},
    {"command": "id"},
]


@pytest.mark.parametrize("given", WRONG, ids=str)
def test_a_parameter_of_another_type_or_value_is_refused_before_anything_runs(given: dict[str, object]) -> None:
    with pytest.raises((ParameterTypeError, SignatureMismatchError)):
        refresh.validate_parameters(given)


def test_a_run_of_the_service_is_refused_before_it_takes_the_lock(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKFORCE_DATA", str(data))
    monkeypatch.setattr("flows.refresh.deployment", SimpleNamespace(id="a deployment"))
    state = refresh.fn(source=Source.FOLDER, folder="/etc")
    assert state.is_failed()
    assert "WORKFORCE_PLACED" in state.message
    assert not (data / "archive").exists()
