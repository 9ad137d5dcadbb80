"""The one rule on codes of organisations: which are taken, and what is refused wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.errors import LayoutChanged
from transforms.published_file import PublishedFile, Reader, read_tables
from transforms.reading.organisation_codes import (
    ORGANISATION,
    USED_TWICE,
    WITH_SECTORS,
    require_codes,
    require_one_name,
    require_regions,
)
from transforms.reading.vocabulary import vocabulary
from transforms.series import TABLES, reader_for, wres

REAL = ["RJ1", "R0A", "TAD", "QKK", "QE1", "0AR", "0DE", "NLX", "NR3", "00C", "5A3", "G6V2S", "K0N6A", "Z9B2Z", "W2U3Z"]
NO_CODES = ["-", "", "rj1", "Rj1", "RJ1 ", "TOTAL", "Total", "England", "ENG", "ALL", "E92000001", "E40000003", "Y56"]
NO_CODES += ["Guy's and St Thomas'", "122", "RJ", "RJ101", "KON6A", "OTHER", "RJ1/RJ2", "#N/A", "RJ1\u00a0"]


def rows(*codes: str | None, name: str = "A Trust") -> pl.DataFrame:
    places = list(range(2, len(codes) + 2))
    return pl.DataFrame({"source_row": places, "org_code": codes, "org_name": [name] * len(codes)})


def test_every_form_of_code_that_is_published_is_taken() -> None:
    require_codes(rows(*REAL), "org_code", name="org_name")
    require_codes(rows("RYK", "RYK-X"), "org_code", form=USED_TWICE)
    require_codes(rows("R1F", "R1F1", "R1F2"), "org_code", form=WITH_SECTORS)


@pytest.mark.parametrize("code", [*NO_CODES, "RYK-X", "R1F1", None])
def test_what_is_no_code_is_refused_with_its_cell(code: str | None) -> None:
    with pytest.raises(LayoutChanged, match=r"^s > A3: org code does not hold a valid code") as refused:
        require_codes(rows("RJ1", code), "org_code", sheet="s")
    assert ("a blank" if code is None else repr(code)) in str(refused.value)


@pytest.mark.parametrize("name", ["England", "TOTAL", "Grand  total", "All organisations", "england"])
def test_a_total_is_no_organisation_whatever_its_code(name: str) -> None:
    with pytest.raises(LayoutChanged, match=r"B2: org name .* a row that holds a total"):
        require_codes(rows("RJ1", name=name), "org_code", name="org_name")


@pytest.mark.parametrize(("one", "other"), [("R0A", "ROA"), ("R1F", "RIF")])
def test_two_codes_of_one_file_that_differ_by_a_letter_for_a_digit_are_refused(one: str, other: str) -> None:
    with pytest.raises(LayoutChanged, match=f"{one}, which is also in the file.*{other}"):
        require_codes(rows(one, other), "org_code")


@given(st.text(alphabet=st.characters(max_codepoint=0x2FF), max_size=7))
def test_only_capitals_and_digits_of_the_right_number_pass(code: str) -> None:
    try:
        require_codes(rows(code), "org_code")
    except LayoutChanged:
        return
    assert re.fullmatch(r"[A-Z0-9]{3}|[A-Z]\d[A-Z]\d[A-Z]", code)
    assert not code.isdigit()


def test_a_region_is_one_of_the_list() -> None:
    require_regions(rows("Y56", "Y63", None), "org_code")
    for wrong in ("Y99", "E40000003", "y56", "London", "-"):
        with pytest.raises(LayoutChanged, match=wrong):
            require_regions(rows("Y56", wrong), "org_code")
    with pytest.raises(LayoutChanged, match="a blank"):
        require_regions(rows(None), "org_code", blank=False)


def test_a_code_has_one_name_however_it_is_written() -> None:
    named = rows("RJ1", "RJ1").with_columns(org_name=pl.Series(["Guy's  Trust", "GUY’S TRUST"]))
    require_one_name(named, "org_code", "org_name")
    with pytest.raises(LayoutChanged, match="row 2, row 3: RJ1 has two names"):
        require_one_name(named.with_columns(org_name=pl.Series(["Guy's", "King's"])), "org_code", "org_name")


def test_every_code_of_the_reviewed_employers_is_one() -> None:
    mapped = vocabulary("pay_gap_employer").drop_nulls("org_code").with_row_index("source_row", offset=2)
    require_codes(mapped, "org_code")


def test_every_reader_of_organisations_keeps_the_rule() -> None:
    """Readers whose tables have an organisation's code, England-only workbooks and the reviewed pay gap list aside."""
    series = Path(str(files("transforms") / "series"))
    modules = [path for path in series.rglob("*.py") if path.name not in {"__init__.py", "tables.py"}]
    # The workforce statistics have one module per kind of file, other packages read one kind.
    sources: dict[str, list[Path]] = {}
    for path in modules:
        sources.setdefault(path.stem if path.parent.name == "workforce" else path.parent.name, []).append(path)
    without = {"data_tables", "pay_gap", "sums", "people"}
    coded = {table.name for table in TABLES.values() if table.referring_to("organisation")}
    found = set()
    for name, paths in sources.items():
        text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
        if name not in without and re.search(r"\borg_code\b", text):
            assert "require_codes(" in text or "reading.areas import" in text, name
            found.add(name)
    assert {"turnover", "ods", "staff_survey", "data_quality", "core_csv", "wres"} <= found
    assert {"workforce", "turnover", "staff_survey"} <= coded


TURNOVER = (
    "PERIOD,TYPE,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,REPORTING_ORG_NAME,REPORTING_ORG_CODE,"
    "CLUSTER_GROUP,BENCHMARK_GROUP,STAFF_GROUP_1_NAME,HC,FTE\n"
    "202508 to 202509,Joiners,Y56,London,QKK,South East London,Guy's,RJ1,Acute,Acute,All staff groups,1,0.6\n"
)


def of_turnover(old: str, new: str) -> str:
    return TURNOVER.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",RJ1,", ",-,", "H2: reporting org code.*'-'"),
        (",RJ1,", ",rj1,", "H2: reporting org code.*'rj1'"),
        (",RJ1,", ",TOTAL,", "H2: reporting org code.*'TOTAL'"),
        (",RJ1,", ",,", "H2: reporting org code.*a blank"),
        ("Guy's,RJ1", "England,RJ1", "G2: reporting org name.*'England'"),
        (",QKK,", ",-,", "E2: ics code.*'-'"),
        (",Y56,", ",E40000003,", "C2: nhse region code.*'E40000003'"),
    ],
)
def test_turnover_refuses_rows_of_no_organisation(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(of_turnover(old, new), encoding="utf-8")
    file = PublishedFile(path, "Turnover benchmarking 2. Staff group and organisation, monthly, Sep-25.csv")
    with pytest.raises(LayoutChanged, match=says):
        read_tables(reader_for(file)[0], file)


INTAKE: dict[str, str] = {
    "wres_year": "2024",
    "geography_level": "Organisation",
    "area_code": "RJ1",
    "indicator": "5",
    "ethnic_group": "White",
    "pay_cluster": "All",
    "measure": "percent",
    "direction": "",
    "numerator": "",
    "denominator": "",
    "value": "12.5",
    "source": "WRES 2024, table 5, page 20",
}


@pytest.mark.parametrize(("level", "code"), [("Organisation", "TOTAL"), ("Organisation", "Y56"), ("Region", "Y99")])
def test_the_race_equality_intake_refuses_areas_that_are_none(tmp_path: Path, level: str, code: str) -> None:
    path = tmp_path / "wres.csv"
    row = INTAKE | {"geography_level": level, "area_code": code}
    path.write_text(",".join(row) + "\n" + ",".join(f'"{cell}"' for cell in row.values()) + "\n", encoding="utf-8")
    reader: Reader = wres.INTAKE
    intake: Callable[[PublishedFile], object] = reader.read
    with pytest.raises(LayoutChanged, match=code):
        intake(PublishedFile(path, path.name))


def test_forms_do_not_decide_more_than_the_form() -> None:
    assert re.match(ORGANISATION, "QKK")
    assert re.match(ORGANISATION, "RJ1")
