"""Small zips changed as real ones were once published wrongly: each is refused, and says which member and why."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.transforms.series.workforce.test_core_csv import AUGUST, SEPTEMBER, changed, zipped
from transforms.errors import (
    IncompleteFile,
    LayoutChanged,
    NotWhatItClaims,
    TotalsDisagree,
    UnmappedLabel,
    UnreadableValue,
    WorkforceError,
)
from transforms.published_file import PublishedFile, read_tables
from transforms.series.workforce import core_csv

Members = dict[str, tuple[str, ...]]
ORG = "Organisation,{},Y56,London,QKK,South East London,{},"
ORGANISATIONS = [f"R{letter}{number}" for letter in "JK" for number in range(6)]
BANDS = ("Band 5", "Band 6", "Band 8a", "Band 8b")
BOARD = (
    ("Administrative and Clerical", "Chair"),
    ("Administrative and Clerical", "Chief Executive"),
    ("Administrative and Clerical", "Finance Director"),
    ("Administrative and Clerical", "Other Executive Director"),
    ("Administrative and Clerical", "Board Level Director"),
    ("Administrative and Clerical", "Non Executive Director"),
    ("Medical and Dental", "Medical Director"),
    ("Nursing and Midwifery Registered", "Director of Nursing"),
)
GROUPS = (
    ("Professionally qualified clinical staff", "Nurses & health visitors"),
    ("NHS infrastructure support", "Senior managers"),
    ("NHS infrastructure support", "Managers"),
)
KINDS = {
    "Gender": ("All genders", "Female", "Male"),
    "Disability": ("All disability status", "Disabled", "Not disabled"),
}
C1, C5, C7, C8, C12 = (
    "Core 1. Staff group - England, NHSE region, ICS and org, Oct-25.csv",
    "Core 5. Staff groups (excl medical) care setting, level, grade - org, Oct-25.csv",
    "Core 7. NWD Staff Group, Job Role and Area of Work - England, Oct-25.csv",
    "Core 8. NWD Staff Group, Job Role and Area of Work - org, Oct-25.csv",
    "Core 12. Person characteristics, staff group and grade - England, Oct-25.csv",
)
AREA = "NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,ORG_CODE,ORG_NAME"
ROLE = "NWD_STAFF_GROUP,NWD_JOB_ROLE,PRIMARY_AREA_OF_WORK,SECONDARY_AREA_OF_WORK,TERTIARY_AREA_OF_WORK"
MONTHS = ("2025-06-30", "2025-07-31", "2025-08-31", "2025-09-30", "2025-10-31")
MONTH = MONTHS[-1]
SHARE = 2.5
"""FTE of each band of each group, and of each category; 3 people each."""


def october() -> Members:
    """Twelve organisations of one system, three staff groups, four bands, eight job roles: everything adds up."""
    return {C1: _staff(), C5: _grades(), C7: _roles_of_england(), C8: _roles(), C12: _people()}


def _place(code: str) -> str:
    return f"Y56,London,QKK,South East London,{code},Trust {code}"


def _staff() -> tuple[str, ...]:
    all_of = "All organisations,All organisations,,"
    places = {
        "National": (f"England,England,All ICS areas,All ICS areas,{all_of}", 12),
        "NHS England region": (f"Y56,London,All ICS areas,All ICS areas,{all_of}", 12),
        "Integrated Care System": (f"Y56,London,QKK,South East London,{all_of}", 12),
    }
    lines = [f"DATA_MONTH,DATA_LEVEL,{AREA},CLUSTER_GROUP,BENCHMARK_GROUP,MAIN_STAFF_GROUP,STAFF_GROUP_1,FTE,HEADCOUNT"]
    for month in MONTHS:
        where = [(level, *place) for level, place in places.items()]
        where += [("Organisation", f"{_place(code)},Acute,Acute - Teaching", 1) for code in ORGANISATIONS]
        for level, place, times in where:
            sums = {("All staff groups", "All staff groups"): 3}
            for main, group in GROUPS:
                sums[main, "All staff groups"] = sums.get((main, "All staff groups"), 0) + 1
                sums[main, group] = 1
            for (main, group), parts in sums.items():
                fte, people = parts * times * len(BANDS) * SHARE, parts * times * len(BANDS) * 3
                lines.append(f"{month},{level},{place},{main},{group},{fte},{people}")
    return tuple(lines)


def _grades() -> tuple[str, ...]:
    lines = [
        f"DATA_MONTH,DATA_LEVEL,{AREA},MAIN_STAFF_GROUP,STAFF_GROUP_1,STAFF_GROUP_2,CARE_SETTING,LEVEL,GRADE,FTE,HEADCOUNT"
    ]
    for code in ORGANISATIONS:
        for main, group in GROUPS:
            names = f"001_{main},002_{group},002_{group},001_Adult and General,001_Role A"
            lines += [f"{MONTH},Organisation,{_place(code)},{names},{band},{SHARE},3" for band in BANDS]
    return tuple(lines)


def _roles() -> tuple[str, ...]:
    area = "Corporate,Management,Management"
    return (
        f"DATA_MONTH,DATA_LEVEL,{AREA},{ROLE},FTE,HEADCOUNT",
        *(
            f"{MONTH},Organisation,{_place(code)},{group},{role},{area},{0.75},1"
            for code in ORGANISATIONS
            for group, role in BOARD
        ),
        *(
            f"{MONTH},Organisation,{_place(code)},Administrative and Clerical,Clerical Worker,{area},24.0,28"
            for code in ORGANISATIONS
        ),
    )


def _roles_of_england() -> tuple[str, ...]:
    area = "Corporate,Management,Management"
    return (
        f"DATA_MONTH,DATA_LEVEL,{ROLE},FTE,HEADCOUNT",
        *(f"{MONTH},National,{group},{role},{area},9.0,12" for group, role in BOARD),
    )


def _people() -> tuple[str, ...]:
    head = "DATA_MONTH,DATA_LEVEL,PERSON_CHARACTERISTIC_TYPE,MAIN_STAFF_GROUP,STAFF_GROUP_1"
    lines = [f"{head},PERSON_CHARACTERISTIC_MEASURE,GRADE,FTE,HEADCOUNT"]
    for month in ("2025-09-30", MONTH):
        for kind, (total, *categories) in KINDS.items():
            for main, group in (*GROUPS, ("All staff groups", "All staff groups")):
                times = 3 if main == group else 1
                for grade in ("All grades", *BANDS):
                    parts = 2 * times * (len(BANDS) if grade == "All grades" else 1)
                    start = f"{month},National,{kind},{main},{group}"
                    lines.append(f"{start},{total},{grade},{parts * 15.0},{parts * 18}")
                    lines += [f"{start},{one},{grade},{parts * 7.5},{parts * 9}" for one in categories]
    return tuple(lines)


def edited(members: Members, name: str, change: Callable[[list[str]], list[str]]) -> Members:
    """The zip with one member's records changed; the heading stays."""
    head, *lines = members[name]
    new = change(lines)
    assert new != lines
    return members | {name: (head, *new)}


def replaced(old: str, new: str, *, only: str = "") -> Callable[[list[str]], list[str]]:
    return lambda lines: [line.replace(old, new) if only in line else line for line in lines]


def without(text: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [line for line in lines if text not in line]


def figures(change: Callable[[str, str], tuple[str, str]], *, only: str) -> Callable[[list[str]], list[str]]:
    """Change FTE and headcount of the lines with `only`."""

    def apply(line: str) -> str:
        *labels, fte, people = line.split(",")
        return ",".join([*labels, *change(fte, people)])

    return lambda lines: [apply(line) if only in line else line for line in lines]


def times_ten(fte: str, people: str) -> tuple[str, str]:
    return str(float(fte) * 10), str(int(people) * 10)


def exchanged(fte: str, people: str) -> tuple[str, str]:
    return people, fte


CHANGES: dict[str, tuple[str, Callable[[list[str]], list[str]], type[WorkforceError], str]] = {
    # Cut off.
    "grades cut at a record": (C5, lambda lines: lines[:-2], TotalsDisagree, "RK5, Managers"),
    "grades cut at an organisation": (C5, lambda lines: lines[:-12], IncompleteFile, "without RK5"),
    "grades cut in half": (C5, lambda lines: lines[: len(lines) // 2], IncompleteFile, "without RK0"),
    "roles cut at an organisation": (C8, without(",RK5,"), IncompleteFile, "without RK5"),
    "roles of an organisation cut": (C8, lambda lines: lines[:-1], TotalsDisagree, "RK5, All staff groups"),
    "staff cut at an organisation": (C1, lambda lines: lines[:-6], TotalsDisagree, "areas"),
    "staff cut at a record": (C1, lambda lines: lines[:-1], TotalsDisagree, "Managers"),
    "people cut": (C12, lambda lines: lines[:-1], TotalsDisagree, "All staff groups, All role groups, Band 8b"),
    "people cut after a total": (C12, lambda lines: lines[:-2], IncompleteFile, "only the total"),
    # Rows missing.
    "a grade of one group missing": (
        C5,
        lambda lines: [line for line in lines if "RJ3" not in line or "Managers,001" not in line or "8a" not in line],
        TotalsDisagree, "RJ3, Managers",
    ),
    "a staff group missing from the grades": (C5, without("Senior managers,"), TotalsDisagree, "Senior managers"),
    "a staff group missing from the staff": (C1, without(",Senior managers,"), TotalsDisagree, "NHS infrastructure"),
    "a main group missing from the staff": (C1, without("infrastructure support,All"), TotalsDisagree, "staff groups"),
    "a region missing": (C1, without("NHS England region"), IncompleteFile, "none of Region"),
    "organisations missing": (C1, without("Organisation,"), IncompleteFile, "none of Organisation"),
    "one organisation's month missing": (
        C1, lambda lines: [line for line in lines if ",RJ0," not in line or "2025-08-31" not in line],
        TotalsDisagree, "2025-08-31",
    ),
    "a month missing in the middle": (C1, without("2025-09-30"), IncompleteFile, "months are missing"),
    "a total of people missing": (C12, without("All genders,Band 8a,"), IncompleteFile, "only categories"),
    "a characteristic missing at a grade": (
        C12, lambda lines: [line for line in lines if "Disability" not in line or "Managers" not in line
                            or "Band 8a" not in line],
        IncompleteFile, "characteristics are missing",
    ),
    "a grade missing from the people": (
        C12, lambda lines: [line for line in lines if "2025-10" not in line or "Managers" not in line
                            or "Band 8a" not in line],
        TotalsDisagree, "all grades",
    ),
    # Figures changed.
    "grades of an organisation times ten": (C5, figures(times_ten, only=",RJ4,"), TotalsDisagree, "RJ4"),
    "staff of an organisation times ten": (C1, figures(times_ten, only=",RJ4,"), TotalsDisagree, "areas"),
    "staff of a past month times ten": (
        C1, figures(times_ten, only="2025-08-31,Organisation,Y56,London,QKK,South East London,RJ4"),
        TotalsDisagree, "2025-08-31",
    ),
    "roles of an organisation times ten": (C8, figures(times_ten, only=",RJ4,"), TotalsDisagree, "RJ4"),
    "people of a grade times ten": (C12, figures(times_ten, only="Managers,Female,Band 8a,"),
                                    TotalsDisagree, "printed total and its categories"),
    "people and total of a grade times ten": (
        C12, lambda lines: [
            figures(times_ten, only="Band 8a")([line])[0] if "10-31,National,Gender" in line and ",Managers" in line
            else line for line in lines
        ],
        TotalsDisagree, "differ between characteristics",
    ),
    "organisations exchanged in the grades": (
        C5, lambda lines: [
            figures(times_ten, only="")([line])[0] if ",RJ1," in line and "Band 5" in line else line for line in lines
        ],
        TotalsDisagree, "RJ1",
    ),
    # FTE and headcount.
    "FTE and headcount exchanged in the staff": (C1, figures(exchanged, only=""), LayoutChanged, "fewer people"),
    "FTE and headcount exchanged in the grades": (C5, figures(exchanged, only=""), UnreadableValue, "whole number"),
    "FTE and headcount exchanged in the roles": (C8, figures(exchanged, only=""), UnreadableValue, "whole number"),
    "FTE and headcount exchanged at one organisation": (C1, figures(exchanged, only=",RJ4,"), TotalsDisagree, "areas"),
    "FTE of the roles divided by a hundred": (
        C8, figures(lambda fte, people: (str(float(fte) / 100), people), only=""), LayoutChanged, "far more people",
    ),
    "all roles of organisations times ten": (C8, figures(times_ten, only=""), TotalsDisagree, "in England"),
    "a role of England times ten": (C7, figures(times_ten, only="Chair"), TotalsDisagree, "Chair"),
    "all people times ten": (C12, figures(times_ten, only=""), TotalsDisagree, "FTE of staff by characteristic"),
    "an organisation under another board": (
        C5, replaced("QKK,South East London,RJ1", "QMF,North East London,RJ1"), LayoutChanged, "Y56, QMF.*; Y56, QKK",
    ),
    "names of two organisations exchanged": (
        C8, lambda lines: [line.replace("Trust RJ1", "@").replace("Trust RJ2", "Trust RJ1").replace("@", "Trust RJ2")
                           for line in lines],
        LayoutChanged, "Trust RJ1",
    ),
    "all totals of a characteristic missing": (C12, without("All genders"), IncompleteFile, "has no totals"),
    "a grade missing from two groups of people": (
        C12, lambda lines: [line for line in lines if "anagers" not in line or "Band 8a" not in line],
        TotalsDisagree, "all grades",
    ),
    "people below zero": (C8, replaced(",0.75,1", ",0.75,-1", only="RJ2"), UnreadableValue, "whole numbers of people"),
    # Labels and cells.
    "an England row with a code of a dash": (
        C1, replaced("National,England,England,", "National,-,England,"), WorkforceError, "'-'|-",
    ),
    "an organisation's code in small letters": (C5, replaced(",RJ1,", ",rj1,"), WorkforceError, "rj1"),
    "the letter O for a zero in a code": (C8, replaced(",RJ0,", ",RJO,"), WorkforceError, "RJ[0O]"),
    "the letter O for a zero in a figure": (C8, replaced("24.0", "24.O", only="RJ2"), UnreadableValue, r"24\.O"),
    "a blank grade": (C5, replaced("Band 5,2.5,3", ",2.5,3", only="RJ2"), UnreadableValue, "nothing under GRADE"),
    "a blank figure": (C5, replaced("Band 5,2.5,3", "Band 5,,", only="RJ2"), UnreadableValue, "nothing under FTE"),
    "a cut record in the middle": (
        C5, lambda lines: [*lines[:20], lines[20][:70], *lines[21:]], UnreadableValue, "a record has a blank",
    ),
    # Months.
    "a monthly member of two months": (
        C5, lambda lines: lines + [line.replace(MONTH, "2025-09-30") for line in lines], NotWhatItClaims,
        "as the only month",
    ),
    "a monthly member of the month before": (C8, replaced(MONTH, "2025-09-30"), NotWhatItClaims, "the months of"),
    "England's members end a month early": (C12, without(MONTH), NotWhatItClaims, "months of the figures differ"),
    "a month renamed": (C1, replaced("2025-09-30", "2024-09-30"), IncompleteFile, "months are missing"),
    # Job roles.
    "a role renamed": (C8, replaced("Chief Executive", "Chief Executive Officer"), UnmappedLabel, "'Chief Executive'"),
    "a role renamed at some": (
        C8, replaced("Finance Director", "Director of Finance", only="RJ"), UnmappedLabel, "Finance Director",
    ),
    "a role misspelt": (C8, replaced("Director of Nursing", "Director of Nusring"), UnmappedLabel, "Nusring"),
    "a hyphen in a role": (C7, replaced("Non Executive", "Non-Executive"), UnmappedLabel, "Non-Executive"),
    "a role renamed in England": (C7, replaced("Medical Director", "Medical Director (Trust)"), UnmappedLabel, "Trust"),
    "a role called by quite another name": (C8, replaced("Chair,", "President,"), IncompleteFile, "no rows for Chair"),
    "a role missing": (C7, without(",Chair,"), IncompleteFile, "no rows for Chair"),
}  # fmt: skip


def test_the_unchanged_zip_is_read(tmp_path: Path) -> None:
    frames = read_tables(core_csv.READER, zipped(tmp_path, october()))
    assert {name: frame.height for name, frame in frames.items()} == {
        "workforce": 5 * 15 * 6 * 2,
        "workforce_by_grade": 12 * (4 + 4 + 2) * 2,
        "job_role": (8 + 9 * 12) * 2,
        "person_characteristic": 2 * 2 * 4 * 5 * 3 * 2,
    }


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_zip_is_refused_and_the_message_says_what_is_wrong(what: str, tmp_path: Path) -> None:
    name, change, error, message = CHANGES[what]
    with pytest.raises(error, match=message) as raised:
        core_csv.read(zipped(tmp_path, edited(october(), name, change)))
    assert raised.value.sheet.startswith("Core ")


def test_a_member_cut_in_mid_record_is_refused(tmp_path: Path) -> None:
    members = october()
    path = tmp_path / "files.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, lines in members.items():
            text = "\n".join(lines) + "\n"
            archive.writestr(name, text[: text.index("RK3")] if name == C5 else text)
    with pytest.raises(NotWhatItClaims, match=r"Core 5.*ends in the middle of a record"):
        core_csv.read(PublishedFile(path, "files.zip"))


def test_a_member_whose_last_record_has_no_line_break_is_read(tmp_path: Path) -> None:
    path = tmp_path / "files.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, lines in october().items():
            archive.writestr(name, "\n".join(lines))
    assert core_csv.read(PublishedFile(path, "files.zip"))["workforce_by_grade"].height == 12 * 10 * 2


def test_two_members_under_each_others_names_are_refused(tmp_path: Path) -> None:
    members = october()
    members[C7], members[C8] = members[C8], members[C7]
    with pytest.raises(NotWhatItClaims, match="name of one table and the headings of another"):
        core_csv.read(zipped(tmp_path, members))


def test_a_zip_named_after_another_month_is_refused(tmp_path: Path) -> None:
    name = "NHS HCHS Workforce Statistics, Trusts and core organisations - CSV data files, November 2025.zip"
    with pytest.raises(NotWhatItClaims, match=r"Expected November 2025 .*by the name 'NHS HCHS"):
        core_csv.read(zipped(tmp_path, october(), name))


def test_members_named_november_that_hold_october_are_refused(tmp_path: Path) -> None:
    members = {name.replace("Oct-25", "Nov-25"): lines for name, lines in october().items()}
    with pytest.raises(NotWhatItClaims, match=r"Expected November 2025 as the newest month"):
        core_csv.read(zipped(tmp_path, members))


@pytest.mark.parametrize("label", ["Deputy Chief Executive", "Apprentice", "Associate Medical Director", "Chaplain"])
def test_a_role_that_is_not_counted_is_kept_beside_those_that_are(label: str, tmp_path: Path) -> None:
    new = f"{MONTH},Organisation,{_place('RJ1')},Administrative and Clerical,{label},Corporate,Board,Board,0,0"
    rows = core_csv.read(zipped(tmp_path, edited(october(), C8, lambda lines: [*lines, new])))["job_role"]
    assert label in rows["nwd_job_role"].to_list()


def test_roles_that_only_england_has_are_missing_from_the_organisations(tmp_path: Path) -> None:
    new = f"{MONTH},National,Additional Clinical Services,Clinical Director,Corporate,Board,Board,9.0,12"
    with pytest.raises(IncompleteFile, match=r"Core 8.*no rows for Clinical Director"):
        core_csv.read(zipped(tmp_path, edited(october(), C7, lambda lines: [*lines, new])))


def test_members_of_a_zip_may_be_absent(tmp_path: Path) -> None:
    members = october()
    for name in members:
        assert core_csv.read(zipped(tmp_path, {name: members[name]}))
        assert core_csv.read(zipped(tmp_path, {other: members[other] for other in members if other != name}))


def test_figures_that_no_rule_of_the_publisher_relates_may_differ(tmp_path: Path) -> None:
    """Staff by characteristic that are not those of Core 1 at all, as in an excerpt, are no reason to refuse."""
    members = october()
    for times, group in enumerate((*GROUPS, ("All staff groups", "All staff groups")), 2):
        change = figures(
            lambda fte, people, by=times: (str(float(fte) * by), str(int(people) * by)), only=",".join(group)
        )
        members = edited(members, C12, change)
    assert core_csv.read(zipped(tmp_path, members))
    members = edited(october(), C8, replaced("24.0,28", "11.0,12"))
    assert core_csv.read(zipped(tmp_path, members))


@pytest.mark.parametrize(
    ("members", "old", "new", "error"),
    [
        (SEPTEMBER, "Managers,4", "Managers,5", TotalsDisagree),
        (SEPTEMBER, "002_Manager,Band 7,4", "002_Manager,Band 7,5", TotalsDisagree),
        (SEPTEMBER, "Headcount,England", "FTE,England", WorkforceError),
        (AUGUST, "Nurses & health visitors,FTE,2.8", "Nurses & health visitors,HC,2.8", UnreadableValue),
        (AUGUST, "Band 8a,2.8", "Band 8a,28", TotalsDisagree),
    ],
)
def test_older_layouts_are_held_to_the_same(
    members: Members, old: str, new: str, error: type[Exception], tmp_path: Path
) -> None:
    assert core_csv.read(zipped(tmp_path, members))
    with pytest.raises(error):
        core_csv.read(zipped(tmp_path, changed(members, old, new)))


def with_doctors(members: Members, fte: str) -> Members:
    """The zip with two consultants' FTE at one organisation in Core 1, and `fte` of them in Core 3."""
    main, doctors, consultants = (
        ("Professionally qualified clinical staff", "All staff groups"),
        ("Professionally qualified clinical staff", "HCHS doctors - All grades"),
        ("Professionally qualified clinical staff", "HCHS doctors - Consultant"),
    )

    def add(lines: list[str]) -> list[str]:
        places = [
            line.rsplit(",", 4)[0] for line in lines if line.startswith(MONTH) and ",All staff groups,All" in line
        ]
        mine = [place for place in places if ",RJ1," in place or ",All organisations," in place]
        grown = {f"{place},{','.join(group)}" for place in mine for group in (("All staff groups",) * 2, main)}
        new = [f"{place},{','.join(group)},2.0,2" for place in mine for group in (doctors, consultants)]
        return [
            figures(lambda fte, people: (str(float(fte) + 2), str(int(people) + 2)), only="")([line])[0]
            if line.rsplit(",", 2)[0] in grown
            else line
            for line in lines
        ] + new

    head = f"DATA_MONTH,DATA_LEVEL,{AREA},SPECIALTY_GROUP,SPECIALTY,STAFF_GROUP_1,GRADE,FTE,HEADCOUNT"
    names = "Surgical group,General surgery,HCHS doctors - Consultant,Consultant"
    core_3 = (head, f"{MONTH},Organisation,{_place('RJ1')},{names},{fte},2")
    return edited(members, C1, add) | {"Core 3. Medical staff by grade and specialty - org, Oct-25.csv": core_3}


def test_consultants_by_specialty_are_those_of_the_staff_group(tmp_path: Path) -> None:
    members = {name: lines for name, lines in october().items() if name in {C1, C5}}
    assert core_csv.read(zipped(tmp_path, with_doctors(members, "2.0")))["medical_staff"].height == 2
    with pytest.raises(TotalsDisagree, match=r"Core 3.*RJ1, Consultant"):
        core_csv.read(zipped(tmp_path, with_doctors(members, "1.5")))
