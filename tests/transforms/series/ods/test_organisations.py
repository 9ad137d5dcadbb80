"""Lists of organisations and of who followed whom: every vintage, and what a changed list says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutChanged, NotWhatItClaims, UnknownFile, UnreadableValue, WorkforceError
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for
from transforms.series.ods import SERIES

SHORT = [
    '"R1K","LONDON NORTH WEST","Y56","QRV","A","B","","C","","HA1 3UJ","20141001",""' + ',""' * 15,
    '"RC3","EALING HOSPITAL","Y56","QRV","A","B","","C","","UB1 3HW","19920401","20140930"' + ',""' * 15,
]


def rows(path: Path, hint: str = "") -> pl.DataFrame:
    file = PublishedFile(path, path.name, hint)
    (frame,) = read_tables(reader_for(file)[0], file).values()
    return frame


def edition(path: Path, hint: str = "") -> str:
    return reader_for(PublishedFile(path, path.name, hint))[1].edition


def written(tmp_path: Path, lines: list[str], name: str = "etr.csv", folder: str = "2025-12") -> Path:
    (tmp_path / folder).mkdir(exist_ok=True)
    path = tmp_path / folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("path", "month", "kinds"),
    [
        ("2016-approx/etr.csv", "2016", {"trust": 239}),
        ("2018-09/etrust.csv.gz", "2018-09", {"trust": 234, "site": 29_721}),
        ("2023-06/etr.csv", "2023-06", {"trust": 214}),
        ("2023-06/ect.csv", "2023-06", {"care trust": 4}),
        ("2025-07/etr.csv", "2025-07", {"trust": 210}),
        ("2025-12/etr.csv", "2025-12", {"trust": 273}),
        ("2026-06/etr.csv", "2026-06", {"trust": 274}),
        (
            "2025-12/eccg.csv",
            "2025-12",
            {
                "sub-ICB location": 106,
                "clinical commissioning group": 142,
                "sub-ICB reporting entity": 37,
                "commissioning hub": 35,
            },
        ),
        ("2025-12/icb_names_codes_dec_2024.csv", "2024-12", {"ICB": 42}),
    ],
)
def test_each_published_list_gives_its_organisations(
    published: Path, path: str, month: str, kinds: dict[str, int]
) -> None:
    found = rows(published / "ods" / path)
    assert edition(published / "ods" / path) == month
    assert dict(found["kind"].value_counts().iter_rows()) == kinds
    assert not found.select(pl.struct("org_code", "kind").is_duplicated().any()).item()
    assert found["source_row"].is_sorted()


def tables(path: Path) -> dict[str, pl.DataFrame]:
    file = PublishedFile(path, path.name)
    return read_tables(reader_for(file)[0], file)


def test_a_trust_belongs_to_the_board_of_the_membership_list_not_to_that_of_its_postcode(published: Path) -> None:
    found = tables(published / "ods" / "derived" / "trust_icb_april_2026_from_system_mapping.csv")
    members = found["organisation_membership"]
    assert members.height == 151
    assert set(members["valid_from"]) == {date(2026, 4, 1)}
    listed = rows(published / "ods" / "2026-06" / "etr.csv").join(members, on="org_code")
    differ = listed.filter(pl.col("high_level_geography_code") != pl.col("icb_code"))
    assert differ.select("org_code", "icb_code", "high_level_geography_code").rows() == [
        ("RDE", "T6Y0W", "D7T5G"),
        ("RDU", "S0E4D", "S9B9J"),
    ]
    boards = found["organisation"].filter(pl.col("org_code").str.len_chars() == 5)
    assert set(boards["org_code"]) == {"D7T5G", "S0E4D", "S1Y5D", "S9B9J", "T6Y0W", "Z9B2Z"}
    assert set(found["organisation"]["kind"]) == {"ICB"}


def test_the_list_of_sub_icb_locations_gives_locations_boards_and_who_belongs_where(published: Path) -> None:
    found = tables(published / "ods" / "sicbl_icb_region_july_2022.csv")
    assert dict(found["organisation"]["kind"].value_counts().iter_rows()) == {"sub-ICB location": 106, "ICB": 42}
    members = found["organisation_membership"]
    assert members.height == 106
    assert members.row(0)[:5] == ("02P", "QF7", "NHS South Yorkshire Integrated Care Board", "Y63", date(2022, 7, 1))


MEMBERS = "org_code,icb_code,icb_name,region,valid_from"
MEMBER = "RJ1,QKK,NHS South East London Integrated Care Board,LONDON,2026-04-01"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("RJ1,-,NHS South East London Integrated Care Board,LONDON,2026-04-01", "icb code.*'-'"),
        ("Guy's,QKK,NHS South East London Integrated Care Board,LONDON,2026-04-01", "A2: org code"),
        ("RJ1,QKK,NHS South East London Integrated Care Board,LUNDON,2026-04-01", "LUNDON"),
        ("RJ1,QKK,NHS South East London Integrated Care Board,LONDON,1 April", "row 2.*yyyy-mm-dd"),
        (f"{MEMBER}\n{MEMBER}", "each organisation once"),
        (f"{MEMBER}\nRJ2,QKK,NHS South West London,LONDON,2026-04-01", "QKK has two names"),
    ],
)
def test_a_membership_that_cannot_be_right_stops_with_its_row(tmp_path: Path, line: str, says: str) -> None:
    path = written(tmp_path, [MEMBERS, line], "trusts_april_2026.csv")
    with pytest.raises(WorkforceError, match=says):
        tables(path)


def test_a_list_of_commissioners_under_the_name_of_the_list_of_trusts_is_refused(
    published: Path, tmp_path: Path
) -> None:
    lines = (published / "ods" / "2025-12" / "eccg.csv").read_text(encoding="utf-8").splitlines()
    with pytest.raises(NotWhatItClaims, match=r"named as the list of NHS trusts, but holds sub-ICB locations"):
        rows(written(tmp_path, lines, "etr.csv"))


@pytest.mark.parametrize(("name", "other"), [("etr", "ect"), ("ect", "etr")])
def test_trusts_and_care_trusts_are_not_taken_for_each_other(
    published: Path, tmp_path: Path, name: str, other: str
) -> None:
    lines = (published / "ods" / "2023-06" / f"{other}.csv").read_text(encoding="utf-8").splitlines()
    with pytest.raises(NotWhatItClaims, match=f"name it {other}.csv"):
        rows(written(tmp_path, lines, f"{name}.csv"))


def test_a_trust_of_five_characters_among_sites_is_a_trust(tmp_path: Path) -> None:
    lines = [SHORT[0], SHORT[0].replace("R1K", "R1K0A"), SHORT[0].replace("R1K", "G6V2S")]
    assert rows(written(tmp_path, lines, "etrust.csv"))["kind"].to_list() == ["trust", "site", "trust"]


@pytest.mark.parametrize(("path", "closed"), [("2016-approx", 2), ("2025-07", 5), ("2025-12", 68)])
def test_closed_trusts_of_each_vintage(published: Path, path: str, closed: int) -> None:
    assert rows(published / "ods" / path / "etr.csv")["closed_on"].count() == closed


def test_a_code_of_five_characters_is_a_trust_in_the_list_of_trusts_and_a_site_among_sites(published: Path) -> None:
    trusts = rows(published / "ods" / "2025-07" / "etr.csv")
    assert trusts.filter(pl.col("org_code") == "G6V2S").select("kind", "opened_on").row(0) == (
        "trust",
        date(2024, 11, 1),
    )
    sites = rows(published / "ods" / "2018-09" / "etrust.csv.gz")
    assert set(sites.filter(pl.col("org_code").str.len_chars() == 5)["kind"]) == {"site"}


def test_a_trust_reads_as_listed_with_its_row(published: Path) -> None:
    found = rows(published / "ods" / "2025-12" / "etr.csv").filter(pl.col("org_code") == "RW6")
    assert found.select("name", "region_code", "opened_on", "closed_on").row(0) == (
        "PENNINE ACUTE HOSPITALS NHS TRUST",
        "Y62",
        date(2002, 4, 1),
        date(2021, 9, 30),
    )
    lines = (published / "ods" / "2025-12" / "etr.csv").read_text(encoding="utf-8").splitlines()
    assert lines[found["source_row"][0] - 1].startswith('"RW6"')


def test_the_lookup_keeps_every_line_splits_and_codes_that_follow_themselves(published: Path) -> None:
    found = rows(published / "ods" / "derived" / "lookup_trust_trust_2022-10.csv")
    assert found.height == 25_480
    assert found["reason"].null_count() == 25_480
    split = found.filter(pl.col("predecessor_code") == "RW6")
    assert set(split.select("successor_code", "effective_on").iter_rows()) == {
        ("RM3", date(2021, 10, 1)),
        ("R0A", date(2021, 10, 1)),
    }
    assert found.filter(pl.col("predecessor_code") == pl.col("successor_code")).height == 39


def test_the_list_of_successions_without_headings_gives_the_reason(tmp_path: Path) -> None:
    path = written(tmp_path, ['"RNL","RNN","R","20191001","1"', '"RC3","R1K","R","20141001","1"'], "succ.csv")
    assert rows(path).select("predecessor_code", "successor_code", "effective_on", "reason").rows() == [
        ("RNL", "RNN", date(2019, 10, 1), "R"),
        ("RC3", "R1K", date(2014, 10, 1), "R"),
    ]


def test_the_list_of_care_trusts_gives_care_trusts(tmp_path: Path) -> None:
    lines = [line.replace("R1K", "TAD").replace("RC3", "TAF") for line in SHORT]
    assert set(rows(written(tmp_path, lines, "ect.csv"))["kind"]) == {"care trust"}


@pytest.mark.parametrize(
    ("hint", "name", "month"),
    [
        ("2024-05-17", "etr.csv", "2024-05"),
        ("ods/2016-approx", "etr.csv", "2016"),
        ("2024-05-17", "etr_2023-11.csv", "2023-11"),
        ("2024-05-17", "etr march 2021.csv", "2021-03"),
        ("", "etr.csv", "2025-12"),
    ],
)
def test_the_month_comes_from_the_name_then_the_hint_then_the_folder(
    tmp_path: Path, hint: str, name: str, month: str
) -> None:
    assert edition(written(tmp_path, SHORT, name), hint) == month


def test_a_list_that_nothing_dates_asks_for_a_folder_named_after_its_month(tmp_path: Path) -> None:
    with pytest.raises(UnknownFile, match="place the file in a folder named after its month"):
        edition(written(tmp_path, SHORT, folder="lists"))


@pytest.mark.parametrize(
    ("old", "new", "error", "says"),
    [
        ("20140930", "2014-09-30", UnreadableValue, "row 2.*yyyymmdd"),
        ("20141001", "20141301", UnreadableValue, "20141301"),
        ("20141001", "-20141001", UnreadableValue, "-20141001"),
        ('"RC3"', '"Ealing"', LayoutChanged, "A2: org code"),
        ('"RC3"', '"rc3"', LayoutChanged, "A2: org code.*'rc3'"),
        ('"RC3"', '"-"', LayoutChanged, "A2: org code.*'-'"),
        ('"RC3","EALING HOSPITAL"', '"RC3","ENGLAND"', LayoutChanged, "B2: name"),
        ('"Y56"', '"E40000003"', LayoutChanged, "C1: region code.*'E40000003'"),
        ('"Y56"', '"Y99"', LayoutChanged, "C1: region code.*'Y99'"),
        ('"Y56","QRV","A"', '"A","Y56","QRV"', LayoutChanged, "region code"),
    ],
)
def test_a_changed_list_stops_with_its_row(
    tmp_path: Path, old: str, new: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        rows(written(tmp_path, [line.replace(old, new) for line in SHORT]))


def test_a_role_nobody_mapped_stops_the_list_of_commissioners(tmp_path: Path) -> None:
    lines = [line.replace(',""' * 15, ',"","RO999"' + ',""' * 13) for line in SHORT]
    with pytest.raises(LayoutChanged, match="RO999"):
        rows(written(tmp_path, lines, "eccg.csv"))


@pytest.mark.parametrize("line", ['"R1K","LONDON","Y56"', "<!DOCTYPE html><html></html>", "org,name" + ",x" * 25])
def test_a_file_of_another_shape_is_not_taken_for_a_list(tmp_path: Path, line: str) -> None:
    path = written(tmp_path, [line])
    file = PublishedFile(path, path.name)
    assert [reader.name for reader in SERIES.readers if reader.recognise(file)] == []
