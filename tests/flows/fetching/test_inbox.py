"""The inbox: recognised by content, archived with the address the operator gives, removed only then."""

from __future__ import annotations

import pytest

from flows.fetching.inbox import take_in
from tests.flows.stand_in import CHALLENGE, fresh, zipped
from warehouse.archive import Archive

ADDRESS = "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=etr"
ETR = (
    b'"R0A","MANCHESTER UNIVERSITY NHS FOUNDATION TRUST","Y62","QOP","COBBETT HOUSE","OXFORD ROAD","","MANCHESTER","",'
    b'"M13 9WL","20171001","","","","","","","","","","","","","","","",""\n'
)


@pytest.fixture
def folder(tmp_path):
    folder = fresh(tmp_path)
    folder.inbox.mkdir(parents=True)
    return folder


def put(folder, name: str, content: bytes, source: str = "") -> None:
    (folder.inbox / name).write_bytes(content)
    if source:
        (folder.inbox / f"{name}.source.toml").write_text(source)


def left_in(folder) -> list[str]:
    return sorted(path.name for path in folder.inbox.iterdir())


def test_a_file_with_its_source_beside_it_is_archived_and_removed(folder):
    put(folder, "etr.csv", ETR, f'address = "{ADDRESS}"\ntitle = "NHS trusts"\npublished_on = "2025-07-01"\n')
    (taken,) = take_in(folder)
    (record,) = Archive(folder.archive).records()
    assert (taken.outcome, taken.series, taken.edition) == ("new", "ods", "2025-07")
    assert (record.address, record.title, record.published_on) == (ADDRESS, "NHS trusts", "2025-07-01")
    assert record.attribution.startswith("Contains public sector information")
    assert Archive(folder.archive).verified(record).read_bytes() == ETR
    assert left_in(folder) == []


def test_the_address_may_be_given_for_all_files(folder):
    put(folder, "etr-2025-07.csv", ETR)
    (taken,) = take_in(folder, address=ADDRESS)
    assert taken.outcome == "new"


def test_a_file_whose_source_nobody_told_stays(folder):
    put(folder, "etr.csv", ETR)
    (taken,) = take_in(folder)
    assert taken.inbox_outcome == "left"
    assert "etr.csv.source.toml" in taken.why
    assert left_in(folder) == ["etr.csv"]
    assert Archive(folder.archive).records() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("wres.xlsx", CHALLENGE),
        ("letter.csv", b"Dear all,\nplease find attached\n"),
        ("figures.zip", zipped({"../x.csv": b"1"})),
        ("letter.pdf", b"%PDF-1.7"),
    ],
)
def test_a_file_that_is_no_published_data_stays_with_the_reason(folder, name, content):
    put(folder, name, content, f'address = "{ADDRESS}"\n')
    (taken,) = take_in(folder)
    assert (taken.inbox_outcome, bool(taken.why)) == ("left", True)
    assert left_in(folder) == [name, f"{name}.source.toml"]


@pytest.mark.parametrize("source", ['address = "', 'address = "by mail"\n', 'title = "no address"\n'])
def test_a_sidecar_that_does_not_say_the_address_leaves_the_file(folder, source):
    put(folder, "etr.csv", ETR, source)
    assert [taken.inbox_outcome for taken in take_in(folder)] == ["left"]


def test_one_bad_file_does_not_keep_the_others(folder):
    put(folder, "a.csv", b"nothing\n")
    put(folder, "etr-2025-07.csv", ETR)
    assert [taken.inbox_outcome for taken in take_in(folder, address=ADDRESS)] == ["left", "new"]
    assert left_in(folder) == ["a.csv"]


def test_a_file_that_is_archived_already_is_removed_too(folder):
    for outcome in ("new", "unchanged"):
        put(folder, "etr-2025-07.csv", ETR)
        assert [taken.inbox_outcome for taken in take_in(folder, address=ADDRESS)] == [outcome]
    assert left_in(folder) == []


def test_an_inbox_that_is_not_there_is_empty(tmp_path):
    assert take_in(fresh(tmp_path)) == []
